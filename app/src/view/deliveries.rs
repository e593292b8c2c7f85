//! Forwarding: deliveries, destinations and the overview.

use model::{
    BulkAction, CatalogueEvent, DeliveryDetail, DeliveryRow, DestinationSummary, EndpointSummary, Failure, Page, ProviderMark,
    Resend, Subscription, Timestamp, Volume, WebhookId,
};
use serde::{Deserialize, Serialize};

use super::Typed;

/// The overview: what needs a person first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The most pressing first; empty when all is well.
    pub needs: Vec<Need>,
    /// Arrivals of the last 24 hours.
    pub volume: Volume,
    /// Deliveries that wait for their next attempt, counted up to 1,000.
    pub waiting: u32,
    /// All that are not archived, by name.
    pub destinations: Vec<DestinationSummary>,
    pub endpoints: Vec<EndpointSummary>,
    /// Whether there is any webhook at all.
    pub any: bool,
    pub now: Timestamp,
}

/// Something that a person has to do, or at least to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Need {
    /// Deliveries that failed for good, counted up to 1,000.
    Failed { deliveries: u32 },
    /// Deliveries that are held, counted up to 1,000.
    Held { deliveries: u32 },
    /// It gets nothing, for another reason than that a person paused it.
    DestinationDisabled(Box<DestinationSummary>),
    /// Its attempts fail, several times in a row.
    DestinationFailing(Box<DestinationSummary>),
    /// Its provider signs, and it has no secret.
    EndpointWithoutSecret(Box<EndpointSummary>),
    /// A live secret of it ends within two weeks.
    SecretEndsSoon(Box<EndpointSummary>),
}

/// The deliveries page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryList {
    pub page: Page<DeliveryRow>,
    /// All that are registered, in the registry's order.
    pub providers: Vec<ProviderMark>,
    /// All that are not archived, by name.
    pub destinations: Vec<DestinationSummary>,
    /// Whether there is any delivery at all; tells "nothing matches" from "none yet".
    pub any: bool,
    pub now: Timestamp,
}

/// The page of one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryPage {
    pub detail: DeliveryDetail,
    /// Of the webhook.
    pub provider: ProviderMark,
    pub destination: DestinationSummary,
    /// Whether the destination wants the webhooks of a subject in order.
    pub ordered: bool,
    /// The destination's schedule: seconds before each attempt.
    pub schedule: Vec<u32>,
    /// Whether who looks may see what was answered.
    pub answers_shown: bool,
    pub now: Timestamp,
}

/// What a bulk action would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPreview {
    pub action: BulkAction,
    /// How many webhooks match.
    pub count: u64,
    /// The newest that was counted; what came later is left alone.
    pub last: WebhookId,
    /// Where they can be sent to.
    pub destinations: Vec<DestinationSummary>,
}

/// The page of a bulk resend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPage {
    pub resend: Resend,
    /// Those that it is for, by name.
    pub destinations: Vec<DestinationSummary>,
    pub now: Timestamp,
}

/// The destinations page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationList {
    /// All that are not archived, by name.
    pub destinations: Vec<DestinationSummary>,
    pub now: Timestamp,
}

/// What a destination's form is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationForm {
    pub endpoints: Vec<EndpointSummary>,
    /// The event types of the catalogues of the providers that have an endpoint, for suggestions.
    pub catalogue: Vec<CatalogueEvent>,
    /// How many requests are under way at once when nothing else is said.
    pub default_concurrency: u32,
    /// What is sent by when nothing else is chosen: seconds before each attempt.
    pub default_schedule: Vec<u32>,
    /// Other schedules to choose from, with their names.
    pub presets: Vec<(String, Vec<u32>)>,
    /// Whether plain http is allowed, to the networks that are.
    pub http_allowed: bool,
}

/// A destination's settings as a form gives them: text that the server reads.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DestinationInput {
    pub name: String,
    pub url: String,
    pub subscription: Subscription,
    /// A name and a value a line, `name: value`; an empty value leaves that of before.
    pub headers: Typed,
    /// Empty for the default.
    pub concurrency: String,
    /// Requests per second; empty for no limit.
    pub rate_limit: String,
    pub ordered: bool,
    /// Durations such as `0, 5 s, 5 min, 2 h`, separated by commas; empty for the default.
    pub schedule: String,
}

/// The page of one destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationPage {
    pub destination: DestinationSummary,
    pub subscription: Subscription,
    /// The names alone: the values may be secrets.
    pub headers: Vec<String>,
    pub concurrency: u32,
    pub rate_limit: Option<u32>,
    pub ordered: bool,
    pub schedule: Vec<u32>,
    /// Oldest first.
    pub secrets: Vec<DestinationSecretRow>,
    pub form: DestinationForm,
    /// The newest deliveries.
    pub latest: Vec<DeliveryRow>,
    /// What came of the test that was just sent from this session, without its answer's body. It is told once.
    pub tested: Option<TestAnswer>,
    pub now: Timestamp,
}

/// A signing secret without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationSecretRow {
    /// The last four characters.
    pub hint: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestAnswer {
    pub status: Option<u16>,
    /// `None` when it was taken.
    pub failure: Option<Failure>,
    pub duration_ms: u32,
    /// The beginning of the answer.
    pub response_body: String,
}
