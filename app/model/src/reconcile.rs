use serde::{Deserialize, Serialize};

use crate::{Resource, Text, Timestamp};

/// How far comparing a provider's list of events with the log has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReconcileProgress {
    pub state: ReconcileState,
    /// The span that is compared, by the provider's time; `to` excluded.
    pub from: Timestamp,
    pub to: Timestamp,
    /// How many events of the span the provider listed so far.
    pub listed: u64,
    /// How many of them came.
    pub arrived: u64,
    /// How many of the missing came all the same, in webhooks that cannot be trusted: an invalid signature, say.
    pub untrusted: u64,
    /// How many of them are of types that never came to this endpoint: the provider was most likely not asked to send them.
    pub other_types: u64,
    /// Those that never came, newest first. At most [`ReconcileProgress::MOST_MISSING`]: then the rest of the span is not
    /// compared.
    pub missing: Vec<MissingEvent>,
    /// How many of the missing were stored since.
    pub stored: u64,
    /// Why it failed, in words.
    pub failure: Option<String>,
}

impl ReconcileProgress {
    pub const MOST_MISSING: usize = 1_000;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReconcileState {
    Running,
    /// What is missing can be stored.
    Done,
    Cancelled,
    Failed,
}

/// An event that a provider lists and that never came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingEvent {
    pub provider_event_id: Text,
    pub event_type: Text,
    pub resource: Option<Resource>,
    pub created_at: Timestamp,
    /// It came, but in a webhook that cannot be trusted.
    pub came_untrusted: bool,
}
