//! Destinations: the operations that every door to them (command line, console, API) calls.
//!
//! Promises:
//! - what a destination is signed for with is made here, sealed, and shown once to whoever had it made; the values of its
//!   extra headers go in and never come out;
//! - a URL that must not be sent to is refused when it is typed, in words (and again, by its address, whenever it is
//!   connected to: `delivery`);
//! - a destination that is disabled loses nothing: what arrives for it waits, and enabling it says what becomes of that.

mod add;
mod archive;
mod change;
mod headers;
mod list;
mod rotate;
mod schedules;
mod settings;
mod signing;
mod sweep;
mod switch;
mod test;
mod unbroken;

use model::{
    AuditTarget, AuditTargetKind, DestinationId, DestinationSummary, Disabled, EndpointId, Health, HealthState, Outcome,
    SecretId, Text, Timestamp,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::operation::{OperationError, Operations};
use crate::store::delivery::{Destination, DestinationSecret};

pub use add::AddDestination;
pub use change::{DestinationChange, HeaderChange};
pub use schedules::presets;
pub use settings::DEFAULT_CONCURRENCY;
pub use test::Tested;

/// How many deliveries are counted at most where a count is shown.
pub const MOST_COUNTED: u32 = 1000;

/// A destination as programs see it. Holds no secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DestinationView {
    pub id: DestinationId,
    pub name: String,
    pub url: String,
    /// Whose webhooks it takes; empty for all.
    pub endpoints: Vec<EndpointId>,
    /// Which event types it takes, or beginnings of such and `*`; empty for all.
    pub event_types: Vec<Text>,
    /// Which outcomes it takes; empty for all.
    pub outcomes: Vec<Outcome>,
    /// The names of the headers that are added to each request. Their values may be secrets.
    pub headers: Vec<String>,
    /// How many requests are under way at once, on each node.
    pub concurrency: u32,
    /// The most requests a second, on each node.
    #[schema(required = true)]
    pub rate_limit: Option<u32>,
    /// Whether later events of a subject wait for earlier ones.
    pub ordered: bool,
    /// Seconds before each attempt, the first one included.
    pub schedule: Vec<u32>,
    /// Since when and why nothing is sent to it. What arrives meanwhile waits.
    #[schema(required = true)]
    pub disabled: Option<Disabled>,
    pub health: HealthView,
    /// How many deliveries wait, counted up to 1,000.
    pub waiting: u32,
    /// How many failed for good, counted up to 1,000.
    pub failed: u32,
    /// What requests are signed with, oldest first.
    pub secrets: Vec<DestinationSecretView>,
    pub created_at: Timestamp,
    /// Only what was sent to an archived one is still seen; by itself it is not found.
    #[serde(skip)]
    pub archived: bool,
}

/// How a destination does, in a word and from its latest attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HealthView {
    pub state: HealthState,
    #[serde(flatten)]
    pub latest: Health,
}

/// A signing secret of a destination: everything but its value.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DestinationSecretView {
    pub id: SecretId,
    /// The last four characters.
    pub hint: String,
    pub created_at: Timestamp,
    /// From when on nothing is signed with it.
    #[schema(required = true)]
    pub expires_at: Option<Timestamp>,
}

/// A destination with a signing secret that was made just now. Whoever had it made is shown it this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct DestinationWithSecret {
    #[serde(flatten)]
    pub destination: DestinationView,
    /// What requests are signed with, as Standard Webhooks describes it. It is not shown again.
    #[serde(serialize_with = "shown")]
    #[schema(value_type = String, pattern = "^whsec_[A-Za-z0-9+/]+=*$")]
    pub secret: SecretString,
}

/// What is known of a destination beside its settings.
#[derive(Debug, Default)]
struct Condition {
    health: Health,
    waiting: u32,
    failed: u32,
}

impl DestinationView {
    fn new(destination: Destination, secrets: Vec<DestinationSecret>, condition: Condition) -> Self {
        Self {
            id: destination.id,
            name: destination.name,
            url: destination.url,
            endpoints: destination.subscription.endpoints,
            event_types: destination.subscription.event_types,
            outcomes: destination.subscription.outcomes,
            headers: destination.header_names,
            concurrency: destination.concurrency,
            rate_limit: destination.rate_limit,
            ordered: destination.ordered,
            schedule: destination.schedule,
            disabled: destination.disabled,
            health: HealthView {
                state: condition.health.state(),
                latest: condition.health,
            },
            waiting: condition.waiting,
            failed: condition.failed,
            secrets: secrets.into_iter().map(DestinationSecretView::from).collect(),
            created_at: destination.created_at,
            archived: destination.archived_at.is_some(),
        }
    }
}

impl From<DestinationSecret> for DestinationSecretView {
    fn from(secret: DestinationSecret) -> Self {
        Self {
            id: secret.id,
            hint: secret.hint,
            created_at: secret.created_at,
            expires_at: secret.expires_at,
        }
    }
}

impl From<DestinationView> for DestinationSummary {
    fn from(view: DestinationView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            url: view.url,
            disabled: view.disabled,
            archived: view.archived,
            health: view.health.latest,
            waiting: view.waiting,
            failed: view.failed,
            created_at: view.created_at,
        }
    }
}

impl Operations {
    /// The destination, unless it is archived.
    pub(crate) async fn destination_in_use(&self, id: DestinationId) -> Result<Destination, OperationError> {
        let destination = self.store.destination(id).await?;
        destination
            .filter(|destination| destination.archived_at.is_none())
            .ok_or(OperationError::NotFound("destination"))
    }
}

fn shown<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

/// The destination as the audit log names it.
fn target(destination: &Destination) -> AuditTarget {
    AuditTarget {
        kind: AuditTargetKind::Destination,
        id: destination.id.to_string(),
        name: destination.name.clone(),
    }
}
