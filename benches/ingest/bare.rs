//! What everything is compared with: an axum handler that reads the body and answers, in a process of its own and served
//! as the product is, so that what differs is the product's work alone.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

/// The argument with which the bench starts itself again as the bare handler.
pub const ARGUMENT: &str = "bare-handler";

/// The bare handler's process, killed when it is dropped.
pub struct BareHandler {
    pub address: SocketAddr,
    process: Child,
}

impl BareHandler {
    pub fn start() -> Self {
        let program = std::env::current_exe().expect("the bench knows its own path");
        let mut process = Command::new(program)
            .arg(ARGUMENT)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bench starts again as the bare handler");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("stdout is piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the bare handler prints its address");
        let address = line.trim().parse().expect("the bare handler prints its address");
        Self { address, process }
    }
}

impl Drop for BareHandler {
    fn drop(&mut self) {
        // Killing fails only when it has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves until it is killed. Prints the address first.
pub async fn serve() {
    let router = Router::new().route("/hooks/{token}", post(answer));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("a listener has an address");
    writeln!(std::io::stdout(), "{address}").expect("the bench reads the address");
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("the kernel knows the option"));
    axum::serve(listener, router).await.expect("axum serves until it is killed");
}

/// An answer as long as the product's.
async fn answer(body: Bytes) -> impl IntoResponse {
    std::hint::black_box(body.len());
    (
        [(CONTENT_TYPE, "application/json")],
        r#"{"id":"019c1d3e-7a52-7cc4-8f10-3b6d9e24a7f5"}"#,
    )
}
