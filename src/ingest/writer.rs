//! Group commit: everything that queued up while the last commit was being flushed goes into the next one.
//!
//! A flush takes about as long for five hundred webhooks as for one, so the batch grows with the load by itself and
//! nobody waits for a timer.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use crate::delivery::Wake;
use crate::store::{Appended, NewWebhook, Store, StoreError, Turn};

/// The most webhooks that one transaction takes.
const MAX_BATCH: usize = 512;

/// How many webhooks may wait, and how many bytes of bodies and headers they may hold together. Past that the door
/// answers 503, which costs less than letting memory grow.
const QUEUE: usize = 4096;
const QUEUE_BYTES: usize = 64 * 1024 * 1024;

/// How long the database may take for one batch.
const APPEND_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a webhook may wait for its commit before the provider is asked to send it again.
const STORE_TIMEOUT: Duration = Duration::from_secs(15);

/// Why a webhook was not stored. The provider should send it again.
#[derive(Debug, thiserror::Error)]
pub enum NotStored {
    #[error("too many webhooks are waiting to be stored")]
    QueueFull,
    #[error("the server is shutting down")]
    Closed,
    /// It may still be stored; the provider's next try is then a duplicate.
    #[error("the database took too long")]
    TimedOut,
    /// The reason is in the log.
    #[error("the database did not take it")]
    Store,
}

struct Job {
    webhook: NewWebhook,
    /// Its part of [`QUEUE_BYTES`], given back when the job is done.
    space: OwnedSemaphorePermit,
    done: oneshot::Sender<Result<Appended, NotStored>>,
}

/// What is rung for webhooks that were stored.
#[derive(Debug, Clone, Default)]
pub struct Bells {
    /// Something is to be delivered.
    pub forwarding: Wake,
    /// A provider is to be asked.
    pub refetching: Arc<Notify>,
}

/// The way to the task that commits. Cheap to clone; when the last clone is gone the task ends.
#[derive(Clone, Debug)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
    space: Arc<Semaphore>,
}

impl Writer {
    /// Starts the task, which commits what is queued before it ends. It ends when the last clone of the writer is gone;
    /// should it end before, it has panicked, and nothing can be stored any more. Rings when something is to be delivered,
    /// or a provider to be asked.
    pub fn start(store: Arc<dyn Store>, bells: Bells) -> (Self, JoinHandle<()>) {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let task = tokio::task::spawn_blocking(|| thread_of_its_own(commit_all(store, bells, jobs)));
        let space = Arc::new(Semaphore::new(QUEUE_BYTES));
        (Self { queue, space }, task)
    }

    /// Returns when the webhook is committed and flushed, or is known not to be.
    pub async fn append(&self, webhook: NewWebhook) -> Result<Appended, NotStored> {
        let bytes = u32::try_from(webhook.body.len() + webhook.headers.len()).map_err(|_| NotStored::QueueFull)?;
        let space = Arc::clone(&self.space)
            .try_acquire_many_owned(bytes)
            .map_err(|_| NotStored::QueueFull)?;
        let (done, stored) = oneshot::channel();
        self.queue
            .try_send(Job { webhook, space, done })
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => NotStored::QueueFull,
                mpsc::error::TrySendError::Closed(_) => NotStored::Closed,
            })?;
        match tokio::time::timeout(STORE_TIMEOUT, stored).await {
            Ok(stored) => stored.unwrap_or(Err(NotStored::Closed)),
            Err(_) => Err(NotStored::TimedOut),
        }
    }
}

/// Runs the task where nothing else runs. A transaction is several exchanges with the database; each would wait its turn
/// behind requests that arrive, and everyone for the transaction.
fn thread_of_its_own(task: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime
        .expect("the operating system gives what a runtime needs")
        .block_on(task);
}

/// Commits with as many tasks as the store can use at once, until the queue is closed and empty.
async fn commit_all(store: Arc<dyn Store>, bells: Bells, jobs: mpsc::Receiver<Job>) {
    let jobs = Arc::new(Mutex::new(jobs));
    let mut committers = JoinSet::new();
    for _ in 0..store.concurrent_appends() {
        committers.spawn(commit_batches(Arc::clone(&store), bells.clone(), Arc::clone(&jobs)));
    }
    while let Some(ended) = committers.join_next().await {
        // One that panicked takes the others with it: what it had taken is lost to its callers, who are told so.
        ended.expect("a committer does not panic");
    }
}

async fn commit_batches(store: Arc<dyn Store>, bells: Bells, jobs: Arc<Mutex<mpsc::Receiver<Job>>>) {
    let mut waiting = Vec::with_capacity(MAX_BATCH);
    loop {
        // The lock is held while waiting, and then until the store can begin another batch, so that what comes together
        // goes into one batch and not into two.
        let mut turn = Arc::clone(&jobs).lock_owned().await;
        if turn.recv_many(&mut waiting, MAX_BATCH).await == 0 {
            return;
        }
        let (webhooks, callers): (Vec<_>, Vec<_>) = waiting.drain(..).map(|job| (job.webhook, (job.done, job.space))).unzip();
        let committed = commit(store.as_ref(), &webhooks, Turn::new(turn)).await;
        bells.ring(&webhooks, &committed);
        for ((caller, space), result) in callers.into_iter().zip(committed) {
            // A caller that has gone (its connection broke) needs no answer; its webhook is stored all the same.
            let _ = caller.send(result);
            drop(space);
        }
    }
}

impl Bells {
    /// Tells the workers where something is due by now.
    fn ring(&self, webhooks: &[NewWebhook], committed: &[Result<Appended, NotStored>]) {
        let stored = webhooks.iter().zip(committed).filter(|(_, committed)| committed.is_ok());
        let mut destinations = HashSet::new();
        let mut asks = false;
        for (webhook, _) in stored {
            let pending = webhook.deliveries.iter().filter(|delivery| !delivery.held);
            destinations.extend(pending.map(|delivery| delivery.destination_id));
            asks |= webhook.refetch.is_some();
        }
        for destination in destinations {
            self.forwarding.destination(destination);
        }
        if asks {
            self.refetching.notify_one();
        }
    }
}

/// Commits the batch; when the database refuses it for what is in it, commits each by itself, so that one webhook that
/// cannot be stored does not take its neighbours with it.
async fn commit(store: &dyn Store, webhooks: &[NewWebhook], turn: Turn) -> Vec<Result<Appended, NotStored>> {
    let appended = tokio::time::timeout(APPEND_TIMEOUT, store.append_in_turn(webhooks, turn)).await;
    match appended.unwrap_or_else(|_| Err(StoreError::Unavailable("no answer in time".to_owned()))) {
        Ok(appended) => appended.into_iter().map(Ok).collect(),
        Err(error @ StoreError::Unavailable(_)) => {
            tracing::error!(%error, webhooks = webhooks.len(), "webhooks not stored");
            webhooks.iter().map(|_| Err(NotStored::Store)).collect()
        }
        Err(error) if webhooks.len() == 1 => {
            tracing::error!(%error, webhook = %webhooks[0].id, "webhook not stored");
            vec![Err(NotStored::Store)]
        }
        Err(_) => {
            let mut results = Vec::with_capacity(webhooks.len());
            for webhook in webhooks {
                results.extend(Box::pin(commit(store, std::slice::from_ref(webhook), Turn::default())).await);
            }
            results
        }
    }
}
