//! The re-fetches of webhooks that are appended, in their transaction.

use sqlx::sqlite::SqliteConnection;

use crate::store::records::NewRefetch;
use crate::store::stored_time::StoredTime;
use crate::store::{Appended, NewWebhook, StoreError};

/// The sizes that statements come in, so that all of them stay prepared.
const SIZES: [usize; 3] = [64, 8, 1];

const COLUMNS: usize = 6;

/// Leaves out those of webhooks that turned out to repeat another. Asks nothing of the database where there are none.
pub(super) async fn append_refetches(
    connection: &mut SqliteConnection,
    batch: &[NewWebhook],
    appended: &[Appended],
) -> Result<(), StoreError> {
    let rows: Vec<(&NewWebhook, &NewRefetch)> = batch
        .iter()
        .zip(appended)
        .filter(|(_, appended)| appended.duplicate_of.is_none())
        .filter_map(|(webhook, _)| Some((webhook, webhook.refetch.as_ref()?)))
        .collect();
    let mut rows = &rows[..];
    for size in SIZES {
        while rows.len() >= size {
            let (piece, rest) = rows.split_at(size);
            insert(connection, piece).await?;
            rows = rest;
        }
    }
    Ok(())
}

async fn insert(connection: &mut SqliteConnection, rows: &[(&NewWebhook, &NewRefetch)]) -> Result<(), StoreError> {
    let row = format!("({}, 'pending')", ["?"; COLUMNS].join(", "));
    let sql = format!(
        "insert or fail into refetches (id, webhook_id, endpoint_id, caused_by, due_at, created_at, state) values {}",
        vec![row; rows.len()].join(", ")
    );
    let mut query = sqlx::query(&sql);
    for (webhook, refetch) in rows {
        query = query
            .bind(refetch.id.0)
            .bind(webhook.id.0)
            .bind(webhook.endpoint_id.0)
            .bind(refetch.trigger.as_str())
            .bind(StoredTime(refetch.due_at))
            .bind(StoredTime(webhook.received_at));
    }
    query.execute(connection).await?;
    Ok(())
}
