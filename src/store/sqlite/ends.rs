//! What follows when deliveries come to an end without an attempt, or with one: those that waited for them are woken, and
//! bulk resends count.

use model::{DestinationId, ResendId, Timestamp};
use sqlx::SqliteConnection;

use crate::store::StoreError;
use crate::store::recording::{EndedColumns, Ends};
use crate::store::stored_time::StoredTime;

pub(super) const WAKE: &str = "update deliveries set due_at = ? where state = 'pending' and due_at is null \
    and id = (select id from deliveries where destination_id = ? and subject = ? \
    and state in ('pending', 'delivering', 'failed') order by id limit 1)";

/// After deliveries were cancelled or held.
pub(super) async fn follow(connection: &mut SqliteConnection, ended: &[EndedColumns], at: Timestamp) -> Result<(), StoreError> {
    let one = Ends {
        cancelled: 1,
        ..Ends::default()
    };
    for delivery in ended {
        if let Some(subject) = &delivery.subject {
            wake(connection, DestinationId(delivery.destination_id), subject, at).await?;
        }
        if let Some(resend) = delivery.resend_id {
            count(connection, ResendId(resend), one).await?;
        }
    }
    Ok(())
}

/// The first of the subject that is not at its end is due, if it was waiting for an earlier one.
pub(super) async fn wake(
    connection: &mut SqliteConnection,
    destination: DestinationId,
    subject: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(WAKE)
        .bind(StoredTime(at))
        .bind(destination.0)
        .bind(subject)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn count(connection: &mut SqliteConnection, resend: ResendId, ends: Ends) -> Result<(), StoreError> {
    sqlx::query("update resends set done = done + ?, failed = failed + ?, queued = queued - ? where id = ?")
        .bind(ends.delivered)
        .bind(ends.failed)
        .bind(ends.cancelled)
        .bind(resend.0)
        .execute(&mut *connection)
        .await?;
    settle(connection, resend).await
}

/// A bulk resend is done when all of its deliveries are queued and at their ends.
pub(super) async fn settle(connection: &mut SqliteConnection, resend: ResendId) -> Result<(), StoreError> {
    sqlx::query(
        "update resends set state = 'done' \
         where id = ? and state = 'running' and leased_until is null and done + failed >= queued",
    )
    .bind(resend.0)
    .execute(connection)
    .await?;
    Ok(())
}
