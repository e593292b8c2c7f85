use app::view::ConsoleError;
use hookproof::operation::Actor;
use model::{AuditAction, AuditChange, AuditFilter, Role};

use crate::support::TestApp;
use crate::support::browser::error;

#[tokio::test]
async fn users_are_for_admins() {
    let app = TestApp::start().await;
    let id = app.add_user("eve@example.com", Role::Viewer).await.to_string();
    for role in [Role::Viewer, Role::Operator] {
        let browser = app.signed_in(&format!("{role}@example.com"), role).await;
        for (function, form) in [
            ("users/invite", [("email", "new@example.com"), ("role", "admin")]),
            ("users/role", [("id", &id), ("role", "admin")]),
            ("users/disable", [("id", &id), ("disabled", "true")]),
            ("users/reset_link", [("id", &id), ("", "")]),
            ("users/reset_second_factor", [("id", &id), ("", "")]),
        ] {
            let response = browser.post(function, &form).await;
            assert_eq!(response.status(), 403, "{function} as {role}");
            assert_eq!(error(response).await, ConsoleError::Forbidden { needs: Role::Admin });
        }
    }
    let eve = app
        .operations
        .user_named(&Actor::command_line(), "eve@example.com")
        .await
        .expect("there");
    assert_eq!((eve.role, eve.disabled_at), (Role::Viewer, None));
    app.end().await;
}

#[tokio::test]
async fn the_last_admin_stays() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada@example.com", Role::Admin).await;
    let id = app
        .store
        .user_by_email("ada@example.com")
        .await
        .expect("read")
        .expect("there")
        .id
        .to_string();
    let demote = [("id", id.as_str()), ("role", "viewer")];
    let disable = [("id", id.as_str()), ("disabled", "true")];
    assert_eq!(ada.post("users/role", &demote).await.status(), 409);
    assert_eq!(ada.post("users/disable", &disable).await.status(), 409);
    // Someone invited cannot come in yet.
    assert_eq!(
        ada.post("users/invite", &[("email", "bob@example.com"), ("role", "admin")])
            .await
            .status(),
        200
    );
    assert_eq!(ada.post("users/role", &demote).await.status(), 409);

    app.add_user("eve@example.com", Role::Admin).await;
    assert_eq!(ada.post("users/role", &demote).await.status(), 200);
    app.end().await;
}

#[tokio::test]
async fn an_invite_is_shown_once_and_an_address_is_taken_once() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada@example.com", Role::Admin).await;
    let invite = [("email", "Bob@Example.com"), ("role", "operator")];
    let link = format!("{}/link/", ada.base);
    assert_eq!(ada.post("users/invite", &invite).await.status(), 200);
    let prefetched = ada
        .send(ada.request(reqwest::Method::GET, "/users").header("sec-purpose", "prefetch"))
        .await;
    assert!(
        !prefetched.text().await.expect("text").contains(&link),
        "nobody looks at what is fetched ahead"
    );
    let page = ada.get("/users").await.text().await.expect("text");
    assert!(page.contains(&link) && page.contains("bob@example.com"));
    assert!(!ada.get("/users").await.text().await.expect("text").contains(&link));
    assert_eq!(ada.post("users/invite", &invite).await.status(), 409);
    assert_eq!(
        ada.post("users/invite", &[("email", "nobody"), ("role", "viewer")])
            .await
            .status(),
        422
    );
    app.end().await;
}

#[tokio::test]
async fn a_change_of_role_is_written_down_with_before_and_after() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada@example.com", Role::Admin).await;
    let id = app.add_user("bob@example.com", Role::Viewer).await.to_string();
    assert_eq!(
        ada.post("users/role", &[("id", &id), ("role", "operator")]).await.status(),
        200
    );
    assert_eq!(
        ada.post("users/role", &[("id", &id), ("role", "operator")]).await.status(),
        200
    );
    let changed = AuditFilter {
        actions: vec![AuditAction::RoleChanged],
        ..AuditFilter::default()
    };
    let entries = app.store.audit(&changed, None, 10).await.expect("read").items;
    assert_eq!(entries.len(), 1, "what changes nothing is not written down");
    assert_eq!(entries[0].actor.name, "ada@example.com");
    assert_eq!(
        entries[0].target.as_ref().map(|target| target.name.as_str()),
        Some("bob@example.com")
    );
    let detail = AuditChange {
        field: "role".to_owned(),
        before: Some("viewer".to_owned()),
        after: Some("operator".to_owned()),
    };
    assert_eq!(entries[0].detail, [detail]);
    app.end().await;
}
