//! What is kept, and the one way to it.
//!
//! [`Store`] is implemented twice, plainly: [`sqlite`] for one machine and [`postgres`] for several. The backend is
//! picked once, from the URL ([`open`]); the same conformance suite (`conformance.rs`) runs against both.
//!
//! Promises:
//! - [`Store::append`] returns only after the webhooks are committed and flushed, all of them or none;
//! - of two webhooks that tell of the same event one is the original and one the duplicate, whoever commits first;
//! - headers and bodies come back byte for byte;
//! - a change that a person makes and the line of the audit log that says so are written together, or neither is;
//! - counts come from roll-ups that are kept in the transaction that stores a webhook; lists page by key.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use ipnet::IpNet;
use model::{
    DigestMode, EndpointId, EndpointPolicy, Environment, Event, Evidence, Judgement, Page, PageRequest, ProviderKey, SecretId,
    Timestamp, Verdict, Volume, WebhookDetail, WebhookFilter, WebhookId, WebhookRow,
};

use self::accounts::AccountStore;
use self::audit::AuditStore;
use self::change::{Change, NewAuditEntry, SealedCredentials};
use self::delivery::{DeliveryStore, NewDelivery};
use self::records::{NewRefetch, RecordStore};
use self::reverify::ReverifyStore;
use self::sealing::SealingStore;
use self::subjects::SubjectStore;
use crate::providers::SameEvent;

mod account_rows;
pub mod accounts;
mod append_columns;
pub mod audit;
mod audit_rows;
pub mod change;
#[cfg(test)]
mod conformance;
pub mod delivery;
mod delivery_plan;
mod delivery_rows;
mod destination_rows;
mod duplicates;
mod erased_again;
mod errors;
mod headers;
mod paging;
pub mod postgres;
mod record_rows;
mod recording;
pub mod records;
mod relink;
mod resend_rows;
pub mod reverify;
mod rollups;
mod rows;
pub mod sealing;
pub mod sqlite;
mod stored_time;
mod subject_rows;
pub mod subjects;
mod time_as_id;

pub use self::headers::{decode_headers, encode_headers};

/// Opens the database that the URL names: `sqlite://path` or `postgres://…`. Makes the file of an SQLite database and
/// the folder that it lies in, but no tables: that is [`Store::migrate`].
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("sqlite") => Ok(sqlite::SqliteStore::open(url).await?),
        Some("postgres" | "postgresql") => Ok(postgres::PostgresStore::open(url).await?),
        _ => Err(StoreError::Url(
            "it begins neither with sqlite: nor with postgres:".to_owned(),
        )),
    }
}

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is full or is locked: trying again later can help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database does not take what it was given, and would not later either.
    #[error("the database refuses it: {0}")]
    Refused(String),
    /// The database holds something that this version cannot read.
    #[error("the database holds something that cannot be read: {0}")]
    Unreadable(String),
    /// A name or token is taken already.
    #[error("{0} exists already")]
    Conflict(&'static str),
    /// What is named is not as it was when the change was thought out: read it again.
    #[error("the {0} was changed by someone else in the meantime")]
    Changed(&'static str),
    /// What is named, such as an endpoint, does not exist.
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// Nobody would be left who can configure anything.
    #[error("the last admin stays: make another admin first")]
    LastAdmin,
    /// The value was sealed with another key than the one that seals everything else by now: read the key again.
    #[error("another key seals by now")]
    KeyChanged,
    /// The migrations of the database are not those of this version.
    #[error("the database cannot be migrated: {0}")]
    Migration(String),
    /// The URL of the database cannot be used. Does not repeat the URL, which may hold a password.
    #[error("the URL of the database cannot be used: {0}")]
    Url(String),
}

/// A webhook on its way into the store, with everything that is known of it.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    pub id: WebhookId,
    pub endpoint_id: EndpointId,
    pub received_at: Timestamp,
    pub peer: IpAddr,
    pub foreign_network: bool,
    /// As [`encode_headers`] writes them.
    pub headers: Vec<u8>,
    pub body: Bytes,
    pub verdict: Verdict,
    pub evidence: Evidence,
    pub parse_error: Option<String>,
    pub events: Vec<Event>,
    pub same_event: Option<SameEvent>,
    /// Where it goes. Left out when it turns out to repeat an earlier webhook.
    pub deliveries: Vec<NewDelivery>,
    /// The provider is asked. Left out likewise.
    pub refetch: Option<NewRefetch>,
    /// It was not received, but made of what the provider lists.
    pub reconciled: bool,
}

impl NewWebhook {
    /// How far it is trusted, for "the same event twice". One from outside the networks that the endpoint names is not,
    /// whatever its signature: it must not shadow the genuine one.
    pub(crate) const fn trust(&self) -> u8 {
        if self.foreign_network { 0 } else { self.verdict.trust() }
    }

    pub(crate) const fn judgement(&self) -> Judgement {
        Judgement {
            verdict: self.verdict,
            foreign_network: self.foreign_network,
            // Nobody has asked yet.
            contradicted: false,
        }
    }
}

/// The right to gather the next batch: whatever holds it, given back by being dropped.
#[derive(Default)]
pub struct Turn(Option<Box<dyn Send>>);

impl Turn {
    pub fn new(held: impl Send + 'static) -> Self {
        Self(Some(Box::new(held)))
    }
}

impl std::fmt::Debug for Turn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Turn").field(&self.0.is_some()).finish()
    }
}

/// What became of a webhook that was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    pub id: WebhookId,
    /// The webhook at the same endpoint that told of the same event before and is trusted at least as much.
    pub duplicate_of: Option<WebhookId>,
}

/// An endpoint as it is stored. What is secret in it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub id: EndpointId,
    /// The last segment of `POST /hooks/{token}`.
    pub token: String,
    pub provider: ProviderKey,
    pub name: String,
    pub environment: Environment,
    pub policy: EndpointPolicy,
    pub digest_mode: Option<DigestMode>,
    pub static_header: Option<SealedHeader>,
    /// The networks that the provider posts from; empty means any.
    pub networks: Vec<IpNet>,
    /// Webhooks per second; `None` means no limit.
    pub rate_limit: Option<u32>,
    pub enabled: bool,
    /// The types of the events after which the provider is asked by itself, such as `inquiry.*`; `None` means those that are
    /// usual for it.
    pub refetch_event_types: Option<Vec<String>>,
    pub created_at: Timestamp,
    pub archived_at: Option<Timestamp>,
}

/// The name of a static header in lower case, and its value, sealed for the endpoint's id, purpose `static_header`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedHeader {
    pub name: String,
    pub sealed_value: Vec<u8>,
}

/// A signing secret or public key of an endpoint, sealed for its own id, purpose `secret`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecret {
    pub id: SecretId,
    pub endpoint_id: EndpointId,
    pub label: String,
    /// The last four characters, for people to tell secrets apart.
    pub hint: String,
    pub sealed_value: Vec<u8>,
    pub not_before: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// When it was last seen to make a signature, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl SealedSecret {
    /// What of it people change.
    pub(crate) fn settings(&self) -> (&str, Option<Timestamp>, Option<Timestamp>) {
        (&self.label, self.not_before, self.expires_at)
    }
}

/// Where everything is kept.
#[async_trait]
pub trait Store: AccountStore + AuditStore + DeliveryStore + RecordStore + ReverifyStore + SealingStore + SubjectStore {
    /// Brings the tables to this version's form. Safe to call from several nodes at once.
    async fn migrate(&self) -> Result<(), StoreError>;

    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;

    /// How many calls of [`Self::append`] at once make this node faster than one after the other.
    fn concurrent_appends(&self) -> usize;

    /// Commits and flushes all of the webhooks or none. Answers in the order of the batch.
    async fn append(&self, batch: &[NewWebhook]) -> Result<Vec<Appended>, StoreError> {
        self.append_in_turn(batch, Turn::default()).await
    }

    /// The same. Drops `turn` as soon as beginning another batch makes sense, so that whoever waits for it can gather more
    /// webhooks until then.
    async fn append_in_turn(&self, batch: &[NewWebhook], turn: Turn) -> Result<Vec<Appended>, StoreError>;

    /// A page of the log, newest first.
    async fn webhooks(&self, filter: &WebhookFilter, page: PageRequest) -> Result<Page<WebhookRow>, StoreError>;

    /// How many webhooks newer than `after` the filter lets through, counted up to `limit`.
    async fn count_newer(&self, filter: &WebhookFilter, after: WebhookId, limit: u32) -> Result<u32, StoreError>;

    async fn webhook(&self, id: WebhookId) -> Result<Option<WebhookDetail>, StoreError>;

    /// The body, byte for byte.
    async fn body(&self, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError>;

    /// The headers as they were appended.
    async fn headers(&self, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError>;

    /// Arrivals between `from` and `to` in buckets of whole minutes, from the roll-ups. Narrowed only by the filter's
    /// providers, endpoints, verdicts and outcomes; the others are not rolled up.
    async fn volume(
        &self,
        filter: &WebhookFilter,
        from: Timestamp,
        to: Timestamp,
        bucket_minutes: u32,
    ) -> Result<Volume, StoreError>;

    /// Makes a change and writes the line of the audit log, both or neither. Raises the configuration's version when an
    /// endpoint, a destination or a secret of theirs changes. Sealed values must be of the key that seals everything: otherwise `KeyChanged`.
    async fn change(&self, change: &Change, entry: &NewAuditEntry) -> Result<(), StoreError>;

    /// All endpoints that are not archived, by name.
    async fn endpoints(&self) -> Result<Vec<Endpoint>, StoreError>;

    /// The tokens of the endpoints that are archived, whose senders are told that they are gone.
    async fn archived_tokens(&self) -> Result<Vec<String>, StoreError>;

    /// The endpoint of that id, archived or not.
    async fn endpoint(&self, id: EndpointId) -> Result<Option<Endpoint>, StoreError>;

    async fn credentials(&self, endpoint: EndpointId) -> Result<Option<SealedCredentials>, StoreError>;

    /// The secrets of all endpoints that are not archived.
    async fn secrets(&self) -> Result<Vec<SealedSecret>, StoreError>;

    /// A number that changes whenever an endpoint, a destination or a secret of theirs does, so that nodes know when to read
    /// them again.
    async fn configuration_version(&self) -> Result<i64, StoreError>;

    /// Waits for what is being written and closes the connections.
    async fn close(&self);
}
