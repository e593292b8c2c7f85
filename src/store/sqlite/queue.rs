//! What is known of a queue without writing.

use model::{DestinationId, Timestamp};
use sqlx::SqliteConnection;

use crate::delivery::breaker::{Allowance, allowance};
use crate::store::StoreError;
use crate::store::delivery::{LeaseRequest, Leased};
use crate::store::destination_rows::{Queue, QueueColumns};
use crate::store::stored_time::StoredTime;

pub(super) const NEXT_DUE: &str = "select due_at from deliveries \
    where destination_id = ? and due_at is not null and lease is not ? order by due_at limit 1";

/// Those that are parked. Their index is named, as SQLite does not know how few they are.
pub(super) const PARKED: &str = "select id from deliveries indexed by deliveries_parked \
    where destination_id = ? and state = 'pending' and due_at is null order by id limit ?";

/// What a lease comes to that leases nothing; `None` when there may be something. Lanes ask every second, and most of them for
/// nothing: that need not wait for its turn to write.
pub(super) async fn nothing_to_lease(
    connection: &mut SqliteConnection,
    request: &LeaseRequest,
) -> Result<Option<Leased>, StoreError> {
    let Some(queue) = queue(connection, request.destination).await?.filter(|queue| queue.open) else {
        return Ok(Some(Leased::nothing()));
    };
    let next_due = next_due(connection, request).await?;
    let is_left_alone = matches!(allowance(&queue.health, request.now), Allowance::NothingUntil(_));
    let is_due = next_due.is_some_and(|due| due <= request.now);
    if is_due && !is_left_alone || !queue.ordered && has_parked(connection, request.destination).await? {
        return Ok(None);
    }
    Ok(Some(Leased {
        health: queue.health,
        deliveries: Vec::new(),
        next_due,
        parked: false,
    }))
}

/// The destination's settings and health, if there is such a destination.
pub(super) async fn queue(connection: &mut SqliteConnection, destination: DestinationId) -> Result<Option<Queue>, StoreError> {
    let row: Option<QueueColumns> = sqlx::query_as(
        "select d.ordered, d.disabled_at is null and d.archived_at is null as open, h.consecutive_failures, \
         h.failing_since, h.last_failure, h.last_failure_at, h.last_success_at, h.resume_at \
         from destinations d left join destination_health h on h.destination_id = d.id where d.id = ?",
    )
    .bind(destination.0)
    .fetch_optional(connection)
    .await?;
    row.map(Queue::try_from).transpose()
}

/// Whether any of the destination are parked.
pub(super) async fn has_parked(connection: &mut SqliteConnection, destination: DestinationId) -> Result<bool, StoreError> {
    let parked = sqlx::query(PARKED)
        .bind(destination.0)
        .bind(1)
        .fetch_optional(connection)
        .await?;
    Ok(parked.is_some())
}

/// When the next delivery is due that this lease has not.
pub(super) async fn next_due(connection: &mut SqliteConnection, request: &LeaseRequest) -> Result<Option<Timestamp>, StoreError> {
    let due: Option<StoredTime> = sqlx::query_scalar(NEXT_DUE)
        .bind(request.destination.0)
        .bind(request.lease)
        .fetch_optional(connection)
        .await?;
    Ok(due.map(|due| due.0))
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
