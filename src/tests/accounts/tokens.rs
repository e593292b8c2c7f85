use hookproof::operation::{Actor, OperationError};
use model::{ActorKind, Role};

use crate::support::TestApp;
use crate::support::browser::PASSWORD;

const HOUR: i64 = 60 * 60;

#[tokio::test]
async fn a_token_acts_as_its_user_and_is_kept_as_a_digest() {
    let app = TestApp::start().await;
    let admin = Actor::command_line();
    let id = app.add_user("ada@example.com", Role::Operator).await;
    let token = app
        .operations
        .add_token_for(&admin, "Ada@example.com", " export ")
        .await
        .expect("made");
    assert!(
        token.value.starts_with("hp_") && token.value.len() == 46,
        "{}",
        token.value.len()
    );

    let address = [192, 0, 2, 1].into();
    let actor = app.operations.actor_of_token(&token.value, address).await.expect("live");
    assert_eq!(
        (actor.kind, actor.user, actor.role),
        (ActorKind::Token, Some(id), Some(Role::Operator))
    );
    assert_eq!(actor.name, "ada@example.com/export");
    app.operations.set_role(&admin, id, Role::Viewer).await.expect("demoted");
    let actor = app.operations.actor_of_token(&token.value, address).await.expect("live");
    assert_eq!(actor.role, Some(Role::Viewer));

    let kept = app.store.tokens_of(id).await.expect("read");
    assert_eq!(kept[0].hint, token.value[token.value.len() - 4..]);
    for file in std::fs::read_dir(app.folder.path()).expect("listed") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("read");
        assert!(
            !bytes
                .windows(token.value.len())
                .any(|window| window == token.value.as_bytes())
        );
    }
    app.end().await;
}

#[tokio::test]
async fn when_a_token_was_used_is_noted_to_the_hour() {
    let app = TestApp::start().await;
    let id = app.add_user("ada@example.com", Role::Viewer).await;
    let token = app
        .operations
        .add_token_for(&Actor::command_line(), "ada@example.com", "export")
        .await
        .expect("made");
    let mut noted = Vec::new();
    for seconds in [0, HOUR - 1, 1] {
        app.clock.advance_seconds(seconds);
        app.operations
            .actor_of_token(&token.value, [192, 0, 2, 1].into())
            .await
            .expect("live");
        noted.push(app.store.tokens_of(id).await.expect("read")[0].last_used_at);
    }
    assert!(
        noted[0].is_some() && noted[0] == noted[1] && noted[2] == Some(app.clock_now()),
        "{noted:?}"
    );
    app.end().await;
}

#[tokio::test]
async fn a_token_that_is_revoked_or_made_up_or_of_someone_disabled_is_worth_nothing() {
    let app = TestApp::start().await;
    let admin = Actor::command_line();
    let browser = app.signed_in("ada@example.com", Role::Viewer).await;
    let user = app.operations.user_named(&admin, "ada@example.com").await.expect("there");
    let token = app
        .operations
        .add_token_for(&admin, "ada@example.com", "export")
        .await
        .expect("made");
    let check = async |value: &str, is_live: bool| {
        let found = app.operations.actor_of_token(value, [192, 0, 2, 1].into()).await;
        assert_eq!(found.is_ok(), is_live, "{found:?}");
        assert!(is_live || matches!(found, Err(OperationError::NotSignedIn)), "{found:?}");
    };
    check(&token.value, true).await;
    check("hp_", false).await;
    check("", false).await;
    check(&token.value[3..], false).await;
    check(&format!("{}x", token.value.as_str()), false).await;

    app.operations
        .set_user_disabled(&admin, user.id, true)
        .await
        .expect("disabled");
    check(&token.value, false).await;
    app.operations
        .set_user_disabled(&admin, user.id, false)
        .await
        .expect("enabled");
    check(&token.value, true).await;

    let other = app.signed_in("bob@example.com", Role::Admin).await;
    let form = [("id", &*token.id.to_string())];
    assert_eq!(
        other.post("account/tokens/revoke", &form).await.status(),
        404,
        "it is not theirs"
    );
    check(&token.value, true).await;
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert_eq!(browser.post("account/tokens/revoke", &form).await.status(), 200);
    check(&token.value, false).await;
    app.end().await;
}

#[tokio::test]
async fn a_token_is_shown_once() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Viewer).await;
    let add = async |name: &str, password: &str| {
        let form = [("name", name), ("password", password)];
        browser.post("account/tokens/add", &form).await.status()
    };
    assert_eq!(add("", PASSWORD).await, 422);
    assert_eq!(add("export", "a wrong password").await, 422);
    assert_eq!(add("export", PASSWORD).await, 200);
    let pages = [browser.get("/account").await, browser.get("/account").await];
    let mut shown = Vec::new();
    for page in pages {
        shown.push(page.text().await.expect("text").contains("hp_"));
    }
    assert_eq!(shown, [true, false]);
    app.end().await;
}
