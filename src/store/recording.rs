//! What attempts that were made do to their deliveries, to bulk resends and to the destinations. Pure.

use std::collections::BTreeMap;

use model::{DeliveryId, DeliveryState, DestinationId, Failure, Health, ResendId, Timestamp, Trigger};
use sqlx::FromRow;
use uuid::Uuid;

use super::StoreError;
use super::delivery::{FinishedAttempt, Next};
use super::rows::{number, time, word};
use super::stored_time::StoredTime;
use crate::delivery::breaker;

/// A delivery as it is stored, as far as an attempt changes it.
#[derive(FromRow)]
pub(super) struct TriedColumns {
    id: Uuid,
    destination_id: Uuid,
    state: String,
    next_trigger: String,
    due_at: Option<StoredTime>,
    lease: Option<Uuid>,
    attempts: i64,
    position: i64,
    subject: Option<String>,
    last_status: Option<i64>,
    last_failure: Option<String>,
    last_duration_ms: Option<i64>,
    last_attempt_at: Option<StoredTime>,
    resend_id: Option<Uuid>,
}

/// A delivery as far as an attempt changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tried {
    pub id: DeliveryId,
    pub destination_id: DestinationId,
    pub state: DeliveryState,
    pub trigger: Trigger,
    pub due_at: Option<Timestamp>,
    pub lease: Option<Uuid>,
    pub attempts: u32,
    pub position: u32,
    pub subject: Option<String>,
    pub last_status: Option<u16>,
    pub last_failure: Option<Failure>,
    pub last_duration_ms: Option<u32>,
    pub last_attempt_at: Option<Timestamp>,
    pub resend_id: Option<ResendId>,
}

/// An attempt as it is stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbered<'a> {
    pub attempt: &'a FinishedAttempt,
    pub number: u32,
    pub next_attempt_at: Option<Timestamp>,
    /// It does not move its delivery, which is another's by now or at its end.
    pub is_late: bool,
    /// What was answered is not kept: the webhook was erased meanwhile.
    pub answer_is_erased: bool,
}

/// Deliveries of a bulk resend that came to an end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ends {
    pub delivered: i64,
    pub failed: i64,
    /// They count no more.
    pub cancelled: i64,
}

/// A delivery that was cancelled or held, as it was before.
#[derive(FromRow)]
pub(super) struct EndedColumns {
    pub id: Uuid,
    pub destination_id: Uuid,
    pub subject: Option<String>,
    pub resend_id: Option<Uuid>,
}

/// The same, with the time at which it was made.
#[derive(FromRow)]
pub(super) struct HeldColumns {
    #[sqlx(flatten)]
    pub delivery: EndedColumns,
    pub created_at: StoredTime,
}

/// A delivery that failed, and the one that stands in for it.
#[derive(FromRow)]
pub(super) struct ReplacedColumns {
    #[sqlx(flatten)]
    pub delivery: EndedColumns,
    pub replaced_by: Uuid,
}

/// A subject of a destination, of which the next delivery may be waiting.
pub(super) type Line = (DestinationId, String);

/// What attempts come to.
#[derive(Debug, Default)]
pub(super) struct Recording<'a> {
    /// As they are afterwards.
    pub deliveries: BTreeMap<DeliveryId, Tried>,
    pub attempts: Vec<Numbered<'a>>,
    /// Those in which one was delivered or held, and when.
    pub advanced: BTreeMap<Line, Timestamp>,
    pub resends: BTreeMap<ResendId, Ends>,
    /// As they are afterwards.
    pub health: BTreeMap<DestinationId, Health>,
}

impl TryFrom<TriedColumns> for Tried {
    type Error = StoreError;

    fn try_from(columns: TriedColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: DeliveryId(columns.id),
            destination_id: DestinationId(columns.destination_id),
            state: word(&columns.state)?,
            trigger: word(&columns.next_trigger)?,
            due_at: time(columns.due_at),
            lease: columns.lease,
            attempts: number(columns.attempts, "number of attempts")?,
            position: number(columns.position, "place in the schedule")?,
            subject: columns.subject,
            last_status: columns.last_status.map(|status| number(status, "status")).transpose()?,
            last_failure: columns.last_failure.as_deref().map(word).transpose()?,
            last_duration_ms: columns
                .last_duration_ms
                .map(|millis| number(millis, "duration"))
                .transpose()?,
            last_attempt_at: time(columns.last_attempt_at),
            resend_id: columns.resend_id.map(ResendId),
        })
    }
}

/// In the order of the attempts. Those of deliveries that are not there are left out.
pub(super) fn record(
    attempts: &[FinishedAttempt],
    deliveries: Vec<Tried>,
    health: BTreeMap<DestinationId, Health>,
) -> Recording<'_> {
    let mut recording = Recording {
        deliveries: deliveries.into_iter().map(|delivery| (delivery.id, delivery)).collect(),
        health,
        ..Recording::default()
    };
    for attempt in attempts {
        recording.take(attempt);
    }
    recording
}

impl Numbered<'_> {
    pub(super) fn response_headers(&self) -> &[(String, String)] {
        if self.answer_is_erased {
            &[]
        } else {
            &self.attempt.attempt.response_headers
        }
    }

    pub(super) fn response_body(&self) -> &str {
        if self.answer_is_erased {
            ""
        } else {
            &self.attempt.attempt.response_body
        }
    }
}

impl<'a> Recording<'a> {
    /// The deliveries whose webhook may have been erased while they were under way.
    pub(super) fn late(&self) -> Vec<Uuid> {
        let late = self.attempts.iter().filter(|numbered| numbered.is_late);
        late.map(|numbered| numbered.attempt.delivery_id.0).collect()
    }

    /// The deliveries that are to be tried again, but for those that a person released.
    pub(super) fn tried_again(&self) -> Vec<Uuid> {
        let again = self.attempts.iter().filter(|numbered| numbered.next_attempt_at.is_some());
        let again = again.filter(|numbered| numbered.attempt.attempt.trigger != Trigger::Released);
        again.map(|numbered| numbered.attempt.delivery_id.0).collect()
    }

    /// Holds these instead of trying them again.
    pub(super) fn hold(&mut self, deliveries: &[Uuid]) {
        let held = |numbered: &&mut Numbered<'_>| {
            numbered.next_attempt_at.is_some() && deliveries.contains(&numbered.attempt.delivery_id.0)
        };
        for numbered in self.attempts.iter_mut().filter(held) {
            numbered.next_attempt_at = None;
            let Some(delivery) = self.deliveries.get_mut(&numbered.attempt.delivery_id) else {
                continue;
            };
            (delivery.state, delivery.due_at) = (DeliveryState::Held, None);
            if let Some(subject) = &delivery.subject {
                let line = (delivery.destination_id, subject.clone());
                self.advanced.insert(line, ended_at(numbered.attempt));
            }
            if let Some(resend) = delivery.resend_id.take() {
                self.resends.entry(resend).or_default().cancelled += 1;
            }
        }
    }

    /// Leaves out what was answered to these.
    pub(super) fn erase_answers(&mut self, deliveries: &[Uuid]) {
        for numbered in &mut self.attempts {
            numbered.answer_is_erased = deliveries.contains(&numbered.attempt.delivery_id.0);
        }
    }

    fn take(&mut self, finished: &'a FinishedAttempt) {
        let ended_at = ended_at(finished);
        let health = self.health.entry(finished.destination_id).or_default();
        *health = breaker::after(health, finished.outcome, finished.attempt.started_at, ended_at);
        let Some(delivery) = self.deliveries.get_mut(&finished.delivery_id) else {
            return;
        };
        let moves = delivery.state == DeliveryState::Delivering && delivery.lease == Some(finished.lease);
        delivery.note(finished);
        self.attempts.push(Numbered {
            attempt: finished,
            number: delivery.attempts,
            next_attempt_at: match finished.next {
                Next::Again(at) if moves => Some(at),
                _ => None,
            },
            is_late: !moves,
            answer_is_erased: false,
        });
        if !moves {
            return;
        }
        delivery.move_on(finished.next);
        if finished.next == Next::Delivered
            && let Some(subject) = &delivery.subject
        {
            self.advanced.insert((delivery.destination_id, subject.clone()), ended_at);
        }
        if !delivery.state.is_open()
            && let Some(resend) = delivery.resend_id.take()
        {
            let ends = self.resends.entry(resend).or_default();
            match delivery.state {
                DeliveryState::Delivered => ends.delivered += 1,
                _ => ends.failed += 1,
            }
        }
    }
}

impl Tried {
    fn note(&mut self, finished: &FinishedAttempt) {
        let attempt = &finished.attempt;
        self.attempts += 1;
        // A late one does not stand in for one that was made after it.
        if self.last_attempt_at <= Some(attempt.started_at) {
            self.last_attempt_at = Some(attempt.started_at);
            self.last_duration_ms = Some(attempt.duration_ms);
            self.last_status = attempt.status;
            self.last_failure = attempt.failure;
        }
    }

    fn move_on(&mut self, next: Next) {
        (self.state, self.due_at) = match next {
            Next::Delivered => (DeliveryState::Delivered, None),
            Next::Again(at) => (DeliveryState::Pending, Some(at)),
            Next::Failed => (DeliveryState::Failed, None),
        };
        self.position += 1;
        self.trigger = Trigger::Automatic;
        self.lease = None;
    }
}

fn ended_at(finished: &FinishedAttempt) -> Timestamp {
    let attempt = &finished.attempt;
    let micros = attempt.started_at.as_micros() + i64::from(attempt.duration_ms) * 1000;
    Timestamp::from_micros(micros).unwrap_or(attempt.started_at)
}
