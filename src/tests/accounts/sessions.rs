use hookproof::accounts::digest;
use hookproof::operation::Actor;
use model::Role;
use sqlx::Connection;
use url::Url;

use crate::support::browser::PASSWORD;
use crate::support::{Setup, TestApp};

const HOUR: i64 = 60 * 60;

#[tokio::test]
async fn an_id_that_a_client_chose_is_not_taken() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let planted = "AAAAAAAAAAAAAAAAAAAAAA";
    browser.set_cookie("hookproof", planted);
    app.add_user("ada@example.com", Role::Viewer).await;
    browser.sign_in("ada@example.com", PASSWORD).await;
    let given = browser.cookie("hookproof").expect("a cookie");
    assert_ne!(given, planted);
    assert!(browser.is_in().await);

    let attacker = app.browser();
    attacker.set_cookie("hookproof", planted);
    assert!(!attacker.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn the_id_changes_with_every_sign_in_and_the_one_before_is_worth_nothing() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Viewer).await;
    let before = browser.cookie("hookproof").expect("a cookie");
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert_ne!(browser.cookie("hookproof").as_deref(), Some(before.as_str()));
    assert!(browser.is_in().await);

    let other = app.browser();
    other.set_cookie("hookproof", &before);
    assert!(!other.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn the_database_knows_an_id_only_by_its_digest() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Viewer).await;
    let id = browser.cookie("hookproof").expect("a cookie");
    let session = app.store.session(digest(&id), app.clock_now()).await.expect("read");
    assert!(session.is_some_and(|session| session.user_agent == "Test/1.0" && !session.data.contains(&id)));
    app.end().await;
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Viewer).await;
    let id = browser.cookie("hookproof").expect("a cookie");
    assert_eq!(browser.post("sign_out", &[]).await.status(), 200);
    assert_eq!(browser.cookie("hookproof"), None);
    browser.set_cookie("hookproof", &id);
    assert!(!browser.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn signing_out_everywhere_leaves_this_session_alone() {
    let app = TestApp::start().await;
    let here = app.signed_in("ada@example.com", Role::Viewer).await;
    let there = app.signed_in("ada@example.com", Role::Viewer).await;
    let someone_else = app.signed_in("bob@example.com", Role::Viewer).await;
    assert_eq!(here.post("account/sessions/end_others", &[]).await.status(), 200);
    assert!(here.is_in().await && !there.is_in().await && someone_else.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn one_session_of_ones_own_can_be_ended_and_none_of_others() {
    let app = TestApp::start().await;
    let here = app.signed_in("ada@example.com", Role::Viewer).await;
    let there = app.signed_in("ada@example.com", Role::Viewer).await;
    let someone_else = app.signed_in("bob@example.com", Role::Viewer).await;
    let key = |id: String| {
        digest(id)
            .0
            .iter()
            .fold(String::new(), |key, byte| key + &format!("{byte:02x}"))
    };

    let foreign = key(someone_else.cookie("hookproof").expect("a cookie"));
    assert_eq!(here.post("account/sessions/end", &[("key", &foreign)]).await.status(), 404);
    assert_eq!(here.post("account/sessions/end", &[("key", "no key")]).await.status(), 404);
    let own = key(there.cookie("hookproof").expect("a cookie"));
    assert_eq!(here.post("account/sessions/end", &[("key", &own)]).await.status(), 200);
    assert!(here.is_in().await && !there.is_in().await && someone_else.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn a_session_that_is_idle_for_twelve_hours_ends() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Viewer).await;
    app.clock.advance_seconds(12 * HOUR - 1);
    assert!(browser.is_in().await, "looking at a page keeps it alive");
    app.clock.advance_seconds(12 * HOUR - 1);
    assert!(browser.is_in().await);
    app.clock.advance_seconds(12 * HOUR);
    assert!(!browser.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn a_session_ends_after_a_week_however_busy_it_is() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Viewer).await;
    for hour in 1..7 * 24 {
        app.clock.advance_seconds(HOUR);
        assert!(browser.is_in().await, "after {hour} hours");
    }
    app.clock.advance_seconds(HOUR);
    assert!(!browser.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn looking_at_a_page_does_not_write() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Admin).await;
    let path = app.folder.path().join("test.db");
    let mut database = sqlx::SqliteConnection::connect(&format!("sqlite://{}", path.display()))
        .await
        .expect("opened");
    let mut version = async || -> i64 {
        // Changes with every commit of another connection.
        sqlx::query_scalar("pragma data_version")
            .fetch_one(&mut database)
            .await
            .expect("read")
    };
    let before = version().await;
    for path in ["/webhooks", "/endpoints", "/account", "/users", "/sign-in", "/nowhere"] {
        app.clock.advance_seconds(60);
        let response = browser.get(path).await;
        assert!(response.headers().get("set-cookie").is_none(), "{path}");
        assert_eq!(version().await, before, "{path}");
    }
    app.clock.advance_seconds(4 * 60);
    browser.get("/webhooks").await;
    assert_ne!(
        version().await,
        before,
        "every ten minutes it is noted that the session is alive"
    );
    app.end().await;
}

#[tokio::test]
async fn whoever_is_disabled_or_demoted_is_so_at_once() {
    let app = TestApp::start().await;
    let bob = app.signed_in("bob@example.com", Role::Admin).await;
    let ada = app.signed_in("ada@example.com", Role::Admin).await;
    let id = app
        .store
        .user_by_email("ada@example.com")
        .await
        .expect("read")
        .expect("there")
        .id;
    let invite = [("email", "eve@example.com"), ("role", "viewer")];

    let demote = [("id", &*id.to_string()), ("role", "viewer")];
    assert_eq!(bob.post("users/role", &demote).await.status(), 200);
    assert_eq!(ada.post("users/invite", &invite).await.status(), 403);
    assert!(ada.is_in().await);

    let disable = [("id", &*id.to_string()), ("disabled", "true")];
    assert_eq!(bob.post("users/disable", &disable).await.status(), 200);
    assert!(!ada.is_in().await);
    let enable = [("id", &*id.to_string()), ("disabled", "false")];
    assert_eq!(bob.post("users/disable", &enable).await.status(), 200);
    assert!(!ada.is_in().await, "the session ended for good");
    app.end().await;
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_and_gives_this_one_another_id() {
    let app = TestApp::start().await;
    let here = app.signed_in("ada@example.com", Role::Viewer).await;
    let there = app.signed_in("ada@example.com", Role::Viewer).await;
    let before = here.cookie("hookproof").expect("a cookie");
    let new = "another long password";
    let form = |current: &'static str| [("current", current), ("new", new), ("repeat", new)];

    assert_eq!(here.post("account/password", &form("not my password")).await.status(), 422);
    assert!(there.is_in().await);
    assert_eq!(here.post("account/password", &form(PASSWORD)).await.status(), 200);
    assert!(here.is_in().await && !there.is_in().await);
    assert_ne!(here.cookie("hookproof").as_deref(), Some(before.as_str()));
    there.set_cookie("hookproof", &before);
    assert!(!there.is_in().await);
    assert_eq!(app.browser().sign_in("ada@example.com", PASSWORD).await.status(), 401);
    assert_eq!(app.browser().sign_in("ada@example.com", new).await.status(), 200);
    app.end().await;
}

#[tokio::test]
async fn a_changed_password_makes_all_tokens_worthless_where_that_is_ticked() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Viewer).await;
    let user = app
        .store
        .user_by_email("ada@example.com")
        .await
        .expect("read")
        .expect("there");
    for name in ["export", "backup"] {
        let made = app.operations.add_token_for(&Actor::command_line(), &user.email, name).await;
        made.expect("made");
    }
    let change = async |current: &str, new: &str, revoke_tokens: &str| {
        let form = [
            ("current", current),
            ("new", new),
            ("repeat", new),
            ("revoke_tokens", revoke_tokens),
        ];
        browser.post("account/password", &form).await.status()
    };
    let left = async || app.store.tokens_of(user.id).await.expect("read").len();
    assert_eq!(change(PASSWORD, "too short", "true").await, 422);
    assert_eq!(change(PASSWORD, "another long password", "").await, 200);
    assert_eq!(left().await, 2);
    assert_eq!(change("another long password", PASSWORD, "true").await, 200);
    assert_eq!(left().await, 0);
    app.end().await;
}

#[tokio::test]
async fn that_a_session_was_seen_is_noted_beside_what_it_remembers() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Viewer).await;
    let id = digest(browser.cookie("hookproof").expect("a cookie"));
    let stored = async || app.store.session(id, app.clock_now()).await.expect("read").expect("there");
    let before = stored().await;
    for minutes in [9, 1, 11] {
        app.clock.advance_seconds(minutes * 60);
        assert!(browser.is_in().await);
    }
    let after = stored().await;
    assert_eq!(after.data, before.data);
    assert_eq!(after.last_seen_at, before.last_seen_at.plus_seconds(21 * 60));
    assert_eq!(after.expires_at, before.expires_at.plus_seconds(21 * 60));
    app.end().await;
}

#[tokio::test]
async fn cookies_are_for_the_server_alone_and_with_https_for_https_alone() {
    async fn check(public_url: Option<&str>, expected: [&str; 2]) {
        let app = TestApp::start_with(Setup {
            public_url: public_url.map(|url| Url::parse(url).expect("a URL")),
            ..Setup::default()
        })
        .await;
        app.add_user("ada@example.com", Role::Viewer).await;
        let response = app.browser().sign_in("ada@example.com", PASSWORD).await;
        let cookies: Vec<_> = response
            .headers()
            .get_all("set-cookie")
            .iter()
            .map(|cookie| cookie.to_str().expect("text"))
            .collect();
        assert_eq!(cookies.len(), 2, "{cookies:?}");
        for name in expected {
            let cookie = cookies.iter().find(|cookie| cookie.starts_with(name)).expect(name);
            let mut attributes: Vec<_> = cookie.split("; ").skip(1).collect();
            attributes.retain(|attribute| !attribute.starts_with("Max-Age="));
            attributes.sort_unstable();
            let secure: &[_] = if public_url.is_some() { &["Secure"] } else { &[] };
            assert_eq!(
                attributes,
                [&["HttpOnly", "Path=/", "SameSite=Lax"], secure].concat(),
                "{cookie}"
            );
        }
        let is_told = response.headers().contains_key("strict-transport-security");
        assert_eq!(is_told, public_url.is_some());
        app.end().await;
    }
    check(None, ["hookproof=", "hookproof_device="]).await;
    check(
        Some("https://hooks.example.com"),
        ["__Host-hookproof=", "__Host-hookproof_device="],
    )
    .await;
}

#[tokio::test]
async fn a_request_that_outlives_its_session_does_not_bring_it_back() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Viewer).await;
    let id = browser.cookie("hookproof").expect("a cookie");
    let session = app
        .store
        .session(digest(&id), app.clock_now())
        .await
        .expect("read")
        .expect("there");
    let user = session.user.expect("signed in");
    let actor = Actor::command_line();
    app.operations.set_user_disabled(&actor, user, true).await.expect("disabled");
    assert!(!app.store.update_session(&session).await.expect("not written"));
    app.operations.set_user_disabled(&actor, user, false).await.expect("enabled");
    assert!(!browser.is_in().await);
    app.end().await;
}
