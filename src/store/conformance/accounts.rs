use model::{LinkPurpose, Role, TokenId, UserId};

use super::database::Database;
use super::world::{World, at, digest};
use crate::accounts::secrets::Purpose;
use crate::store::StoreError;
use crate::store::accounts::{Link, NewToken, PasswordOf, SealedSecondFactor, Token, User};
use crate::store::change::Change;

pub async fn a_user_comes_back_as_they_were_added(database: Database) {
    let world = World::new(&database).await;
    let invited = User {
        password_hash: None,
        ..world.new_user("b@example.com", Role::Viewer)
    };
    let plain = world.new_user("B@example.com", Role::Operator);
    let full = User {
        second_factor: Some(factor(&world, plain.id, &[1, 2])),
        disabled_at: Some(at(3)),
        signed_in_at: Some(at(4)),
        ..world.new_user("a@example.com", Role::Admin)
    };
    for user in [&plain, &invited, &full] {
        world.change(Change::AddUser(user.clone())).await;
    }
    let users = world.store.users().await.expect("users");
    assert_eq!(users, [plain.clone(), full.clone(), invited.clone()]);
    for user in [plain, invited, full] {
        assert_eq!(stored(&world, user.id).await, user);
        let password = PasswordOf {
            user: user.id,
            hash: user.password_hash.clone(),
        };
        let found = world.store.password_of(&user.email).await.expect("a user");
        assert_eq!(found, Some(password));
        let found = world.store.user_by_email(&user.email).await.expect("a user");
        assert_eq!(found, Some(user));
    }
    let nobody = UserId(world.id(at(0)));
    assert_eq!(world.store.user(nobody).await.expect("no user"), None);
    for email in ["c@example.com", "", "a@example.com\0"] {
        assert_eq!(world.store.user_by_email(email).await.expect("no user"), None);
        assert_eq!(world.store.password_of(email).await.expect("no user"), None);
    }
}

pub async fn an_email_address_is_taken_once(database: Database) {
    let world = World::new(&database).await;
    world.user("a@example.com", Role::Admin).await;
    let again = world.new_user("a@example.com", Role::Viewer);
    let invite = link(LinkPurpose::Invite, Some(again.id), 1);
    for change in [Change::AddUser(again.clone()), Change::InviteUser(again, invite.clone())] {
        let error = world.refused(change).await;
        assert!(
            matches!(error, StoreError::Conflict("a user with this e-mail address")),
            "{error:?}"
        );
    }
    assert_eq!(world.store.link(invite.digest, at(0)).await.expect("no link"), None);
}

pub async fn an_invited_user_chooses_a_password_once(database: Database) {
    let world = World::new(&database).await;
    let user = User {
        password_hash: None,
        ..world.new_user("a@example.com", Role::Viewer)
    };
    let invite = link(LinkPurpose::Invite, Some(user.id), 1);
    world.change(Change::InviteUser(user.clone(), invite.clone())).await;
    let live = async |seconds| world.store.link(invite.digest, at(seconds)).await.expect("a link");
    assert_eq!(live(59).await, Some(invite.clone()));
    assert_eq!(live(60).await, None);

    assert_missing(&world, use_link(1, 60), "link").await;
    assert_missing(&world, use_link(2, 0), "link").await;
    world.change(use_link(1, 59)).await;
    assert_eq!(stored(&world, user.id).await.password_hash.as_deref(), Some("chosen at 59"));
    assert_missing(&world, use_link(1, 59), "link").await;
    assert_eq!(live(0).await, None);
}

pub async fn a_new_link_takes_the_place_of_earlier_ones(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Viewer).await;
    let other = world.user("b@example.com", Role::Viewer).await;
    let links = [
        link(LinkPurpose::Reset, Some(user), 1),
        link(LinkPurpose::Reset, Some(other), 2),
        link(LinkPurpose::Invite, Some(user), 3),
        link(LinkPurpose::Reset, Some(user), 4),
    ];
    for link in &links {
        world.change(Change::AddLink(link.clone())).await;
    }
    let live = async || {
        let mut live = Vec::new();
        for link in &links {
            live.push(world.store.link(link.digest, at(0)).await.expect("a link").is_some());
        }
        live
    };
    assert_eq!(live().await, [false, true, true, true]);
    // Nobody can choose another password with what was left over.
    world.change(use_link(4, 0)).await;
    assert_eq!(live().await, [false, true, false, false]);

    let nobody = link(LinkPurpose::Reset, Some(UserId(world.id(at(0)))), 5);
    assert_missing(&world, Change::AddLink(nobody), "user").await;
}

pub async fn the_first_admin_is_made_under_a_link(database: Database) {
    let world = World::new(&database).await;
    let (earlier, later) = (link(LinkPurpose::SetUp, None, 1), link(LinkPurpose::SetUp, None, 2));
    for link in [&earlier, &later] {
        assert!(world.store.offer_set_up(link).await.expect("offered"));
    }
    let set_up = |of, seconds, user: &User| Change::UseSetUpLink {
        link: digest(of),
        at: at(seconds),
        user: user.clone(),
    };
    let admin = world.new_user("a@example.com", Role::Admin);
    assert_missing(&world, set_up(1, 0, &admin), "link").await;
    assert_missing(&world, set_up(2, 60, &admin), "link").await;
    // It is no link under which a password is chosen.
    assert_missing(&world, use_link(2, 0), "link").await;
    world.change(set_up(2, 0, &admin)).await;
    assert_eq!(world.store.users().await.expect("users"), [admin]);

    assert_missing(&world, set_up(2, 0, &world.new_user("b@example.com", Role::Admin)), "link").await;
    assert!(!world.store.offer_set_up(&later).await.expect("not offered"));
    assert_eq!(world.store.link(later.digest, at(0)).await.expect("no link"), None);
}

pub async fn a_set_up_link_is_of_no_use_when_there_is_a_user(database: Database) {
    let world = World::new(&database).await;
    let set_up = link(LinkPurpose::SetUp, None, 1);
    assert!(world.store.offer_set_up(&set_up).await.expect("offered"));
    world.user("a@example.com", Role::Viewer).await;
    let error = world
        .refused(Change::UseSetUpLink {
            link: set_up.digest,
            at: at(0),
            user: world.new_user("b@example.com", Role::Admin),
        })
        .await;
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    assert_eq!(world.store.users().await.expect("users").len(), 1);
}

pub async fn an_admin_who_can_come_in_remains(database: Database) {
    let world = World::new(&database).await;
    let last_admin = async |change| {
        let error = world.refused(change).await;
        assert!(matches!(error, StoreError::LastAdmin), "{error:?}");
    };
    let (admin, other) = (
        world.user("a@example.com", Role::Admin).await,
        world.user("b@example.com", Role::Viewer).await,
    );
    let invited = User {
        password_hash: None,
        ..world.new_user("c@example.com", Role::Admin)
    };
    world.change(Change::AddUser(invited)).await;
    last_admin(Change::SetRole(admin, Role::Operator)).await;
    last_admin(Change::SetDisabled(admin, Some(at(1)))).await;
    assert_eq!(stored(&world, admin).await.role, Role::Admin);
    assert_eq!(stored(&world, admin).await.disabled_at, None);

    world.change(Change::SetRole(other, Role::Admin)).await;
    world.change(Change::SetDisabled(admin, Some(at(1)))).await;
    last_admin(Change::SetRole(other, Role::Viewer)).await;
    world.change(Change::SetDisabled(admin, None)).await;
    world.change(Change::SetRole(other, Role::Viewer)).await;
    assert_eq!(stored(&world, other).await.role, Role::Viewer);
    let nobody = UserId(world.id(at(0)));
    assert_missing(&world, Change::SetRole(nobody, Role::Viewer), "user").await;
    assert_missing(&world, Change::SetDisabled(nobody, None), "user").await;
}

pub async fn without_an_admin_roles_can_still_be_changed(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Operator).await;
    world.change(Change::SetRole(user, Role::Viewer)).await;
    assert_eq!(stored(&world, user).await.role, Role::Viewer);
}

pub async fn a_second_factor_is_turned_on_and_off(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Viewer).await;
    let other = world.user("b@example.com", Role::Viewer).await;
    let set = async |factor| {
        world
            .change(Change::SetSecondFactor {
                user,
                factor,
                keep: None,
            })
            .await;
        stored(&world, user).await.second_factor
    };
    let (first, second) = (factor(&world, user, &[1, 2, 3]), factor(&world, user, &[4]));
    assert_eq!(set(Some(first.clone())).await, Some(first.clone()));

    let use_code = |user, code| Change::UseRecoveryCode {
        user,
        code: digest(code),
        at: at(1),
    };
    world.change(use_code(user, 2)).await;
    assert_missing(&world, use_code(user, 2), "recovery code").await;
    assert_missing(&world, use_code(user, 9), "recovery code").await;
    assert_missing(&world, use_code(other, 1), "recovery code").await;
    let left = SealedSecondFactor {
        recovery_codes: vec![digest(1), digest(3)],
        ..first
    };
    assert_eq!(stored(&world, user).await.second_factor, Some(left));

    assert_eq!(set(Some(second.clone())).await, Some(second));
    assert_missing(&world, use_code(user, 1), "recovery code").await;
    assert_eq!(set(None).await, None);
    assert_missing(&world, use_code(user, 4), "recovery code").await;
}

pub async fn a_totp_step_is_taken_once(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Viewer).await;
    let other = world.user("b@example.com", Role::Viewer).await;
    let take = async |user, step| world.store.take_totp_step(user, step).await.expect("an answer");
    assert!(take(user, 100).await);
    assert!(!take(user, 100).await);
    assert!(!take(user, 99).await);
    assert!(take(user, 101).await);
    assert!(take(other, 100).await);
    assert!(!take(user, u64::MAX).await);
    assert!(!take(UserId(world.id(at(0))), 1).await);

    // The step stays taken when the second factor is another.
    for factor in [Some(factor(&world, user, &[])), None] {
        let keep = None;
        world.change(Change::SetSecondFactor { user, factor, keep }).await;
    }
    assert!(!take(user, 101).await);
}

pub async fn a_sign_in_is_noted(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Viewer).await;
    world.store.note_sign_in(user, at(7)).await.expect("noted");
    assert_eq!(stored(&world, user).await.signed_in_at, Some(at(7)));
}

pub async fn a_token_is_found_until_it_is_revoked(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Operator).await;
    let other = world.user("b@example.com", Role::Viewer).await;
    let new = |owner, of: u8| NewToken {
        id: TokenId(world.id(at(of.into()))),
        user: owner,
        name: format!("token {of}"),
        digest: digest(of),
        hint: "x9Zé".to_owned(),
        created_at: at(of.into()),
    };
    let (first, second, third) = (new(user, 1), new(user, 2), new(other, 3));
    for token in [&first, &second, &third] {
        world.change(Change::AddToken(token.clone())).await;
    }
    let names = async |user| {
        let tokens = world.store.tokens_of(user).await.expect("tokens");
        tokens.into_iter().map(|token| token.name).collect::<Vec<_>>()
    };
    let find = async |of| world.store.token(digest(of)).await.expect("an answer");
    assert_eq!(names(user).await, ["token 2", "token 1"]);
    assert_eq!(names(other).await, ["token 3"]);
    world.store.note_token_used(first.id, at(9)).await.expect("noted");
    let expected = Token {
        id: first.id,
        user,
        name: "token 1".to_owned(),
        hint: "x9Zé".to_owned(),
        created_at: at(1),
        last_used_at: Some(at(9)),
    };
    assert_eq!(find(1).await, Some((expected, stored(&world, user).await)));
    assert_eq!(find(4).await, None);

    assert_missing(&world, Change::RevokeToken(other, first.id, at(9)), "token").await;
    world.change(Change::RevokeToken(user, first.id, at(9))).await;
    assert_missing(&world, Change::RevokeToken(user, first.id, at(9)), "token").await;
    assert_eq!(find(1).await, None);
    assert_eq!(names(user).await, ["token 2"]);
    let nobody = new(UserId(world.id(at(0))), 5);
    assert_missing(&world, Change::AddToken(nobody), "user").await;
}

fn link(purpose: LinkPurpose, user: Option<UserId>, of: u8) -> Link {
    Link {
        digest: digest(of),
        purpose,
        user,
        created_at: at(-60),
        expires_at: at(60),
    }
}

fn use_link(of: u8, seconds: i64) -> Change {
    Change::UseLink {
        link: digest(of),
        at: at(seconds),
        password_hash: format!("chosen at {seconds}"),
    }
}

fn factor(world: &World, user: UserId, codes: &[u8]) -> SealedSecondFactor {
    SealedSecondFactor {
        sealed_secret: world.key.seal(user.0, Purpose::Totp, b"twenty random bytes."),
        recovery_codes: codes.iter().map(|code| digest(*code)).collect(),
    }
}

async fn stored(world: &World, id: UserId) -> User {
    world.store.user(id).await.expect("a user").expect("the user is there")
}

async fn assert_missing(world: &World, change: Change, what: &str) {
    let error = world.refused(change).await;
    assert!(matches!(error, StoreError::Missing(missing) if missing == what), "{error:?}");
}
