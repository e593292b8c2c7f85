//! Deliveries as programs see them.

use model::{
    Attempt, DeliveryDetail, DeliveryId, DeliveryRow, DeliveryState, DestinationId, Failure, Outcome, ProviderKey, Text,
    Timestamp, Trigger, Verdict, WebhookId,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A delivery as a line of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryItem {
    #[serde(flatten)]
    delivery: Delivery,
    /// How many attempts were made.
    attempts: u32,
}

/// A delivery with its attempts.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryWhole {
    #[serde(flatten)]
    delivery: Delivery,
    /// Oldest first. What was answered is shown to operators; for viewers it is empty.
    attempts: Vec<Attempt>,
}

/// Deliveries that are due because someone asked for them.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueuedDeliveries {
    pub deliveries: Vec<DeliveryItem>,
}

/// What a line of a list and the whole have in common.
#[derive(Debug, Serialize, ToSchema)]
struct Delivery {
    id: DeliveryId,
    webhook_id: WebhookId,
    destination_id: DestinationId,
    /// The destination's name.
    destination: String,
    state: DeliveryState,
    /// The status that the last attempt was answered with, where it was answered.
    #[schema(required = true)]
    last_status: Option<u16>,
    #[schema(required = true)]
    last_failure: Option<Failure>,
    #[schema(required = true)]
    last_duration_ms: Option<u32>,
    #[schema(required = true)]
    last_attempt_at: Option<Timestamp>,
    /// When the next attempt is due. It comes later while the destination is down, disabled or busy.
    #[schema(required = true)]
    next_attempt_at: Option<Timestamp>,
    /// What causes the next attempt, or the one under way.
    trigger: Trigger,
    /// It waits for an earlier delivery of its subject.
    waits_for_earlier: bool,
    created_at: Timestamp,
    /// Of the webhook, here as below.
    provider: ProviderKey,
    verdict: Verdict,
    received_at: Timestamp,
    #[schema(required = true)]
    event_type: Option<Text>,
    #[schema(required = true)]
    outcome: Option<Outcome>,
    #[schema(required = true)]
    subject: Option<Text>,
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            id: row.id,
            webhook_id: row.webhook_id,
            destination_id: row.destination_id,
            destination: row.destination_name,
            state: row.state,
            last_status: row.last_status,
            last_failure: row.last_failure,
            last_duration_ms: row.last_duration_ms,
            last_attempt_at: row.last_attempt_at,
            next_attempt_at: row.next_attempt_at,
            trigger: row.trigger,
            waits_for_earlier: row.waits_for_earlier,
            created_at: row.created_at,
            provider: row.provider,
            verdict: row.verdict,
            received_at: row.received_at,
            event_type: row.event_type,
            outcome: row.outcome,
            subject: row.subject,
        }
    }
}

impl From<DeliveryRow> for DeliveryItem {
    fn from(row: DeliveryRow) -> Self {
        Self {
            attempts: row.attempts,
            delivery: row.into(),
        }
    }
}

impl From<DeliveryDetail> for DeliveryWhole {
    fn from(detail: DeliveryDetail) -> Self {
        Self {
            delivery: detail.row.into(),
            attempts: detail.attempts,
        }
    }
}
