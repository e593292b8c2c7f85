//! Writes what attempts came to: of all destinations together, what is waiting in one transaction.

use std::sync::Arc;
use std::time::Duration;

use model::Health;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::store::delivery::FinishedAttempt;
use crate::store::{Store, StoreError};

/// The most attempts that one transaction takes.
const MAX_BATCH: usize = 256;

/// How long to wait before each further try while the database is away. Together shorter than what a lease leaves after the
/// longest attempt: afterwards others may make the attempt again, and this one is not worth waiting for.
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
        let (queue, jobs) = mpsc::channel(MAX_BATCH);
        let (count, recorded) = watch::channel(0);
        (Self(queue), recorded, tokio::spawn(record_all(store, jobs, count)))
    }

    /// Records an attempt and gives how its destination does then. `None` when it cannot be recorded: the delivery is made
    /// again when its lease ends.
    pub async fn record(&self, attempt: FinishedAttempt) -> Option<Health> {
        let (done, recorded) = oneshot::channel();
        self.0.send(Job { attempt, done }).await.ok()?;
        recorded.await.ok().flatten()
    }
}

async fn record_all(store: Arc<dyn Store>, mut jobs: mpsc::Receiver<Job>, count: watch::Sender<u64>) {
    let mut waiting = Vec::with_capacity(MAX_BATCH);
    let mut is_away = false;
    while jobs.recv_many(&mut waiting, MAX_BATCH).await > 0 {
        let (attempts, callers): (Vec<_>, Vec<_>) = waiting.drain(..).map(|job| (job.attempt, job.done)).unzip();
        let recorded = record(store.as_ref(), &attempts, &mut is_away).await;
        let newly = recorded.iter().flatten().count();
        count.send_modify(|count| *count += newly as u64);
        for (caller, health) in callers.into_iter().zip(recorded) {
            // A lane that was told to end may not wait any more.
            let _ = caller.send(health);
        }
    }
}

/// Records the attempts and gives the health of each one's destination. `is_away` keeps what is logged to once for each time
/// that the database is away.
async fn record(store: &dyn Store, attempts: &[FinishedAttempt], is_away: &mut bool) -> Vec<Option<Health>> {
    match record_patiently(store, attempts).await {
        Ok(health) => {
            if std::mem::take(is_away) {
                tracing::info!("attempts are recorded again");
            }
            let of = |attempt: &FinishedAttempt| health.iter().find(|(id, _)| *id == attempt.destination_id);
            attempts
                .iter()
                .map(|attempt| of(attempt).map(|(_, health)| health.clone()))
                .collect()
        }
        Err(error @ StoreError::Unavailable(_)) => {
            if !std::mem::replace(is_away, true) {
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
                    recorded.extend(Box::pin(record(store, std::slice::from_ref(attempt), is_away)).await);
                }
                recorded
            }
        },
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
