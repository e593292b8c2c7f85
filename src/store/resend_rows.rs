//! Rows that resending reads, and what they mean in the domain.

use std::collections::BTreeMap;

use model::{DestinationId, EndpointId, Event, Resend, ResendId, ResendState, WebhookFilter, WebhookId};
use sqlx::FromRow;
use uuid::Uuid;

use super::StoreError;
use super::delivery::{ResendStep, Resendable, RunningResend};
use super::recording::EndedColumns;
use super::rows::{EventColumns, number, unreadable, word};
use super::stored_time::StoredTime;

#[derive(FromRow)]
pub(super) struct ResendColumns {
    id: Uuid,
    action: String,
    filter: String,
    destination_id: Option<Uuid>,
    state: String,
    after: Option<Uuid>,
    last: Uuid,
    leased_until: Option<StoredTime>,
    count: i64,
    queued: i64,
    done: i64,
    failed: i64,
    created_at: StoredTime,
    created_by: String,
}

#[derive(FromRow)]
pub(super) struct ResendableColumns {
    pub id: Uuid,
    endpoint_id: Uuid,
    verdict: String,
    foreign_network: bool,
    contradicted: bool,
    erased: bool,
}

/// A delivery of a bulk resend that was cancelled.
#[derive(FromRow)]
pub(super) struct ResentColumns {
    #[sqlx(flatten)]
    pub delivery: EndedColumns,
    /// It was on its way before the resend.
    pub goes_on: bool,
}

/// An event with the webhook that it is of.
#[derive(FromRow)]
pub(super) struct EventOfColumns {
    webhook_id: Uuid,
    #[sqlx(flatten)]
    event: EventColumns,
}

impl TryFrom<ResendColumns> for Resend {
    type Error = StoreError;

    fn try_from(columns: ResendColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: ResendId(columns.id),
            action: word(&columns.action)?,
            state: word(&columns.state)?,
            filter: columns.filter,
            destination_id: columns.destination_id.map(DestinationId),
            count: number(columns.count, "count")?,
            deliveries: number(columns.queued, "count")?,
            done: number(columns.done, "count")?,
            failed: number(columns.failed, "count")?,
            created_at: columns.created_at.0,
            created_by: columns.created_by,
        })
    }
}

impl TryFrom<ResendColumns> for RunningResend {
    type Error = StoreError;

    fn try_from(columns: ResendColumns) -> Result<Self, StoreError> {
        let filter = WebhookFilter::from_query(&columns.filter);
        Ok(Self {
            id: ResendId(columns.id),
            action: word(&columns.action)?,
            filter: filter.map_err(|_| unreadable(format_args!("the filter `{}`", columns.filter)))?,
            destination_id: columns.destination_id.map(DestinationId),
            after: columns.after.map(WebhookId),
            last: WebhookId(columns.last),
        })
    }
}

impl ResendColumns {
    /// Whether the step goes on where the resend stands: not when it was cancelled, nor when somebody else, who had it after
    /// the lease was over, went the same step.
    pub(super) fn goes_on_with(&self, step: &ResendStep) -> bool {
        let only_ends = step.finished && step.queued.is_empty() && step.released.is_empty() && step.refetches.is_empty();
        let is_further = step.after.map(|after| after.0) > self.after;
        self.state == ResendState::Running.as_str() && self.leased_until.is_some() && (is_further || only_ends)
    }
}

/// Webhooks with their events, in the order of the webhooks. The events are in the order of their positions.
pub(super) fn resendable(webhooks: Vec<ResendableColumns>, events: Vec<EventOfColumns>) -> Result<Vec<Resendable>, StoreError> {
    let mut events_of = BTreeMap::<Uuid, Vec<Event>>::new();
    for row in events {
        events_of.entry(row.webhook_id).or_default().push(row.event.try_into()?);
    }
    let read = |row: ResendableColumns| {
        Ok(Resendable {
            id: WebhookId(row.id),
            endpoint_id: EndpointId(row.endpoint_id),
            verdict: word(&row.verdict)?,
            foreign_network: row.foreign_network,
            contradicted: row.contradicted,
            erased: row.erased,
            events: events_of.remove(&row.id).unwrap_or_default(),
        })
    };
    webhooks.into_iter().map(read).collect()
}
