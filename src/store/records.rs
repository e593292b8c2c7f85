//! What providers' APIs are asked, and what they answered.

use async_trait::async_trait;
use bytes::Bytes;
use model::{
    Agreement, EndpointId, Event, Failure, RecordId, RecordRow, RefetchId, RefetchRow, RefetchTrigger, Resource, Text, Timestamp,
    Verdict, WebhookId,
};
use uuid::Uuid;

use super::StoreError;
use super::reverify::NewVerdict;
use crate::providers::SameEvent;

/// A re-fetch that is made with its webhook, or by checking it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRefetch {
    pub id: RefetchId,
    pub trigger: RefetchTrigger,
    pub due_at: Timestamp,
}

/// A re-fetch that a person asks for. Used where the webhook has no open one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuedRefetch {
    pub id: RefetchId,
    pub webhook_id: WebhookId,
}

/// Which re-fetches a lane of a worker wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefetchLease {
    pub endpoint: EndpointId,
    pub now: Timestamp,
    /// When the lease ends and others may take them.
    pub until: Timestamp,
    /// Names this lease.
    pub lease: Uuid,
    pub most: u32,
}

/// A re-fetch that is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeasedRefetch {
    pub id: RefetchId,
    pub webhook_id: WebhookId,
    pub trigger: RefetchTrigger,
    /// How often the provider was asked for it before.
    pub attempts: u32,
}

/// A webhook as far as it takes to ask for its record and to judge it anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refetchable {
    pub id: WebhookId,
    pub endpoint_id: EndpointId,
    pub received_at: Timestamp,
    pub verdict: Verdict,
    pub evidence: model::Evidence,
    pub duplicate_of: Option<WebhookId>,
    pub foreign_network: bool,
    pub contradicted: bool,
    pub erased_at: Option<Timestamp>,
    pub events: Vec<Event>,
}

/// A re-fetch for which the provider was asked.
#[derive(Debug, Clone)]
pub struct FinishedRefetch {
    pub id: RefetchId,
    pub webhook_id: WebhookId,
    pub endpoint_id: EndpointId,
    pub lease: Uuid,
    pub asked_at: Timestamp,
    pub url: String,
    pub duration_ms: u32,
    pub status: Option<u16>,
    pub end: RefetchEnd,
}

/// What came of asking.
#[derive(Debug, Clone)]
pub enum RefetchEnd {
    /// Goes into the history; with what it does to the webhook, where it does something.
    Record(NewRecord, Option<Rejudged>),
    /// The same, and it is asked for again then: the provider is not yet as far as its webhook.
    RecordAndAgain(NewRecord, Option<Rejudged>, Timestamp),
    /// It is tried again then.
    Again(Failure, Timestamp),
    Failed(Failure),
    /// Nobody was asked, and nobody will be: the endpoint is archived, or the webhook was erased.
    Cancelled,
}

/// An answer on its way into the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    pub id: RecordId,
    pub resource: Resource,
    /// When the answer was whole.
    pub fetched_at: Timestamp,
    pub status: u16,
    pub body: Bytes,
    pub agreement: Agreement,
}

/// A webhook as it was when a record was compared with it, and as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejudged {
    pub before: Refetchable,
    pub after: NewVerdict,
}

/// A record with what was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    pub row: RecordRow,
    /// Byte for byte.
    pub body: Vec<u8>,
}

/// What re-fetching reads and writes; what people ask for goes through [`super::Store::change`].
#[async_trait]
pub trait RecordStore: Send + Sync + 'static {
    /// The endpoints that something is queued for, each with when the first is due. Archived ones too.
    async fn refetch_queues(&self) -> Result<Vec<(EndpointId, Timestamp)>, StoreError>;

    /// Leases re-fetches that are due: those that a person waits for before all others, then confirmations, automatic ones and last
    /// those that are asked for in bulk; of each the longest due first.
    async fn lease_refetches(&self, request: &RefetchLease) -> Result<Vec<LeasedRefetch>, StoreError>;

    /// Gives back what was leased and for which nobody was asked: due then. Those that the lease does not hold any more are left
    /// alone.
    async fn give_back_refetches(&self, lease: Uuid, refetches: &[RefetchId], due_at: Timestamp) -> Result<(), StoreError>;

    /// Writes what came of it, moves the re-fetch on, counts for the bulk re-fetch that waits for it, and changes the webhook as
    /// [`super::reverify::ReverifyStore::set_verdicts`] does, all in one transaction. Whether it was done: not when the lease has
    /// ended and another took it, or when it was cancelled or its webhook erased meanwhile; then nothing is written.
    /// `Changed("webhook")`, and nothing written, unless verdict, evidence, and whether it is contradicted are as they were
    /// `before`.
    async fn finish_refetch(&self, finished: &FinishedRefetch) -> Result<bool, StoreError>;

    /// Those of the webhook, newest first, at most 50.
    async fn refetches(&self, webhook: WebhookId) -> Result<Vec<RefetchRow>, StoreError>;

    async fn refetchable(&self, webhook: WebhookId) -> Result<Option<Refetchable>, StoreError>;

    /// The history of an object at an endpoint, newest first, at most `most`.
    async fn history(&self, endpoint: EndpointId, resource: &Resource, most: u32) -> Result<Vec<RecordRow>, StoreError>;

    /// The records that were fetched for the webhook, newest first, at most 50.
    async fn records_of(&self, webhook: WebhookId) -> Result<Vec<RecordRow>, StoreError>;

    async fn stored_record(&self, id: RecordId) -> Result<Option<StoredRecord>, StoreError>;

    /// The one before it in the history of its object.
    async fn record_before(&self, record: &RecordRow) -> Result<Option<StoredRecord>, StoreError>;

    /// The endpoints that have credentials for their provider's API.
    async fn endpoints_with_credentials(&self) -> Result<Vec<EndpointId>, StoreError>;

    /// Which of the events came to the endpoint in a webhook that is trusted at least as much as `trust`, in the order of `events`.
    async fn have_come(&self, endpoint: EndpointId, events: &[SameEvent], trust: u8) -> Result<Vec<bool>, StoreError>;

    /// Which of the events belong to a webhook of the endpoint that was erased, however it was trusted, in the order of `events`.
    async fn were_erased(&self, endpoint: EndpointId, events: &[SameEvent]) -> Result<Vec<bool>, StoreError>;

    /// Which of the event types came to the endpoint of late: in the newest 10,000 of its webhooks.
    async fn types_that_came(&self, endpoint: EndpointId, types: &[Text]) -> Result<Vec<Text>, StoreError>;
}
