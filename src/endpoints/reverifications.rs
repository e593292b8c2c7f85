use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{EndpointId, ReverifyProgress, ReverifyState};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

/// How many check webhooks at once. Each holds a batch in memory and writes in competition with the door.
const AT_ONCE: usize = 2;

/// The re-verifications of this node: the newest of each endpoint, running or ended.
#[derive(Debug)]
pub struct Reverifications {
    jobs: Mutex<HashMap<EndpointId, Arc<Job>>>,
    turns: Semaphore,
}

impl Default for Reverifications {
    fn default() -> Self {
        Self {
            jobs: Mutex::default(),
            turns: Semaphore::new(AT_ONCE),
        }
    }
}

/// One re-verification while it waits for its turn, runs, and afterwards.
#[derive(Debug)]
pub(super) struct Job {
    progress: Mutex<ReverifyProgress>,
    cancelled: CancellationToken,
}

impl Reverifications {
    /// Registers a new one; `None` while another one of the endpoint is running.
    pub(super) fn begin(&self, endpoint: EndpointId) -> Option<Arc<Job>> {
        let mut jobs = self.jobs();
        if jobs.get(&endpoint).is_some_and(|job| job.is_running()) {
            return None;
        }
        let job = Arc::new(Job {
            progress: Mutex::new(ReverifyProgress {
                state: ReverifyState::Running,
                total: 0,
                checked: 0,
                changed: 0,
            }),
            cancelled: CancellationToken::new(),
        });
        jobs.insert(endpoint, Arc::clone(&job));
        Some(job)
    }

    /// Waits until the job may check webhooks, as long as it holds what this gives; `None` when it was cancelled before.
    pub(super) async fn turn(&self, job: &Job) -> Option<SemaphorePermit<'_>> {
        tokio::select! {
            biased;
            () = job.cancelled.cancelled() => None,
            turn = self.turns.acquire() => turn.ok(),
        }
    }

    pub(super) fn newest(&self, endpoint: EndpointId) -> Option<Arc<Job>> {
        self.jobs().get(&endpoint).cloned()
    }

    /// Asks all that are running to end after their batch, for when the server ends.
    pub fn cancel_all(&self) {
        self.jobs().values().for_each(|job| job.cancel());
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<EndpointId, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    pub(super) fn progress(&self) -> ReverifyProgress {
        self.lock().clone()
    }

    pub(super) fn set_total(&self, total: u64) {
        self.lock().total = total;
    }

    pub(super) fn count(&self, checked: u64, changed: u64) {
        let mut progress = self.lock();
        progress.checked += checked;
        progress.changed += changed;
    }

    pub(super) fn end(&self, state: ReverifyState) {
        self.lock().state = state;
    }

    pub(super) fn cancel(&self) {
        self.cancelled.cancel();
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.is_cancelled()
    }

    fn is_running(&self) -> bool {
        self.lock().state == ReverifyState::Running
    }

    fn lock(&self) -> MutexGuard<'_, ReverifyProgress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
