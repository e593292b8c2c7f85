use hookproof::operation::{Actor, OperationError};
use model::{AuditAction, Role};

use crate::support::browser::Browser;
use crate::support::{TestApp, new_endpoint, receipt};
use crate::{admin, audited, someone, told};

const BODY: &str = r#"{"status":true,"response_code":"00","data":{"request_id":"r-1","first_name":"Grace","id_number":"30405060"},"widget_info":{"email":"grace@example.com","user_ref":"user-7"}}"#;

#[tokio::test]
async fn everyone_sees_a_masked_payload_and_an_operator_may_have_it_revealed() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("peleza", None)).await;
    let id = receipt(app.post(&endpoint.url, &[], BODY).await).await;
    for role in [Role::Viewer, Role::Operator, Role::Admin] {
        let payload = app.operations.masked_body(&someone(role), id).await.expect("read");
        let text = String::from_utf8(payload.body).expect("text");
        assert_eq!(payload.masked, 3);
        for hidden in ["Grace", "30405060", "grace@example.com"] {
            assert!(!text.contains(hidden), "{text}");
        }
        for shown in ["\"00\"", "r-1", "user-7"] {
            assert!(text.contains(shown), "{text}");
        }
    }

    let viewer = someone(Role::Viewer);
    for refused in [
        app.operations.reveal(&viewer, id).await.map(drop),
        app.operations.revealed_body(&viewer, id).await.map(drop),
        app.operations.webhook_body(&viewer, id).await.map(drop),
    ] {
        assert!(
            matches!(refused, Err(OperationError::Forbidden { needs: Role::Operator })),
            "{refused:?}"
        );
    }
    assert!(audited(&app, AuditAction::Revealed).await.is_empty());

    let operator = someone(Role::Operator);
    let until = app.operations.reveal(&operator, id).await.expect("revealed");
    assert_eq!(until, crate::support::noon().plus_seconds(15 * 60));
    let body = app.operations.revealed_body(&operator, id).await.expect("read").body;
    assert_eq!(body, BODY.as_bytes());
    let entries = audited(&app, AuditAction::Revealed).await;
    assert_eq!(entries[0].actor.name, "operator@example.com");
    assert_eq!(entries[0].target.as_ref().expect("a target").id, id.to_string());
    let expected = [
        ("data.first_name", None, None),
        ("data.id_number", None, None),
        ("widget_info.email", None, None),
    ];
    assert_eq!(told(&entries[0]), expected);
    app.end().await;
}

#[tokio::test]
async fn a_body_that_is_taken_away_leaves_a_line() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("peleza", None)).await;
    let id = receipt(app.post(&endpoint.url, &[], BODY).await).await;
    let body = app.operations.webhook_body(&someone(Role::Operator), id).await.expect("read");
    assert_eq!(body, BODY.as_bytes());
    assert_eq!(audited(&app, AuditAction::BodyDownloaded).await.len(), 1);
    app.end().await;
}

#[tokio::test]
async fn nobody_who_is_not_signed_in_sees_anything() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("peleza", None)).await;
    let id = receipt(app.post(&endpoint.url, &[], BODY).await).await;
    let nobody = Actor::nobody([192, 0, 2, 1].into());
    for refused in [
        app.operations.webhook(&nobody, id).await.map(drop),
        app.operations.masked_body(&nobody, id).await.map(drop),
        app.operations.reveal(&nobody, id).await.map(drop),
        app.operations.webhook_body(&nobody, id).await.map(drop),
        app.operations.endpoints(&nobody).await.map(drop),
        app.operations.endpoint(&nobody, endpoint.id).await.map(drop),
        app.operations.secrets(&nobody, endpoint.id).await.map(drop),
    ] {
        assert!(matches!(refused, Err(OperationError::NotSignedIn)), "{refused:?}");
    }
    app.end().await;
}

#[tokio::test]
async fn headers_that_let_a_sender_in_are_hidden_from_viewers() {
    let app = TestApp::start().await;
    let endpoint = app.persona().await;
    let headers = [("authorization", "Bearer abc"), ("x-api-key", "def"), ("x-request-id", "ghi")];
    let id = receipt(app.post(&endpoint.url, &headers, "{}").await).await;
    let values = async |actor: &Actor| {
        let shown = app.operations.webhook(actor, id).await.expect("read").headers;
        headers.map(|(name, _)| shown.iter().find(|(shown, _)| shown == name).expect("there").1.clone())
    };
    let hidden = "(hidden by Hookproof)";
    assert_eq!(values(&someone(Role::Viewer)).await, [hidden, hidden, "ghi"]);
    assert_eq!(values(&admin()).await, ["Bearer abc", "def", "ghi"]);
    app.end().await;
}

#[tokio::test]
async fn what_is_revealed_is_shown_to_that_session_for_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let endpoint = app.add_endpoint(new_endpoint("peleza", None)).await;
    let id = receipt(app.post(&endpoint.url, &[], BODY).await).await;
    let (page, form) = (format!("/webhooks/{id}"), id.to_string());
    let browsers = [
        app.signed_in("operator@example.com", Role::Operator).await,
        app.signed_in("operator@example.com", Role::Operator).await,
        app.signed_in("viewer@example.com", Role::Viewer).await,
    ];
    let [operator, elsewhere, viewer] = &browsers;
    let shows_name = async |browser: &Browser| {
        let response = browser.get(&page).await;
        assert_eq!(response.status(), 200);
        response.text().await.expect("text").contains("Grace")
    };
    for browser in &browsers {
        assert!(!shows_name(browser).await);
    }

    let refused = viewer.post("webhooks/reveal", &[("id", &form)]).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(viewer.get(&format!("{page}/body")).await.status(), 403);
    assert!(!shows_name(viewer).await);
    assert!(audited(&app, AuditAction::Revealed).await.is_empty());

    assert!(operator.post("webhooks/reveal", &[("id", &form)]).await.status().is_success());
    assert!(shows_name(operator).await);
    assert!(!shows_name(elsewhere).await && !shows_name(viewer).await);
    let entries = audited(&app, AuditAction::Revealed).await;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].actor.name, "operator@example.com");
    app.clock.advance_seconds(15 * 60);
    assert!(!shows_name(operator).await);

    let download = operator.get(&format!("{page}/body")).await;
    assert_eq!(download.bytes().await.expect("a body"), BODY);
    assert_eq!(audited(&app, AuditAction::BodyDownloaded).await.len(), 1);
    app.end().await;
}
