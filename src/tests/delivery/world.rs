//! A world for the worker to work in: a database, a door, destinations, and a clock that stands still until it is turned.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use hookproof::accounts::Passwords;
use hookproof::accounts::secrets::{Purpose, SealingKey};
use hookproof::accounts::vault::{KeySource, Vault};
use hookproof::clock::{Clock, ManualClock};
use hookproof::delivery::{Client, DestinationSecret as SigningSecret, Forwarding, Timeouts, Worker, schedule};
use hookproof::ingest::{Arrival, Directory, Writer, inspect};
use hookproof::operation::{Actor, Operations};
use hookproof::store::change::Change;
use hookproof::store::delivery::{Destination, DestinationSecret};
use hookproof::store::{self, Store};
use model::{
    AuditAction, DeliveryDetail, DeliveryFilter, DeliveryState, DestinationId, Health, PageRequest, SecretId, Subscription,
    Timestamp, WebhookId,
};
use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::Url;

use crate::database::{Backend, Database};
use crate::setup::{local_client, patient};
use crate::support::{PERSONA_SECRET, new_endpoint, noon, persona_signature};

/// What the worker does takes milliseconds; a machine that is busy with other things gets longer.
const LIMIT: Duration = Duration::from_mins(1);

pub struct World {
    pub clock: Arc<ManualClock>,
    pub store: Arc<dyn Store>,
    pub operations: Operations,
    key: SealingKey,
    token: String,
    directory: Arc<Directory>,
    writer: Writer,
    writing: JoinHandle<()>,
    worker: Option<Worker>,
    attempts: watch::Receiver<u64>,
    made: AtomicU32,
    _folder: TempDir,
}

/// Runs a case on a database of its own and removes that afterwards, also when the case fails.
pub async fn on<Case, Running>(backend: Backend, case: Case)
where
    Case: FnOnce(String) -> Running,
    Running: Future<Output = ()> + Send + 'static,
{
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "hookproof_delivery_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::create(backend, folder.path(), &name).await;
    let result = tokio::spawn(case(database.url())).await;
    database.delete().await;
    if let Err(failure) = result {
        std::panic::resume_unwind(failure.into_panic());
    }
}

/// Makes each case a test for SQLite and one for PostgreSQL.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                crate::world::on(crate::database::Backend::Sqlite, super::$case).await;
            })+
        }

        mod postgresql {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                crate::world::on(crate::database::Backend::Postgres, super::$case).await;
            })+
        }
    };
}
pub(crate) use on_both;

impl World {
    /// With a worker that runs.
    pub async fn new(url: &str) -> Self {
        Self::with_timeouts(url, patient()).await
    }

    pub async fn with_timeouts(url: &str, timeouts: Timeouts) -> Self {
        let mut world = Self::idle(url, local_client(timeouts)).await;
        world.start_worker();
        world
    }

    /// Another node on the same database, with the same endpoint.
    pub async fn beside(&self, url: &str) -> Self {
        let mut world = Self::node(url, local_client(patient()), Arc::clone(&self.clock), self.token.clone()).await;
        world.start_worker();
        world
    }

    /// The first node on an empty database; nothing is sent yet.
    async fn idle(url: &str, client: Client) -> Self {
        let store = store::open(url).await.expect("opened");
        store.migrate().await.expect("migrated");
        let key = SealingKey::new([7; 32]);
        store.set_first_key(key.fingerprint()).await.expect("named");
        let clock = ManualClock::at(noon());
        let vault = Vault::of(KeySource::File(Path::new("unused").to_owned()), key);
        let public_url = Url::parse("http://127.0.0.1").expect("a URL");
        let operations = Operations::new(
            Arc::clone(&store),
            vault,
            Passwords::cheap(),
            Arc::clone(&clock) as Arc<dyn Clock>,
            public_url,
        );
        let (actor, persona) = (Actor::command_line(), new_endpoint("persona", Some(PERSONA_SECRET)));
        let token = operations.add_endpoint(&actor, persona).await.expect("added").token;
        store.close().await;
        Self::node(url, client, clock, token).await
    }

    async fn node(url: &str, client: Client, clock: Arc<ManualClock>, token: String) -> Self {
        let store = store::open(url).await.expect("opened");
        let folder = tempfile::tempdir().expect("a folder");
        let vault = Vault::of(KeySource::File(folder.path().join("test.key")), SealingKey::new([7; 32]));
        let mut operations = Operations::new(
            Arc::clone(&store),
            vault,
            Passwords::cheap(),
            Arc::clone(&clock) as Arc<dyn Clock>,
            Url::parse("http://127.0.0.1").expect("a URL"),
        );
        operations.forwarding.client = client;
        let directory = Directory::load(Arc::clone(&store), Arc::clone(&operations.vault))
            .await
            .expect("loaded");
        let directory = Arc::new(directory);
        operations.directory = Some(Arc::clone(&directory));
        let (writer, writing) = Writer::start(Arc::clone(&store), operations.bells());
        Self {
            clock,
            store,
            operations,
            key: SealingKey::new([7; 32]),
            token,
            directory,
            writer,
            writing,
            worker: None,
            attempts: watch::channel(0).1,
            made: AtomicU32::new(0),
            _folder: folder,
        }
    }

    pub fn start_worker(&mut self) {
        let forwarding: Forwarding = self.operations.forwarding.clone();
        let worker = Worker::start(
            Arc::clone(&self.store),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            Arc::clone(&self.operations.ids),
            Arc::clone(&self.directory),
            forwarding,
        );
        self.attempts = worker.attempts();
        self.worker = Some(worker);
    }

    pub async fn stop_worker(&mut self) {
        self.worker.take().expect("it runs").stop().await;
    }

    /// Ends everything in good order.
    pub async fn end(mut self) {
        if self.worker.is_some() {
            self.stop_worker().await;
        }
        drop(self.writer);
        self.writing.await.expect("the writer did not panic");
        self.store.close().await;
    }

    /// A destination that takes everything, with what `change` makes of it.
    pub async fn destination(&self, url: &str, change: impl FnOnce(&mut Destination)) -> DestinationId {
        let now = self.clock.now();
        let id = DestinationId(self.operations.ids.next(now));
        let mut destination = Destination {
            id,
            name: format!("destination {id}"),
            url: url.to_owned(),
            subscription: Subscription::default(),
            header_names: Vec::new(),
            sealed_headers: None,
            concurrency: 8,
            rate_limit: None,
            ordered: false,
            schedule: schedule::DEFAULT.to_vec(),
            disabled: None,
            created_at: now,
            archived_at: None,
        };
        change(&mut destination);
        let secret_id = SecretId(self.operations.ids.next(now));
        let value = SigningSecret::new_random().to_text();
        let secret = DestinationSecret {
            id: secret_id,
            destination_id: id,
            hint: "hint".to_owned(),
            sealed_value: self
                .key
                .seal(secret_id.0, Purpose::DestinationSecret, value.expose_secret().as_bytes()),
            created_at: now,
            expires_at: None,
        };
        self.change(Change::AddDestination(destination, secret), AuditAction::DestinationAdded)
            .await;
        id
    }

    /// Changes something as a person would, and lets this node know.
    pub async fn change(&self, change: Change, action: AuditAction) {
        let entry = self.operations.entry(&Actor::command_line(), action, None, Vec::new());
        self.store.change(&change, &entry).await.expect("changed");
        self.directory.refresh().await.expect("read again");
        self.operations.forwarding.wake.all();
    }

    /// A signed webhook that tells of that subject, taken in as the door does.
    pub async fn arrive(&self, subject: &str) -> WebhookId {
        self.arrive_signed(subject, None).await
    }

    /// The same with a signature that nobody made with the secret.
    pub async fn arrive_forged(&self, subject: &str) -> WebhookId {
        self.arrive_signed(subject, Some("another body")).await
    }

    async fn arrive_signed(&self, subject: &str, signed_instead: Option<&str>) -> WebhookId {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let body = event(&format!("evt_{number}_{subject}"), subject);
        let received_at = self.clock.now();
        let signed = signed_instead.unwrap_or(&body);
        let signature = persona_signature(received_at.as_seconds(), signed.as_bytes());
        let mut headers = HeaderMap::new();
        headers.insert("persona-signature", HeaderValue::try_from(signature).expect("a header"));
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        let endpoint = self.directory.find(&self.token).await.expect("there");
        let arrival = Arrival {
            id: WebhookId(self.operations.ids.next(received_at)),
            received_at,
            peer: [127, 0, 0, 1].into(),
            headers,
            body: body.into(),
        };
        let mut webhook = inspect(&endpoint, arrival);
        webhook.deliveries = self.directory.routes().deliveries(&endpoint, &webhook, &self.operations.ids);
        self.writer.append(webhook).await.expect("stored").id
    }

    /// Waits until this node's worker has recorded so many attempts in all.
    pub async fn recorded(&self, attempts: u64) {
        let recorded = self.attempts.clone();
        let enough = async move {
            recorded
                .clone()
                .wait_for(|count| *count >= attempts)
                .await
                .map(|count| *count)
        };
        let waited = timeout(LIMIT, enough).await;
        let so_far = *self.attempts.borrow();
        waited
            .unwrap_or_else(|_| panic!("{so_far} attempts are recorded, and not {attempts}"))
            .expect("the worker runs");
    }

    /// Waits until the destination is disabled, which comes right after the attempt that it follows from.
    pub async fn until_disabled(&self, destination: DestinationId) {
        let disabled = async {
            let mut destinations = self.directory.destinations();
            let is_disabled = |all: &Arc<hookproof::ingest::Destinations>| {
                all.get(&destination).is_some_and(|known| known.stored.disabled.is_some())
            };
            destinations.wait_for(is_disabled).await.map(drop)
        };
        let waited = timeout(LIMIT, disabled).await;
        waited
            .expect("the destination is disabled in time")
            .expect("the directory is there");
    }

    /// How many attempts it has recorded.
    pub fn attempts(&self) -> u64 {
        *self.attempts.borrow()
    }

    /// Turns the clock and says so.
    pub fn turn_to(&self, time: Timestamp) {
        self.clock.set(time);
        self.operations.forwarding.wake.all();
    }

    pub fn turn(&self, seconds: i64) {
        self.turn_to(self.clock.now().plus_seconds(seconds));
    }

    /// The delivery of the webhook to the destination.
    pub async fn delivery(&self, webhook: WebhookId, destination: DestinationId) -> DeliveryDetail {
        let filter = DeliveryFilter {
            webhooks: vec![webhook],
            destinations: vec![destination],
            ..DeliveryFilter::default()
        };
        let page = PageRequest { limit: 2, cursor: None };
        let found = self.store.deliveries(&filter, page).await.expect("read").items;
        let [row] = found.as_slice() else {
            panic!("{} deliveries", found.len());
        };
        self.store.delivery(row.id).await.expect("read").expect("there")
    }

    pub async fn state(&self, webhook: WebhookId, destination: DestinationId) -> DeliveryState {
        self.delivery(webhook, destination).await.row.state
    }

    pub async fn health(&self, destination: DestinationId) -> Health {
        let all = self.store.health().await.expect("read");
        all.into_iter()
            .find(|(id, _)| *id == destination)
            .map(|(_, health)| health)
            .unwrap_or_default()
    }

    pub async fn stored(&self, destination: DestinationId) -> Destination {
        self.store.destination(destination).await.expect("read").expect("there")
    }
}

fn event(id: &str, subject: &str) -> String {
    format!(
        r#"{{"data":{{"type":"event","id":"{id}","attributes":{{"name":"inquiry.approved","created-at":"2025-11-20T11:59:58.000Z","payload":{{"data":{{"type":"inquiry","id":"inq_1","attributes":{{"status":"approved","reference-id":"{subject}"}}}}}}}}}}}}"#
    )
}
