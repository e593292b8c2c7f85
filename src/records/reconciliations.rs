use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{EndpointId, MissingEvent, ReconcileProgress, ReconcileState, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::providers::api::ListedEvent;

/// The comparisons of this node: the newest of each endpoint, running or ended.
#[derive(Debug, Default)]
pub struct Reconciliations(Mutex<HashMap<EndpointId, Arc<Job>>>);

/// One comparison while it runs, and afterwards.
#[derive(Debug)]
pub(super) struct Job {
    state: Mutex<State>,
    cancelled: CancellationToken,
    /// Held by whoever stores what is missing, so that nobody does it beside them.
    pub(super) storing: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State {
    progress: ReconcileProgress,
    /// The missing ones that are not stored yet, in the order of `progress.missing`.
    bodies: Vec<ListedEvent>,
}

impl Reconciliations {
    /// Registers a new one; `None` while another one of the endpoint is running.
    pub(super) fn begin(&self, endpoint: EndpointId, from: Timestamp, to: Timestamp) -> Option<Arc<Job>> {
        let mut jobs = self.jobs();
        if jobs.get(&endpoint).is_some_and(|job| job.is_running()) {
            return None;
        }
        let progress = ReconcileProgress {
            state: ReconcileState::Running,
            from,
            to,
            listed: 0,
            arrived: 0,
            untrusted: 0,
            other_types: 0,
            missing: Vec::new(),
            stored: 0,
            failure: None,
        };
        let job = Arc::new(Job {
            state: Mutex::new(State {
                progress,
                bodies: Vec::new(),
            }),
            cancelled: CancellationToken::new(),
            storing: tokio::sync::Mutex::default(),
        });
        jobs.insert(endpoint, Arc::clone(&job));
        Some(job)
    }

    pub(super) fn newest(&self, endpoint: EndpointId) -> Option<Arc<Job>> {
        self.jobs().get(&endpoint).cloned()
    }

    /// Asks all that are running to end, for when the server ends.
    pub fn cancel_all(&self) {
        self.jobs().values().for_each(|job| job.cancel());
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<EndpointId, Arc<Job>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a page of the list came to.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) listed: u64,
    pub(super) arrived: u64,
    pub(super) other_types: u64,
    pub(super) missing: Vec<(MissingEvent, ListedEvent)>,
}

impl Job {
    pub(super) fn progress(&self) -> ReconcileProgress {
        self.lock().progress.clone()
    }

    /// Counts what a page came to. Whether there is room for more that is missing.
    pub(super) fn count(&self, found: Found) -> bool {
        let mut state = self.lock();
        state.progress.listed += found.listed;
        state.progress.arrived += found.arrived;
        state.progress.other_types += found.other_types;
        for (missing, listed) in found.missing {
            if state.progress.missing.len() == ReconcileProgress::MOST_MISSING {
                return false;
            }
            state.progress.untrusted += u64::from(missing.came_untrusted);
            state.progress.missing.push(missing);
            state.bodies.push(listed);
        }
        state.progress.missing.len() < ReconcileProgress::MOST_MISSING
    }

    pub(super) fn end(&self, ended: ReconcileState, failure: Option<String>) {
        let mut state = self.lock();
        state.progress.state = ended;
        state.progress.failure = failure;
    }

    /// The missing ones that were not stored yet, the newest first.
    pub(super) fn bodies(&self) -> Vec<ListedEvent> {
        self.lock().bodies.clone()
    }

    /// Notes that the missing ones were stored, but for those that came meanwhile.
    pub(super) fn note_stored(&self, stored: u64) {
        let mut state = self.lock();
        state.progress.stored += stored;
        state.bodies.clear();
    }

    pub(super) fn cancel(&self) {
        self.cancelled.cancel();
    }

    /// Ready when it is to end.
    pub(super) async fn cancelled(&self) {
        self.cancelled.cancelled().await;
    }

    fn is_running(&self) -> bool {
        self.lock().progress.state == ReconcileState::Running
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
