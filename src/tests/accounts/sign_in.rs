use std::sync::Arc;

use app::view::ConsoleError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use hookproof::accounts::passwords::Line;
use model::{AuditAction, AuditFilter, Role, Timestamp};

use crate::support::browser::{PASSWORD, error};
use crate::support::{Setup, TestApp};

#[tokio::test]
async fn pages_lead_to_the_sign_in_page_and_functions_answer_401() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for path in [
        "/",
        "/webhooks",
        "/webhooks?verdict=invalid&q=a%26b",
        "/users",
        "/nowhere",
        "/pkg",
    ] {
        let response = browser.get(path).await;
        assert_eq!(response.status(), 303, "{path}");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("next", path)
            .finish();
        assert_eq!(
            response.headers()["location"].to_str().expect("text"),
            format!("/sign-in?{query}")
        );
    }
    let id = "019a9f8e-0000-7000-8000-000000000000";
    assert_eq!(browser.get(&format!("/webhooks/{id}/body")).await.status(), 303);
    for function in [
        "users/invite",
        "account/password",
        "endpoints/add",
        "webhooks/reveal",
        "no/such",
    ] {
        let response = browser.post(function, &[]).await;
        assert_eq!(response.status(), 401, "{function}");
        assert_eq!(error(response).await, ConsoleError::NotSignedIn, "{function}");
    }
    for path in ["/sign-in", "/sign-in/code", "/healthz", "/readyz"] {
        assert_eq!(browser.get(path).await.status(), 200, "{path}");
    }
    assert!(browser.cookie("hookproof").is_none(), "strangers get no session");
    app.end().await;
}

#[tokio::test]
async fn whoever_signs_in_sees_the_log_and_is_written_down() {
    let app = TestApp::start().await;
    let ada = app.add_user("ada@example.com", Role::Viewer).await;
    let browser = app.browser();
    assert_eq!(browser.sign_in(" Ada@Example.com", PASSWORD).await.status(), 200);
    let page = browser.get("/webhooks").await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.expect("text").contains("ada@example.com"));

    let user = app.store.user(ada).await.expect("read").expect("there");
    assert_eq!(user.signed_in_at, Some(app.clock_now()));
    let entries = app.store.audit(&AuditFilter::default(), None, 10).await.expect("read").items;
    assert_eq!(entries[0].action, AuditAction::SignedIn);
    assert_eq!(entries[0].actor.user, Some(ada));
    assert_eq!(entries[0].address.as_deref(), Some("127.0.0.1"));
    app.end().await;
}

#[tokio::test]
async fn a_known_user_and_an_unknown_one_are_answered_alike_at_the_same_cost() {
    let app = TestApp::start().await;
    app.add_user("ada@example.com", Role::Admin).await;
    let disabled = app.add_user("bob@example.com", Role::Admin).await;
    let admin = hookproof::operation::Actor::command_line();
    app.operations
        .set_user_disabled(&admin, disabled, true)
        .await
        .expect("disabled");
    app.operations
        .invite(&admin, "eve@example.com", Role::Viewer)
        .await
        .expect("invited");

    let mut answers = Vec::new();
    for (email, password) in [
        ("ada@example.com", "not the right password"),
        ("bob@example.com", PASSWORD),
        ("eve@example.com", PASSWORD),
        ("nobody@example.com", PASSWORD),
        ("", ""),
    ] {
        let before = app.operations.passwords.computed();
        let response = app.browser().sign_in(email, password).await;
        assert_eq!(app.operations.passwords.computed() - before, 1, "{email}");
        let headers: Vec<_> = response.headers().keys().map(ToString::to_string).collect();
        let status = response.status();
        answers.push((status, headers, response.text().await.expect("text")));
    }
    assert_eq!(answers[0].0, 401);
    assert_eq!(answers[0].2, r#""SignInFailed""#);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    app.end().await;
}

#[tokio::test]
async fn a_failed_sign_in_is_written_down_with_the_address_that_was_tried_and_not_with_a_password() {
    async fn check(tried: &str, written: &str) {
        let app = TestApp::start().await;
        app.browser().sign_in(tried, PASSWORD).await;
        let entries = app.store.audit(&AuditFilter::default(), None, 10).await.expect("read").items;
        assert_eq!(entries.len(), 1, "{tried}");
        assert_eq!(entries[0].action, AuditAction::SignInFailed);
        assert_eq!(entries[0].actor.name, written, "{tried}");
        app.end().await;
    }
    check(" Ada@Example.com", "ada@example.com").await;
    check("my secret p@ssword", "").await;
    check(PASSWORD, "").await;
    check(&format!("{}@example.com", "a".repeat(300)), "").await;
}

#[tokio::test]
async fn failed_sign_ins_of_one_minute_are_one_line_and_the_next_says_how_many_they_were() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for _ in 0..4 {
        assert_eq!(browser.sign_in("ada@example.com", "a wrong password").await.status(), 401);
    }
    app.clock.advance_seconds(60);
    browser.sign_in("ada@example.com", "a wrong password").await;
    let entries = app.store.audit(&AuditFilter::default(), None, 10).await.expect("read").items;
    assert_eq!(entries.len(), 2);
    let detail: Vec<_> = entries[0]
        .detail
        .iter()
        .map(|said| (&*said.field, said.after.as_deref()))
        .collect();
    assert_eq!(detail, [("step", Some("password")), ("tries_left_out", Some("3"))]);
    app.end().await;
}

#[tokio::test]
async fn whoever_is_sent_away_because_too_many_wait_has_not_used_up_a_try() {
    let app = TestApp::start().await;
    let known = app.signed_in("ada@example.com", Role::Admin).await;
    known.post("sign_out", &[]).await;
    let passwords = Arc::clone(&app.operations.passwords);
    let strangers: Vec<_> = std::iter::from_fn(|| passwords.place(Line::Strangers).ok()).collect();
    assert!(!strangers.is_empty());
    let refused = app.browser().sign_in("ada@example.com", PASSWORD).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(
        known.sign_in("ada@example.com", PASSWORD).await.status(),
        200,
        "not in that line"
    );
    known.post("sign_out", &[]).await;

    let all: Vec<_> = std::iter::from_fn(|| passwords.place(Line::Known).ok()).collect();
    for _ in 0..20 {
        assert_eq!(known.sign_in("ada@example.com", PASSWORD).await.status(), 429);
    }
    drop(all);
    assert_eq!(known.sign_in("ada@example.com", PASSWORD).await.status(), 200);
    app.end().await;
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_browser_of_the_user_is_not() {
    let app = TestApp::start().await;
    let known = app.signed_in("ada@example.com", Role::Admin).await;
    known.post("sign_out", &[]).await;

    let stranger = app.browser();
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(
            stranger
                .sign_in("ada@example.com", "a wrong password")
                .await
                .status()
                .as_u16(),
        );
    }
    // One try of the five was the user's own, before the browser was known.
    assert_eq!(statuses, [401, 401, 401, 401, 429]);
    let hashes = app.operations.passwords.computed();
    let refused = stranger.sign_in("ada@example.com", PASSWORD).await;
    assert_eq!(refused.headers()["retry-after"], "60");
    assert_eq!(error(refused).await, ConsoleError::Throttled { seconds: 60 });
    assert_eq!(app.operations.passwords.computed(), hashes, "what is refused costs no hash");

    assert_eq!(known.sign_in("ada@example.com", PASSWORD).await.status(), 200);
    app.clock.advance_seconds(60);
    assert_eq!(stranger.sign_in("ada@example.com", PASSWORD).await.status(), 200);
    app.end().await;
}

#[tokio::test]
async fn the_sign_in_page_shows_no_text_that_somebody_put_into_its_address() {
    let app = TestApp::start().await;
    let planted = ConsoleError::Conflict("call this number".to_owned());
    let error = URL_SAFE.encode(serde_json::to_string(&planted).expect("JSON"));
    let address = |page: &str, function: &str| format!("{page}?__path=%2Fconsole%2F{function}&__err={error}");
    let signed_in = app.signed_in("ada@example.com", Role::Viewer).await;
    let own = signed_in.get(&address("/account", "account%2Fpassword")).await;
    assert!(
        own.text().await.expect("text").contains("Call this number"),
        "so errors come back"
    );

    let response = app.browser().get(&address("/sign-in", "sign_in")).await;
    assert_eq!(response.status(), 409);
    let page = response.text().await.expect("text");
    assert!(!page.contains("all this number"), "{page}");
    app.end().await;
}

#[tokio::test]
async fn a_mark_that_the_server_did_not_make_helps_nobody() {
    let app = TestApp::start().await;
    app.add_user("ada@example.com", Role::Admin).await;
    let stranger = app.browser();
    let mut refused = 0;
    for number in 0..10 {
        stranger.set_cookie("hookproof_device", &format!("{number:086}"));
        refused += u32::from(stranger.sign_in("ada@example.com", "a wrong password").await.status() == 429);
    }
    assert_eq!(refused, 5);
    app.end().await;
}

#[tokio::test]
async fn behind_a_proxy_the_one_who_is_slowed_down_is_the_sender() {
    let app = TestApp::start_with(Setup {
        trusted_proxies: vec!["127.0.0.0/8".parse().expect("a network")],
        ..Setup::default()
    })
    .await;
    app.add_user("ada@example.com", Role::Admin).await;
    let browser = app.browser();
    let form = [("email", "ada@example.com"), ("password", "a wrong password")];
    for (address, expected) in [("192.0.2.1", 5), ("192.0.2.2", 5)] {
        let mut admitted = 0;
        for _ in 0..8 {
            let request = browser.form("sign_in", &form).header("sec-fetch-site", "same-origin");
            let response = browser.send(request.header("x-forwarded-for", address)).await;
            admitted += u32::from(response.status() == 401);
        }
        assert_eq!(admitted, expected, "{address}");
    }
    app.end().await;
}

impl TestApp {
    pub fn clock_now(&self) -> Timestamp {
        use hookproof::clock::Clock;
        self.clock.now()
    }
}
