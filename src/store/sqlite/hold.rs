//! Deliveries of webhooks whose trust changed.

use model::{Timestamp, WebhookId};
use sqlx::SqliteConnection;

use super::ends;
use crate::store::StoreError;
use crate::store::recording::HeldColumns;
use crate::store::stored_time::StoredTime;

// With a plus sign before it a column is not read along: a webhook has few deliveries, a state may have many.

pub(super) const LET_GO: &str = "update deliveries set state = 'pending', next_trigger = 'automatic', due_at = created_at \
    where webhook_id = ? and +state = 'held'";

pub(super) const HOLD: &str = "select id, destination_id, subject, resend_id, created_at from deliveries \
    where webhook_id = ? and (+state = 'pending' or +state = 'delivering' and due_at <= ?) \
    and next_trigger <> 'released' \
    and (attempts = 0 or exists (select 1 from webhooks w where w.id = deliveries.webhook_id and w.contradicted) \
    and not exists (select 1 from attempts a where a.delivery_id = deliveries.id and a.trigger = 'released'))";

/// The webhook goes on by itself. Its deliveries have waited since they were made, so they are due at once.
pub(super) async fn let_go(connection: &mut SqliteConnection, webhook: WebhookId) -> Result<(), StoreError> {
    sqlx::query(LET_GO).bind(webhook.0).execute(connection).await?;
    Ok(())
}

/// The webhook does not go on by itself. What a person released goes all the same, and so does what is out already, unless its
/// provider's record says something else: one that was leased and not tried is not when its lease is over.
pub(super) async fn hold(connection: &mut SqliteConnection, webhook: WebhookId, now: Timestamp) -> Result<(), StoreError> {
    let held: Vec<HeldColumns> = sqlx::query_as(HOLD)
        .bind(webhook.0)
        .bind(StoredTime(now))
        .fetch_all(&mut *connection)
        .await?;
    for row in held {
        sqlx::query(
            "update deliveries set state = 'held', next_trigger = 'automatic', due_at = null, lease = null, \
             resend_id = null where id = ?",
        )
        .bind(row.delivery.id)
        .execute(&mut *connection)
        .await?;
        let StoredTime(at) = row.created_at;
        ends::follow(connection, &[row.delivery], at).await?;
    }
    Ok(())
}
