use app::port::Records;
use app::view::ConsoleError;
use async_trait::async_trait;
use model::{EndpointId, ReconcileProgress, RecordId, Timestamp, WebhookId};

use super::ServerConsole;

#[async_trait]
impl Records for ServerConsole {
    async fn refetch(&self, _id: WebhookId) -> Result<(), ConsoleError> {
        Err(ConsoleError::Unavailable)
    }

    async fn refetch_selected(&self, _webhooks: Vec<WebhookId>) -> Result<u32, ConsoleError> {
        Err(ConsoleError::Unavailable)
    }

    async fn reveal_record(&self, _id: RecordId) -> Result<(), ConsoleError> {
        Err(ConsoleError::Unavailable)
    }

    async fn start_reconcile(
        &self,
        _id: EndpointId,
        _from: Option<Timestamp>,
        _to: Option<Timestamp>,
    ) -> Result<(), ConsoleError> {
        Err(ConsoleError::Unavailable)
    }

    async fn reconcile_progress(&self, _id: EndpointId) -> Result<Option<ReconcileProgress>, ConsoleError> {
        Err(ConsoleError::Unavailable)
    }

    async fn cancel_reconcile(&self, _id: EndpointId) -> Result<(), ConsoleError> {
        Err(ConsoleError::Unavailable)
    }

    async fn store_missing(&self, _id: EndpointId) -> Result<(), ConsoleError> {
        Err(ConsoleError::Unavailable)
    }
}
