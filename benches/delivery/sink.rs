//! The destination: a process of its own that answers at once and counts, or takes requests and never answers.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// The argument with which the bench starts itself again as the sink.
pub const ARGUMENT: &str = "sink";

/// How often the sink is asked for its count: seldom enough to cost nothing.
const ASKED_EVERY: Duration = Duration::from_millis(50);

/// The sink's process, killed when it is dropped.
pub struct Sink {
    address: SocketAddr,
    client: reqwest::Client,
    process: Child,
}

impl Sink {
    pub fn start() -> Self {
        let program = std::env::current_exe().expect("the bench knows its own path");
        let mut process = Command::new(program)
            .arg(ARGUMENT)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bench starts again as the sink");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("stdout is piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the sink prints its address");
        let address = line.trim().parse().expect("the sink prints its address");
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self {
            address,
            client,
            process,
        }
    }

    /// Where requests are answered at once.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Where they are never answered.
    pub fn silent_url(&self) -> String {
        format!("http://{}/silent", self.address)
    }

    /// How many requests were answered since it was started.
    pub async fn count(&self) -> u64 {
        let answer = self.client.get(format!("http://{}/count", self.address)).send();
        let count = answer
            .await
            .expect("the sink answers")
            .text()
            .await
            .expect("the sink answers");
        count.parse().expect("the sink answers with a number")
    }

    /// Waits until so many were answered, for at most so long.
    pub async fn until(&self, count: u64, limit: Duration) {
        let end = Instant::now() + limit;
        loop {
            let so_far = self.count().await;
            if so_far >= count {
                return;
            }
            assert!(Instant::now() < end, "{so_far} of {count} requests came within {limit:?}");
            sleep(ASKED_EVERY).await;
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // Killing fails only when it has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves until it is killed. Prints the address first.
pub async fn serve() {
    let count = Arc::new(AtomicU64::new(0));
    let router = Router::new()
        .route("/", post(answer))
        .route("/silent", post(std::future::pending::<StatusCode>))
        .route("/count", get(tell))
        .with_state(count);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("a listener has an address");
    writeln!(std::io::stdout(), "{address}").expect("the bench reads the address");
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("the kernel knows the option"));
    axum::serve(listener, router).await.expect("axum serves until it is killed");
}

async fn answer(State(count): State<Arc<AtomicU64>>, body: Bytes) -> StatusCode {
    std::hint::black_box(body.len());
    count.fetch_add(1, Ordering::Relaxed);
    StatusCode::NO_CONTENT
}

async fn tell(State(count): State<Arc<AtomicU64>>) -> String {
    count.load(Ordering::Relaxed).to_string()
}
