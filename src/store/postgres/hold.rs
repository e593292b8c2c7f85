//! Deliveries of webhooks whose trust changed.

use model::{Timestamp, WebhookId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::append::column;
use super::ends;
use crate::store::StoreError;
use crate::store::recording::HeldColumns;
use crate::store::stored_time::StoredTime;

/// `trusted` go on by themselves: their deliveries have waited since they were made, so they are due at once. `others` do
/// not, unless a person released them or they are out already, and no record of their provider says something else: one that was
/// leased and not tried is not when its lease is over. The webhooks are written by now.
pub(super) async fn follow_trust(
    connection: &mut PgConnection,
    trusted: &[WebhookId],
    others: &[WebhookId],
    now: Timestamp,
) -> Result<(), StoreError> {
    lock(connection, trusted, others).await?;
    sqlx::query(
        "update deliveries set state = 'pending', next_trigger = 'automatic', due_at = created_at \
         where webhook_id = any($1) and state = 'held'",
    )
    .bind(column(trusted, |webhook| webhook.0))
    .execute(&mut *connection)
    .await?;
    let held: Vec<HeldColumns> = sqlx::query_as(
        "select id, destination_id, subject, resend_id, created_at from deliveries \
         where webhook_id = any($1) and (state = 'pending' or state = 'delivering' and due_at <= $2) \
         and next_trigger <> 'released' \
         and (attempts = 0 or exists (select 1 from webhooks w where w.id = deliveries.webhook_id and w.contradicted) \
         and not exists (select 1 from attempts a where a.delivery_id = deliveries.id and a.trigger = 'released'))",
    )
    .bind(column(others, |webhook| webhook.0))
    .bind(StoredTime(now))
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query(
        "update deliveries set state = 'held', next_trigger = 'automatic', due_at = null, lease = null, \
         resend_id = null where id = any($1)",
    )
    .bind(column(&held, |row| row.delivery.id))
    .execute(&mut *connection)
    .await?;
    // Together, as deliveries are locked before bulk resends, and those in the order of their ids.
    let line = |row: &HeldColumns| {
        let StoredTime(at) = row.created_at;
        Some(((row.delivery.destination_id, row.delivery.subject.clone()?), at))
    };
    ends::wake(connection, &held.iter().filter_map(line).collect()).await?;
    ends::count_cancelled(connection, held.iter().map(|row| &row.delivery)).await
}

/// Locks all that may be changed, in the order in which everybody locks.
async fn lock(connection: &mut PgConnection, trusted: &[WebhookId], others: &[WebhookId]) -> Result<(), StoreError> {
    let destinations: Vec<Uuid> = sqlx::query_scalar(
        "select distinct destination_id from deliveries where webhook_id = any($1) \
             and state in ('pending', 'delivering')",
    )
    .bind(column(others, |webhook| webhook.0))
    .fetch_all(&mut *connection)
    .await?;
    ends::lock_ordered(connection, &destinations).await?;
    sqlx::query(
        "select 1 from deliveries where webhook_id = any($1) and state in ('held', 'pending', 'delivering') \
         order by id for no key update",
    )
    .bind(column(trusted.iter().chain(others), |webhook| webhook.0))
    .execute(connection)
    .await?;
    Ok(())
}
