//! Everything of one person.

use async_trait::async_trait;
use model::{EndpointId, RecordRow, SubjectEvent, SubjectSummary, Text, Timestamp, WebhookId};

use super::SqliteStore;
use crate::store::StoreError;
use crate::store::subjects::{OfSubject, SubjectSize, SubjectStore};

#[async_trait]
impl SubjectStore for SqliteStore {
    async fn recent_subjects(&self, _most: u32) -> Result<Vec<SubjectSummary>, StoreError> {
        unimplemented!()
    }

    async fn subject_events(&self, _subject: &Text, _most: u32) -> Result<Vec<SubjectEvent>, StoreError> {
        unimplemented!()
    }

    async fn subject_records(&self, _subject: &Text, _most: u32) -> Result<Vec<RecordRow>, StoreError> {
        unimplemented!()
    }

    async fn subject_size(&self, _subject: &Text) -> Result<SubjectSize, StoreError> {
        unimplemented!()
    }

    async fn of_subject(&self, _subject: &Text, _most: u32) -> Result<OfSubject, StoreError> {
        unimplemented!()
    }

    async fn erase(&self, _subject: &Text, _webhooks: &[WebhookId], _at: Timestamp) -> Result<(), StoreError> {
        unimplemented!()
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        unimplemented!()
    }

    async fn endpoint_names(&self, _ids: &[EndpointId]) -> Result<Vec<(EndpointId, String)>, StoreError> {
        unimplemented!()
    }
}
