use std::path::PathBuf;
use std::sync::Arc;

use model::{ActorKind, AuditAction, AuditActor, Timestamp};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tempfile::TempDir;

use super::{Broken, Fault, VerifyError, verify};
use crate::store::change::{Change, NewAuditEntry};
use crate::store::{self, Store};

/// An audit log with that many entries.
async fn log_of(entries: i64) -> (TempDir, PathBuf, Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.db");
    let store = store::open(&format!("sqlite://{}", path.display())).await.expect("opened");
    store.migrate().await.expect("migrated");
    for number in 1..=entries {
        let entry = NewAuditEntry {
            at: Timestamp::from_seconds(number).expect("in range"),
            actor: AuditActor {
                kind: ActorKind::CommandLine,
                user: None,
                name: "command line".to_owned(),
            },
            address: None,
            action: AuditAction::EndpointAdded,
            target: None,
            detail: Vec::new(),
        };
        store.change(&Change::Nothing, &entry).await.expect("written");
    }
    (folder, path, store)
}

#[tokio::test]
async fn a_log_that_nobody_touched_is_right() {
    for entries in [0, 1, 5] {
        let (_folder, _path, store) = log_of(entries).await;
        let verified = verify(store.as_ref()).await.expect("right");
        assert_eq!(verified.entries, entries.unsigned_abs());
        let head = store.audit_head().await.expect("read");
        assert_eq!(verified.last, head.hash);
    }
}

/// Does something to a log of five entries by hand, past the triggers that forbid it.
async fn check(sql: &str, number: u64, fault: Fault) {
    let (_folder, path, store) = log_of(5).await;
    let options = SqliteConnectOptions::new().filename(path);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("connected");
    let triggers: Vec<String> =
        sqlx::query_scalar("select name from sqlite_master where type = 'trigger' and tbl_name = 'audit'")
            .fetch_all(&mut connection)
            .await
            .expect("read");
    for trigger in triggers {
        let drop = format!("drop trigger {trigger}");
        sqlx::query(&drop).execute(&mut connection).await.expect("dropped");
    }
    sqlx::query(sql).execute(&mut connection).await.expect("done");
    match verify(store.as_ref()).await {
        Err(VerifyError::Broken(broken)) => assert_eq!(broken, Broken { number, fault }, "{sql}"),
        verified => panic!("{sql}: {verified:?}"),
    }
}

#[tokio::test]
async fn the_first_entry_that_was_changed_or_taken_out_is_named() {
    check("update audit set at = at + 1 where number = 3", 3, Fault::Changed).await;
    check("update audit set actor_name = 'someone' where number = 1", 1, Fault::Changed).await;
    check("update audit set hash = zeroblob(32) where number = 5", 5, Fault::Changed).await;
    check(
        "update audit set action = 'nothing.known' where number = 4",
        4,
        Fault::Unreadable,
    )
    .await;
    check("delete from audit where number = 2", 2, Fault::Missing).await;
    check("delete from audit where number = 1", 1, Fault::Missing).await;
    check("delete from audit where number >= 4", 4, Fault::Missing).await;
    check("delete from audit", 1, Fault::Missing).await;
}
