use hookproof::clock::Clock;
use hookproof::endpoints::{NewCredentials, NewSecret, SecretChange};
use hookproof::operation::OperationError;
use model::{AuditAction, Role, Timestamp, Verdict};
use secrecy::SecretString;

use crate::support::{PERSONA_SECRET, TestApp, new_endpoint, noon, persona_event, receipt, signature_with};
use crate::{admin, audited, someone, told};

const NEXT_SECRET: &str = "wbhsec_1b7d0a52-9c3f-4e8d-b6a1-7f20c4d9e5b3";

fn next_secret() -> NewSecret {
    NewSecret {
        value: SecretString::from(NEXT_SECRET.to_owned()),
        label: "next".to_owned(),
        not_before: None,
        expires_at: None,
    }
}

async fn verdict_of(app: &TestApp, url: &str, secret: &str, event: &str) -> Verdict {
    let body = persona_event(event);
    let signature = signature_with(secret, app.clock.now().as_seconds(), body.as_bytes());
    let id = receipt(app.post(url, &[("persona-signature", &signature)], body).await).await;
    app.webhook(id).await.row.verdict
}

#[tokio::test]
async fn while_a_secret_is_rotated_both_are_accepted_and_then_only_the_new_one() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let retire_at = app.clock.now().plus_seconds(3600);
    app.operations
        .rotate_secret(&admin(), endpoint.id, next_secret(), retire_at)
        .await
        .expect("rotated");
    app.directory.refresh().await.expect("refreshed");
    assert_eq!(
        verdict_of(&app, &endpoint.url, PERSONA_SECRET, "evt_1").await,
        Verdict::Verified
    );
    assert_eq!(verdict_of(&app, &endpoint.url, NEXT_SECRET, "evt_2").await, Verdict::Verified);
    app.clock.set(retire_at);
    assert_eq!(
        verdict_of(&app, &endpoint.url, PERSONA_SECRET, "evt_3").await,
        Verdict::Invalid
    );
    assert_eq!(verdict_of(&app, &endpoint.url, NEXT_SECRET, "evt_4").await, Verdict::Verified);

    let until = retire_at.to_string();
    let entries = audited(&app, AuditAction::SecretChanged).await;
    let expected = [
        ("secret", Some("first"), Some("first")),
        ("expires_at", None, Some(until.as_str())),
    ];
    assert_eq!(told(&entries[0]), expected);
    app.end().await;
}

#[tokio::test]
async fn a_rotation_that_would_leave_a_gap_is_refused_before_anything_is_changed() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let now = app.clock.now();
    let check = async |new: NewSecret, retire_at: Timestamp| {
        let refused = app.operations.rotate_secret(&admin(), endpoint.id, new, retire_at).await;
        let Err(OperationError::Invalid(errors)) = refused else {
            panic!("not refused")
        };
        assert_eq!(errors[0].field, "retire_others_at");
    };
    let later = Some(now.plus_seconds(100));
    check(
        NewSecret {
            not_before: later,
            ..next_secret()
        },
        now.plus_seconds(99),
    )
    .await;
    check(
        NewSecret {
            expires_at: later,
            ..next_secret()
        },
        now.plus_seconds(100),
    )
    .await;
    let secrets = app
        .operations
        .secrets(&someone(Role::Viewer), endpoint.id)
        .await
        .expect("listed");
    assert_eq!(secrets.len(), 1);
    assert_eq!(secrets[0].expires_at, None);
    app.end().await;
}

#[tokio::test]
async fn others_that_were_to_end_in_the_past_end_at_once() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let past = app.clock.now().plus_seconds(-3600);
    let rotated = app.operations.rotate_secret(&admin(), endpoint.id, next_secret(), past).await;
    rotated.expect("rotated");
    let secrets = app.operations.secrets(&admin(), endpoint.id).await.expect("listed");
    let ends: Vec<_> = secrets.iter().map(|secret| secret.expires_at).collect();
    assert_eq!(ends, [Some(app.clock.now()), None]);
    app.end().await;
}

#[tokio::test]
async fn a_secret_of_a_wrong_shape_is_refused_in_words() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("pleenk", None)).await;
    let refused = app.operations.add_secret(&admin(), endpoint.id, next_secret()).await;
    let Err(OperationError::Invalid(errors)) = refused else {
        panic!("not refused")
    };
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].field, "value");
    assert!(
        errors[0].message.contains("a PEM public key on the curve P-521"),
        "{}",
        errors[0].message
    );
    assert!(!errors[0].message.contains(NEXT_SECRET));
    app.end().await;
}

#[tokio::test]
async fn a_secret_changes_its_label_and_window_and_goes() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let id = endpoint.secrets[0].id;
    let until = app.clock.now().plus_seconds(60);
    let change = SecretChange {
        label: Some("old".to_owned()),
        expires_at: Some(Some(until)),
        ..SecretChange::default()
    };
    let changed = app
        .operations
        .change_secret(&admin(), endpoint.id, id, change)
        .await
        .expect("changed");
    assert_eq!((changed.label.as_str(), changed.expires_at), ("old", Some(until)));
    let unchanged = app
        .operations
        .change_secret(&admin(), endpoint.id, id, SecretChange::default())
        .await;
    assert_eq!(unchanged.expect("read").label, "old");
    assert_eq!(audited(&app, AuditAction::SecretChanged).await.len(), 1);

    app.operations
        .remove_secret(&admin(), endpoint.id, id)
        .await
        .expect("removed");
    let again = app.operations.remove_secret(&admin(), endpoint.id, id).await;
    assert!(matches!(again, Err(OperationError::NotFound("secret"))));
    let entries = audited(&app, AuditAction::SecretRemoved).await;
    assert_eq!(told(&entries[0]), [("label", Some("old"), None)]);
    app.end().await;
}

#[tokio::test]
async fn when_a_secret_was_last_used_is_written_with_the_next_flush() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let last_used = async || {
        let secrets = app
            .operations
            .secrets(&someone(Role::Viewer), endpoint.id)
            .await
            .expect("listed");
        secrets[0].last_used_at
    };
    verdict_of(&app, &endpoint.url, NEXT_SECRET, "evt_1").await;
    app.used_secrets.flush(app.store.as_ref()).await.expect("written");
    assert_eq!(last_used().await, None);
    verdict_of(&app, &endpoint.url, PERSONA_SECRET, "evt_2").await;
    app.clock.advance_seconds(90);
    verdict_of(&app, &endpoint.url, PERSONA_SECRET, "evt_3").await;
    assert_eq!(last_used().await, None);
    let version = app.store.configuration_version().await.expect("read");
    app.used_secrets.flush(app.store.as_ref()).await.expect("written");
    let at = last_used().await.expect("used");
    assert_eq!(at.floor_to(60), noon().plus_seconds(90).floor_to(60));
    assert_eq!(app.store.configuration_version().await.expect("read"), version);
    app.end().await;
}

#[tokio::test]
async fn credentials_are_those_that_the_provider_needs_and_are_never_given_back() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("case_keeper", None)).await;
    let credentials = |fields: &[(&str, &str)], token_url: &str| NewCredentials {
        fields: fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), SecretString::from((*value).to_owned())))
            .collect(),
        base_url: None,
        token_url: Some(token_url.to_owned()),
    };
    let both = [("client_id", "hookproof"), ("client_secret", "never-shown-1")];
    let set = async |new: NewCredentials| app.operations.set_credentials(&admin(), endpoint.id, new).await;
    let fields = async |new: NewCredentials| match set(new).await {
        Err(OperationError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect::<Vec<_>>(),
        other => panic!("not refused: {other:?}"),
    };
    let token_url = "https://sign-in.example/token";
    assert_eq!(fields(credentials(&both[..1], token_url)).await, ["client_secret"]);
    assert_eq!(
        fields(credentials(&[both[0], both[1], ("api_key", "x")], token_url)).await,
        ["api_key"]
    );
    assert_eq!(
        fields(credentials(&[both[0], ("client_secret", "a b")], token_url)).await,
        ["client_secret"]
    );
    assert_eq!(fields(credentials(&both, "ftp://sign-in.example")).await, ["token_url"]);
    assert_eq!(
        fields(credentials(&both, "https://me:secret@sign-in.example")).await,
        ["token_url"]
    );
    set(credentials(&both, token_url)).await.expect("set");

    let view = app
        .operations
        .credentials(&someone(Role::Viewer), endpoint.id)
        .await
        .expect("read");
    let view = view.expect("there");
    assert_eq!(view.fields, ["client_id", "client_secret"]);
    assert_eq!(view.token_url.as_deref(), Some(token_url));
    let kept = app.store.credentials(endpoint.id).await.expect("read").expect("there");
    assert!(!kept.sealed_value.windows(11).any(|part| part == b"never-shown"));
    let entries = audited(&app, AuditAction::CredentialsSet).await;
    let expected = [
        ("fields", None, Some("client_id, client_secret")),
        ("token_url", None, Some(token_url)),
    ];
    assert_eq!(told(&entries[0]), expected);

    app.operations
        .remove_credentials(&admin(), endpoint.id)
        .await
        .expect("removed");
    assert_eq!(app.operations.credentials(&admin(), endpoint.id).await.expect("read"), None);
    let none = app.add_endpoint(new_endpoint("pleenk", None)).await;
    let refused = app
        .operations
        .set_credentials(&admin(), none.id, credentials(&both, token_url))
        .await;
    assert!(matches!(refused, Err(OperationError::Conflict(_))), "{refused:?}");
    app.end().await;
}
