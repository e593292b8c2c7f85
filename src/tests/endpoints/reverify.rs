use hmac::{Hmac, KeyInit, Mac};
use hookproof::clock::Clock;
use hookproof::endpoints::{AddEndpoint, EndpointChange, NewSecret, NewStaticHeader, Reverified, StaticHeaderChange};
use hookproof::operation::OperationError;
use model::{AuditAction, Diagnosis, DigestMode, ReverifyState, Role, Verdict, WebhookId};
use secrecy::SecretString;
use sha2::Sha256;

use crate::support::{TestApp, new_endpoint, receipt};
use crate::{admin, audited, someone, told};

const RIGHT: &str = "the secret that Authento shows";

fn digest(secret: &str, body: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(body.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn body(user: u32) -> String {
    format!(
        r#"{{"event":"REVIEWED","userId":"u-{user}","userIdentifier":"user-{user}","type":"INDIVIDUAL","status":{{"basic":"VERIFIED","poa":"VERIFIED"}},"timeCreated":1763599990.25}}"#
    )
}

fn secret(value: &str) -> NewSecret {
    NewSecret {
        value: SecretString::from(value.to_owned()),
        label: "corrected".to_owned(),
        not_before: None,
        expires_at: None,
    }
}

async fn verdicts(app: &TestApp, ids: &[WebhookId]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for id in ids {
        verdicts.push(app.webhook(*id).await.row.verdict);
    }
    verdicts
}

#[tokio::test]
async fn a_corrected_secret_verifies_what_came_before_it() {
    let app = TestApp::start().await;
    let endpoint = app
        .add_endpoint(new_endpoint("authento", Some("pasted from the wrong page")))
        .await;
    let mut ids = Vec::new();
    for user in 0..3 {
        let body = body(user);
        let genuine = digest(RIGHT, &body);
        ids.push(receipt(app.post(&endpoint.url, &[("x-payload-digest", &genuine)], body).await).await);
    }
    let forged = digest("guessed", &body(9));
    ids.push(receipt(app.post(&endpoint.url, &[("x-payload-digest", &forged)], body(9)).await).await);
    ids.push(receipt(app.post(&endpoint.url, &[], body(10)).await).await);
    let before = app.webhook(ids[0]).await;
    assert_eq!(before.row.verdict, Verdict::Invalid);
    assert_eq!(before.evidence.diagnoses, [Diagnosis::NothingFits]);

    app.clock.advance_seconds(3600);
    app.operations
        .add_secret(&admin(), endpoint.id, secret(RIGHT))
        .await
        .expect("added");
    let reverified = app
        .operations
        .reverify(&admin(), endpoint.id, None, None)
        .await
        .expect("checked");
    assert_eq!(reverified, Reverified { checked: 5, changed: 3 });
    let expected = [
        Verdict::Verified,
        Verdict::Verified,
        Verdict::Verified,
        Verdict::Invalid,
        Verdict::Missing,
    ];
    assert_eq!(verdicts(&app, &ids).await, expected);
    let after = app.webhook(ids[0]).await;
    assert_eq!(after.evidence.secret_label.as_deref(), Some("corrected"));
    assert_eq!((after.row.received_at, after.events), (before.row.received_at, before.events));

    let progress = app.operations.reverify_progress(&someone(Role::Viewer), endpoint.id).await;
    let progress = progress.expect("read").expect("one was started");
    assert_eq!(
        (progress.state, progress.total, progress.checked, progress.changed),
        (ReverifyState::Done, 5, 5, 3)
    );
    let entries = audited(&app, AuditAction::Reverified).await;
    assert_eq!(entries.len(), 1);
    assert_eq!(
        told(&entries[0]),
        [("checked", None, Some("5")), ("changed", None, Some("3"))]
    );

    let again = app
        .operations
        .reverify(&admin(), endpoint.id, None, None)
        .await
        .expect("checked");
    assert_eq!(again, Reverified { checked: 5, changed: 0 });
    app.end().await;
}

#[tokio::test]
async fn only_what_came_in_the_span_is_checked() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("authento", Some("wrong"))).await;
    let mut ids = Vec::new();
    for user in 0..4 {
        let body = body(user);
        let genuine = digest(RIGHT, &body);
        ids.push(receipt(app.post(&endpoint.url, &[("x-payload-digest", &genuine)], body).await).await);
        app.clock.advance_seconds(60);
    }
    app.operations
        .add_secret(&admin(), endpoint.id, secret(RIGHT))
        .await
        .expect("added");
    let noon = crate::support::noon();
    let (from, to) = (Some(noon.plus_seconds(60)), Some(noon.plus_seconds(180)));
    let reverified = app
        .operations
        .reverify(&admin(), endpoint.id, from, to)
        .await
        .expect("checked");
    assert_eq!(reverified, Reverified { checked: 2, changed: 2 });
    let expected = [Verdict::Invalid, Verdict::Verified, Verdict::Verified, Verdict::Invalid];
    assert_eq!(verdicts(&app, &ids).await, expected);
    app.end().await;
}

#[tokio::test]
async fn a_secret_verifies_only_what_came_in_its_window() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("authento", Some("wrong"))).await;
    let genuine = digest(RIGHT, &body(1));
    let id = receipt(app.post(&endpoint.url, &[("x-payload-digest", &genuine)], body(1)).await).await;
    app.clock.advance_seconds(60);
    let later = NewSecret {
        not_before: Some(app.clock.now()),
        ..secret(RIGHT)
    };
    app.operations.add_secret(&admin(), endpoint.id, later).await.expect("added");
    let reverified = app
        .operations
        .reverify(&admin(), endpoint.id, None, None)
        .await
        .expect("checked");
    assert_eq!(reverified, Reverified { checked: 1, changed: 0 });
    let webhook = app.webhook(id).await;
    assert!(matches!(webhook.evidence.diagnoses.as_slice(), [Diagnosis::SecretNotLive { label, .. }] if label == "corrected"));
    app.end().await;
}

#[tokio::test]
async fn another_digest_mode_is_taken_into_account() {
    let app = TestApp::start().await;
    let endpoint = app
        .add_endpoint(AddEndpoint {
            digest_mode: Some(DigestMode::Sha256BodySecret),
            ..new_endpoint("authento", Some(RIGHT))
        })
        .await;
    let genuine = digest(RIGHT, &body(1));
    let id = receipt(app.post(&endpoint.url, &[("x-payload-digest", &genuine)], body(1)).await).await;
    let mode = DigestMode::HmacSha256;
    assert_eq!(
        app.webhook(id).await.evidence.diagnoses,
        [Diagnosis::OtherDigestMode { mode }]
    );
    let change = EndpointChange {
        digest_mode: Some(Some(mode)),
        ..EndpointChange::default()
    };
    app.operations
        .change_endpoint(&admin(), endpoint.id, change)
        .await
        .expect("changed");
    app.operations
        .reverify(&admin(), endpoint.id, None, None)
        .await
        .expect("checked");
    assert_eq!(verdicts(&app, &[id]).await, [Verdict::Verified]);
    app.end().await;
}

#[tokio::test]
async fn what_carried_the_static_header_keeps_its_verdict_because_the_value_was_not_stored() {
    let app = TestApp::start().await;
    let new = AddEndpoint {
        static_header: Some(NewStaticHeader {
            name: "X-Token".to_owned(),
            value: SecretString::from("right".to_owned()),
        }),
        ..new_endpoint("peleza", None)
    };
    let endpoint = app.add_endpoint(new).await;
    let right = receipt(app.post(&endpoint.url, &[("x-token", "right")], "{\"n\":1}").await).await;
    let wrong = receipt(app.post(&endpoint.url, &[("x-token", "wrong")], "{\"n\":2}").await).await;
    let none = receipt(app.post(&endpoint.url, &[], "{\"n\":3}").await).await;
    let other = StaticHeaderChange {
        name: "x-token".to_owned(),
        value: Some(SecretString::from("wrong".to_owned())),
    };
    let change = EndpointChange {
        static_header: Some(Some(other)),
        ..EndpointChange::default()
    };
    app.operations
        .change_endpoint(&admin(), endpoint.id, change)
        .await
        .expect("changed");
    let reverified = app
        .operations
        .reverify(&admin(), endpoint.id, None, None)
        .await
        .expect("checked");
    assert_eq!(reverified, Reverified { checked: 1, changed: 0 });
    let expected = [Verdict::Verified, Verdict::Invalid, Verdict::Missing];
    assert_eq!(verdicts(&app, &[right, wrong, none]).await, expected);
    app.end().await;
}

#[tokio::test]
async fn more_than_one_batch_is_checked() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("authento", Some("wrong"))).await;
    for user in 0..230 {
        let body = body(user);
        let genuine = digest(RIGHT, &body);
        receipt(app.post(&endpoint.url, &[("x-payload-digest", &genuine)], body).await).await;
    }
    app.operations
        .add_secret(&admin(), endpoint.id, secret(RIGHT))
        .await
        .expect("added");
    let reverified = app
        .operations
        .reverify(&admin(), endpoint.id, None, None)
        .await
        .expect("checked");
    assert_eq!(
        reverified,
        Reverified {
            checked: 230,
            changed: 230
        }
    );
    assert!(app.log().await.iter().all(|row| row.verdict == Verdict::Verified));
    app.end().await;
}

#[tokio::test]
async fn only_an_admin_has_webhooks_checked_again() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    for role in [Role::Viewer, Role::Operator] {
        let refused = app.operations.reverify(&someone(role), endpoint.id, None, None).await;
        assert!(matches!(refused, Err(OperationError::Forbidden { needs: Role::Admin })));
    }
    app.end().await;
}

#[tokio::test]
async fn the_value_of_a_static_header_that_was_stored_before_it_was_declared_is_forgotten() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("peleza", None)).await;
    let header = [("x-token", "open sesame"), ("x-request-id", "r-1")];
    let id = receipt(app.post(&endpoint.url, &header, "{}").await).await;
    let declare = async |name: &str, value: Option<&str>| {
        let header = StaticHeaderChange {
            name: name.to_owned(),
            value: value.map(SecretString::from),
        };
        let change = EndpointChange {
            static_header: Some(Some(header)),
            ..EndpointChange::default()
        };
        let changed = app.operations.change_endpoint(&admin(), endpoint.id, change).await;
        changed.expect("changed");
    };
    let shown = async |id| app.operations.webhook(&admin(), id).await.expect("read").headers;
    let is_stored = async |id| {
        let stored = app.store.headers(id).await.expect("read").expect("there");
        String::from_utf8(stored).expect("text").contains("open sesame")
    };
    let hidden = ("x-token".to_owned(), "(hidden by Hookproof)".to_owned());

    declare("x-tokn", Some("open sesame")).await;
    assert!(is_stored(id).await);
    assert!(shown(id).await.contains(&hidden));
    declare("x-token", None).await;
    let reverified = app.operations.reverify(&admin(), endpoint.id, None, None).await;
    assert_eq!(reverified.expect("checked"), Reverified { checked: 1, changed: 1 });
    assert!(!is_stored(id).await);
    assert!(shown(id).await.contains(&("x-request-id".to_owned(), "r-1".to_owned())));
    assert_eq!(verdicts(&app, &[id]).await, [Verdict::Verified]);

    declare("x-renamed", None).await;
    let sent_by_the_old_name = receipt(app.post(&endpoint.url, &header, "{}").await).await;
    assert!(!is_stored(sent_by_the_old_name).await);
    assert!(shown(sent_by_the_old_name).await.contains(&hidden));
    app.end().await;
}

#[tokio::test]
async fn a_duplicate_that_is_trusted_more_by_now_becomes_the_original() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("authento", Some("leaked"))).await;
    app.operations
        .add_secret(&admin(), endpoint.id, secret(RIGHT))
        .await
        .expect("added");
    let mut ids = Vec::new();
    for secret in ["leaked", RIGHT] {
        let digest = digest(secret, &body(1));
        ids.push(receipt(app.post(&endpoint.url, &[("x-payload-digest", &digest)], body(1)).await).await);
    }
    assert_eq!(app.webhook(ids[1]).await.row.duplicate_of, Some(ids[0]));
    let leaked = endpoint.secrets[0].id;
    app.operations
        .remove_secret(&admin(), endpoint.id, leaked)
        .await
        .expect("removed");
    let reverified = app.operations.reverify(&admin(), endpoint.id, None, None).await;
    assert_eq!(reverified.expect("checked"), Reverified { checked: 2, changed: 1 });
    assert_eq!(verdicts(&app, &ids).await, [Verdict::Invalid, Verdict::Verified]);
    assert_eq!(app.webhook(ids[1]).await.row.duplicate_of, None);
    app.end().await;
}
