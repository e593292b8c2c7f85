use std::sync::Arc;

use model::{Attempt, Health, Timestamp};

use super::breaker::Outcome;
use super::recorder::Recorder;
use super::schedule::next_after;
use super::{Client, ForwardedWebhook, OpenDestination, forward};
use crate::clock::Clock;
use crate::store::decode_headers;
use crate::store::delivery::{FinishedAttempt, LeasedDelivery, Next};

/// The status with which a destination says that it wants nothing any more.
const GONE: u16 = 410;

/// What attempts are made with.
#[derive(Clone)]
pub(super) struct Sender {
    pub client: Client,
    pub recorder: Recorder,
    pub clock: Arc<dyn Clock>,
}

/// What an attempt came to, for its lane.
pub(super) struct Ended {
    pub at: Timestamp,
    /// When the delivery is tried again.
    pub again_at: Option<Timestamp>,
    /// How the destination does by now. `None` when the attempt could not be recorded.
    pub health: Option<Health>,
    /// The address that wants nothing any more.
    pub gone: Option<String>,
}

impl Sender {
    /// Makes an attempt and records it.
    pub async fn attempt(self, destination: Arc<OpenDestination>, leased: LeasedDelivery) -> Ended {
        let started_at = self.clock.now();
        let LeasedDelivery {
            id,
            lease,
            trigger,
            position,
            ..
        } = leased;
        let request = forward(&webhook(leased), &destination.recipient(started_at), started_at);
        let answer = self.client.send(request).await;

        let ended_at = self.clock.now();
        let retry_after = answer
            .retry_after
            .map(|retry_after| seconds_until(ended_at, retry_after.due(ended_at)));
        let outcome = Outcome::of(answer.status, answer.failure, retry_after);
        let next = next_after(id, &destination.stored.schedule, position, outcome, ended_at);
        let again_at = match next {
            Next::Again(at) => Some(at),
            Next::Delivered | Next::Failed => None,
        };
        let gone = (answer.status == Some(GONE)).then(|| destination.stored.url.clone());
        let finished = FinishedAttempt {
            delivery_id: id,
            destination_id: destination.stored.id,
            lease,
            attempt: Attempt {
                // The store gives it its number.
                number: 0,
                trigger,
                started_at,
                duration_ms: u32::try_from(answer.duration.as_millis()).unwrap_or(u32::MAX),
                status: answer.status,
                failure: answer.failure,
                response_headers: answer.response_headers,
                response_body: answer.response_body,
                next_attempt_at: again_at,
            },
            next,
            outcome,
        };
        Ended {
            at: ended_at,
            again_at,
            health: self.recorder.record(finished).await,
            gone,
        }
    }
}

fn webhook(leased: LeasedDelivery) -> ForwardedWebhook {
    ForwardedWebhook {
        id: leased.webhook_id,
        provider: leased.provider,
        event_type: leased.event_type,
        verdict: leased.verdict,
        received_at: leased.received_at,
        headers: decode_headers(&leased.headers),
        body: leased.body,
    }
}

/// Whole seconds, never too early.
fn seconds_until(now: Timestamp, then: Timestamp) -> i64 {
    let micros = now.micros_until(then).max(0);
    micros / 1_000_000 + i64::from(micros % 1_000_000 > 0)
}
