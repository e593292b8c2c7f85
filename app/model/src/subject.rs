use serde::{Deserialize, Serialize};

use crate::{EndpointId, Event, Outcome, ProviderKey, Text, Timestamp, Verdict, WebhookId};

/// A subject as a line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectSummary {
    pub subject: Text,
    pub provider: ProviderKey,
    /// The newest webhook that tells of it.
    pub webhook_id: WebhookId,
    pub received_at: Timestamp,
    /// The newest that can be believed; `None` where none was said of late.
    pub outcome: Option<Outcome>,
}

/// An event of a subject, with what is to be known of its webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectEvent {
    pub webhook_id: WebhookId,
    pub endpoint_id: EndpointId,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub provider: ProviderKey,
    pub received_at: Timestamp,
    pub verdict: Verdict,
    /// The provider's record contradicts the webhook.
    pub contradicted: bool,
    /// The sender's address lies outside the networks that the endpoint names.
    pub foreign_network: bool,
    /// The webhook repeats another.
    pub duplicate: bool,
    pub event: Event,
}

/// What a provider says of a subject by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PresentOutcome {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub provider: ProviderKey,
    pub outcome: Outcome,
    /// The event that says so.
    pub event_type: Text,
    pub webhook_id: WebhookId,
    /// When it happened, by the provider's time where it is known, otherwise when it came.
    pub at: Timestamp,
}
