use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use model::{EndpointId, MissingEvent, ReconcileProgress, ReconcileState, Text, Timestamp};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
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
    ended_at: Option<Timestamp>,
    /// The missing ones that are not stored yet, in the order of `progress.missing`.
    bodies: Vec<ListedEvent>,
    /// Whom the missing ones tell of.
    subjects: HashSet<Text>,
    /// The bodies are not kept any more, stored or not.
    is_forgotten: bool,
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
                ended_at: None,
                bodies: Vec::new(),
                subjects: HashSet::new(),
                is_forgotten: false,
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

    /// Forgets the comparisons that found something missing of the subject, which is being erased. One that is being stored is
    /// waited for: what it stored is erased like the rest.
    pub(crate) async fn forget_subject(&self, subject: &Text) {
        let naming: Vec<_> = self.jobs().iter().map(|(id, job)| (*id, Arc::clone(job))).collect();
        for (id, job) in naming.into_iter().filter(|(_, job)| job.names(subject)) {
            job.cancel();
            let _storing = job.storing.lock().await;
            job.forget();
            let mut jobs = self.jobs();
            if jobs.get(&id).is_some_and(|newest| Arc::ptr_eq(newest, &job)) {
                jobs.remove(&id);
            }
        }
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
    pub(super) missing: Vec<Missing>,
}

/// An event that never came.
#[derive(Debug)]
pub(super) struct Missing {
    pub(super) event: MissingEvent,
    pub(super) listed: ListedEvent,
    pub(super) subject: Option<Text>,
}

/// How long what was found is kept after the end, for whoever wants to store it.
const KEPT_SECONDS: i64 = 60 * 60;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Forgets what the comparison found, an hour after its end: it is full of personal data.
pub(super) async fn forget_in_time(job: Weak<Job>, clock: Arc<dyn Clock>) {
    let at = clock.now().plus_seconds(KEPT_SECONDS);
    while clock.now() < at && job.strong_count() > 0 {
        sleep(LOOK).await;
    }
    if let Some(job) = job.upgrade() {
        job.forget();
    }
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
        for Missing { event, listed, subject } in found.missing {
            if state.progress.missing.len() == ReconcileProgress::MOST_MISSING {
                return false;
            }
            state.progress.untrusted += u64::from(event.came_untrusted);
            state.progress.missing.push(event);
            state.bodies.push(listed);
            state.subjects.extend(subject);
        }
        state.progress.missing.len() < ReconcileProgress::MOST_MISSING
    }

    pub(super) fn end(&self, ended: ReconcileState, failure: Option<String>, now: Timestamp) {
        let mut state = self.lock();
        state.ended_at = Some(now);
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

    /// What was found cannot be stored from now on.
    fn forget(&self) {
        let mut state = self.lock();
        state.bodies = Vec::new();
        state.subjects = HashSet::new();
        state.is_forgotten = true;
    }

    fn names(&self, subject: &Text) -> bool {
        self.lock().subjects.contains(subject)
    }

    /// Whether what was found is not kept any more.
    pub(super) fn is_forgotten(&self, now: Timestamp) -> bool {
        let state = self.lock();
        let is_old = |ended_at: Timestamp| now >= ended_at.plus_seconds(KEPT_SECONDS);
        state.is_forgotten || state.ended_at.is_some_and(is_old)
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
