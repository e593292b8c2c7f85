//! What providers' APIs are asked, and what they answered.

use async_trait::async_trait;
use model::{EndpointId, RecordId, RecordRow, RefetchId, RefetchRow, Resource, Text, Timestamp, WebhookId};
use uuid::Uuid;

use super::SqliteStore;
use crate::providers::SameEvent;
use crate::store::StoreError;
use crate::store::records::{FinishedRefetch, LeasedRefetch, RecordStore, RefetchLease, Refetchable, StoredRecord};

#[async_trait]
impl RecordStore for SqliteStore {
    async fn refetch_queues(&self) -> Result<Vec<(EndpointId, Timestamp)>, StoreError> {
        unimplemented!()
    }

    async fn lease_refetches(&self, _request: &RefetchLease) -> Result<Vec<LeasedRefetch>, StoreError> {
        unimplemented!()
    }

    async fn give_back_refetches(&self, _lease: Uuid, _refetches: &[RefetchId], _due_at: Timestamp) -> Result<(), StoreError> {
        unimplemented!()
    }

    async fn finish_refetch(&self, _finished: &FinishedRefetch) -> Result<bool, StoreError> {
        unimplemented!()
    }

    async fn refetches(&self, _webhook: WebhookId) -> Result<Vec<RefetchRow>, StoreError> {
        unimplemented!()
    }

    async fn refetchable(&self, _webhook: WebhookId) -> Result<Option<Refetchable>, StoreError> {
        unimplemented!()
    }

    async fn history(&self, _endpoint: EndpointId, _resource: &Resource, _most: u32) -> Result<Vec<RecordRow>, StoreError> {
        unimplemented!()
    }

    async fn records_of(&self, _webhook: WebhookId) -> Result<Vec<RecordRow>, StoreError> {
        unimplemented!()
    }

    async fn stored_record(&self, _id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
        unimplemented!()
    }

    async fn record_before(&self, _record: &RecordRow) -> Result<Option<StoredRecord>, StoreError> {
        unimplemented!()
    }

    async fn endpoints_with_credentials(&self) -> Result<Vec<EndpointId>, StoreError> {
        unimplemented!()
    }

    async fn have_come(&self, _endpoint: EndpointId, _events: &[SameEvent], _trust: u8) -> Result<Vec<bool>, StoreError> {
        unimplemented!()
    }

    async fn types_that_came(&self, _endpoint: EndpointId, _types: &[Text]) -> Result<Vec<Text>, StoreError> {
        unimplemented!()
    }
}
