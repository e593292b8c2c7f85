//! `POST /hooks/{token}`: every row of the answer table, through the HTTP door.

mod support;

use std::time::Duration;

use hookproof::accounts::secrets::Purpose;
use hookproof::clock::Clock;
use hookproof::endpoints::{AddEndpoint, NewStaticHeader};
use hookproof::ingest::Limits;
use hookproof::operation::Actor;
use hookproof::store::SealedSecret;
use hookproof::store::change::Change;
use model::{AuditAction, EndpointPolicy, OnUntrusted, SecretId, Verdict};
use reqwest::Method;
use sqlx::Connection;
use support::{PERSONA_SECRET, Setup, TestApp, new_endpoint, persona_event, persona_signature, receipt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_signed_webhook_is_stored_before_it_is_answered() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let body = persona_event("evt_1");
    let id = receipt(app.post_signed(&endpoint, &body).await).await;

    let webhook = app.webhook(id).await;
    assert_eq!(webhook.row.verdict, Verdict::Verified);
    assert_eq!(webhook.row.received_at, app.clock.now());
    assert_eq!(webhook.row.event.expect("an event").event_type.as_str(), "inquiry.approved");
    assert_eq!(app.store.body(id).await.expect("read").expect("there"), body.as_bytes());
    assert_eq!(id.0.get_version_num(), 7);
    app.end().await;
}

#[tokio::test]
async fn an_altered_body_is_stored_as_invalid_and_answered_with_200() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let signature = persona_signature(app.clock.now().as_seconds(), persona_event("evt_1").as_bytes());
    let altered = persona_event("evt_2");
    let id = receipt(app.post(&endpoint.url, &[("Persona-Signature", &signature)], altered).await).await;
    assert_eq!(app.webhook(id).await.row.verdict, Verdict::Invalid);
    app.end().await;
}

#[tokio::test]
async fn a_body_that_is_not_json_is_stored_with_its_exact_bytes() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let bytes: Vec<u8> = (0..=255).collect();
    let id = receipt(app.post(&endpoint.url, &[], bytes.clone()).await).await;
    let webhook = app.webhook(id).await;
    assert!(webhook.events.is_empty() && webhook.parse_error.is_some());
    assert_eq!(app.store.body(id).await.expect("read").expect("there"), bytes);

    let browser = app.signed_in("ada@example.com", model::Role::Operator).await;
    let download = browser.get(&format!("/webhooks/{id}/body")).await;
    assert_eq!(download.headers()["content-type"], "application/octet-stream");
    assert_eq!(download.bytes().await.expect("a body"), bytes);
    app.end().await;
}

#[tokio::test]
async fn a_policy_of_rejection_stores_what_it_refuses() {
    let app = TestApp::start().await;
    let policy = EndpointPolicy {
        on_untrusted: OnUntrusted::Reject,
        ..EndpointPolicy::default()
    };
    let endpoint = app
        .add_endpoint(AddEndpoint {
            policy,
            ..new_endpoint("persona", Some(PERSONA_SECRET))
        })
        .await;
    let body = persona_event("evt_1");

    let now = app.clock.now().as_seconds();
    let wrong = persona_signature(now, b"another body");
    let old = persona_signature(now - 301, body.as_bytes());
    for (headers, verdict) in [
        (vec![("persona-signature", wrong.as_str())], Verdict::Invalid),
        (vec![("persona-signature", old.as_str())], Verdict::Stale),
        (vec![], Verdict::Missing),
    ] {
        let response = app.post(&endpoint.url, &headers, body.clone()).await;
        assert_eq!(response.status(), 401);
        let answer: serde_json::Value = response.json().await.expect("JSON");
        let id = answer["id"].as_str().expect("an id").parse().expect("a UUID");
        assert_eq!(app.webhook(id).await.row.verdict, verdict);
    }
    assert_eq!(app.post_signed(&endpoint, &body).await.status(), 200);
    app.end().await;
}

#[tokio::test]
async fn an_unknown_token_is_not_found() {
    let app = TestApp::start().await;
    for path in [
        "/hooks/nobody",
        "/hooks/%ff",
        "/hooks",
        "/hooks/",
        "/hooks/nobody/",
        "/hooks/no/body",
    ] {
        let response = app.post(&format!("http://{}{path}", app.addr), &[], "{}").await;
        assert_eq!(response.status(), 404, "{path}");
    }
    assert!(app.log().await.is_empty());
    app.end().await;
}

#[tokio::test]
async fn a_disabled_endpoint_is_gone() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let admin = Actor::command_line();
    app.operations
        .switch_endpoint(&admin, endpoint.id, false)
        .await
        .expect("disabled");
    app.directory.refresh().await.expect("refreshed");
    let response = app.post_signed(&endpoint, &persona_event("evt_1")).await;
    assert_eq!(response.status(), 410);
    assert!(app.log().await.is_empty());
    app.end().await;
}

#[tokio::test]
async fn other_methods_are_told_which_one_is_allowed() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE] {
        let response = app.client.request(method, &endpoint.url).send().await.expect("an answer");
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()["allow"], "POST");
    }
    app.end().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_announced_or_not() {
    let limits = Limits {
        max_body: 1000,
        ..Setup::default().limits
    };
    let app = TestApp::start_with(Setup {
        limits,
        ..Setup::default()
    })
    .await;
    let endpoint = app.persona().await;
    assert_eq!(app.post(&endpoint.url, &[], vec![b' '; 1000]).await.status(), 200);
    assert_eq!(app.post(&endpoint.url, &[], vec![b' '; 1001]).await.status(), 413);

    let path = endpoint.url.rsplit_once('/').expect("a path").1;
    let chunked = format!(
        "POST /hooks/{path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n{}\r\n0\r\n\r\n",
        " ".repeat(1001)
    );
    assert!(raw(&app, chunked.as_bytes()).await.starts_with("HTTP/1.1 413"));
    assert_eq!(app.log().await.len(), 1);
    app.end().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_given_up() {
    let limits = Limits {
        body_timeout: Duration::from_millis(50),
        ..Limits::default()
    };
    let app = TestApp::start_with(Setup {
        limits,
        ..Setup::default()
    })
    .await;
    let endpoint = app.persona().await;
    let path = endpoint.url.rsplit_once('/').expect("a path").1;
    let half = format!("POST /hooks/{path} HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf");
    assert!(raw(&app, half.as_bytes()).await.starts_with("HTTP/1.1 408"));
    assert!(app.log().await.is_empty());
    app.end().await;
}

#[tokio::test]
async fn a_form_that_does_not_come_whole_or_is_too_long_keeps_no_connection() {
    async fn check(app: &TestApp, length: usize, expected: &str) {
        let head = format!(
            "POST /console/sign_in HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\nemail="
        );
        let answer = raw(app, head.as_bytes()).await;
        assert!(answer.starts_with(expected), "{length}: {answer}");
    }
    let limits = Limits {
        body_timeout: Duration::from_millis(50),
        ..Limits::default()
    };
    let app = TestApp::start_with(Setup {
        limits,
        max_connections: 1,
        ..Setup::default()
    })
    .await;
    check(&app, 1000, "HTTP/1.1 408").await;
    check(&app, 300 * 1024, "HTTP/1.1 413").await;
    app.end().await;
}

#[tokio::test]
async fn webhooks_over_the_rate_limit_are_asked_to_wait() {
    let app = TestApp::start().await;
    let limited = AddEndpoint {
        rate_limit: Some(1),
        ..new_endpoint("persona", Some(PERSONA_SECRET))
    };
    let endpoint = app.add_endpoint(limited).await;
    let mut answers = Vec::new();
    for n in 0..5 {
        answers.push(app.post_signed(&endpoint, &persona_event(&format!("evt_{n}"))).await);
    }
    assert_eq!(answers[0].status(), 200);
    let refused = answers
        .iter()
        .find(|answer| answer.status() == 429)
        .expect("five in one second are too many");
    assert_eq!(refused.headers()["retry-after"], "1");
    app.end().await;
}

#[tokio::test]
async fn a_webhook_that_cannot_be_stored_is_asked_for_again() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let file = format!("sqlite://{}", app.folder.path().join("test.db").display());
    let mut saboteur = sqlx::SqliteConnection::connect(&file).await.expect("opened");
    sqlx::query("alter table webhooks rename to elsewhere")
        .execute(&mut saboteur)
        .await
        .expect("renamed");
    let refused = app.post_signed(&endpoint, &persona_event("evt_1")).await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers()["retry-after"], "5");

    sqlx::query("alter table elsewhere rename to webhooks")
        .execute(&mut saboteur)
        .await
        .expect("renamed");
    receipt(app.post_signed(&endpoint, &persona_event("evt_1")).await).await;
    assert_eq!(app.log().await.len(), 1);
    saboteur.close().await.expect("closed");
    app.end().await;
}

#[tokio::test]
async fn the_same_event_is_stored_again_and_linked_to_the_first() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let first = receipt(app.post_signed(&endpoint, &persona_event("evt_1")).await).await;
    let second = receipt(app.post_signed(&endpoint, &persona_event("evt_1")).await).await;
    let other = receipt(app.post_signed(&endpoint, &persona_event("evt_2")).await).await;
    assert_eq!(app.webhook(first).await.row.duplicate_of, None);
    assert_eq!(app.webhook(second).await.row.duplicate_of, Some(first));
    assert_eq!(app.webhook(other).await.row.duplicate_of, None);
    app.end().await;
}

#[tokio::test]
async fn a_forged_webhook_does_not_shadow_the_genuine_one() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let event = persona_event("evt_1");
    let forged = receipt(
        app.post(&endpoint.url, &[("persona-signature", "t=1,v1=00")], event.clone())
            .await,
    )
    .await;
    let genuine = receipt(app.post_signed(&endpoint, &event).await).await;
    let forged_again = receipt(
        app.post(&endpoint.url, &[("persona-signature", "t=1,v1=00")], event.clone())
            .await,
    )
    .await;
    assert_eq!(app.webhook(forged).await.row.duplicate_of, None);
    assert_eq!(app.webhook(genuine).await.row.duplicate_of, None);
    assert_eq!(app.webhook(forged_again).await.row.duplicate_of, Some(genuine));
    app.end().await;
}

#[tokio::test]
async fn of_many_at_the_same_instant_one_is_the_original() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let event = persona_event("evt_1");
    let answers = (0..32).map(|_| app.post_signed(&endpoint, &event));
    for answer in futures::future::join_all(answers).await {
        assert_eq!(answer.status(), 200);
    }
    let log = app.log().await;
    let originals: Vec<_> = log.iter().filter(|row| row.duplicate_of.is_none()).collect();
    assert_eq!(originals.len(), 1);
    assert!(
        log.iter()
            .all(|row| row.id == originals[0].id || row.duplicate_of == Some(originals[0].id))
    );
    assert_eq!(log.len(), 32);
    app.end().await;
}

#[tokio::test]
async fn the_sender_is_looked_for_behind_trusted_proxies_and_compared_with_the_networks() {
    let app = TestApp::start_with(behind_a_proxy()).await;
    let endpoint = app.add_endpoint(of_one_network()).await;
    for (forwarded, foreign) in [("192.0.2.7", false), ("198.51.100.7", true)] {
        let id = receipt(app.post(&endpoint.url, &[("x-forwarded-for", forwarded)], "{}").await).await;
        let webhook = app.webhook(id).await;
        assert_eq!((webhook.peer.as_str(), webhook.row.foreign_network), (forwarded, foreign));
    }
    app.end().await;
}

#[tokio::test]
async fn a_webhook_from_elsewhere_does_not_shadow_the_genuine_one() {
    let app = TestApp::start_with(behind_a_proxy()).await;
    let endpoint = app.add_endpoint(of_one_network()).await;
    let body = r#"{"key":"verification.verified","data":{"id":"1"}}"#;
    let mut ids = Vec::new();
    for sender in ["198.51.100.7", "192.0.2.7", "198.51.100.7"] {
        ids.push(receipt(app.post(&endpoint.url, &[("x-forwarded-for", sender)], body).await).await);
    }
    assert_eq!(app.webhook(ids[1]).await.row.duplicate_of, None);
    assert_eq!(app.webhook(ids[2]).await.row.duplicate_of, Some(ids[1]));
    app.end().await;
}

#[tokio::test]
async fn a_secret_that_comes_in_a_header_is_checked_and_not_kept() {
    let app = TestApp::start().await;
    let header = NewStaticHeader {
        name: "X-Token".to_owned(),
        value: "a-token-of-the-admin".into(),
    };
    let endpoint = app
        .add_endpoint(AddEndpoint {
            static_header: Some(header),
            ..new_endpoint("peleza", None)
        })
        .await;
    let genuine = app.post(
        &endpoint.url,
        &[("x-token", "a-token-of-the-admin"), ("x-other", "kept")],
        "{}",
    );
    let webhook = app.webhook(receipt(genuine.await).await).await;
    assert_eq!(webhook.row.verdict, Verdict::Verified);
    let value = |name: &str| {
        webhook
            .headers
            .iter()
            .find(|header| header.0 == name)
            .map(|header| header.1.as_str())
    };
    assert_eq!(value("x-token"), Some("(hidden by Hookproof)"));
    assert_eq!(value("x-other"), Some("kept"));
    app.end().await;
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_opened_costs_the_others_nothing() {
    let app = TestApp::start().await;
    let served = app.persona().await;
    let unsealed = app.persona().await;
    receipt(app.post_signed(&unsealed, &persona_event("evt_1")).await).await;
    // Begins as what this key sealed and does not open, as after a mistake in the database.
    let key = app.operations.vault.key();
    let mut sealed_value = key.seal(unsealed.id.0, Purpose::Secret, PERSONA_SECRET.as_bytes());
    *sealed_value.last_mut().expect("something") ^= 1;
    let spoiled = SealedSecret {
        id: SecretId(app.ids.next(app.clock.now())),
        endpoint_id: unsealed.id,
        label: "second".to_owned(),
        hint: String::new(),
        sealed_value,
        not_before: None,
        expires_at: None,
        created_at: app.clock.now(),
        last_used_at: None,
    };
    let entry = app
        .operations
        .entry(&Actor::command_line(), AuditAction::SecretAdded, None, Vec::new());
    app.store.change(&Change::AddSecret(spoiled), &entry).await.expect("added");
    let added_later = app.persona().await;
    for endpoint in [&served, &unsealed, &added_later] {
        receipt(app.post_signed(endpoint, &persona_event("evt_2")).await).await;
    }
    app.end().await;
}

#[tokio::test]
async fn the_server_ends_although_a_sender_leaves_its_connection_open() {
    let app = TestApp::start().await;
    let mut idle = TcpStream::connect(app.addr).await.expect("connected");
    idle.write_all(b"POST /hooks/x HTTP/1.1\r\nho").await.expect("written");
    // Were anything of the router left, the writer would not end, and neither would this.
    app.end().await;
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_a_place() {
    let app = TestApp::start_with(Setup {
        max_connections: 1,
        ..Setup::default()
    })
    .await;
    let endpoint = app.persona().await;
    let path = endpoint.url.rsplit_once('/').expect("a path").1.to_owned();
    let holder = TcpStream::connect(app.addr).await.expect("connected");
    let request = format!("POST /hooks/{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}");
    let mut waiting = TcpStream::connect(app.addr).await.expect("connected");
    waiting.write_all(request.as_bytes()).await.expect("written");
    let mut byte = [0];
    let answered = tokio::time::timeout(Duration::from_millis(100), waiting.read(&mut byte)).await;
    assert!(answered.is_err(), "the only place is taken");
    drop(holder);
    assert_eq!(waiting.read(&mut byte).await.expect("read"), 1);
    drop(waiting);
    app.end().await;
}

/// An endpoint that webhooks are expected at from 192.0.2.0/24 only.
fn of_one_network() -> AddEndpoint {
    AddEndpoint {
        networks: vec!["192.0.2.0/24".parse().expect("a network")],
        ..new_endpoint("case_keeper", None)
    }
}

fn behind_a_proxy() -> Setup {
    Setup {
        trusted_proxies: vec!["127.0.0.0/8".parse().expect("a network")],
        ..Setup::default()
    }
}

/// Sends bytes as they are and reads all of the answer until the server closes.
async fn raw(app: &TestApp, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.addr).await.expect("connected");
    stream.write_all(request).await.expect("written");
    let mut answer = Vec::new();
    // A reset after the answer is the server's good right: it does not read the rest of the body.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}
