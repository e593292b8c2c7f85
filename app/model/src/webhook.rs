use serde::{Deserialize, Serialize};

use crate::{DeliverySummary, EndpointId, Event, Evidence, ProviderKey, Timestamp, Verdict, WebhookId};

/// A webhook as a line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRow {
    pub id: WebhookId,
    pub endpoint_id: EndpointId,
    pub endpoint_name: String,
    pub provider: ProviderKey,
    pub received_at: Timestamp,
    /// The body's length in bytes.
    pub size: u64,
    pub verdict: Verdict,
    /// The event that names the row; `None` when the body holds none.
    pub event: Option<Event>,
    /// How many events the webhook carries.
    pub events: u32,
    /// The webhook that told of the same event before.
    pub duplicate_of: Option<WebhookId>,
    /// The sender's address lies outside the networks that the endpoint names.
    pub foreign_network: bool,
    /// The provider's record says something else: it is held.
    pub contradicted: bool,
    /// It was not received, but made of what the provider lists.
    pub reconciled: bool,
    /// When its body, headers and fields were erased.
    pub erased_at: Option<Timestamp>,
    /// `None` when it is on its way to no destination.
    pub delivery: Option<DeliverySummary>,
}

/// Everything that is kept of a webhook but its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookDetail {
    pub row: WebhookRow,
    /// Names in lower case, those that repeat side by side. A value that is not UTF-8 is shown with replacement characters.
    pub headers: Vec<(String, String)>,
    /// The sender's address as text, behind trusted proxies already looked through.
    pub peer: String,
    pub evidence: Evidence,
    pub events: Vec<Event>,
    /// Why the body could not be read as the provider's events.
    pub parse_error: Option<String>,
}

/// What the provider says in its headers about this delivery of the webhook, where it says anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryNotes {
    /// How many tries the provider counts; whether this one is included is not documented.
    pub attempts_made: Option<u32>,
    /// How many more times it will try when it gets no 200.
    pub attempts_left: Option<u32>,
    pub first_attempted_at: Option<Timestamp>,
}
