//! The product as tests see it: a running server on a port of its own, reached through its HTTP door.

#![expect(dead_code, reason = "each test binary uses its own part of this module")]

pub mod authenticator;
pub mod browser;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use hookproof::accounts::Passwords;
use hookproof::accounts::secrets::SealingKey;
use hookproof::accounts::vault::{KeySource, Vault};
use hookproof::clock::{Clock, Ids, ManualClock};
use hookproof::delivery::{self, AllowedNetworks, Forwarding, Trust};
use hookproof::endpoints::{AddEndpoint, EndpointView, NewSecret};
use hookproof::ingest::{Directory, Door, Limits, UsedSecrets, Writer};
use hookproof::operation::{Actor, Operations};
use hookproof::records::Refetching;
use hookproof::router::{Services, router};
use hookproof::server;
use hookproof::store::{self, Store};
use leptos::prelude::LeptosOptions;
use model::{PageRequest, Timestamp, WebhookDetail, WebhookFilter, WebhookId, WebhookRow};
use reqwest::{Client, Response};
use sha2::Sha256;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

pub const PERSONA_SECRET: &str = "wbhsec_9f0c1d7a-5b1e-4f6a-8f3f-0d5c2b7e1a44";

/// When tests take place, unless they turn the clock.
pub fn noon() -> Timestamp {
    Timestamp::parse("2025-11-20T12:00:00Z").expect("a time")
}

/// What a test wants otherwise than usual.
#[derive(Clone)]
pub struct Setup {
    pub limits: Limits,
    pub trusted_proxies: Vec<ipnet::IpNet>,
    pub max_connections: usize,
    /// The listening address by default.
    pub public_url: Option<Url>,
    /// What may be sent to beside public addresses.
    pub allowed: AllowedNetworks,
    /// What asks providers' APIs; otherwise what forwards.
    pub asking: Option<delivery::Client>,
}

impl Default for Setup {
    fn default() -> Self {
        // Long enough for a busy machine; tests of slowness set their own.
        let limits = Limits {
            body_timeout: Duration::from_mins(1),
            ..Limits::default()
        };
        Self {
            limits,
            trusted_proxies: Vec::new(),
            max_connections: 64,
            public_url: None,
            allowed: AllowedNetworks::default(),
            asking: None,
        }
    }
}

impl Setup {
    /// One that may reach this machine over plain http.
    pub fn local() -> Self {
        let networks = vec!["127.0.0.0/8".parse().expect("a network")];
        Self {
            allowed: AllowedNetworks { networks, http: true },
            ..Self::default()
        }
    }
}

/// A server with a database of its own. Dropping it without [`TestApp::end`] fails the test, since the server's own
/// failures would go unseen.
pub struct TestApp {
    pub addr: SocketAddr,
    pub clock: Arc<ManualClock>,
    pub store: Arc<dyn Store>,
    pub directory: Arc<Directory>,
    pub operations: Operations,
    pub ids: Arc<Ids>,
    pub used_secrets: Arc<UsedSecrets>,
    pub client: Client,
    pub folder: TempDir,
    running: Option<Running>,
}

struct Running {
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
    writing: JoinHandle<()>,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    pub async fn start_with(setup: Setup) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let store = store::open(&url).await.expect("opened");
        store.migrate().await.expect("migrated");
        let clock = ManualClock::at(noon());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let key = SealingKey::new([7; 32]);
        store.set_first_key(key.fingerprint()).await.expect("named");
        let vault = Vault::of(KeySource::File(folder.path().join("test.key")), key);
        let public_url = setup
            .public_url
            .unwrap_or_else(|| Url::parse(&format!("http://{addr}")).expect("a URL"));
        let (passwords, our_clock) = (Passwords::cheap(), Arc::clone(&clock) as Arc<dyn Clock>);
        let mut operations = Operations::new(Arc::clone(&store), vault, passwords, our_clock, public_url);
        operations.forwarding = Forwarding::new(setup.allowed, &Trust::only([]));
        let asking = setup.asking.unwrap_or_else(|| operations.forwarding.client.clone());
        operations.refetching = Refetching::new(asking, Arc::clone(&operations.clock));
        let ids = Arc::clone(&operations.ids);
        let (writer, writing) = Writer::start(Arc::clone(&store), operations.bells());
        let directory = Directory::load(Arc::clone(&store), Arc::clone(&operations.vault))
            .await
            .expect("loaded");
        let directory = Arc::new(directory);
        operations.directory = Some(Arc::clone(&directory));
        let ending = CancellationToken::new();
        let used_secrets = Arc::<UsedSecrets>::default();
        let services = Services {
            door: Door {
                directory: Arc::clone(&directory),
                writer,
                clock: Arc::clone(&clock) as Arc<dyn Clock>,
                ids: Arc::clone(&ids),
                limits: setup.limits,
                trusted_proxies: setup.trusted_proxies.into(),
                used_secrets: Arc::clone(&used_secrets),
            },
            operations: operations.clone(),
            site: LeptosOptions::builder()
                .output_name("hookproof")
                .site_root(folder.path().to_string_lossy().into_owned())
                .build(),
            ending: ending.clone(),
        };
        let (stop, stopped) = oneshot::channel();
        let router = router(services);
        let server = tokio::spawn(async move {
            server::serve(listener, router, setup.max_connections, async {
                let _ = stopped.await;
                ending.cancel();
            })
            .await;
        });
        let running = Some(Running { stop, server, writing });
        let client = Client::builder().no_proxy().build().expect("a client");
        Self {
            addr,
            clock,
            store,
            directory,
            operations,
            ids,
            used_secrets,
            client,
            folder,
            running,
        }
    }

    /// Ends the server in good order and fails if anything in it panicked.
    pub async fn end(mut self) {
        let Running { stop, server, writing } = self.running.take().expect("ended once");
        stop.send(()).expect("the server is still there");
        server.await.expect("the server did not panic");
        writing.await.expect("the writer did not panic");
        self.store.close().await;
    }

    pub async fn add_endpoint(&self, new: AddEndpoint) -> EndpointView {
        let actor = Actor::command_line();
        self.operations.add_endpoint(&actor, new).await.expect("added")
    }

    pub async fn add_secret(&self, endpoint: &EndpointView, new: NewSecret) {
        let actor = Actor::command_line();
        self.operations.add_secret(&actor, endpoint.id, new).await.expect("added");
    }

    pub async fn persona(&self) -> EndpointView {
        self.add_endpoint(new_endpoint("persona", Some(PERSONA_SECRET))).await
    }

    pub async fn post(&self, url: &str, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Response {
        let mut request = self.client.post(url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer")
    }

    /// Posts a Persona webhook that is signed now.
    pub async fn post_signed(&self, endpoint: &EndpointView, body: &str) -> Response {
        let signature = persona_signature(self.clock.now().as_seconds(), body.as_bytes());
        self.post(&endpoint.url, &[("persona-signature", &signature)], body.to_owned())
            .await
    }

    pub async fn webhook(&self, id: WebhookId) -> WebhookDetail {
        self.store.webhook(id).await.expect("read").expect("there")
    }

    /// The whole log, newest first.
    pub async fn log(&self) -> Vec<WebhookRow> {
        let page = PageRequest {
            limit: PageRequest::MAX_LIMIT,
            cursor: None,
        };
        self.store
            .webhooks(&WebhookFilter::default(), page)
            .await
            .expect("read")
            .items
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        assert!(
            self.running.is_none() || std::thread::panicking(),
            "a test must end its server with `end`"
        );
    }
}

/// An endpoint with nothing special about it.
pub fn new_endpoint(provider: &str, secret: Option<&str>) -> AddEndpoint {
    AddEndpoint::plain(provider, &format!("{provider} test"), secret)
}

/// The value of `Persona-Signature` for a body that is signed at that second.
pub fn persona_signature(seconds: i64, body: &[u8]) -> String {
    signature_with(PERSONA_SECRET, seconds, body)
}

/// The same, made with another secret.
pub fn signature_with(secret: &str, seconds: i64, body: &[u8]) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    let hex = mac
        .finalize()
        .into_bytes()
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    format!("t={seconds},v1={hex}")
}

/// A Persona event with that id.
pub fn persona_event(id: &str) -> String {
    format!(
        r#"{{"data":{{"type":"event","id":"{id}","attributes":{{"name":"inquiry.approved","created-at":"2025-11-20T11:59:58.000Z","payload":{{"data":{{"type":"inquiry","id":"inq_1","attributes":{{"status":"approved","reference-id":"user-1042"}}}}}}}}}}}}"#
    )
}

/// The id in a 200 answer.
pub async fn receipt(response: Response) -> WebhookId {
    assert_eq!(response.status(), 200);
    let answer: serde_json::Value = response.json().await.expect("JSON");
    answer["id"].as_str().expect("an id").parse().expect("a UUID")
}
