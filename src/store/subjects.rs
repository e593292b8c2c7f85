//! Everything of one person.

use async_trait::async_trait;
use model::{EndpointId, RecordRow, SubjectEvent, SubjectSummary, Text, Timestamp, WebhookId};

use super::StoreError;

/// What is to be erased of a subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfSubject {
    /// Webhooks that tell of it, and those that tell of the same objects at the same endpoints and name no other subject.
    pub webhooks: Vec<WebhookId>,
    /// There are more.
    pub has_more: bool,
}

/// Counts for the page that asks before erasing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SubjectSize {
    pub webhooks: u64,
    pub records: u64,
    pub deliveries: u64,
    /// How many of the webhooks tell of other subjects too, whose bodies go with them.
    pub shared: u64,
}

#[async_trait]
pub trait SubjectStore: Send + Sync + 'static {
    /// The subjects of the newest webhooks, each once, newest first.
    async fn recent_subjects(&self, most: u32) -> Result<Vec<SubjectSummary>, StoreError>;

    /// The newest events of the subject by the time of arrival, at most `most`, in no particular order.
    async fn subject_events(&self, subject: &Text, most: u32) -> Result<Vec<SubjectEvent>, StoreError>;

    /// The records that were fetched for the subject's webhooks, newest first, at most `most`.
    async fn subject_records(&self, subject: &Text, most: u32) -> Result<Vec<RecordRow>, StoreError>;

    async fn subject_size(&self, subject: &Text) -> Result<SubjectSize, StoreError>;

    /// The next webhooks that were not erased, at most `most`.
    async fn of_subject(&self, subject: &Text, most: u32) -> Result<OfSubject, StoreError>;

    /// Erases what the webhooks say, in one transaction: bodies, headers, the subject and ids of the subject's events and of those without a subject, what
    /// evidence and parse errors quote, records and what re-fetches asked for, and the answers and the subject of deliveries.
    /// Deliveries and re-fetches that wait are cancelled. A scrub is owed from then on. What stays says when it came, from whom, of what type and how it was
    /// trusted. Filters of bulk resends that name the subject lose it.
    async fn erase(&self, subject: &Text, webhooks: &[WebhookId], at: Timestamp) -> Result<(), StoreError>;

    /// Whether something was erased since the last scrub that went to its end.
    async fn scrub_is_owed(&self) -> Result<bool, StoreError>;

    /// Overwrites what was erased where the database still has it on disk: see each implementation for how far that goes.
    async fn scrub(&self) -> Result<(), StoreError>;

    /// The endpoints of the ids, whether archived or not, with their names.
    async fn endpoint_names(&self, ids: &[EndpointId]) -> Result<Vec<(EndpointId, String)>, StoreError>;
}
