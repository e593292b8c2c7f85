//! Writes what attempts came to: of all destinations together, what is waiting in one transaction.

use std::sync::Arc;
use std::time::Duration;

use model::Health;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::lane::LEASE_MARGIN;
use super::within::within;
use crate::store::delivery::FinishedAttempt;
use crate::store::{Store, StoreError};

/// The most attempts that one transaction takes.
const MAX_BATCH: usize = 256;

/// How long to wait before each further try while the database is away. Together shorter than [`LEASE_MARGIN`].
const WAITS: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_millis(1_500),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

struct Job {
    attempt: FinishedAttempt,
    done: oneshot::Sender<Option<Health>>,
}

/// The way to the task that records. Cheap to clone; when the last clone is gone the task ends.
#[derive(Clone)]
pub struct Recorder(mpsc::Sender<Job>);

impl Recorder {
    /// Starts the task. The second of what it gives tells how many attempts were recorded.
    pub fn start(store: Arc<dyn Store>) -> (Self, watch::Receiver<u64>, JoinHandle<()>) {
        Self::with_patience(store, LEASE_MARGIN)
    }

    fn with_patience(store: Arc<dyn Store>, patience: Duration) -> (Self, watch::Receiver<u64>, JoinHandle<()>) {
        let (queue, jobs) = mpsc::channel(MAX_BATCH);
        let (count, recorded) = watch::channel(0);
        (Self(queue), recorded, tokio::spawn(record_all(store, jobs, count, patience)))
    }

    /// Records an attempt and gives how its destination does then. `None` when it cannot be recorded: the delivery is made
    /// again when its lease ends.
    pub async fn record(&self, attempt: FinishedAttempt) -> Option<Health> {
        let (done, recorded) = oneshot::channel();
        self.0.send(Job { attempt, done }).await.ok()?;
        recorded.await.ok().flatten()
    }
}

async fn record_all(store: Arc<dyn Store>, mut jobs: mpsc::Receiver<Job>, count: watch::Sender<u64>, patience: Duration) {
    let mut waiting = Vec::with_capacity(MAX_BATCH);
    let mut recording = Recording {
        store,
        patience,
        is_away: false,
    };
    while jobs.recv_many(&mut waiting, MAX_BATCH).await > 0 {
        let (attempts, callers): (Vec<_>, Vec<_>) = waiting.drain(..).map(|job| (job.attempt, job.done)).unzip();
        let recorded = recording.record(&attempts).await;
        let newly = recorded.iter().flatten().count();
        count.send_modify(|count| *count += newly as u64);
        for (caller, health) in callers.into_iter().zip(recorded) {
            // A lane that was told to end may not wait any more.
            let _ = caller.send(health);
        }
    }
}

struct Recording {
    store: Arc<dyn Store>,
    /// How long recording may take. Afterwards others may make the attempts again: these are not worth waiting for, and those
    /// behind them are.
    patience: Duration,
    /// The database is away; what is logged is logged once for each time.
    is_away: bool,
}

impl Recording {
    /// Records the attempts and gives the health of each one's destination.
    async fn record(&mut self, attempts: &[FinishedAttempt]) -> Vec<Option<Health>> {
        match within(self.patience, record_patiently(self.store.as_ref(), attempts)).await {
            Ok(health) => {
                if std::mem::take(&mut self.is_away) {
                    tracing::info!("attempts are recorded again");
                }
                let of = |attempt: &FinishedAttempt| health.iter().find(|(id, _)| *id == attempt.destination_id);
                attempts
                    .iter()
                    .map(|attempt| of(attempt).map(|(_, health)| health.clone()))
                    .collect()
            }
            Err(error @ StoreError::Unavailable(_)) => {
                if !std::mem::replace(&mut self.is_away, true) {
                    let attempts = attempts.len();
                    tracing::error!(%error, attempts, "attempts not recorded: their deliveries are made again");
                }
                vec![None; attempts.len()]
            }
            Err(error) => match attempts {
                [attempt] => {
                    tracing::error!(%error, delivery = %attempt.delivery_id, "attempt not recorded: the delivery is made again");
                    vec![None]
                }
                // One that cannot be recorded does not take the others with it.
                attempts => {
                    let mut recorded = Vec::with_capacity(attempts.len());
                    for attempt in attempts {
                        recorded.extend(Box::pin(self.record(std::slice::from_ref(attempt))).await);
                    }
                    recorded
                }
            },
        }
    }
}

/// Tries again for a while when the database is away.
async fn record_patiently(
    store: &dyn Store,
    attempts: &[FinishedAttempt],
) -> Result<Vec<(model::DestinationId, Health)>, StoreError> {
    for wait in WAITS {
        match store.record(attempts).await {
            Err(StoreError::Unavailable(_)) => sleep(wait).await,
            recorded => return recorded,
        }
    }
    store.record(attempts).await
}

#[cfg(test)]
mod tests {
    use model::{Attempt, DeliveryId, DestinationId, Timestamp, Trigger};
    use sqlx::{Connection, Executor, SqliteConnection};
    use tokio::time::Instant;
    use uuid::Uuid;

    use super::*;
    use crate::delivery::breaker::Outcome;
    use crate::store::delivery::Next;
    use crate::store::open;

    fn attempt() -> FinishedAttempt {
        FinishedAttempt {
            delivery_id: DeliveryId(Uuid::nil()),
            destination_id: DestinationId(Uuid::nil()),
            lease: Uuid::nil(),
            attempt: Attempt {
                number: 0,
                trigger: Trigger::Automatic,
                started_at: Timestamp::parse("2025-11-20T12:00:00Z").expect("a time"),
                duration_ms: 1,
                status: Some(204),
                failure: None,
                response_headers: Vec::new(),
                response_body: String::new(),
                next_attempt_at: None,
            },
            next: Next::Delivered,
            outcome: Outcome::Succeeded,
        }
    }

    #[tokio::test]
    async fn a_database_that_says_nothing_is_not_waited_for_longer_than_is_worth_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/hookproof.db", folder.path().display());
        let store = open(&url).await.expect("opened");
        store.migrate().await.expect("migrated");
        // Nobody can write, and whoever wants to is not told so for a while.
        let mut writer = SqliteConnection::connect(&url).await.expect("connected");
        writer.execute("begin immediate").await.expect("begun");
        let (recorder, _, _) = Recorder::with_patience(store, Duration::from_millis(50));
        let began = Instant::now();
        assert_eq!(recorder.record(attempt()).await, None);
        assert!(began.elapsed() < WAITS[4], "waited for {:?}", began.elapsed());
    }
}
