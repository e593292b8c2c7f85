//! A destination that remembers what it was sent.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::bodies::{number_of, small_body};

/// How long an answer takes, so that something is under way whenever the sender is killed.
const THINKS: Duration = Duration::from_millis(3);

/// Listens until it is dropped.
pub struct Receiver {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    received: Mutex<Received>,
    /// How many different webhooks came.
    webhooks: watch::Sender<usize>,
}

#[derive(Default)]
pub struct Received {
    /// How often each webhook came, and the number of its body.
    pub times: HashMap<Uuid, (u64, u64)>,
    /// What was not as it should be.
    pub wrong: Vec<String>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::<Shared>::default();
        let router = Router::new().fallback(receive).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("axum serves") });
        Self {
            address,
            shared,
            serving,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Waits until so many different webhooks came.
    pub async fn until_received(&self, webhooks: usize, limit: Duration) {
        let mut count = self.shared.webhooks.subscribe();
        let reached = timeout(limit, count.wait_for(|count| *count >= webhooks)).await.is_ok();
        let so_far = self.shared.received.lock().expect("not poisoned").times.len();
        assert!(reached, "{so_far} of {webhooks} webhooks came within {limit:?}");
    }

    /// What came so far.
    pub fn take(&self) -> Received {
        std::mem::take(&mut *self.shared.received.lock().expect("not poisoned"))
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn receive(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let id = headers
        .get("webhook-id")
        .and_then(|id| id.to_str().ok()?.parse::<Uuid>().ok());
    let number = number_of(&body).filter(|number| body == small_body(*number));
    let webhooks = {
        let mut received = shared.received.lock().expect("not poisoned");
        match (id, number) {
            (Some(id), Some(number)) => {
                let (times, first_number) = received.times.entry(id).or_insert((0, number));
                *times += 1;
                if *first_number != number {
                    received.wrong.push(format!("{id} came with another body"));
                }
            }
            _ => received
                .wrong
                .push(format!("{} bytes that were never sent to it", body.len())),
        }
        received.times.len()
    };
    shared.webhooks.send_replace(webhooks);
    sleep(THINKS).await;
    StatusCode::NO_CONTENT
}
