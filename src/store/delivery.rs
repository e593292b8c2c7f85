//! What is forwarded where, and how far it is.

use async_trait::async_trait;
use bytes::Bytes;
use model::{
    Attempt, BulkAction, DeliveryDetail, DeliveryFilter, DeliveryId, DeliveryRow, DeliveryState, DestinationId, Disabled, Health,
    Judgement, Page, PageRequest, ProviderKey, Resend, ResendId, SecretId, Subscription, Text, Timestamp, Trigger, Verdict,
    WebhookFilter, WebhookId,
};
use uuid::Uuid;

use super::StoreError;
use super::records::QueuedRefetch;
use crate::delivery::breaker::Outcome;

/// A destination as it is stored. What is secret in it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    pub id: DestinationId,
    pub name: String,
    pub url: String,
    pub subscription: Subscription,
    /// The names of the headers that are added to each request, in lower case.
    pub header_names: Vec<String>,
    /// Names and values as JSON (`[["name", "value"], …]`), sealed for the destination's id, purpose
    /// `destination_headers`; `None` without headers.
    pub sealed_headers: Option<Vec<u8>>,
    /// How many requests are under way at once, on each node.
    pub concurrency: u32,
    /// Requests per second, on each node; `None` means no limit.
    pub rate_limit: Option<u32>,
    /// Later events of a subject wait for earlier ones.
    pub ordered: bool,
    /// Seconds before each attempt, the first one included; never empty.
    pub schedule: Vec<u32>,
    pub disabled: Option<Disabled>,
    pub created_at: Timestamp,
    pub archived_at: Option<Timestamp>,
}

/// A secret that requests to a destination are signed with, sealed for its own id, purpose `destination_secret`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestinationSecret {
    pub id: SecretId,
    pub destination_id: DestinationId,
    /// The last four characters, for people to tell secrets apart.
    pub hint: String,
    pub sealed_value: Vec<u8>,
    pub created_at: Timestamp,
    /// From then on nothing is signed with it.
    pub expires_at: Option<Timestamp>,
}

/// A delivery that is made with its webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewDelivery {
    pub id: DeliveryId,
    pub destination_id: DestinationId,
    /// The webhook is not trusted; otherwise the delivery is pending.
    pub held: bool,
    /// When the first attempt is due: the webhook's arrival and the schedule's first delay.
    pub due_at: Timestamp,
}

/// A delivery that a person asks for. Used where the webhook has no open one to the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuedDelivery {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub destination_id: DestinationId,
    pub held: bool,
}

impl NewDelivery {
    pub(super) const fn first_state(&self) -> DeliveryState {
        first_state(self.held)
    }
}

impl QueuedDelivery {
    pub(super) const fn first_state(&self) -> DeliveryState {
        first_state(self.held)
    }
}

const fn first_state(held: bool) -> DeliveryState {
    if held { DeliveryState::Held } else { DeliveryState::Pending }
}

/// Which deliveries a lane of a worker wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseRequest {
    pub destination: DestinationId,
    pub now: Timestamp,
    /// When the lease ends and others may take them.
    pub until: Timestamp,
    /// Names this lease.
    pub lease: Uuid,
    pub most: u32,
}

/// What a lane got.
#[derive(Debug, Clone)]
pub struct Leased {
    /// How the destination does, `resume_at` as it was before this lease.
    pub health: Health,
    pub deliveries: Vec<LeasedDelivery>,
    /// When the next delivery is due that was not leased; in the past when there are more than were asked for. `None` when
    /// nothing waits.
    pub next_due: Option<Timestamp>,
    /// Some that were due have to wait for an earlier one of their subject: there may be others behind them.
    pub parked: bool,
}

impl Leased {
    /// For a destination that gets nothing, so that its lane waits until it is told otherwise.
    pub(super) fn nothing() -> Self {
        Self {
            health: Health::default(),
            deliveries: Vec::new(),
            next_due: None,
            parked: false,
        }
    }
}

/// A delivery that is to be tried now, with what is sent.
#[derive(Debug, Clone)]
pub struct LeasedDelivery {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub lease: Uuid,
    pub trigger: Trigger,
    /// How many attempts were made since the schedule began: the place in it of this one.
    pub position: u32,
    pub provider: ProviderKey,
    pub event_type: Option<Text>,
    pub verdict: Verdict,
    pub received_at: Timestamp,
    /// As [`super::encode_headers`] writes them.
    pub headers: Vec<u8>,
    pub body: Bytes,
}

/// An attempt that was made.
#[derive(Debug, Clone)]
pub struct FinishedAttempt {
    pub delivery_id: DeliveryId,
    pub destination_id: DestinationId,
    pub lease: Uuid,
    /// Its number is given by the store, and its `next_attempt_at` is that of `next`.
    pub attempt: Attempt,
    pub next: Next,
    /// What it tells of the destination.
    pub outcome: Outcome,
}

/// What becomes of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Delivered,
    /// It is tried again then.
    Again(Timestamp),
    /// The schedule is at its end.
    Failed,
}

/// A bulk resend that is to be gone on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningResend {
    pub id: ResendId,
    pub action: BulkAction,
    pub filter: WebhookFilter,
    pub destination_id: Option<DestinationId>,
    /// The last webhook that was dealt with; oldest first.
    pub after: Option<WebhookId>,
    /// The newest webhook that counts.
    pub last: WebhookId,
}

/// A bulk resend as it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewResend {
    pub id: ResendId,
    pub action: BulkAction,
    /// As [`WebhookFilter::to_query`] writes it.
    pub filter: String,
    pub destination_id: Option<DestinationId>,
    /// How many webhooks it concerns.
    pub count: u64,
    pub last: WebhookId,
    pub created_at: Timestamp,
    pub created_by: String,
}

/// The next webhooks of a bulk resend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResendStep {
    pub id: ResendId,
    /// Deliveries to be made or taken over, for [`BulkAction::Resend`].
    pub queued: Vec<QueuedDelivery>,
    /// Webhooks whose held deliveries are released, for [`BulkAction::Release`].
    pub released: Vec<WebhookId>,
    /// Re-fetches to be made, for [`BulkAction::Refetch`]: where the webhook has an open one, that one is left as it is.
    pub refetches: Vec<QueuedRefetch>,
    /// The last webhook that is dealt with after this step.
    pub after: Option<WebhookId>,
    /// There are no more.
    pub finished: bool,
    pub at: Timestamp,
}

/// A webhook as far as it takes to resend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resendable {
    pub id: WebhookId,
    pub endpoint_id: model::EndpointId,
    pub verdict: Verdict,
    pub foreign_network: bool,
    pub contradicted: bool,
    /// There is nothing left to send.
    pub erased: bool,
    pub events: Vec<model::Event>,
}

impl Resendable {
    pub const fn judgement(&self) -> Judgement {
        Judgement {
            verdict: self.verdict,
            foreign_network: self.foreign_network,
            contradicted: self.contradicted,
        }
    }
}

/// What forwarding reads and writes; what people change goes through [`super::Store::change`].
#[async_trait]
pub trait DeliveryStore: Send + Sync + 'static {
    /// All destinations that are not archived, by name.
    async fn destinations(&self) -> Result<Vec<Destination>, StoreError>;

    /// The destination of that id, archived or not.
    async fn destination(&self, id: DestinationId) -> Result<Option<Destination>, StoreError>;

    /// The secrets of all destinations that are not archived, oldest first.
    async fn destination_secrets(&self) -> Result<Vec<DestinationSecret>, StoreError>;

    /// How the destinations do; one that was never tried is not among them.
    async fn health(&self) -> Result<Vec<(DestinationId, Health)>, StoreError>;

    /// Leases deliveries that are due, the longest due first: none while nothing may be sent ([`Health::resume_at`]), one when
    /// it is to be seen whether the destination is back (`breaker::allowance`); `resume_at` is then moved to the end of the
    /// lease, so that nobody else tries too. Of an ordered destination none that has to wait for an earlier one, and of one that
    /// is disabled or archived none at all.
    async fn lease(&self, request: &LeaseRequest) -> Result<Leased, StoreError>;

    /// Gives back what was leased and not tried: it is due again at once.
    async fn give_back(&self, lease: Uuid, deliveries: &[DeliveryId], now: Timestamp) -> Result<(), StoreError>;

    /// Writes attempts, moves their deliveries on (unless the lease ended and another took it, or the delivery was cancelled),
    /// wakes those that waited for them, counts for bulk resends, and updates the destinations' health with
    /// `breaker::after`; all in one transaction that is not flushed. The health of each destination afterwards.
    async fn record(&self, attempts: &[FinishedAttempt]) -> Result<Vec<(DestinationId, Health)>, StoreError>;

    /// The destinations that are archived and have deliveries that are not at their end.
    async fn archived_with_open_deliveries(&self) -> Result<Vec<DestinationId>, StoreError>;

    /// Cancels deliveries of the destination that wait, at most so many; of one that is archived also those that are held or
    /// under way, which can go nowhere any more. How many it were.
    async fn cancel_waiting(&self, destination: DestinationId, at: Timestamp, most: u32) -> Result<u32, StoreError>;

    /// A page of deliveries, newest first.
    async fn deliveries(&self, filter: &DeliveryFilter, page: PageRequest) -> Result<Page<DeliveryRow>, StoreError>;

    /// How many deliveries the filter lets through, counted up to `limit`.
    async fn count_deliveries(&self, filter: &DeliveryFilter, limit: u32) -> Result<u32, StoreError>;

    async fn delivery(&self, id: DeliveryId) -> Result<Option<DeliveryDetail>, StoreError>;

    /// How many webhooks up to `last` the filter lets through.
    async fn count_webhooks(&self, filter: &WebhookFilter, last: WebhookId) -> Result<u64, StoreError>;

    /// Webhooks that the filter lets through, oldest first: those after `after` up to `last`, at most `most`.
    async fn resendable(
        &self,
        filter: &WebhookFilter,
        after: Option<WebhookId>,
        last: WebhookId,
        most: u32,
    ) -> Result<Vec<Resendable>, StoreError>;

    /// The webhooks of these ids, as far as they exist.
    async fn resendable_of(&self, ids: &[WebhookId]) -> Result<Vec<Resendable>, StoreError>;

    async fn resend(&self, id: ResendId) -> Result<Option<Resend>, StoreError>;

    /// Takes a bulk resend that is running and that nobody goes on with, until then. Each step prolongs it.
    async fn claim_resend(&self, now: Timestamp, until: Timestamp) -> Result<Option<RunningResend>, StoreError>;

    /// Queues or releases deliveries, trigger `bulk` or `released`, and counts them, in one transaction. Not when the resend does
    /// not run any more, nor when somebody else went this step already: whether it was done.
    ///
    /// Counted are those that wait for an attempt now, each until its first end: not one that is held, nor one that is under way
    /// or that another resend waits for. One that is cancelled counts no more. The resend is done when all are at their ends.
    async fn continue_resend(&self, step: &ResendStep, until: Timestamp) -> Result<bool, StoreError>;

    /// Cancels deliveries of a cancelled resend that wait, at most so many. How many it were. Those that a resend found on their
    /// way are not cancelled, but go on as if it had not been.
    async fn cancel_resent(&self, id: ResendId, at: Timestamp, most: u32) -> Result<u32, StoreError>;
}
