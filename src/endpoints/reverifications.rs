use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::view::{ReverifyProgress, ReverifyState};
use model::EndpointId;

/// The re-verifications of this node: the newest of each endpoint, running or ended.
#[derive(Debug, Default)]
pub struct Reverifications(Mutex<HashMap<EndpointId, Arc<Job>>>);

/// One re-verification while it runs and afterwards.
#[derive(Debug)]
pub(super) struct Job {
    progress: Mutex<ReverifyProgress>,
    is_cancelled: AtomicBool,
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
            is_cancelled: AtomicBool::new(false),
        });
        jobs.insert(endpoint, Arc::clone(&job));
        Some(job)
    }

    pub(super) fn newest(&self, endpoint: EndpointId) -> Option<Arc<Job>> {
        self.jobs().get(&endpoint).cloned()
    }

    /// Asks all that are running to end after their batch, for when the server ends.
    pub fn cancel_all(&self) {
        self.jobs().values().for_each(|job| job.cancel());
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<EndpointId, Arc<Job>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    fn is_running(&self) -> bool {
        self.lock().state == ReverifyState::Running
    }

    fn lock(&self) -> MutexGuard<'_, ReverifyProgress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
