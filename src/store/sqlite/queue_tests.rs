use sqlx::Row;

use super::super::{SqliteStore, ends, hold, lease, subjects};
use super::*;
use crate::store::Store;

/// SQLite reads no more of the table than the index leads to, in the order in which it leads there.
async fn check(sql: &str, index: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("a.db").display());
    let store = SqliteStore::open(&url).await.expect("a store");
    store.migrate().await.expect("the tables");
    let explained = sqlx::query(&format!("explain query plan {sql}"))
        .fetch_all(&store.writer)
        .await;
    let steps: Vec<String> = explained.expect("a plan").iter().map(|row| row.get("detail")).collect();
    assert!(
        steps.iter().any(|step| step.contains(&format!("{index} ("))),
        "{sql}: {steps:?}"
    );
    let reads_on = |step: &&String| step.starts_with("SCAN") || step.starts_with("USE TEMP");
    assert_eq!(steps.iter().find(reads_on), None, "{sql}: {steps:?}");
}

#[tokio::test]
async fn a_queue_is_read_from_its_beginning_and_no_further() {
    check(lease::DUE, "deliveries_due").await;
    check(NEXT_DUE, "deliveries_due").await;
    check(PARKED, "deliveries_parked").await;
    check(lease::DUE_IN_ORDER, "deliveries_due").await;
    check(lease::DUE_IN_ORDER, "deliveries_in_order").await;
    check(ends::WAKE, "deliveries_in_order").await;
}

#[tokio::test]
async fn what_tells_of_a_subjects_objects_is_not_looked_for_among_all_events() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("a.db").display());
    let store = SqliteStore::open(&url).await.expect("a store");
    store.migrate().await.expect("the tables");
    let sql = format!(
        "explain query plan {} select id from found order by tells, id limit ?2",
        subjects::FOUND
    );
    let explained = sqlx::query(&sql).fetch_all(&store.writer).await;
    let steps: Vec<String> = explained.expect("a plan").iter().map(|row| row.get("detail")).collect();
    assert!(
        steps.iter().any(|step| step.contains("events_without_subject (")),
        "{steps:?}"
    );
    assert_eq!(steps.iter().find(|step| step.starts_with("SCAN g")), None, "{steps:?}");
}

#[tokio::test]
async fn the_deliveries_of_a_webhook_are_not_looked_for_among_all_of_a_state() {
    check(hold::LET_GO, "deliveries_by_webhook").await;
    check(hold::HOLD, "deliveries_by_webhook").await;
}
