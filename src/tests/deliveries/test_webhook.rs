use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hookproof::delivery::AllowedNetworks;
use hookproof::destinations::AddDestination;
use hookproof::providers::{self, Key, Keyring, Request, SigningSecret};
use model::{AuditAction, DestinationId, Failure, Timestamp, Verdict};
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::support::{Setup, noon};
use crate::world::World;
use crate::{admin, told};

type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// An address that takes what is posted to `/taken`, and nothing else.
struct Sink {
    url: String,
    received: Received,
    serving: JoinHandle<()>,
}

impl Sink {
    async fn start() -> Self {
        let received = Received::default();
        let take = async |State(received): State<Received>, headers: HeaderMap, body: Bytes| {
            received.lock().expect("not poisoned").push((headers, body));
            (StatusCode::ACCEPTED, "thank you")
        };
        let router = Router::new().route("/taken", post(take)).with_state(Arc::clone(&received));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        Self { url, received, serving }
    }

    fn last(&self) -> (HeaderMap, Bytes) {
        self.received
            .lock()
            .expect("not poisoned")
            .last()
            .expect("something came")
            .clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn world() -> World {
    let allowed = AllowedNetworks {
        networks: vec!["127.0.0.1/32".parse().expect("a network")],
        http: true,
    };
    World::start_with(Setup {
        allowed,
        ..Setup::default()
    })
    .await
}

/// Whether a receiver that knows this secret believes the request.
fn is_signed_with(secret: &str, headers: &HeaderMap, body: &[u8], at: Timestamp) -> bool {
    let provider = providers::find(&model::ProviderKey::new("standard_webhooks")).expect("there");
    let key: Key = provider.read_secret(secret).expect("a secret");
    let keyring = Keyring {
        secrets: vec![SigningSecret {
            id: model::SecretId(uuid::Uuid::nil()),
            label: String::new(),
            key,
            not_before: None,
            expires_at: None,
        }],
        digest_mode: None,
        static_header: None,
    };
    let request = Request {
        headers,
        body,
        received_at: at,
    };
    provider.verify(&request, &keyring).verdict == Verdict::Verified
}

#[tokio::test]
async fn a_test_is_signed_as_all_requests_are_and_says_what_was_answered() {
    let (world, sink) = (world().await, Sink::start().await);
    let operations = &world.app.operations;
    let new = AddDestination {
        headers: vec![("X-Team".to_owned(), "risk".into())],
        ..AddDestination::plain("Sink", &format!("{}/taken", sink.url))
    };
    let added = operations.add_destination(&admin(), new).await.expect("added");
    let id = added.destination.id;
    let first = added.secret.expose_secret().to_owned();
    let tested = operations.test_destination(&admin(), id).await.expect("tested");
    assert_eq!(
        (tested.status, tested.failure, &*tested.response_body),
        (Some(202), None, "thank you")
    );
    let (headers, body) = sink.last();
    assert_eq!(
        (&headers["hookproof-event-type"], &headers["x-team"]),
        (&"hookproof.test".parse().expect("text"), &"risk".parse().expect("text"))
    );
    let said: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(
        (&said["type"], &said["timestamp"]),
        (&"hookproof.test".into(), &"2025-11-20T12:00:00Z".into())
    );
    assert!(is_signed_with(&first, &headers, &body, noon()));

    let second = operations
        .rotate_destination_secret(&admin(), id)
        .await
        .expect("rotated")
        .secret;
    let check = async |seconds: i64, old: bool| {
        let at = noon().plus_seconds(seconds);
        world.app.clock.set(at);
        operations.test_destination(&admin(), id).await.expect("tested");
        let (headers, body) = sink.last();
        assert_eq!(is_signed_with(&first, &headers, &body, at), old, "after {seconds} s");
        assert!(
            is_signed_with(second.expose_secret(), &headers, &body, at),
            "after {seconds} s"
        );
    };
    check(0, true).await;
    check(24 * 60 * 60 - 1, true).await;
    check(24 * 60 * 60, false).await;

    assert!(world.app.log().await.is_empty(), "a test is not stored");
    let entry = world.audited(AuditAction::DestinationTested).await;
    assert_eq!(told(&entry), [("status", None, Some("202"))]);
    world.app.end().await;
}

#[tokio::test]
async fn a_test_that_fails_says_why() {
    let (world, sink) = (world().await, Sink::start().await);
    let operations = &world.app.operations;
    let check = async |url: String, status: Option<u16>, failure: Failure| {
        let id: DestinationId = world.add(AddDestination::plain("Sink", &url)).await;
        let tested = operations.test_destination(&admin(), id).await.expect("tested");
        assert_eq!((tested.status, tested.failure), (status, Some(failure)), "{url}");
        let entry = world.audited(AuditAction::DestinationTested).await;
        let failure = told(&entry).into_iter().find(|(field, ..)| *field == "failure");
        assert!(failure.is_some(), "{entry:?}");
    };
    check(format!("{}/other", sink.url), Some(404), Failure::Status).await;
    // Nobody listens there.
    check("http://127.0.0.1:1/".to_owned(), None, Failure::ConnectRefused).await;
    world.app.end().await;
}
