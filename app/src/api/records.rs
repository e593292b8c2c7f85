//! Asking providers again, and comparing their lists of events with the log.
//!
//! `back` is the address within this console that leads on afterwards.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::{EndpointId, ReconcileProgress, RecordId, WebhookId};

use crate::view::ConsoleError;

/// Asks the provider again for what a webhook tells of, and waits for what comes of it.
#[server(prefix = "/console", endpoint = "webhooks/refetch")]
pub async fn refetch(id: WebhookId, #[server(default)] back: String) -> Result<(), ConsoleError> {
    crate::port::console()?.refetch(id).await?;
    super::reading::go_back(&back, &crate::pages::webhooks::address::record(id, None), "asked");
    Ok(())
}

/// Queues re-fetches of webhooks.
#[server(prefix = "/console", endpoint = "webhooks/refetch_selected")]
pub async fn refetch_webhooks(
    #[server(default)] webhooks: Vec<WebhookId>,
    #[server(default)] back: String,
) -> Result<(), ConsoleError> {
    super::reading::any_chosen(&webhooks)?;
    let refetches = crate::port::console()?.refetch_selected(webhooks).await?;
    super::reading::go_back(&back, "/webhooks", &format!("refetching.{refetches}"));
    Ok(())
}

/// Shows a record's personal data to this session for a while, on the page of this webhook.
#[server(prefix = "/console", endpoint = "records/reveal")]
pub async fn reveal_record(id: RecordId, webhook: WebhookId) -> Result<(), ConsoleError> {
    crate::port::console()?.reveal_record(id).await?;
    leptos_axum::redirect(&crate::pages::webhooks::address::record(webhook, Some(id)));
    Ok(())
}

/// Begins to compare what the provider lists with the log.
#[server(prefix = "/console", endpoint = "endpoints/reconcile")]
pub async fn start_reconcile(
    id: EndpointId,
    #[server(default)] from: String,
    #[server(default)] to: String,
) -> Result<(), ConsoleError> {
    let (from, to) = (super::reading::time("from", &from)?, super::reading::time("to", &to)?);
    crate::port::console()?.start_reconcile(id, from, to).await?;
    super::reading::show_reconcile(id);
    Ok(())
}

#[server(prefix = "/console", endpoint = "endpoints/reconcile/cancel")]
pub async fn cancel_reconcile(id: EndpointId) -> Result<(), ConsoleError> {
    crate::port::console()?.cancel_reconcile(id).await?;
    super::reading::show_reconcile(id);
    Ok(())
}

/// Stores what was found missing.
#[server(prefix = "/console", endpoint = "endpoints/reconcile/store")]
pub async fn store_missing(id: EndpointId) -> Result<(), ConsoleError> {
    crate::port::console()?.store_missing(id).await?;
    super::reading::show_reconcile(id);
    Ok(())
}

/// How far the comparison has come; `None` when it was never begun.
#[server(prefix = "/console", endpoint = "endpoints/reconcile/progress", input = GetUrl)]
pub async fn poll_reconcile(id: EndpointId) -> Result<Option<ReconcileProgress>, ConsoleError> {
    crate::port::console()?.reconcile_progress(id).await
}
