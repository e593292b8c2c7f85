//! The providers' stand-ins, served on a port of their own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use hookproof::clock::{Clock, ManualClock};
use hookproof::providers::sandbox::api::{Apis, router};
use hookproof::providers::sandbox::{ALL, Note, Pace, Random, Source, Traffic};
use hookproof::server;
use hookproof::{delivery::Timeouts, records::Access};
use model::{EndpointId, Environment, ProviderKey};
use rand::SeedableRng;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::asking::{api, client_at, noon};
use crate::setup::patient;

/// Served until it is dropped.
pub struct StandIns {
    pub apis: Arc<Apis>,
    /// The time at the providers.
    pub clock: Arc<ManualClock>,
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    serving: JoinHandle<()>,
}

/// A webhook that was told.
pub struct Told {
    pub provider: &'static str,
    pub body: Vec<u8>,
}

impl StandIns {
    pub async fn start() -> Self {
        Self::start_at(ManualClock::at(noon())).await
    }

    /// At providers whose clock that is.
    pub async fn start_at(clock: Arc<ManualClock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let apis = Arc::new(Apis::new(&format!("http://{address}"), [7; 32]));
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let time = Arc::clone(&clock);
        let router = router(Arc::clone(&apis), move || time.now()).layer(from_fn_with_state(Arc::clone(&asked), note));
        let serving = tokio::spawn(server::serve(listener, router, 64, std::future::pending()));
        Self {
            apis,
            clock,
            address,
            asked,
            serving,
        }
    }

    /// Tells the stories of some people, and lets the time go on until all of them are told.
    pub fn tell(&self, webhooks: usize) -> Vec<Told> {
        let mut random = Random::seed_from_u64(1);
        let source = |stand_in: &&'static dyn hookproof::providers::sandbox::StandIn| Source {
            stand_in: *stand_in,
            keys: stand_in.make_keys(&mut random),
        };
        let pace = Pace {
            begins_at: noon(),
            webhooks_per_second: 1.0,
            speed: 1.0,
        };
        let sources = ALL.iter().map(source).collect();
        let traffic = Traffic::new(1, pace, sources).known_to(Arc::clone(&self.apis));
        let genuine = traffic.take(webhooks).filter(|sent| sent.note == Note::Genuine);
        let told = genuine.map(|sent| Told {
            provider: ALL[sent.source].provider().about().key,
            body: sent.body,
        });
        let told = told.collect();
        self.clock.advance_seconds(1_000_000);
        told
    }

    /// Where they are served.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The access that an endpoint of the provider has.
    pub fn access(&self, provider: &str) -> Access {
        let served = self.apis.access(&ProviderKey::new(provider)).expect("it is served");
        let credentials = served.credentials.into_iter();
        Access {
            endpoint: EndpointId(Uuid::from_u128(1)),
            api: api(provider),
            environment: Environment::Sandbox,
            credentials: credentials.map(|(name, value)| (name.to_owned(), value.into())).collect(),
            base_url: Some(served.base_url),
            token_url: served.token_url,
        }
    }

    /// A client that lives in the same time.
    pub fn client(&self) -> hookproof::records::RecordClient {
        self.client_with(patient())
    }

    pub fn client_with(&self, timeouts: Timeouts) -> hookproof::records::RecordClient {
        client_at(&self.clock, timeouts)
    }

    /// How many requests came whose path ends so.
    pub fn asked(&self, ending: &str) -> usize {
        let asked = self.asked.lock().expect("not poisoned");
        asked.iter().filter(|path| path.ends_with(ending)).count()
    }
}

impl Drop for StandIns {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn note(State(asked): State<Arc<Mutex<Vec<String>>>>, request: Request, next: Next) -> axum::response::Response {
    asked.lock().expect("not poisoned").push(request.uri().path().to_owned());
    next.run(request).await
}
