use app::view::ConsoleError;
use hookproof::accounts::IssuedLink;
use hookproof::operation::Actor;
use model::{LinkPurpose, Role};

use crate::support::browser::{Browser, PASSWORD, error};
use crate::support::{TestApp, authenticator};

const HOUR: i64 = 60 * 60;
const NEW: &str = "a password of one's own";

fn token(link: &IssuedLink) -> String {
    link.url.rsplit('/').next().expect("a token").to_owned()
}

/// Chooses a password under a link, and says with what status that was answered.
async fn choose(browser: &Browser, token: &str, email: &str, password: &str) -> u16 {
    let form = [
        ("token", token),
        ("email", email),
        ("password", password),
        ("repeat", password),
    ];
    browser.post("link/use", &form).await.status().as_u16()
}

async fn set_up_link(app: &TestApp) -> Option<String> {
    let link = app.operations.offer_set_up(&Actor::command_line()).await.expect("offered");
    link.map(|link| token(&link))
}

#[tokio::test]
async fn the_first_admin_is_made_under_the_set_up_link_and_nobody_after_them() {
    let app = TestApp::start().await;
    let earlier = set_up_link(&app).await.expect("no user yet");
    let link = set_up_link(&app).await.expect("no user yet");
    let browser = app.browser();
    assert_eq!(browser.get(&format!("/link/{link}")).await.status(), 200);
    assert_eq!(
        browser.get(&format!("/link/{earlier}")).await.status(),
        404,
        "each start makes another"
    );
    assert_eq!(choose(&browser, &link, "ada@example.com", "too short").await, 422);
    assert_eq!(choose(&browser, &link, "no address", NEW).await, 422);
    assert_eq!(choose(&browser, &link, "Ada@Example.com", NEW).await, 200);
    assert!(browser.is_in().await);
    let users = app.operations.users(&Actor::command_line()).await.expect("read");
    assert_eq!((users[0].email.as_str(), users[0].role), ("ada@example.com", Role::Admin));

    assert_eq!(choose(&app.browser(), &link, "eve@example.com", NEW).await, 404);
    assert_eq!(set_up_link(&app).await, None);
    app.end().await;
}

#[tokio::test]
async fn of_two_who_use_the_set_up_link_at_once_one_is_admin() {
    let app = TestApp::start().await;
    let link = set_up_link(&app).await.expect("no user yet");
    let (ada, eve) = (app.browser(), app.browser());
    let (first, second) = tokio::join!(
        choose(&ada, &link, "ada@example.com", NEW),
        choose(&eve, &link, "eve@example.com", NEW)
    );
    assert_eq!(
        [first, second].iter().filter(|status| **status == 200).count(),
        1,
        "{first} {second}"
    );
    assert_eq!(app.operations.users(&Actor::command_line()).await.expect("read").len(), 1);
    app.end().await;
}

#[tokio::test]
async fn someone_invited_chooses_a_password_once() {
    let app = TestApp::start().await;
    let actor = Actor::command_line();
    let link = token(
        &app.operations
            .invite(&actor, "ada@example.com", Role::Operator)
            .await
            .expect("invited"),
    );
    assert_eq!(app.browser().sign_in("ada@example.com", "").await.status(), 401);
    let browser = app.browser();
    assert_eq!(choose(&browser, &link, "", NEW).await, 200);
    assert!(browser.is_in().await);
    assert_eq!(choose(&app.browser(), &link, "", "another long password").await, 404);
    assert_eq!(app.browser().sign_in("ada@example.com", NEW).await.status(), 200);
    app.end().await;
}

#[tokio::test]
async fn links_expire() {
    let app = TestApp::start().await;
    let actor = Actor::command_line();
    let set_up = set_up_link(&app).await.expect("no user yet");
    app.clock.advance_seconds(24 * HOUR);
    assert_eq!(choose(&app.browser(), &set_up, "ada@example.com", NEW).await, 404);

    let invite = token(
        &app.operations
            .invite(&actor, "ada@example.com", Role::Operator)
            .await
            .expect("invited"),
    );
    app.clock.advance_seconds(7 * 24 * HOUR - 1);
    assert_eq!(app.browser().get(&format!("/link/{invite}")).await.status(), 200);
    app.clock.advance_seconds(1);
    assert_eq!(choose(&app.browser(), &invite, "", NEW).await, 404);

    let bob = app.add_user("bob@example.com", Role::Viewer).await;
    let reset = token(&app.operations.reset_link(&actor, bob).await.expect("made"));
    app.clock.advance_seconds(24 * HOUR);
    assert_eq!(choose(&app.browser(), &reset, "", NEW).await, 404);
    app.end().await;
}

#[tokio::test]
async fn a_reset_ends_the_sessions_and_takes_the_place_of_an_earlier_one() {
    let app = TestApp::start().await;
    let actor = Actor::command_line();
    let browser = app.signed_in("ada@example.com", Role::Viewer).await;
    let id = app.operations.user_named(&actor, "ada@example.com").await.expect("there").id;
    let earlier = token(&app.operations.reset_link(&actor, id).await.expect("made"));
    let link = app.operations.reset_link(&actor, id).await.expect("made");
    assert_eq!(link.purpose, LinkPurpose::Reset);
    assert!(browser.is_in().await, "the link alone changes nothing");
    assert_eq!(choose(&app.browser(), &earlier, "", NEW).await, 404);
    assert_eq!(choose(&app.browser(), &token(&link), "", NEW).await, 200);
    assert!(!browser.is_in().await);
    assert_eq!(app.browser().sign_in("ada@example.com", PASSWORD).await.status(), 401);
    app.end().await;
}

#[tokio::test]
async fn a_link_does_not_stand_in_for_the_second_factor() {
    let app = TestApp::start().await;
    let actor = Actor::command_line();
    let id = app.add_user("ada@example.com", Role::Admin).await;
    let user = app.store.user(id).await.expect("read").expect("there");
    let own = Actor::signed_in(&user, [127, 0, 0, 1].into());
    let origin = hookproof::accounts::Origin {
        address: [127, 0, 0, 1].into(),
        device: None,
    };
    let sealed = app
        .operations
        .begin_second_factor(&own, &origin, PASSWORD)
        .await
        .expect("begun");
    let purpose = hookproof::accounts::secrets::Purpose::Totp;
    let secret = app.operations.vault.key().open(id.0, purpose, &sealed).expect("opened");
    let code = || authenticator::code(&secret, app.clock_now());
    let confirmed = app
        .operations
        .confirm_second_factor(&own, &origin, sealed, &code(), None)
        .await;
    confirmed.expect("confirmed");
    app.clock.advance_seconds(60);

    let link = token(&app.operations.reset_link(&actor, id).await.expect("made"));
    let browser = app.browser();
    assert_eq!(choose(&browser, &link, "", NEW).await, 200);
    assert!(!browser.is_in().await);
    assert_eq!(
        browser.post("sign_in/second_factor", &[("code", &code())]).await.status(),
        200
    );
    assert!(browser.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn whoever_is_disabled_cannot_use_a_link() {
    let app = TestApp::start().await;
    let actor = Actor::command_line();
    let id = app.add_user("ada@example.com", Role::Viewer).await;
    let link = token(&app.operations.reset_link(&actor, id).await.expect("made"));
    app.operations.set_user_disabled(&actor, id, true).await.expect("disabled");
    assert_eq!(choose(&app.browser(), &link, "", NEW).await, 404);
    assert!(app.operations.reset_link(&actor, id).await.is_err());
    app.end().await;
}

#[tokio::test]
async fn made_up_links_are_slowed_down() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let form = [("token", "made-up"), ("password", NEW), ("repeat", NEW)];
    for _ in 0..30 {
        assert_eq!(browser.post("link/use", &form).await.status(), 404);
    }
    let refused = browser.post("link/use", &form).await;
    assert!(matches!(error(refused).await, ConsoleError::Throttled { .. }));
    assert_eq!(app.operations.passwords.computed(), 0, "a made-up link costs no hash");
    app.end().await;
}
