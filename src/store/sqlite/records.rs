//! What providers' APIs are asked, and what they answered. What a worker leases is committed without being flushed: losing it
//! means asking again.

use async_trait::async_trait;
use model::{EndpointId, RecordId, RecordRow, RefetchId, RefetchRow, Resource, Text, Timestamp, WebhookId};
use uuid::Uuid;

use super::{SqliteStore, finish_refetch, history, refetches};
use crate::providers::SameEvent;
use crate::store::StoreError;
use crate::store::records::{FinishedRefetch, LeasedRefetch, RecordStore, RefetchEnd, RefetchLease, Refetchable, StoredRecord};

#[async_trait]
impl RecordStore for SqliteStore {
    async fn refetch_queues(&self) -> Result<Vec<(EndpointId, Timestamp)>, StoreError> {
        refetches::queues(&self.readers).await
    }

    async fn lease_refetches(&self, request: &RefetchLease) -> Result<Vec<LeasedRefetch>, StoreError> {
        if !refetches::is_due(&self.readers, request).await? {
            return Ok(Vec::new());
        }
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
        self.commit(transaction).await?;
        if let RefetchEnd::Record(record, _) | RefetchEnd::RecordAndAgain(record, ..) = &finished.end {
            self.write_back.grew(1, record.body.len());
        }
        Ok(done)
    }

    async fn refetches(&self, webhook: WebhookId) -> Result<Vec<RefetchRow>, StoreError> {
        history::refetches(&self.readers, webhook).await
    }

    async fn refetchable(&self, webhook: WebhookId) -> Result<Option<Refetchable>, StoreError> {
        history::refetchable(&self.readers, webhook).await
    }

    async fn history(&self, endpoint: EndpointId, resource: &Resource, most: u32) -> Result<Vec<RecordRow>, StoreError> {
        history::of_object(&self.readers, endpoint, resource, most).await
    }

    async fn records_of(&self, webhook: WebhookId) -> Result<Vec<RecordRow>, StoreError> {
        history::of_webhook(&self.readers, webhook).await
    }

    async fn stored_record(&self, id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
        history::by_id(&self.readers, id).await
    }

    async fn record_before(&self, record: &RecordRow) -> Result<Option<StoredRecord>, StoreError> {
        history::before(&self.readers, record).await
    }

    async fn endpoints_with_credentials(&self) -> Result<Vec<EndpointId>, StoreError> {
        history::endpoints_with_credentials(&self.readers).await
    }

    async fn have_come(&self, endpoint: EndpointId, events: &[SameEvent], trust: u8) -> Result<Vec<bool>, StoreError> {
        history::have_come(&self.readers, endpoint, events, trust).await
    }

    async fn were_erased(&self, endpoint: EndpointId, events: &[SameEvent]) -> Result<Vec<bool>, StoreError> {
        history::were_erased(&self.readers, endpoint, events).await
    }

    async fn types_that_came(&self, endpoint: EndpointId, types: &[Text]) -> Result<Vec<Text>, StoreError> {
        history::types_that_came(&self.readers, endpoint, types).await
    }
}
