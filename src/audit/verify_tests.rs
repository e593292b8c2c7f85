use std::path::PathBuf;
use std::sync::Arc;

use model::{ActorKind, AuditAction, AuditActor, Timestamp};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tempfile::TempDir;

use super::{Broken, Fault, VerifyError, verify};
use crate::store::audit::AuditHead;
use crate::store::change::{Change, NewAuditEntry};
use crate::store::{self, Store};

/// An audit log with that many entries.
async fn log_of(entries: i64) -> (TempDir, PathBuf, Arc<dyn Store>) {
    log_from(1, entries).await
}

/// The same, begun at that second.
async fn log_from(first: i64, entries: i64) -> (TempDir, PathBuf, Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.db");
    let store = store::open(&format!("sqlite://{}", path.display())).await.expect("opened");
    store.migrate().await.expect("migrated");
    for number in 0..entries {
        let entry = NewAuditEntry {
            at: Timestamp::from_seconds(first + number).expect("in range"),
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
        let end = verify(store.as_ref(), None).await.expect("right");
        assert_eq!(end.number, entries.unsigned_abs());
        assert_eq!(end, store.audit_head().await.expect("read"));
    }
}

/// Does something to a log past the triggers that forbid it.
async fn by_hand(path: PathBuf, sql: &str) {
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
    sqlx::raw_sql(sql).execute(&mut connection).await.expect("done");
}

/// Does something to a log of five entries by hand.
async fn check(sql: &str, number: u64, fault: Fault) {
    let (_folder, path, store) = log_of(5).await;
    by_hand(path, sql).await;
    match verify(store.as_ref(), None).await {
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

#[tokio::test]
async fn a_log_that_was_cut_off_or_written_anew_shows_against_an_end_that_was_kept() {
    let (_folder, path, store) = log_of(5).await;
    let whole = store.audit_head().await.expect("read");
    let chain = store.audit_chain(0, 10).await.expect("read");
    let ends = chain.iter().map(|entry| AuditHead {
        number: entry.entry.number,
        hash: entry.hash,
    });
    for end in ends {
        assert_eq!(verify(store.as_ref(), Some(end)).await.expect("right"), whole);
    }

    by_hand(
        path,
        "delete from audit where number > 3; \
         update audit_head set number = 3, hash = (select hash from audit where number = 3)",
    )
    .await;
    assert_eq!(verify(store.as_ref(), None).await.expect("it fits together").number, 3);
    let cut_off = verify(store.as_ref(), Some(whole)).await;
    let broken = |number, fault| Broken { number, fault };
    assert!(
        matches!(cut_off, Err(VerifyError::Broken(found)) if found == broken(4, Fault::Missing)),
        "{cut_off:?}"
    );

    let (_folder, _path, anew) = log_from(2, 7).await;
    verify(anew.as_ref(), None).await.expect("it fits together");
    let rewritten = verify(anew.as_ref(), Some(whole)).await;
    assert!(
        matches!(rewritten, Err(VerifyError::Broken(found)) if found == broken(5, Fault::Rewritten)),
        "{rewritten:?}"
    );
}
