//! Rows of the tables of re-fetches and records, and what they mean in the domain.

use std::collections::BTreeMap;

use model::{
    EndpointId, Event, Failure, RecordId, RecordRow, RefetchId, RefetchRow, RefetchState, RefetchTrigger, ResendId, Resource,
    Timestamp, WebhookId,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::StoreError;
use super::recording::Ends;
use super::records::{LeasedRefetch, RefetchEnd, Refetchable, StoredRecord};
use super::rows::{EventColumns, number, read_all, text, time, unreadable, word};
use super::stored_time::StoredTime;

#[derive(FromRow)]
pub(super) struct RefetchColumns {
    id: Uuid,
    webhook_id: Uuid,
    endpoint_id: Uuid,
    state: String,
    caused_by: String,
    due_at: Option<StoredTime>,
    attempts: i64,
    asked_at: Option<StoredTime>,
    url: Option<String>,
    duration_ms: Option<i64>,
    status: Option<i64>,
    failure: Option<String>,
    record_id: Option<Uuid>,
    created_at: StoredTime,
}

/// What made re-fetches that no person waits for, in the order in which they go: what a webhook waits for first, and what is asked for
/// in bulk last, so that it delays nothing.
pub(super) const IN_ORDER: [RefetchTrigger; 4] = [
    RefetchTrigger::Manual,
    RefetchTrigger::Confirmation,
    RefetchTrigger::Automatic,
    RefetchTrigger::Bulk,
];

/// How many webhooks of an endpoint are looked through, newest first, for the types of events that came to it.
pub(super) const LOOKED_THROUGH: i64 = 10_000;

/// A re-fetch that is due.
#[derive(FromRow)]
pub(super) struct DueColumns {
    pub id: Uuid,
    webhook_id: Uuid,
    caused_by: String,
    attempts: i64,
}

/// A re-fetch that is not at its end, with the bulk re-fetch that waits for it.
#[derive(FromRow)]
pub(super) struct OpenColumns {
    pub id: Uuid,
    pub resend_id: Option<Uuid>,
}

#[derive(FromRow)]
pub(super) struct RefetchableColumns {
    id: Uuid,
    endpoint_id: Uuid,
    received_at: StoredTime,
    duplicate_of: Option<Uuid>,
    foreign_network: bool,
    erased_at: Option<StoredTime>,
    #[sqlx(flatten)]
    judgement: JudgementColumns,
}

/// What a record may change of a webhook.
#[derive(FromRow)]
pub(super) struct JudgementColumns {
    verdict: String,
    evidence: String,
    contradicted: bool,
}

#[derive(FromRow)]
pub(super) struct RecordColumns {
    id: Uuid,
    webhook_id: Uuid,
    endpoint_id: Uuid,
    resource_type: String,
    resource_id: String,
    fetched_at: StoredTime,
    url: String,
    status: i64,
    duration_ms: i64,
    agreement: String,
    size: i64,
}

#[derive(FromRow)]
pub(super) struct StoredRecordColumns {
    #[sqlx(flatten)]
    row: RecordColumns,
    body: Vec<u8>,
}

/// Where a re-fetch is after the provider was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moved {
    pub state: RefetchState,
    pub due_at: Option<Timestamp>,
    pub failure: Option<Failure>,
    pub record: Option<RecordId>,
    /// For the bulk re-fetch that waits for it; `None` when it is not at its end.
    pub ends: Option<Ends>,
}

impl RefetchEnd {
    pub(super) fn moved(&self) -> Moved {
        let (delivered, failed) = (
            i64::from(matches!(self, Self::Record(..))),
            i64::from(matches!(self, Self::Failed(_))),
        );
        let ends = Ends {
            delivered,
            failed,
            cancelled: i64::from(matches!(self, Self::Cancelled)),
        };
        let (state, due_at, failure, record) = match self {
            Self::Record(record, _) => (RefetchState::Done, None, None, Some(record.id)),
            Self::RecordAndAgain(record, _, at) => (RefetchState::Pending, Some(*at), None, Some(record.id)),
            Self::Again(failure, at) => (RefetchState::Pending, Some(*at), Some(*failure), None),
            Self::Failed(failure) => (RefetchState::Failed, None, Some(*failure), None),
            Self::Cancelled => (RefetchState::Cancelled, None, None, None),
        };
        Moved {
            state,
            due_at,
            failure,
            record,
            ends: (!state.is_open()).then_some(ends),
        }
    }
}

/// How many of them each bulk re-fetch does not wait for any more.
pub(super) fn cancelled(refetches: &[OpenColumns]) -> BTreeMap<ResendId, Ends> {
    let mut resends = BTreeMap::<_, Ends>::new();
    for resend in refetches.iter().filter_map(|refetch| refetch.resend_id) {
        resends.entry(ResendId(resend)).or_default().cancelled += 1;
    }
    resends
}

impl TryFrom<RefetchColumns> for RefetchRow {
    type Error = StoreError;

    fn try_from(columns: RefetchColumns) -> Result<Self, StoreError> {
        let state: RefetchState = word(&columns.state)?;
        Ok(Self {
            id: RefetchId(columns.id),
            webhook_id: WebhookId(columns.webhook_id),
            endpoint_id: EndpointId(columns.endpoint_id),
            state,
            trigger: word(&columns.caused_by)?,
            attempts: number(columns.attempts, "number of attempts")?,
            created_at: columns.created_at.0,
            // Of one that is under way it is the end of the lease, which is nobody's business.
            due_at: time(columns.due_at).filter(|_| state == RefetchState::Pending),
            asked_at: time(columns.asked_at),
            url: columns.url,
            duration_ms: columns.duration_ms.map(|millis| number(millis, "duration")).transpose()?,
            status: columns.status.map(|status| number(status, "status")).transpose()?,
            failure: columns.failure.as_deref().map(word).transpose()?,
            record: columns.record_id.map(RecordId),
        })
    }
}

impl TryFrom<DueColumns> for LeasedRefetch {
    type Error = StoreError;

    fn try_from(columns: DueColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: RefetchId(columns.id),
            webhook_id: WebhookId(columns.webhook_id),
            trigger: word(&columns.caused_by)?,
            attempts: number(columns.attempts, "number of attempts")?,
        })
    }
}

impl RefetchableColumns {
    pub(super) fn with(self, events: Vec<EventColumns>) -> Result<Refetchable, StoreError> {
        Ok(Refetchable {
            id: WebhookId(self.id),
            endpoint_id: EndpointId(self.endpoint_id),
            received_at: self.received_at.0,
            verdict: word(&self.judgement.verdict)?,
            evidence: serde_json::from_str(&self.judgement.evidence).map_err(unreadable)?,
            duplicate_of: self.duplicate_of.map(WebhookId),
            foreign_network: self.foreign_network,
            contradicted: self.judgement.contradicted,
            erased_at: time(self.erased_at),
            events: read_all::<_, Event>(events)?,
        })
    }
}

impl JudgementColumns {
    /// `Changed` unless it is as it was `before`.
    pub(super) fn require(&self, before: &Refetchable) -> Result<(), StoreError> {
        let evidence: model::Evidence = serde_json::from_str(&self.evidence).map_err(unreadable)?;
        let stored = (word(&self.verdict)?, &evidence, self.contradicted);
        if stored == (before.verdict, &before.evidence, before.contradicted) {
            Ok(())
        } else {
            Err(StoreError::Changed("webhook"))
        }
    }
}

impl TryFrom<RecordColumns> for RecordRow {
    type Error = StoreError;

    fn try_from(columns: RecordColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: RecordId(columns.id),
            webhook_id: WebhookId(columns.webhook_id),
            endpoint_id: EndpointId(columns.endpoint_id),
            resource: Resource {
                kind: text(&columns.resource_type)?,
                id: text(&columns.resource_id)?,
            },
            fetched_at: columns.fetched_at.0,
            url: columns.url,
            status: number(columns.status, "status")?,
            duration_ms: number(columns.duration_ms, "duration")?,
            size: number(columns.size, "size")?,
            agreement: serde_json::from_str(&columns.agreement).map_err(unreadable)?,
        })
    }
}

impl TryFrom<StoredRecordColumns> for StoredRecord {
    type Error = StoreError;

    fn try_from(columns: StoredRecordColumns) -> Result<Self, StoreError> {
        Ok(Self {
            row: columns.row.try_into()?,
            body: columns.body,
        })
    }
}
