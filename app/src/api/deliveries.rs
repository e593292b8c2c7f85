//! Sending again what was forwarded, and letting go what is held.
//!
//! `back` is the address within this console that leads on afterwards, so that an action of a list leads back to it.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::{BulkAction, DeliveryId, Resend, ResendId, WebhookId};

use crate::view::ConsoleError;

/// Tries a delivery now, in place of the attempt that is scheduled.
#[server(prefix = "/console", endpoint = "deliveries/retry")]
pub async fn retry_delivery(id: DeliveryId, #[server(default)] back: String) -> Result<(), ConsoleError> {
    crate::port::console()?.retry_delivery(id).await?;
    super::reading::go_back(&back, &format!("/deliveries/{id}"), "delivery_retried");
    Ok(())
}

#[server(prefix = "/console", endpoint = "deliveries/cancel")]
pub async fn cancel_delivery(id: DeliveryId, #[server(default)] back: String) -> Result<(), ConsoleError> {
    crate::port::console()?.cancel_delivery(id).await?;
    super::reading::go_back(&back, &format!("/deliveries/{id}"), "delivery_cancelled");
    Ok(())
}

/// Sends webhooks again, to one destination, or to all that take them where it is empty.
#[server(prefix = "/console", endpoint = "webhooks/resend")]
pub async fn resend_webhooks(
    #[server(default)] webhooks: Vec<WebhookId>,
    #[server(default)] destination: String,
    #[server(default)] back: String,
) -> Result<(), ConsoleError> {
    let destination = super::reading::destination(&destination)?;
    super::reading::any_chosen(&webhooks)?;
    let deliveries = crate::port::console()?.resend(webhooks, destination).await?;
    super::reading::go_back(&back, "/webhooks", &format!("resent.{deliveries}"));
    Ok(())
}

/// Lets the held deliveries of webhooks go.
#[server(prefix = "/console", endpoint = "webhooks/release")]
pub async fn release_webhooks(
    #[server(default)] webhooks: Vec<WebhookId>,
    #[server(default)] back: String,
) -> Result<(), ConsoleError> {
    super::reading::any_chosen(&webhooks)?;
    crate::port::console()?.release(webhooks).await?;
    super::reading::go_back(&back, "/webhooks", "released");
    Ok(())
}

/// Begins to resend or release everything that the filter, a query string of the log, lets through: up to `last`, the newest
/// webhook that was counted.
#[server(prefix = "/console", endpoint = "webhooks/bulk")]
pub async fn start_bulk(
    action: BulkAction,
    #[server(default)] filter: String,
    #[server(default)] destination: String,
    last: WebhookId,
) -> Result<(), ConsoleError> {
    let destination = super::reading::destination(&destination)?;
    let filter = crate::pages::webhooks::address::whole_filter(&filter)?;
    let console = crate::port::console()?;
    let id = console.start_bulk(action, filter, destination, last).await?;
    leptos_axum::redirect(&crate::pages::resends::address(id));
    Ok(())
}

#[server(prefix = "/console", endpoint = "resends/cancel")]
pub async fn cancel_bulk(id: ResendId) -> Result<(), ConsoleError> {
    crate::port::console()?.cancel_bulk(id).await?;
    leptos_axum::redirect(&crate::pages::resends::address(id));
    Ok(())
}

/// How far a bulk resend is.
#[server(prefix = "/console", endpoint = "resends/progress", input = GetUrl)]
pub async fn poll_bulk(id: ResendId) -> Result<Resend, ConsoleError> {
    Ok(crate::port::console()?.bulk(id).await?.resend)
}
