use serde::{Deserialize, Serialize};

use crate::{EndpointId, Failure, RecordId, RefetchId, Resource, Timestamp, WebhookId, words};

words! {
    /// How far a re-fetch is.
    RefetchState, "re-fetch state" {
        /// It waits for its turn, or for its next try.
        Pending = "pending",
        /// The provider is being asked.
        Fetching = "fetching",
        /// There is a record.
        Done = "done",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

impl RefetchState {
    /// Whether the provider may still be asked. There is at most one such re-fetch of a webhook.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Fetching)
    }
}

words! {
    /// What caused a re-fetch.
    RefetchTrigger, "trigger" {
        /// The endpoint fetches after events of this type.
        Automatic = "automatic",
        /// The endpoint forwards nothing before it is confirmed.
        Confirmation = "confirmation",
        /// A person asked for it.
        Manual = "manual",
        /// A person asked for several at once.
        Bulk = "bulk",
    }
}

/// What a record says of the webhook that it was fetched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Agreement {
    /// It is the same object, and it is in the state that the webhook tells of, or further on.
    Agrees,
    /// The same, but the record does not tell whose object it is, and the webhook does: that rests on the webhook alone.
    AgreesButForSubject,
    Contradicts(Contradiction),
    /// The record does not tell what would show it.
    CannotTell,
}

impl Agreement {
    /// As programs are told: whether it agrees, or `None` when that cannot be told.
    pub const fn agrees(&self) -> Option<bool> {
        match self {
            Self::Agrees | Self::AgreesButForSubject => Some(true),
            Self::Contradicts(_) => Some(false),
            Self::CannotTell => None,
        }
    }
}

/// Where a record and a webhook differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contradiction {
    /// In the record, as a JSON pointer.
    pub path: String,
    /// What the webhook says.
    pub webhook: String,
    /// What the record says.
    pub record: String,
}

/// What the newest record says of a webhook, as far as the webhook's verdict rests on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordEvidence {
    /// `None` for a webhook that was not received, but made of what the provider lists.
    pub record: Option<RecordId>,
    pub fetched_at: Timestamp,
    pub agreement: Agreement,
}

/// One time that a provider's API was asked, or is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefetchRow {
    pub id: RefetchId,
    pub webhook_id: WebhookId,
    pub endpoint_id: EndpointId,
    pub state: RefetchState,
    pub trigger: RefetchTrigger,
    /// How often the provider was asked.
    pub attempts: u32,
    pub created_at: Timestamp,
    /// When it is asked next; `None` where it is not.
    pub due_at: Option<Timestamp>,
    /// When it was asked last, and what came of it.
    pub asked_at: Option<Timestamp>,
    /// What was asked. There is no secret in it.
    pub url: Option<String>,
    pub duration_ms: Option<u32>,
    pub status: Option<u16>,
    /// Also of one that is tried again.
    pub failure: Option<Failure>,
    /// What it came to.
    pub record: Option<RecordId>,
}

/// A record as a line of the history of its object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordRow {
    pub id: RecordId,
    /// The webhook that it was fetched for.
    pub webhook_id: WebhookId,
    pub endpoint_id: EndpointId,
    /// Whose record it is.
    pub resource: Resource,
    pub fetched_at: Timestamp,
    pub url: String,
    pub status: u16,
    pub duration_ms: u32,
    /// The body's length in bytes.
    pub size: u64,
    pub agreement: Agreement,
}
