//! Rows of the tables of deliveries and attempts, and what they mean in the domain.

use std::collections::BTreeMap;

use model::{
    Attempt, DeliveryDetail, DeliveryId, DeliveryRow, DeliveryState, DeliverySummary, DestinationId, ProviderKey, WebhookId,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::StoreError;
use super::delivery::LeasedDelivery;
use super::rows::{number, read_all, text, time, unreadable, word};
use super::stored_time::StoredTime;

/// A delivery as a line of a list.
#[derive(FromRow)]
pub(super) struct DeliveryColumns {
    id: Uuid,
    webhook_id: Uuid,
    destination_id: Uuid,
    destination_name: String,
    created_at: StoredTime,
    next_trigger: String,
    last_attempt_at: Option<StoredTime>,
    #[sqlx(flatten)]
    standing: StandingColumns,
    provider: String,
    verdict: String,
    received_at: StoredTime,
    event_type: Option<String>,
    outcome: Option<String>,
    subject: Option<String>,
}

/// How a delivery stands.
#[derive(FromRow)]
struct StandingColumns {
    state: String,
    attempts: i64,
    due_at: Option<StoredTime>,
    last_status: Option<i64>,
    last_failure: Option<String>,
    last_duration_ms: Option<i64>,
}

/// A delivery of a webhook of a page of the log.
#[derive(FromRow)]
pub(super) struct WebhookDeliveryColumns {
    id: Uuid,
    webhook_id: Uuid,
    destination_id: Uuid,
    #[sqlx(flatten)]
    standing: StandingColumns,
}

#[derive(FromRow)]
pub(super) struct AttemptColumns {
    number: i64,
    trigger: String,
    started_at: StoredTime,
    duration_ms: i64,
    status: Option<i64>,
    failure: Option<String>,
    response_headers: String,
    response_body: String,
    next_attempt_at: Option<StoredTime>,
}

/// A delivery that is to be tried, with what is sent.
#[derive(FromRow)]
pub(super) struct LeasedColumns {
    id: Uuid,
    webhook_id: Uuid,
    next_trigger: String,
    position: i64,
    provider: String,
    event_type: Option<String>,
    verdict: String,
    received_at: StoredTime,
    headers: Vec<u8>,
    body: Vec<u8>,
}

impl TryFrom<StandingColumns> for DeliverySummary {
    type Error = StoreError;

    fn try_from(columns: StandingColumns) -> Result<Self, StoreError> {
        let state: DeliveryState = word(&columns.state)?;
        Ok(Self {
            state,
            attempts: number(columns.attempts, "number of attempts")?,
            last_status: columns.last_status.map(|status| number(status, "status")).transpose()?,
            last_failure: columns.last_failure.as_deref().map(word).transpose()?,
            last_duration_ms: columns
                .last_duration_ms
                .map(|millis| number(millis, "duration"))
                .transpose()?,
            // Of one that is under way it is the end of the lease, which is nobody's business.
            next_attempt_at: time(columns.due_at).filter(|_| state == DeliveryState::Pending),
            destinations: 1,
        })
    }
}

impl TryFrom<DeliveryColumns> for DeliveryRow {
    type Error = StoreError;

    fn try_from(columns: DeliveryColumns) -> Result<Self, StoreError> {
        let standing = DeliverySummary::try_from(columns.standing)?;
        Ok(Self {
            id: DeliveryId(columns.id),
            webhook_id: WebhookId(columns.webhook_id),
            destination_id: DestinationId(columns.destination_id),
            destination_name: columns.destination_name,
            state: standing.state,
            attempts: standing.attempts,
            last_status: standing.last_status,
            last_failure: standing.last_failure,
            last_duration_ms: standing.last_duration_ms,
            last_attempt_at: time(columns.last_attempt_at),
            next_attempt_at: standing.next_attempt_at,
            trigger: word(&columns.next_trigger)?,
            created_at: columns.created_at.0,
            provider: ProviderKey::new(columns.provider),
            verdict: word(&columns.verdict)?,
            received_at: columns.received_at.0,
            event_type: columns.event_type.as_deref().map(text).transpose()?,
            outcome: columns.outcome.as_deref().map(word).transpose()?,
            subject: columns.subject.as_deref().map(text).transpose()?,
            waits_for_earlier: standing.state == DeliveryState::Pending && standing.next_attempt_at.is_none(),
        })
    }
}

impl DeliveryColumns {
    pub(super) fn into_detail(self, attempts: Vec<AttemptColumns>) -> Result<DeliveryDetail, StoreError> {
        Ok(DeliveryDetail {
            row: self.try_into()?,
            attempts: read_all(attempts)?,
        })
    }
}

impl TryFrom<AttemptColumns> for Attempt {
    type Error = StoreError;

    fn try_from(columns: AttemptColumns) -> Result<Self, StoreError> {
        Ok(Self {
            number: number(columns.number, "number of an attempt")?,
            trigger: word(&columns.trigger)?,
            started_at: columns.started_at.0,
            duration_ms: number(columns.duration_ms, "duration")?,
            status: columns.status.map(|status| number(status, "status")).transpose()?,
            failure: columns.failure.as_deref().map(word).transpose()?,
            response_headers: serde_json::from_str(&columns.response_headers).map_err(unreadable)?,
            response_body: columns.response_body,
            next_attempt_at: time(columns.next_attempt_at),
        })
    }
}

impl LeasedColumns {
    pub(super) fn leased(self, lease: Uuid) -> Result<LeasedDelivery, StoreError> {
        Ok(LeasedDelivery {
            id: DeliveryId(self.id),
            webhook_id: WebhookId(self.webhook_id),
            lease,
            trigger: word(&self.next_trigger)?,
            position: number(self.position, "place in the schedule")?,
            provider: ProviderKey::new(self.provider),
            event_type: self.event_type.as_deref().map(text).transpose()?,
            verdict: word(&self.verdict)?,
            received_at: self.received_at.0,
            headers: self.headers,
            body: self.body.into(),
        })
    }
}

/// How the deliveries of each webhook stand: of the newest to each destination the one that most wants a person.
pub(super) fn summaries(rows: Vec<WebhookDeliveryColumns>) -> Result<BTreeMap<WebhookId, DeliverySummary>, StoreError> {
    let mut newest = BTreeMap::<(Uuid, Uuid), WebhookDeliveryColumns>::new();
    for row in rows {
        let to = (row.webhook_id, row.destination_id);
        if newest.get(&to).is_none_or(|known| known.id < row.id) {
            newest.insert(to, row);
        }
    }
    let mut summaries = BTreeMap::<_, DeliverySummary>::new();
    for ((webhook, _), row) in newest {
        let mut summary = DeliverySummary::try_from(row.standing)?;
        let webhook = WebhookId(webhook);
        if let Some(other) = summaries.remove(&webhook) {
            let destinations = other.destinations + 1;
            if wants_a_person(other.state) >= wants_a_person(summary.state) {
                summary = other;
            }
            summary.destinations = destinations;
        }
        summaries.insert(webhook, summary);
    }
    Ok(summaries)
}

/// How much a delivery in that state wants a person.
const fn wants_a_person(state: DeliveryState) -> u8 {
    match state {
        DeliveryState::Failed => 4,
        DeliveryState::Held => 3,
        DeliveryState::Pending | DeliveryState::Delivering => 2,
        DeliveryState::Delivered => 1,
        DeliveryState::Cancelled => 0,
    }
}
