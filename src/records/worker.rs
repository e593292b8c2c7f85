//! The worker: a lane for each endpoint that something is queued for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::EndpointId;
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::lane::{ANSWER, GRACE, Lane};
use crate::delivery::within;
use crate::operation::Operations;

/// How often the queues are looked at for what other nodes and the command line queued.
pub(super) const POLL: Duration = Duration::from_secs(1);

/// How long a worker that is to end waits for its lanes, beyond the time that they give what is under way.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How long nothing is begun after a lane broke off.
const AFTER_PANIC: Duration = Duration::from_secs(1);

/// The running worker of this process.
pub struct Worker {
    stop: CancellationToken,
    ended: CancellationToken,
    lanes: JoinHandle<()>,
}

impl Worker {
    pub fn start(operations: Operations) -> Self {
        let (stop, ended) = (CancellationToken::new(), CancellationToken::new());
        let lanes = Lanes {
            operations,
            running: HashMap::new(),
            tasks: JoinSet::new(),
            stop: stop.clone(),
            is_away: false,
        };
        let guard = ended.clone().drop_guard();
        let lanes = tokio::spawn(async move {
            let _guard = guard;
            lanes.run().await;
        });
        Self { stop, ended, lanes }
    }

    /// Ready when this worker asks nobody any more, although nobody stopped it.
    pub fn broke_off(&self) -> impl Future<Output = ()> + use<> {
        self.ended.clone().cancelled_owned()
    }

    /// Leases nothing more, lets what is under way finish for a while, and gives back the rest.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.lanes.await {
            tracing::error!(%error, "the worker that asks providers broke off");
        }
    }
}

/// Starts lanes where something is due.
struct Lanes {
    operations: Operations,
    running: HashMap<EndpointId, Running>,
    tasks: JoinSet<()>,
    stop: CancellationToken,
    /// The database did not answer; what is logged is logged once.
    is_away: bool,
}

struct Running {
    task: Id,
    bell: Arc<Notify>,
}

impl Lanes {
    async fn run(mut self) {
        let wake = Arc::clone(&self.operations.refetching.wake);
        loop {
            let wait = self.go_by_queues().await;
            tokio::select! {
                () = self.stop.cancelled() => break,
                () = wake.notified() => self.running.values().for_each(|lane| lane.bell.notify_one()),
                Some(ended) = self.tasks.join_next_with_id() => self.take_in(ended).await,
                () = sleep(wait) => {}
            }
        }
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        // A lane ends by itself within its grace; this is for one that cannot, as the database does not answer.
        let _ = timeout(GRACE + LAST_WORDS, ended).await;
    }

    /// Sees to it that each endpoint with something due has a lane that knows of it. How long nothing else is due, at most until
    /// the next look.
    async fn go_by_queues(&mut self) -> Duration {
        let queues = match within(ANSWER, self.operations.store.refetch_queues()).await {
            Ok(queues) => {
                self.is_away = false;
                queues
            }
            Err(error) => {
                if !std::mem::replace(&mut self.is_away, true) {
                    tracing::error!(%error, "what is queued for providers cannot be read");
                }
                return POLL;
            }
        };
        let now = self.operations.clock.now();
        let mut wait = POLL;
        for (endpoint, due_at) in queues {
            if due_at > now {
                wait = wait.min(Duration::from_micros(now.micros_until(due_at).unsigned_abs()));
            } else if let Some(lane) = self.running.get(&endpoint) {
                lane.bell.notify_one();
            } else {
                self.start(endpoint);
            }
        }
        wait
    }

    fn start(&mut self, endpoint: EndpointId) {
        let bell = Arc::<Notify>::default();
        let lane = Lane::new(endpoint, Arc::clone(&bell), self.operations.clone());
        let task = self.tasks.spawn(lane.run(self.stop.child_token())).id();
        self.running.insert(endpoint, Running { task, bell });
    }

    /// A lane ends when nothing is due for it. One that broke off is started again, as something is due for it still.
    async fn take_in(&mut self, ended: Result<(Id, ()), JoinError>) {
        let (task, broke_off) = match ended {
            Ok((task, ())) => (task, None),
            Err(error) => (error.id(), Some(error)),
        };
        self.running.retain(|_, lane| lane.task != task);
        if let Some(error) = broke_off {
            tracing::error!(%error, "a lane that asks a provider broke off");
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = sleep(AFTER_PANIC) => {}
            }
        }
    }
}
