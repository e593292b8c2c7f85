use hookproof::endpoints::{EndpointChange, StaticHeaderChange};
use hookproof::operation::OperationError;
use model::{AuditAction, DigestMode, Environment, OnUntrusted, Role};
use secrecy::SecretString;

use crate::support::{TestApp, new_endpoint, persona_event};
use crate::{admin, audited, someone, told};

#[tokio::test]
async fn a_change_names_each_field_before_and_after_and_a_secret_not_at_all() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("peleza", None)).await;
    let change = EndpointChange {
        name: Some("Peleza Kenya".to_owned()),
        environment: Some(Environment::Sandbox),
        on_untrusted: Some(OnUntrusted::Reject),
        forward_unsigned: Some(false),
        static_header: Some(Some(StaticHeaderChange {
            name: "X-Token".to_owned(),
            value: Some(SecretString::from("never-shown-2".to_owned())),
        })),
        networks: Some(vec!["192.0.2.0/24".parse().expect("a network")]),
        rate_limit: Some(Some(20)),
        ..EndpointChange::default()
    };
    let changed = app
        .operations
        .change_endpoint(&admin(), endpoint.id, change)
        .await
        .expect("changed");
    assert_eq!(changed.name, "Peleza Kenya");
    assert_eq!(changed.static_header.as_deref(), Some("x-token"));
    let again = app
        .operations
        .endpoint(&someone(Role::Viewer), endpoint.id)
        .await
        .expect("read");
    assert_eq!(
        serde_json::to_value(&again).expect("JSON"),
        serde_json::to_value(&changed).expect("JSON")
    );

    let entries = audited(&app, AuditAction::EndpointChanged).await;
    let expected = [
        ("name", Some("peleza test"), Some("Peleza Kenya")),
        ("environment", Some("production"), Some("sandbox")),
        ("on_untrusted", Some("hold"), Some("reject")),
        ("static_header.name", None, Some("x-token")),
        ("static_header.value", None, None),
        ("networks", Some(""), Some("192.0.2.0/24")),
        ("rate_limit", None, Some("20")),
    ];
    assert_eq!(told(&entries[0]), expected);

    let renamed = EndpointChange {
        static_header: Some(Some(StaticHeaderChange {
            name: "x-other".to_owned(),
            value: None,
        })),
        rate_limit: Some(None),
        ..EndpointChange::default()
    };
    app.operations
        .change_endpoint(&admin(), endpoint.id, renamed)
        .await
        .expect("changed");
    let entries = audited(&app, AuditAction::EndpointChanged).await;
    let expected = [
        ("static_header.name", Some("x-token"), Some("x-other")),
        ("rate_limit", Some("20"), None),
    ];
    assert_eq!(told(&entries[0]), expected);
    app.directory.refresh().await.expect("refreshed");
    let response = app.post(&endpoint.url, &[("x-other", "never-shown-2")], "{}").await;
    assert_eq!(response.status(), 200);
    app.end().await;
}

#[tokio::test]
async fn a_change_that_changes_nothing_leaves_no_line() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let same = EndpointChange {
        name: Some(endpoint.name.clone()),
        enabled: Some(true),
        ..EndpointChange::default()
    };
    app.operations
        .change_endpoint(&admin(), endpoint.id, same)
        .await
        .expect("the same");
    assert!(audited(&app, AuditAction::EndpointChanged).await.is_empty());
    app.end().await;
}

#[tokio::test]
async fn everything_that_cannot_be_taken_is_named_at_once() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let change = EndpointChange {
        name: Some(" ".to_owned()),
        digest_mode: Some(Some(DigestMode::HmacSha256)),
        static_header: Some(Some(StaticHeaderChange {
            name: "x y".to_owned(),
            value: None,
        })),
        rate_limit: Some(Some(0)),
        ..EndpointChange::default()
    };
    let refused = app.operations.change_endpoint(&admin(), endpoint.id, change).await;
    let Err(OperationError::Invalid(errors)) = refused else {
        panic!("not refused")
    };
    let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    let expected = [
        "name",
        "digest_mode",
        "static_header",
        "static_header.name",
        "static_header.value",
        "rate_limit",
    ];
    assert_eq!(fields, expected);
    app.end().await;
}

#[tokio::test]
async fn an_archived_endpoint_is_gone_at_the_door_and_in_the_lists_but_its_log_stays() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    app.post_signed(&endpoint, &persona_event("evt_1")).await;
    app.operations
        .archive_endpoint(&admin(), endpoint.id)
        .await
        .expect("archived");
    app.directory.refresh().await.expect("refreshed");

    let refused = app.post_signed(&endpoint, &persona_event("evt_2")).await;
    assert_eq!(refused.status(), 410);
    assert!(app.operations.endpoints(&admin()).await.expect("listed").is_empty());
    for refused in [
        app.operations.endpoint(&admin(), endpoint.id).await.map(drop),
        app.operations.archive_endpoint(&admin(), endpoint.id).await,
        app.operations.switch_endpoint(&admin(), endpoint.id, true).await,
        app.operations.reverify(&admin(), endpoint.id, None, None).await.map(drop),
    ] {
        assert!(matches!(refused, Err(OperationError::NotFound("endpoint"))), "{refused:?}");
    }
    let log = app.log().await;
    assert_eq!(log.len(), 1);
    let shown = app.operations.webhook(&someone(Role::Viewer), log[0].id).await.expect("read");
    assert_eq!(shown.row.endpoint_name, endpoint.name);
    assert_eq!(audited(&app, AuditAction::EndpointArchived).await.len(), 1);
    app.end().await;
}

#[tokio::test]
async fn only_an_admin_changes_anything() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let secret = endpoint.secrets[0].id;
    let operations = &app.operations;
    for role in [Role::Viewer, Role::Operator] {
        let actor = someone(role);
        for refused in [
            operations
                .change_endpoint(&actor, endpoint.id, EndpointChange::default())
                .await
                .map(drop),
            operations.archive_endpoint(&actor, endpoint.id).await,
            operations.remove_secret(&actor, endpoint.id, secret).await,
            operations.remove_credentials(&actor, endpoint.id).await,
            operations.cancel_reverify(&actor, endpoint.id).await,
        ] {
            assert!(
                matches!(refused, Err(OperationError::Forbidden { needs: Role::Admin })),
                "{refused:?}"
            );
        }
    }
    app.end().await;
}

#[tokio::test]
async fn of_two_changes_at_once_neither_is_lost() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    for round in 1..=10 {
        let rate_limit = EndpointChange {
            rate_limit: Some(Some(round)),
            ..EndpointChange::default()
        };
        let name = EndpointChange {
            name: Some(format!("round {round}")),
            ..EndpointChange::default()
        };
        let actor = admin();
        let change = |change| app.operations.change_endpoint(&actor, endpoint.id, change);
        let (first, second) = tokio::join!(change(rate_limit), change(name));
        first.expect("changed");
        second.expect("changed");
        let stored = app.operations.endpoint(&admin(), endpoint.id).await.expect("read");
        assert_eq!((stored.rate_limit, stored.name), (Some(round), format!("round {round}")));
    }
    app.end().await;
}
