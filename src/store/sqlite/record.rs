//! Attempts that were made, and what they change.

use std::collections::{BTreeMap, BTreeSet};

use model::{DestinationId, Health};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::ends;
use super::queue::{has_parked, queue};
use crate::store::StoreError;
use crate::store::append_columns::without_nul;
use crate::store::delivery::FinishedAttempt;
use crate::store::destination_rows::write_list;
use crate::store::recording::{Numbered, Tried, TriedColumns, record as reckon};
use crate::store::stored_time::StoredTime;

/// The caller's transaction has the right to write, so nothing changes between reading and writing.
pub(super) async fn record(
    connection: &mut SqliteConnection,
    attempts: &[FinishedAttempt],
) -> Result<Vec<(DestinationId, Health)>, StoreError> {
    let mut health = BTreeMap::new();
    let mut ordered = BTreeSet::new();
    for attempt in attempts {
        let destination = attempt.destination_id;
        if health.contains_key(&destination) {
            continue;
        }
        if let Some(queue) = queue(connection, destination).await? {
            health.insert(destination, queue.health);
            // Some may be parked since it wanted order, and it may want it again.
            let wakes = queue.ordered || has_parked(connection, destination).await?;
            ordered.extend(wakes.then_some(destination));
        }
    }
    let mut recording = reckon(attempts, tried(connection, attempts).await?, health);
    let erased = erased(connection, &recording.late()).await?;
    recording.erase_answers(&erased);
    let contradicted = contradicted(connection, &recording.tried_again()).await?;
    recording.hold(&contradicted);
    for attempt in &recording.attempts {
        insert_attempt(connection, attempt).await?;
    }
    for delivery in recording.deliveries.values() {
        update_delivery(connection, delivery).await?;
    }
    for ((destination, subject), at) in &recording.advanced {
        if ordered.contains(destination) {
            ends::wake(connection, *destination, subject, *at).await?;
        }
    }
    for (resend, ends) in &recording.resends {
        ends::count(connection, *resend, *ends).await?;
    }
    for (destination, health) in &recording.health {
        write_health(connection, *destination, health).await?;
    }
    Ok(recording.health.into_iter().collect())
}

async fn tried(connection: &mut SqliteConnection, attempts: &[FinishedAttempt]) -> Result<Vec<Tried>, StoreError> {
    let mut deliveries = Vec::with_capacity(attempts.len());
    for attempt in attempts {
        let row: Option<TriedColumns> = sqlx::query_as(
            "select id, destination_id, state, next_trigger, due_at, lease, attempts, position, subject, last_status, \
             last_failure, last_duration_ms, last_attempt_at, resend_id from deliveries where id = ?",
        )
        .bind(attempt.delivery_id.0)
        .fetch_optional(&mut *connection)
        .await?;
        deliveries.extend(row.map(Tried::try_from).transpose()?);
    }
    Ok(deliveries)
}

/// Those of them whose webhook was erased while they were under way. Seldom any are late.
async fn erased(connection: &mut SqliteConnection, late: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let mut erased = Vec::new();
    for delivery in late {
        let is_erased = sqlx::query_scalar(
            "select w.erased_at is not null from deliveries d join webhooks w on w.id = d.webhook_id where d.id = ?",
        );
        let is_erased: Option<bool> = is_erased.bind(delivery).fetch_optional(&mut *connection).await?;
        erased.extend((is_erased == Some(true)).then_some(*delivery));
    }
    Ok(erased)
}

/// Those of them whose webhook's record says something else, and that no person released. Only what failed is looked up.
async fn contradicted(connection: &mut SqliteConnection, again: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let mut contradicted = Vec::new();
    for delivery in again {
        let row: Option<Uuid> = sqlx::query_scalar(
            "select d.id from deliveries d join webhooks w on w.id = d.webhook_id where d.id = ? and w.contradicted \
         and not exists (select 1 from attempts a where a.delivery_id = d.id and a.trigger = 'released')",
        )
        .bind(delivery)
        .fetch_optional(&mut *connection)
        .await?;
        contradicted.extend(row);
    }
    Ok(contradicted)
}

async fn insert_attempt(connection: &mut SqliteConnection, numbered: &Numbered<'_>) -> Result<(), StoreError> {
    let attempt = &numbered.attempt.attempt;
    sqlx::query(
        "insert into attempts (delivery_id, number, trigger, started_at, duration_ms, status, failure, response_headers, \
         response_body, next_attempt_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(numbered.attempt.delivery_id.0)
    .bind(numbered.number)
    .bind(attempt.trigger.as_str())
    .bind(StoredTime(attempt.started_at))
    .bind(attempt.duration_ms)
    .bind(attempt.status)
    .bind(attempt.failure.map(model::Failure::as_str))
    .bind(write_list(numbered.response_headers()))
    .bind(without_nul(numbered.response_body()))
    .bind(numbered.next_attempt_at.map(StoredTime))
    .execute(connection)
    .await?;
    Ok(())
}

async fn update_delivery(connection: &mut SqliteConnection, delivery: &Tried) -> Result<(), StoreError> {
    sqlx::query(
        "update deliveries set state = ?, next_trigger = ?, due_at = ?, lease = ?, attempts = ?, position = ?, \
         last_status = ?, last_failure = ?, last_duration_ms = ?, last_attempt_at = ?, resend_id = ? where id = ?",
    )
    .bind(delivery.state.as_str())
    .bind(delivery.trigger.as_str())
    .bind(delivery.due_at.map(StoredTime))
    .bind(delivery.lease)
    .bind(delivery.attempts)
    .bind(delivery.position)
    .bind(delivery.last_status)
    .bind(delivery.last_failure.map(model::Failure::as_str))
    .bind(delivery.last_duration_ms)
    .bind(delivery.last_attempt_at.map(StoredTime))
    .bind(delivery.resend_id.map(|resend| resend.0))
    .bind(delivery.id.0)
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_health(connection: &mut SqliteConnection, destination: DestinationId, health: &Health) -> Result<(), StoreError> {
    sqlx::query(
        "insert or replace into destination_health (destination_id, consecutive_failures, failing_since, last_failure, \
         last_failure_at, last_success_at, resume_at) values (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(destination.0)
    .bind(health.consecutive_failures)
    .bind(health.failing_since.map(StoredTime))
    .bind(health.last_failure.map(model::Failure::as_str))
    .bind(health.last_failure_at.map(StoredTime))
    .bind(health.last_success_at.map(StoredTime))
    .bind(health.resume_at.map(StoredTime))
    .execute(connection)
    .await?;
    Ok(())
}
