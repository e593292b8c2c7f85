//! What providers' APIs are asked, and what they answered.

use async_trait::async_trait;
use model::{EndpointId, RecordId, RecordRow, RefetchId, RefetchRow, Resource, Text, Timestamp, WebhookId};
use uuid::Uuid;

use super::{PostgresStore, finish_refetch, history, refetches};
use crate::providers::SameEvent;
use crate::store::StoreError;
use crate::store::records::{FinishedRefetch, LeasedRefetch, RecordStore, RefetchLease, Refetchable, StoredRecord};

#[async_trait]
impl RecordStore for PostgresStore {
    async fn refetch_queues(&self) -> Result<Vec<(EndpointId, Timestamp)>, StoreError> {
        refetches::queues(&self.pool).await
    }

    async fn lease_refetches(&self, request: &RefetchLease) -> Result<Vec<LeasedRefetch>, StoreError> {
        let mut transaction = self.begin().await?;
        let leased = refetches::lease(&mut transaction, request).await?;
        transaction.commit().await?;
        Ok(leased)
    }

    async fn give_back_refetches(&self, lease: Uuid, refetches: &[RefetchId], due_at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        refetches::give_back(&mut transaction, lease, refetches, due_at).await?;
        Ok(transaction.commit().await?)
    }

    async fn finish_refetch(&self, finished: &FinishedRefetch) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let done = finish_refetch::finish(&mut transaction, finished).await?;
        transaction.commit().await?;
        Ok(done)
    }

    async fn refetches(&self, webhook: WebhookId) -> Result<Vec<RefetchRow>, StoreError> {
        history::refetches(&self.pool, webhook).await
    }

    async fn refetchable(&self, webhook: WebhookId) -> Result<Option<Refetchable>, StoreError> {
        history::refetchable(&self.pool, webhook).await
    }

    async fn history(&self, endpoint: EndpointId, resource: &Resource, most: u32) -> Result<Vec<RecordRow>, StoreError> {
        history::of_object(&self.pool, endpoint, resource, most).await
    }

    async fn records_of(&self, webhook: WebhookId) -> Result<Vec<RecordRow>, StoreError> {
        history::of_webhook(&self.pool, webhook).await
    }

    async fn stored_record(&self, id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
        history::by_id(&self.pool, id).await
    }

    async fn record_before(&self, record: &RecordRow) -> Result<Option<StoredRecord>, StoreError> {
        history::before(&self.pool, record).await
    }

    async fn endpoints_with_credentials(&self) -> Result<Vec<EndpointId>, StoreError> {
        history::endpoints_with_credentials(&self.pool).await
    }

    async fn have_come(&self, endpoint: EndpointId, events: &[SameEvent], trust: u8) -> Result<Vec<bool>, StoreError> {
        history::have_come(&self.pool, endpoint, events, trust).await
    }

    async fn were_erased(&self, endpoint: EndpointId, events: &[SameEvent]) -> Result<Vec<bool>, StoreError> {
        history::were_erased(&self.pool, endpoint, events).await
    }

    async fn types_that_came(&self, endpoint: EndpointId, types: &[Text]) -> Result<Vec<Text>, StoreError> {
        history::types_that_came(&self.pool, endpoint, types).await
    }
}
