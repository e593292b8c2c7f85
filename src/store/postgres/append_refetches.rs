//! What of webhooks that are appended is seldom there, in their transaction.

use sqlx::PgConnection;

use super::append::column;
use crate::store::records::NewRefetch;
use crate::store::stored_time::StoredTime;
use crate::store::{Appended, NewWebhook, StoreError};

/// The re-fetches. Leaves out those of webhooks that turned out to repeat another.
pub(super) async fn append_refetches(
    connection: &mut PgConnection,
    batch: &[NewWebhook],
    appended: &[Appended],
) -> Result<(), StoreError> {
    let rows: Vec<(&NewWebhook, &NewRefetch)> = batch
        .iter()
        .zip(appended)
        .filter(|(_, appended)| appended.duplicate_of.is_none())
        .filter_map(|(webhook, _)| Some((webhook, webhook.refetch.as_ref()?)))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into refetches (id, webhook_id, endpoint_id, state, caused_by, due_at, created_at) \
         select id, webhook_id, endpoint_id, 'pending', caused_by, due_at, created_at \
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[]) \
         as new (id, webhook_id, endpoint_id, caused_by, due_at, created_at)",
    )
    .bind(column(&rows, |(_, refetch)| refetch.id.0))
    .bind(column(&rows, |(webhook, _)| webhook.id.0))
    .bind(column(&rows, |(webhook, _)| webhook.endpoint_id.0))
    .bind(column(&rows, |(_, refetch)| refetch.trigger.as_str()))
    .bind(column(&rows, |(_, refetch)| StoredTime(refetch.due_at)))
    .bind(column(&rows, |(webhook, _)| StoredTime(webhook.received_at)))
    .execute(connection)
    .await?;
    Ok(())
}

/// Which were not received, but made of what the provider lists.
pub(super) async fn note_reconciled(connection: &mut PgConnection, batch: &[NewWebhook]) -> Result<(), StoreError> {
    let reconciled: Vec<_> = batch.iter().filter(|webhook| webhook.reconciled).collect();
    if reconciled.is_empty() {
        return Ok(());
    }
    sqlx::query("update webhooks set reconciled = true where id = any($1)")
        .bind(column(reconciled, |webhook| webhook.id.0))
        .execute(connection)
        .await?;
    Ok(())
}
