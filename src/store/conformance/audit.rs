use model::{
    ActorKind, AuditAction, AuditActor, AuditChange, AuditEntry, AuditFilter, AuditPage, AuditTarget, AuditTargetKind, UserId,
};

use super::database::{Database, Kind};
use super::world::{World, at, entry};
use crate::store::StoreError;
use crate::store::audit::{AuditHead, FIRST_HASH, HashedEntry, entry_hash};
use crate::store::change::{Change, NewAuditEntry};

pub async fn an_entry_comes_back_as_it_was_written(database: Database) {
    let world = World::new(&database).await;
    let head = world.store.audit_head().await.expect("a head");
    assert_eq!((head.number, head.hash), (0, FIRST_HASH));
    let user = UserId(world.id(at(0)));
    let full = NewAuditEntry {
        actor: AuditActor {
            kind: ActorKind::Token,
            user: Some(user),
            name: "ada@example.com/deploy".to_owned(),
        },
        address: Some("2001:db8::1".parse().expect("an address")),
        target: Some(AuditTarget {
            kind: AuditTargetKind::Endpoint,
            id: String::new(),
            name: "Persona \"production\"".to_owned(),
        }),
        detail: vec![
            AuditChange {
                field: "name".to_owned(),
                before: None,
                after: Some("\u{0}é".to_owned()),
            },
            AuditChange {
                field: "secret".to_owned(),
                before: Some(String::new()),
                after: None,
            },
        ],
        ..entry(AuditAction::EndpointAdded)
    };
    let bare = entry(AuditAction::SignInFailed);
    for new in [&full, &bare] {
        write(&world, new).await;
    }
    let expected = |number, new: NewAuditEntry| AuditEntry {
        number,
        at: new.at,
        actor: new.actor,
        address: new.address.map(|address| address.to_string()),
        action: new.action,
        target: new.target,
        detail: new.detail,
    };
    let page = page(&world, &AuditFilter::default(), None, 10).await;
    assert_eq!(page.items, [expected(2, bare), expected(1, full)]);
    assert_eq!(page.next, None);
}

pub async fn what_someone_says_of_themselves_is_written_whatever_it_holds(database: Database) {
    let world = World::new(&database).await;
    let mut said = entry(AuditAction::SignInFailed);
    said.actor.name = "a\0b".to_owned();
    write(&world, &said).await;
    assert_eq!(
        page(&world, &AuditFilter::default(), None, 1).await.items[0].actor.name,
        "a\u{fffd}b"
    );
    assert_eq!(broken(&world).await, None);
}

pub async fn filters_of_the_audit_log_narrow_each_other(database: Database) {
    let world = World::new(&database).await;
    let actions = [AuditAction::SignedIn, AuditAction::EndpointChanged, AuditAction::Revealed];
    for number in 0..12 {
        let mut new = entry(actions[number % 3]);
        new.at = at(i64::try_from(number).expect("a small number"));
        new.actor.name = format!("user {}", number % 2);
        new.target = (number % 4 != 0).then(|| AuditTarget {
            kind: AuditTargetKind::Webhook,
            id: format!("id {}", number % 4),
            name: "a name".to_owned(),
        });
        write(&world, &new).await;
    }
    let check = async |query: &str, expected: &[u64]| {
        let filter = AuditFilter::from_query(query).expect("a filter");
        let page = page(&world, &filter, None, 20).await;
        let numbers: Vec<_> = page.items.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, expected, "{query}");
    };
    check("", &[12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).await;
    check("actor=user+1", &[12, 10, 8, 6, 4, 2]).await;
    check("actor=user", &[]).await;
    check("actor=user+1&actor=user+0&action=user.signed_in", &[10, 7, 4, 1]).await;
    check("action=user.signed_in&action=webhook.revealed", &[12, 10, 9, 7, 6, 4, 3, 1]).await;
    check("target=id+3", &[12, 8, 4]).await;
    check("target=id+3&actor=user+0", &[]).await;
    check("from=2025-11-20T00:53:25Z&to=2025-11-20T00:53:28Z", &[8, 7, 6]).await;
    check("from=2025-11-20T00:53:25Z&to=2025-11-20T00:53:28Z&target=id+2", &[7]).await;
}

pub async fn pages_lead_through_the_whole_audit_log(database: Database) {
    let world = World::new(&database).await;
    for _ in 0..7 {
        write(&world, &entry(AuditAction::SignedIn)).await;
    }
    let filter = AuditFilter::default();
    for (before, numbers, next) in [
        (None, &[7, 6, 5][..], Some(5)),
        (Some(5), &[4, 3, 2], Some(2)),
        (Some(2), &[1], None),
        (Some(4), &[3, 2, 1], None),
        (Some(1), &[], None),
        (Some(u64::MAX), &[7, 6, 5], Some(5)),
    ] {
        let page = page(&world, &filter, before, 3).await;
        let found: Vec<_> = page.items.iter().map(|entry| entry.number).collect();
        assert_eq!((&found[..], page.next), (numbers, next), "before {before:?}");
    }
}

pub async fn each_entry_follows_on_the_one_before(database: Database) {
    let world = World::new(&database).await;
    for number in 0..7 {
        let mut new = entry(AuditAction::SignedIn);
        new.actor.name = format!("user {number}");
        write(&world, &new).await;
    }
    assert_eq!(broken(&world).await, None);
    let part = world.store.audit_chain(3, 2).await.expect("a part");
    assert_eq!(part.iter().map(|hashed| hashed.entry.number).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(world.store.audit_chain(7, 2).await.expect("nothing"), []);
}

pub async fn the_audit_log_is_only_appended_to(database: Database) {
    let world = World::new(&database).await;
    write(&world, &entry(AuditAction::SignedIn)).await;
    let replacing = "insert or replace into audit select number, at, actor_kind, actor_user, 'somebody else', address, action, \
                     target_kind, target_id, target_name, detail, hash from audit";
    let own: &[&str] = match database.kind() {
        Kind::Sqlite => &[replacing],
        Kind::Postgres => &["truncate audit"],
    };
    for sql in ["update audit set actor_name = 'somebody else'", "delete from audit"]
        .iter()
        .chain(own)
    {
        let error = database.execute(sql).await.expect_err("the log is only appended to");
        assert!(error.to_string().contains("only appended to"), "{sql}: {error}");
    }
    assert_eq!(broken(&world).await, None);
}

pub async fn an_entry_that_was_tampered_with_shows(database: Database) {
    let world = World::new(&database).await;
    let chain = async || {
        for _ in 0..4 {
            let mut new = entry(AuditAction::RoleChanged);
            new.target = Some(AuditTarget {
                kind: AuditTargetKind::User,
                id: "1".to_owned(),
                name: "a".to_owned(),
            });
            new.detail = vec![AuditChange {
                field: "role".to_owned(),
                before: Some("viewer".to_owned()),
                after: Some("admin".to_owned()),
            }];
            write(&world, &new).await;
        }
    };
    chain().await;
    without_triggers(&database).await;
    assert_eq!(broken(&world).await, None);
    for (column, other) in [
        ("at", "(select min(created_at) from users)"),
        ("actor_kind", "'nobody'"),
        ("actor_user", "(select id from users)"),
        ("actor_name", "'somebody else'"),
        ("address", "'192.0.2.1'"),
        ("action", "'user.signed_in'"),
        ("target_kind", "'token'"),
        ("target_id", "'2'"),
        ("target_name", "'b'"),
        ("detail", "replace(detail, 'viewer', 'operator')"),
        ("hash", "(select hash from audit_head)"),
    ] {
        if column == "at" {
            let mut user = world.new_user("a@example.com", model::Role::Viewer);
            user.created_at = at(77);
            world.change(Change::AddUser(user)).await;
        }
        let (keep, put_back) = (
            format!("create table kept as select {column} as it from audit where number = 2"),
            format!("update audit set {column} = (select it from kept) where number = 2"),
        );
        execute(&database, &keep).await;
        execute(&database, &format!("update audit set {column} = {other} where number = 2")).await;
        assert_eq!(broken(&world).await, Some(2), "{column}");
        execute(&database, &put_back).await;
        execute(&database, "drop table kept").await;
        assert_eq!(broken(&world).await, None, "{column}");
    }
}

pub async fn an_entry_that_is_missing_shows(database: Database) {
    let world = World::new(&database).await;
    for _ in 0..5 {
        write(&world, &entry(AuditAction::SignedIn)).await;
    }
    without_triggers(&database).await;
    execute(&database, "delete from audit where number = 5").await;
    assert_eq!(broken(&world).await, Some(5));
    execute(&database, "delete from audit where number = 2").await;
    assert_eq!(broken(&world).await, Some(2));
    execute(&database, "delete from audit").await;
    assert_eq!(broken(&world).await, Some(1));
}

pub async fn an_entry_that_cannot_be_read_is_named(database: Database) {
    let world = World::new(&database).await;
    for _ in 0..2 {
        write(&world, &entry(AuditAction::SignedIn)).await;
    }
    without_triggers(&database).await;
    execute(&database, "update audit set action = 'user.bribed' where number = 2").await;
    let error = world.store.audit_chain(0, 10).await.expect_err("the action is unknown");
    assert!(
        matches!(&error, StoreError::Unreadable(what) if what.starts_with("entry 2 of the audit log: ")),
        "{error:?}"
    );
}

/// The number of the first entry that does not follow on the one before, or is missing. As `audit verify` finds it.
pub async fn broken(world: &World) -> Option<u64> {
    let chain = world.store.audit_chain(0, 1000).await.expect("the chain is read");
    let head = world.store.audit_head().await.expect("a head");
    let mut before = AuditHead {
        number: 0,
        hash: FIRST_HASH,
    };
    for HashedEntry { entry, hash } in chain {
        let expected = before.number + 1;
        if entry.number != expected || hash != entry_hash(before.hash, &entry) {
            return Some(expected);
        }
        before = AuditHead {
            number: entry.number,
            hash,
        };
    }
    (before != head).then_some(before.number + 1)
}

async fn without_triggers(database: &Database) {
    let statements: &[&str] = match database.kind() {
        Kind::Sqlite => &[
            "drop trigger audit_is_not_changed",
            "drop trigger audit_is_not_shortened",
            "drop trigger audit_is_not_replaced",
        ],
        Kind::Postgres => &["drop trigger audit_is_not_changed on audit"],
    };
    for sql in statements {
        execute(database, sql).await;
    }
}

async fn execute(database: &Database, sql: &str) {
    database.execute(sql).await.expect("the statement succeeds");
}

async fn write(world: &World, new: &NewAuditEntry) {
    world.store.change(&Change::Nothing, new).await.expect("the entry is written");
}

async fn page(world: &World, filter: &AuditFilter, before: Option<u64>, limit: u32) -> AuditPage {
    world.store.audit(filter, before, limit).await.expect("a page")
}
