use app::port::Deliveries;
use app::view::*;
use async_trait::async_trait;
use model::*;

use super::ServerConsole;

#[async_trait]
impl Deliveries for ServerConsole {
    async fn overview(&self) -> Result<Overview, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn deliveries(&self, _filter: DeliveryFilter, _page: PageRequest) -> Result<DeliveryList, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn delivery(&self, _id: DeliveryId) -> Result<DeliveryPage, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn retry_delivery(&self, _id: DeliveryId) -> Result<(), ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn cancel_delivery(&self, _id: DeliveryId) -> Result<(), ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn resend(&self, _webhooks: Vec<WebhookId>, _destination: Option<DestinationId>) -> Result<u32, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn release(&self, _webhooks: Vec<WebhookId>) -> Result<(), ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn bulk_preview(&self, _action: BulkAction, _filter: WebhookFilter) -> Result<BulkPreview, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn start_bulk(
        &self,
        _action: BulkAction,
        _filter: WebhookFilter,
        _destination: Option<DestinationId>,
    ) -> Result<ResendId, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn bulk(&self, _id: ResendId) -> Result<BulkPage, ConsoleError> {
        unimplemented!("branch delivery-ops")
    }

    async fn cancel_bulk(&self, _id: ResendId) -> Result<(), ConsoleError> {
        unimplemented!("branch delivery-ops")
    }
}
