//! The worker: a lane for each destination that is enabled.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::DestinationId;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::attempt::Sender;
use super::disable::Disabler;
use super::lane::{GRACE, Lane};
use super::recorder::Recorder;
use super::{Forwarding, OpenDestination};
use crate::clock::{Clock, Ids};
use crate::ingest::{Destinations, Directory};
use crate::store::Store;

/// How long recording what the last attempts came to may take when the worker is to end.
const LAST_RECORDS: Duration = Duration::from_secs(5);

/// How long a lane that broke off is left alone.
const AFTER_PANIC: Duration = Duration::from_secs(1);

/// The running worker of this process.
pub struct Worker {
    stop: CancellationToken,
    lanes: JoinHandle<()>,
    recording: JoinHandle<()>,
    attempts: watch::Receiver<u64>,
}

impl Worker {
    pub fn start(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<Ids>,
        directory: Arc<Directory>,
        forwarding: Forwarding,
    ) -> Self {
        let (recorder, attempts, recording) = Recorder::start(Arc::clone(&store));
        let stop = CancellationToken::new();
        let lanes = Lanes {
            destinations: directory.destinations(),
            running: HashMap::new(),
            tasks: JoinSet::new(),
            stop: stop.clone(),
            ids,
            sender: Sender {
                client: forwarding.client.clone(),
                recorder,
                clock,
            },
            disabler: Disabler {
                store: Arc::clone(&store),
                directory,
            },
            store,
            forwarding,
        };
        Self {
            stop,
            lanes: tokio::spawn(lanes.run()),
            recording,
            attempts,
        }
    }

    /// How many attempts this worker has recorded.
    pub fn attempts(&self) -> watch::Receiver<u64> {
        self.attempts.clone()
    }

    /// Ready when this worker sends nothing any more, or what it sends is not recorded, although nobody stopped it.
    pub fn broke_off(&self) -> impl Future<Output = ()> + use<> {
        // What counts the attempts is the recorder's, which ends with the last lane at the latest.
        let mut attempts = self.attempts.clone();
        async move { while attempts.changed().await.is_ok() {} }
    }

    /// Leases nothing more, lets attempts under way finish for a while, records them, and gives back what was not begun.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Err(error) = (&mut self.lanes).await {
            tracing::error!(%error, "the worker broke off");
        }
        // The last way to the recorder went with the lanes.
        match timeout(LAST_RECORDS, &mut self.recording).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the recorder broke off: deliveries are made again"),
            Err(_) => {
                tracing::error!("the last attempts are not recorded: their deliveries are made again");
                self.recording.abort();
            }
        }
    }
}

/// Starts and stops lanes as the configuration says.
struct Lanes {
    destinations: watch::Receiver<Arc<Destinations>>,
    running: HashMap<DestinationId, Running>,
    tasks: JoinSet<()>,
    stop: CancellationToken,
    ids: Arc<Ids>,
    sender: Sender,
    disabler: Disabler,
    store: Arc<dyn Store>,
    forwarding: Forwarding,
}

struct Running {
    task: Id,
    stop: CancellationToken,
    destination: watch::Sender<Arc<OpenDestination>>,
}

impl Lanes {
    async fn run(mut self) {
        loop {
            self.go_by_configuration();
            tokio::select! {
                () = self.stop.cancelled() => break,
                Ok(()) = self.destinations.changed() => {}
                Some(ended) = self.tasks.join_next_with_id() => self.take_in(ended).await,
            }
        }
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        // A lane ends by itself within its grace; this is for one that cannot, as the database does not answer.
        let _ = timeout(GRACE + LAST_RECORDS, ended).await;
    }

    fn go_by_configuration(&mut self) {
        let destinations = Arc::clone(&self.destinations.borrow_and_update());
        let enabled = |id: &DestinationId| {
            destinations
                .get(id)
                .filter(|destination| destination.stored.disabled.is_none())
        };
        let wake = &self.forwarding.wake;
        self.running.retain(|id, lane| {
            let stays = enabled(id).is_some();
            if !stays {
                lane.stop.cancel();
                wake.remove(*id);
            }
            stays
        });
        for id in destinations.keys() {
            if let Some(destination) = enabled(id) {
                self.go_by(*id, destination);
            }
        }
    }

    /// Starts the destination's lane, or lets it know what has changed.
    fn go_by(&mut self, id: DestinationId, destination: &Arc<OpenDestination>) {
        if let Some(lane) = self.running.get(&id) {
            let is_another = |before: &mut Arc<OpenDestination>| {
                let is_another = !Arc::ptr_eq(before, destination);
                before.clone_from(destination);
                is_another
            };
            if lane.destination.send_if_modified(is_another) {
                self.forwarding.wake.destination(id);
            }
            return;
        }
        let (settings, receiver) = watch::channel(Arc::clone(destination));
        let lane = Lane::new(
            receiver,
            self.forwarding.wake.bell(id),
            Arc::clone(&self.store),
            Arc::clone(&self.ids),
            self.sender.clone(),
            self.disabler.clone(),
        );
        let stop = self.stop.child_token();
        let task = self.tasks.spawn(lane.run(stop.clone())).id();
        self.running.insert(
            id,
            Running {
                task,
                stop,
                destination: settings,
            },
        );
    }

    /// A lane ends when it is told to. One that broke off is started again.
    async fn take_in(&mut self, ended: Result<(Id, ()), JoinError>) {
        if let Err(error) = ended {
            tracing::error!(%error, "a lane broke off");
            self.running.retain(|_, lane| lane.task != error.id());
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(AFTER_PANIC) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::accounts::secrets::SealingKey;
    use crate::accounts::vault::{KeySource, Vault};
    use crate::clock::ManualClock;
    use crate::delivery::AllowedNetworks;
    use crate::store::open;

    #[tokio::test]
    async fn a_worker_that_cannot_record_any_more_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/hookproof.db", folder.path().display());
        let store = open(&url).await.expect("opened");
        store.migrate().await.expect("migrated");
        let vault = Vault::of(KeySource::File(Path::new("unused").to_owned()), SealingKey::new([7; 32]));
        let directory = Directory::load(Arc::clone(&store), Arc::new(vault)).await.expect("loaded");
        let now = model::Timestamp::parse("2025-11-20T12:00:00Z").expect("a time");
        let forwarding = Forwarding::of_system(AllowedNetworks::default());
        let worker = Worker::start(store, ManualClock::at(now), Arc::default(), Arc::new(directory), forwarding);
        let broke_off = worker.broke_off();
        worker.recording.abort();
        broke_off.await;
        worker.stop().await;
    }
}
