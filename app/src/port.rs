//! What the console needs of the server, as traits that the server implements (`hookproof::console`).
//!
//! Split by noun; [`Console`] is all of them. Only compiled for the server: the browser never sees it.

use async_trait::async_trait;
use leptos::prelude::*;
use model::{PageRequest, WebhookFilter, WebhookId};
use std::sync::Arc;

use crate::view::{ConsoleError, EndpointList, WebhookList, WebhookPage};

/// Everything that the pages and server functions may ask for.
pub trait Console: Webhooks + Endpoints {}

impl<T: Webhooks + Endpoints> Console for T {}

/// The log.
#[async_trait]
pub trait Webhooks: Send + Sync + 'static {
    /// A page of the log with what its filter form and histogram need.
    async fn webhooks(&self, filter: WebhookFilter, page: PageRequest) -> Result<WebhookList, ConsoleError>;

    /// One webhook with everything that its page shows.
    async fn webhook(&self, id: WebhookId) -> Result<WebhookPage, ConsoleError>;

    /// How many webhooks newer than `after` the filter lets through, counted up to 100.
    async fn count_newer(&self, filter: WebhookFilter, after: WebhookId) -> Result<u32, ConsoleError>;
}

/// The inbound addresses.
#[async_trait]
pub trait Endpoints: Send + Sync + 'static {
    /// All endpoints that are not archived, with what their page says of their providers.
    async fn endpoints(&self) -> Result<EndpointList, ConsoleError>;
}

/// The port as the server provided it to the page that is being rendered.
pub fn console() -> Result<Arc<dyn Console>, ConsoleError> {
    use_context::<Arc<dyn Console>>().ok_or(ConsoleError::Unavailable)
}
