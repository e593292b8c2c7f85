use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::WebhookId;

use crate::view::ConsoleError;

/// How many webhooks newer than `after` the filter lets through, counted up to 100. The filter is a query string, as in
/// the address of the page.
#[server(prefix = "/console", endpoint = "webhooks/count_newer", input = GetUrl)]
pub async fn count_newer(filter: String, after: WebhookId) -> Result<u32, ConsoleError> {
    let filter = crate::pages::webhooks::address::filter(&filter)?;
    crate::port::console()?.count_newer(filter, after).await
}

/// Shows the webhook's personal data to this session for a while.
#[server(prefix = "/console", endpoint = "webhooks/reveal")]
pub async fn reveal(id: WebhookId) -> Result<(), ConsoleError> {
    crate::port::console()?.reveal(id).await?;
    leptos_axum::redirect(&crate::pages::webhooks::address::webhook(id));
    Ok(())
}
