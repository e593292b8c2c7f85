//! Receivers that we did not write check our signatures: the `standardwebhooks` packages of npm and PyPI.
//!
//! Needs both packages, so `cargo test` leaves it out; `tools/signatures` runs it with those that `tools/setup` installed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use bytes::Bytes;
use hookproof::clock::{Clock, SystemClock};
use hookproof::delivery::{
    AllowedNetworks, Answer, Client, DestinationSecret, ForwardedWebhook, Outgoing, Recipient, SystemResolver, Timeouts, Trust,
    forward,
};
use hyper::HeaderMap;
use hyper::header::HeaderValue;
use model::{Failure, ProviderKey, Text, Timestamp, Verdict, WebhookId};
use secrecy::ExposeSecret;
use uuid::Uuid;

/// Where both receivers are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/signatures");

const BODY: &[u8] = "{ \"name\": \"Zoë 審査\",\t\"amount\": 1.00,\n \"big\": 12345678901234567890 }\n".as_bytes();

/// A program that was started for the test and ends with it.
struct Receiver {
    program: Child,
    url: String,
}

impl Receiver {
    /// Starts a receiver that knows the secret, and waits until it listens.
    fn start(mut command: Command, secret: &DestinationSecret) -> Self {
        let mut program = command
            .env("RECEIVER_SECRET", secret.to_text().expose_secret())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the receiver starts");
        let mut line = String::new();
        let output = program.stdout.take().expect("it is piped");
        BufReader::new(output).read_line(&mut line).expect("it prints");
        let port: u16 = line.trim().parse().expect("it prints its port");
        let url = format!("http://127.0.0.1:{port}/webhooks");
        Self { program, url }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let ended = self.program.kill().and_then(|()| self.program.wait());
        assert!(ended.is_ok() || std::thread::panicking(), "{ended:?}");
    }
}

fn node() -> Command {
    let mut command = Command::new("node");
    command.arg(format!("{FOLDER}/receiver.mjs"));
    command
}

fn python() -> Command {
    let python = std::env::var_os("HOOKPROOF_PYTHON").expect("tools/signatures says which Python has the package");
    let mut command = Command::new(python);
    command.arg(format!("{FOLDER}/receiver.py"));
    command
}

#[tokio::test]
async fn the_package_of_npm_takes_what_we_send_and_nothing_else() {
    check(node).await;
}

#[tokio::test]
async fn the_package_of_pypi_takes_what_we_send_and_nothing_else() {
    check(python).await;
}

async fn check(receiver: fn() -> Command) {
    let [secret, next, other] = [(); 3].map(|()| DestinationSecret::new_random());
    let receiver = Receiver::start(receiver(), &secret);
    let now = SystemClock.now();
    let request = |body: &'static [u8], secrets: &[&DestinationSecret], now: Timestamp| {
        let to = Recipient {
            url: receiver.url.clone(),
            secrets: secrets.iter().copied().cloned().collect(),
            extra_headers: HeaderMap::new(),
        };
        forward(&webhook(body), &to, now)
    };
    let genuine = || request(BODY, &[&secret], now);

    taken(genuine()).await;
    taken(request(b"{}", &[&secret], now)).await;
    taken(request(b"[\"\\u0000 \xe2\x80\xa8\"]", &[&secret], now)).await;
    // While a secret is being replaced, a receiver may know the old or the new one.
    taken(request(BODY, &[&next, &secret], now)).await;
    taken(request(BODY, &[&secret, &next], now)).await;

    refused(request(BODY, &[&other], now), "No matching signature").await;
    refused(request(BODY, &[&next, &other], now), "No matching signature").await;
    refused(request(BODY, &[], now), "Missing required headers").await;
    refused(request(BODY, &[&secret], now.plus_seconds(-600)), "too old").await;
    refused(request(BODY, &[&secret], now.plus_seconds(600)), "too new").await;
    for at in [0, BODY.len() / 2, BODY.len() - 1] {
        let mut body = BODY.to_vec();
        body[at] ^= 1;
        let tampered = Outgoing {
            body: Bytes::from(body),
            ..genuine()
        };
        refused(tampered, "No matching signature").await;
    }
    for (name, value, reason) in [
        ("webhook-id", "another", "No matching signature"),
        ("webhook-timestamp", "1", "too old"),
        ("webhook-signature", "v1,AAAA", "No matching signature"),
    ] {
        let mut tampered = genuine();
        tampered.headers.insert(name, HeaderValue::from_static(value));
        refused(tampered, reason).await;
    }
}

async fn taken(request: Outgoing) {
    let answer = send(request).await;
    assert_eq!((answer.status, answer.failure), (Some(204), None), "{}", answer.response_body);
}

async fn refused(request: Outgoing, reason: &str) {
    let answer = send(request).await;
    assert!(answer.response_body.contains(reason), "{}", answer.response_body);
    assert_eq!((answer.status, answer.failure), (Some(401), Some(Failure::Status)));
}

async fn send(request: Outgoing) -> Answer {
    let allowed = AllowedNetworks {
        networks: vec!["127.0.0.1/32".parse().expect("a network")],
        http: true,
    };
    let client = Client::new(Arc::new(SystemResolver), allowed, Timeouts::default(), &Trust::only([]));
    client.send(request).await
}

fn webhook(body: &'static [u8]) -> ForwardedWebhook {
    let content_type = (
        "content-type".parse().expect("a name"),
        HeaderValue::from_static("application/json"),
    );
    ForwardedWebhook {
        id: WebhookId(Uuid::from_u128(0x0193_4a5b)),
        provider: ProviderKey::new("persona"),
        event_type: Text::new("inquiry.approved"),
        verdict: Verdict::Verified,
        received_at: SystemClock.now(),
        headers: HeaderMap::from_iter([content_type]),
        body: Bytes::from_static(body),
    }
}
