use async_trait::async_trait;
use model::{
    DeliveryDetail, DeliveryFilter, DeliveryId, DeliveryRow, DestinationId, Health, Page, PageRequest, Resend, ResendId,
    Timestamp, WebhookFilter, WebhookId,
};
use uuid::Uuid;

use super::PostgresStore;
use crate::store::StoreError;
use crate::store::delivery::{
    DeliveryStore, Destination, DestinationSecret, FinishedAttempt, LeaseRequest, Leased, ResendStep, Resendable, RunningResend,
};

#[async_trait]
impl DeliveryStore for PostgresStore {
    async fn destinations(&self) -> Result<Vec<Destination>, StoreError> {
        Ok(Vec::new())
    }

    async fn destination(&self, _id: DestinationId) -> Result<Option<Destination>, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn destination_secrets(&self) -> Result<Vec<DestinationSecret>, StoreError> {
        Ok(Vec::new())
    }

    async fn health(&self) -> Result<Vec<(DestinationId, Health)>, StoreError> {
        Ok(Vec::new())
    }

    async fn lease(&self, _request: &LeaseRequest) -> Result<Leased, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn give_back(&self, _lease: Uuid, _deliveries: &[DeliveryId], _now: Timestamp) -> Result<(), StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn record(&self, _attempts: &[FinishedAttempt]) -> Result<Vec<(DestinationId, Health)>, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn cancel_waiting(&self, _destination: DestinationId, _at: Timestamp, _most: u32) -> Result<u32, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn deliveries(&self, _filter: &DeliveryFilter, _page: PageRequest) -> Result<Page<DeliveryRow>, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn count_deliveries(&self, _filter: &DeliveryFilter, _limit: u32) -> Result<u32, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn delivery(&self, _id: DeliveryId) -> Result<Option<DeliveryDetail>, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn count_webhooks(&self, _filter: &WebhookFilter) -> Result<u64, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn resendable(
        &self,
        _filter: &WebhookFilter,
        _after: Option<WebhookId>,
        _last: WebhookId,
        _most: u32,
    ) -> Result<Vec<Resendable>, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn resendable_of(&self, _ids: &[WebhookId]) -> Result<Vec<Resendable>, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn resend(&self, _id: ResendId) -> Result<Option<Resend>, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn claim_resend(&self, _now: Timestamp, _until: Timestamp) -> Result<Option<RunningResend>, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn continue_resend(&self, _step: &ResendStep, _until: Timestamp) -> Result<bool, StoreError> {
        unimplemented!("branch delivery-store")
    }

    async fn cancel_resent(&self, _id: ResendId, _at: Timestamp, _most: u32) -> Result<u32, StoreError> {
        unimplemented!("branch delivery-store")
    }
}
