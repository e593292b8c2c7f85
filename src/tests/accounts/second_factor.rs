use std::collections::BTreeSet;

use app::view::ConsoleError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookproof::accounts::secrets::Purpose;
use hookproof::accounts::{Origin, digest};
use hookproof::operation::Actor;
use model::{AuditAction, AuditFilter, Role, UserId};

use crate::support::browser::{Browser, PASSWORD, error};
use crate::support::{TestApp, authenticator};

const EMAIL: &str = "ada@example.com";

/// Someone with a second factor.
struct Ada {
    id: UserId,
    secret: Vec<u8>,
    recovery_codes: Vec<String>,
}

impl Ada {
    async fn with_second_factor(app: &TestApp) -> Self {
        let id = app.add_user(EMAIL, Role::Admin).await;
        let user = app.store.user(id).await.expect("read").expect("there");
        let address = [127, 0, 0, 1].into();
        let (actor, origin) = (Actor::signed_in(&user, address), Origin { address, device: None });
        let sealed = app
            .operations
            .begin_second_factor(&actor, &origin, PASSWORD)
            .await
            .expect("begun");
        let secret = app
            .operations
            .vault
            .key()
            .open(id.0, Purpose::Totp, &sealed)
            .expect("opened")
            .to_vec();
        let code = authenticator::code(&secret, app.clock_now());
        let confirmed = app
            .operations
            .confirm_second_factor(&actor, &origin, sealed, &code, None)
            .await;
        app.clock.advance_seconds(60);
        Self {
            id,
            secret,
            recovery_codes: confirmed.expect("confirmed").0,
        }
    }

    fn code(&self, app: &TestApp) -> String {
        authenticator::code(&self.secret, app.clock_now())
    }
}

/// The first step, which is not enough.
async fn first_step(app: &TestApp) -> Browser {
    let browser = app.browser();
    assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.status(), 200);
    assert!(!browser.is_in().await);
    browser
}

async fn second_step(browser: &Browser, code: &str) -> u16 {
    browser
        .post("sign_in/second_factor", &[("code", code)])
        .await
        .status()
        .as_u16()
}

#[tokio::test]
async fn the_password_alone_is_not_enough() {
    let app = TestApp::start().await;
    let ada = Ada::with_second_factor(&app).await;
    let browser = first_step(&app).await;
    let half = browser.cookie("hookproof").expect("a cookie");
    assert_eq!(browser.cookie("hookproof_device"), None);
    assert_eq!(
        browser
            .post("account/second_factor/begin", &[("password", PASSWORD)])
            .await
            .status(),
        401
    );
    assert_eq!(second_step(&browser, "000000").await, 401);
    assert_eq!(second_step(&browser, &ada.code(&app)).await, 200);
    assert!(browser.is_in().await);
    assert_ne!(browser.cookie("hookproof"), Some(half.clone()), "the session has another id");
    browser.set_cookie("hookproof", &half);
    assert!(!browser.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn the_first_step_is_worth_nothing_once_there_is_another_password() {
    let app = TestApp::start().await;
    let ada = Ada::with_second_factor(&app).await;
    let browser = first_step(&app).await;
    let admin = Actor::command_line();
    let changed = app.operations.set_password_of(&admin, ada.id, "another long password").await;
    changed.expect("changed");
    assert_eq!(second_step(&browser, &ada.code(&app)).await, 401);
    assert!(!browser.is_in().await);

    assert_eq!(browser.sign_in(EMAIL, "another long password").await.status(), 200);
    assert_eq!(second_step(&browser, &ada.code(&app)).await, 200);
    app.end().await;
}

#[tokio::test]
async fn a_code_works_once() {
    let app = TestApp::start().await;
    let ada = Ada::with_second_factor(&app).await;
    let (first, second) = (first_step(&app).await, first_step(&app).await);
    let code = ada.code(&app);
    assert_eq!(second_step(&first, &code).await, 200);
    assert_eq!(second_step(&second, &code).await, 401);
    app.clock.advance_seconds(30);
    assert_eq!(second_step(&second, &code).await, 401, "it would still be in time");
    assert_eq!(second_step(&second, &ada.code(&app)).await, 200);
    app.end().await;
}

#[tokio::test]
async fn the_second_step_ends_after_ten_minutes_and_takes_a_first() {
    let app = TestApp::start().await;
    let ada = Ada::with_second_factor(&app).await;
    let response = app
        .browser()
        .post("sign_in/second_factor", &[("code", &ada.code(&app))])
        .await;
    assert_eq!(error(response).await, ConsoleError::NotSignedIn);
    let browser = first_step(&app).await;
    app.clock.advance_seconds(10 * 60);
    assert_eq!(second_step(&browser, &ada.code(&app)).await, 401);
    assert!(!browser.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn guessing_codes_is_slowed_down_over_all_sessions() {
    let app = TestApp::start().await;
    let ada = Ada::with_second_factor(&app).await;
    let (first, second) = (first_step(&app).await, first_step(&app).await);
    let mut statuses = Vec::new();
    for number in 0..3 {
        statuses.push(second_step(&first, &format!("00000{number}")).await);
        statuses.push(second_step(&second, &format!("00001{number}")).await);
    }
    // One of the five was used when the second factor was turned on.
    assert_eq!(statuses, [401, 401, 401, 401, 429, 429]);
    assert_eq!(
        second_step(&second, &ada.code(&app)).await,
        429,
        "the right one is not heard either"
    );
    app.end().await;
}

#[tokio::test]
async fn each_recovery_code_stands_in_once() {
    let app = TestApp::start().await;
    let ada = Ada::with_second_factor(&app).await;
    assert_eq!(ada.recovery_codes.len(), 10);
    let code = ada.recovery_codes[3].to_uppercase().replace('-', " ");
    assert_eq!(second_step(&first_step(&app).await, &code).await, 200);
    assert_eq!(second_step(&first_step(&app).await, &code).await, 401);

    let user = app.store.user(ada.id).await.expect("read").expect("there");
    let left = user.second_factor.expect("on").recovery_codes;
    assert_eq!(left.len(), 9);
    assert!(!left.contains(&digest(ada.recovery_codes[3].replace('-', ""))));
    let only_these = AuditFilter {
        actions: vec![AuditAction::RecoveryCodeUsed],
        ..AuditFilter::default()
    };
    assert_eq!(app.store.audit(&only_these, None, 10).await.expect("read").items.len(), 1);
    app.end().await;
}

#[tokio::test]
async fn it_is_turned_on_with_a_code_and_off_with_the_password() {
    let app = TestApp::start().await;
    let here = app.signed_in(EMAIL, Role::Viewer).await;
    let there = app.signed_in(EMAIL, Role::Viewer).await;
    assert_eq!(
        here.post("account/second_factor/confirm", &[("code", "123456")])
            .await
            .status(),
        409
    );
    let begin = async |password: &str| {
        here.post("account/second_factor/begin", &[("password", password)])
            .await
            .status()
    };
    assert_eq!(begin("a wrong password").await, 422);
    assert_eq!(begin(PASSWORD).await, 200);
    let secret = pending_secret(&app, &here).await;
    assert_eq!(
        here.post("account/second_factor/confirm", &[("code", "000000")])
            .await
            .status(),
        422
    );
    let before = here.cookie("hookproof");
    let code = authenticator::code(&secret, app.clock_now());
    assert_eq!(
        here.post("account/second_factor/confirm", &[("code", &code)]).await.status(),
        200
    );
    assert_ne!(here.cookie("hookproof"), before);
    assert!(here.is_in().await && !there.is_in().await);

    // The recovery codes are there for the next page, and only for that.
    let page = here.get("/account").await.text().await.expect("text");
    let again = here.get("/account").await.text().await.expect("text");
    let user = app.store.user_by_email(EMAIL).await.expect("read").expect("there");
    let kept = user.second_factor.expect("on").recovery_codes;
    let shown = |page: &str| {
        let words = page.split(|character: char| !character.is_ascii_alphanumeric() && character != '-');
        let codes = words.filter(|word| word.len() == 19 && kept.contains(&digest(word.replace('-', ""))));
        codes.collect::<BTreeSet<_>>().len()
    };
    assert_eq!((shown(&page), shown(&again)), (10, 0));

    assert_eq!(
        second_step(&first_step(&app).await, &code).await,
        401,
        "the code that confirmed it is used up"
    );
    assert_eq!(
        here.post("account/second_factor/remove", &[("password", "a wrong password")])
            .await
            .status(),
        422
    );
    assert_eq!(
        here.post("account/second_factor/remove", &[("password", PASSWORD)])
            .await
            .status(),
        200
    );
    assert!(app.signed_in(EMAIL, Role::Viewer).await.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn an_admin_turns_it_off_for_whoever_lost_the_device() {
    let app = TestApp::start().await;
    let ada = Ada::with_second_factor(&app).await;
    let bob = app.signed_in("bob@example.com", Role::Admin).await;
    let form = [("id", &*ada.id.to_string())];
    assert_eq!(bob.post("users/reset_second_factor", &form).await.status(), 200);
    assert_eq!(bob.post("users/reset_second_factor", &form).await.status(), 409);
    assert!(app.signed_in(EMAIL, Role::Admin).await.is_in().await);
    app.end().await;
}

/// What the page shows to an authenticator, taken from where it is kept.
async fn pending_secret(app: &TestApp, browser: &Browser) -> Vec<u8> {
    let id = browser.cookie("hookproof").expect("a cookie");
    let session = app
        .store
        .session(digest(id), app.clock_now())
        .await
        .expect("read")
        .expect("there");
    let data: serde_json::Value = serde_json::from_str(&session.data).expect("JSON");
    let sealed = STANDARD
        .decode(data["second_factor"].as_str().expect("text"))
        .expect("base64");
    let user = session.user.expect("signed in");
    app.operations
        .vault
        .key()
        .open(user.0, Purpose::Totp, &sealed)
        .expect("opened")
        .to_vec()
}
