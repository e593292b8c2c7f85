use std::net::IpAddr;

use model::{LinkPurpose, Role, UserId};

use super::database::Database;
use super::world::{World, at, digest};
use crate::store::StoreError;
use crate::store::accounts::{Digest, Link, Seen, Session};
use crate::store::change::Change;

pub async fn a_session_comes_back_until_it_expires(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Viewer).await;
    let nobody = session(None, 1);
    save(&world, &nobody).await;
    assert_eq!(live(&world, 1, 59).await, Some(nobody.clone()));
    assert_eq!(live(&world, 1, 60).await, None);
    assert_eq!(live(&world, 2, 0).await, None);

    let signed_in = Session {
        user: Some(user),
        last_seen_at: at(30),
        expires_at: at(90),
        address: "2001:db8::1".parse().expect("an address"),
        user_agent: String::new(),
        data: "{\"shown_once\":\"\\u0000\"}".to_owned(),
        ..nobody
    };
    save(&world, &signed_in).await;
    assert_eq!(live(&world, 1, 60).await, Some(signed_in));

    world.store.delete_session(digest(1)).await.expect("deleted");
    world.store.delete_session(digest(1)).await.expect("there is none to delete");
    assert_eq!(live(&world, 1, 0).await, None);
    let error = world
        .store
        .save_session(&session(Some(UserId(world.id(at(0)))), 2))
        .await
        .expect_err("there is no such user");
    assert!(matches!(error, StoreError::Missing("user")), "{error:?}");
}

pub async fn a_session_that_was_ended_is_not_written_again(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Viewer).await;
    save(&world, &session(Some(user), 1)).await;
    let later = Session {
        last_seen_at: at(30),
        ..session(Some(user), 1)
    };
    assert!(world.store.update_session(&later).await.expect("an answer"));
    assert_eq!(live(&world, 1, 0).await, Some(later.clone()));
    let seen = Seen {
        at: at(40),
        address: "2001:db8::2".parse().expect("an address"),
        expires_at: at(100),
    };
    world.store.note_session_seen(digest(1), &seen).await.expect("noted");
    let seen_later = Session {
        last_seen_at: seen.at,
        address: seen.address,
        expires_at: seen.expires_at,
        ..later.clone()
    };
    assert_eq!(live(&world, 1, 0).await, Some(seen_later));
    world.change(Change::EndSessions { user, keep: None }).await;
    assert!(!world.store.update_session(&later).await.expect("an answer"));
    world
        .store
        .note_session_seen(digest(1), &seen)
        .await
        .expect("nothing to note");
    assert_eq!(live(&world, 1, 0).await, None);
}

pub async fn a_users_sessions_are_listed_the_one_seen_last_first(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Viewer).await;
    let other = world.user("b@example.com", Role::Viewer).await;
    let seen = |user, of, last_seen| Session {
        last_seen_at: at(last_seen),
        ..session(user, of)
    };
    let expired = Session {
        expires_at: at(0),
        ..session(Some(user), 6)
    };
    for session in [
        seen(Some(user), 1, 10),
        seen(Some(user), 2, 30),
        seen(Some(user), 3, 20),
        seen(Some(other), 4, 40),
        seen(None, 5, 50),
        expired,
    ] {
        save(&world, &session).await;
    }
    assert_eq!(of(&world, user).await, [digest(2), digest(3), digest(1)]);
    assert_eq!(of(&world, other).await, [digest(4)]);
}

pub async fn sessions_end_when_what_protects_them_changes(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Viewer).await;
    let other = world.user("b@example.com", Role::Viewer).await;
    world
        .change(Change::AddLink(Link {
            digest: digest(9),
            purpose: LinkPurpose::Reset,
            user: Some(user),
            created_at: at(0),
            expires_at: at(60),
        }))
        .await;
    let password_hash = || "another".to_owned();
    let keep = Some(digest(2));
    let (all, all_but_one): (&[u8], &[u8]) = (&[], &[2]);
    for (change, left) in [
        (Change::EndSession(user, digest(1)), &[2, 3][..]),
        (Change::EndSessions { user, keep }, all_but_one),
        (Change::EndSessions { user, keep: None }, all),
        (
            Change::SetPassword {
                user,
                password_hash: password_hash(),
                keep,
            },
            all_but_one,
        ),
        (
            Change::SetPassword {
                user,
                password_hash: password_hash(),
                keep: None,
            },
            all,
        ),
        (
            Change::SetSecondFactor {
                user,
                factor: None,
                keep,
            },
            all_but_one,
        ),
        (Change::SetDisabled(user, None), &[1, 2, 3]),
        (Change::SetDisabled(user, Some(at(0))), all),
        (Change::SetRole(user, Role::Operator), &[1, 2, 3]),
    ] {
        for of in [1, 2, 3] {
            save(&world, &session(Some(user), of)).await;
        }
        save(&world, &session(Some(other), 4)).await;
        let what = format!("{change:?}");
        world.change(change).await;
        let left: Vec<_> = left.iter().map(|of| digest(*of)).collect();
        let mut ended = of(&world, user).await;
        ended.sort_by_key(|digest| digest.0);
        assert_eq!(ended, left, "{what}");
        assert_eq!(of(&world, other).await, [digest(4)], "{what}");
    }
}

pub async fn a_link_that_is_used_ends_the_sessions(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Viewer).await;
    save(&world, &session(Some(user), 1)).await;
    let reset = Link {
        digest: digest(9),
        purpose: LinkPurpose::Reset,
        user: Some(user),
        created_at: at(0),
        expires_at: at(60),
    };
    world.change(Change::AddLink(reset)).await;
    assert_eq!(of(&world, user).await, [digest(1)]);
    world
        .change(Change::UseLink {
            link: digest(9),
            at: at(0),
            password_hash: "another".to_owned(),
        })
        .await;
    assert_eq!(of(&world, user).await, []);
}

pub async fn nobody_ends_the_session_of_another(database: Database) {
    let world = World::new(&database).await;
    let user = world.user("a@example.com", Role::Viewer).await;
    let other = world.user("b@example.com", Role::Viewer).await;
    save(&world, &session(Some(other), 1)).await;
    let error = world.refused(Change::EndSession(user, digest(1))).await;
    assert!(matches!(error, StoreError::Missing("session")), "{error:?}");
    assert_eq!(of(&world, other).await, [digest(1)]);
}

pub async fn what_is_expired_is_swept(database: Database) {
    let world = World::new(&database).await;
    let link = |of, expires| Link {
        digest: digest(of),
        purpose: LinkPurpose::SetUp,
        user: None,
        created_at: at(-60),
        expires_at: at(expires),
    };
    assert!(world.store.offer_set_up(&link(1, 10)).await.expect("offered"));
    for (of, expires) in [(1, 10), (2, 11)] {
        let expires_at = at(expires);
        save(
            &world,
            &Session {
                expires_at,
                ..session(None, of)
            },
        )
        .await;
    }
    let left = async || {
        (
            live(&world, 1, 0).await.is_some(),
            live(&world, 2, 0).await.is_some(),
            world.store.link(digest(1), at(0)).await.expect("an answer").is_some(),
        )
    };
    world.store.sweep(at(9)).await.expect("swept");
    assert_eq!(left().await, (true, true, true));
    world.store.sweep(at(10)).await.expect("swept");
    assert_eq!(left().await, (false, true, false));
}

fn session(user: Option<UserId>, of: u8) -> Session {
    Session {
        digest: digest(of),
        user,
        created_at: at(0),
        last_seen_at: at(0),
        expires_at: at(60),
        address: IpAddr::from([192, 0, 2, 1]),
        user_agent: "a browser".to_owned(),
        data: "{}".to_owned(),
    }
}

async fn save(world: &World, session: &Session) {
    world.store.save_session(session).await.expect("the session is saved");
}

async fn live(world: &World, of: u8, seconds: i64) -> Option<Session> {
    world.store.session(digest(of), at(seconds)).await.expect("an answer")
}

async fn of(world: &World, user: UserId) -> Vec<Digest> {
    let sessions = world.store.sessions_of(user, at(0)).await.expect("sessions");
    sessions.into_iter().map(|session| session.digest).collect()
}
