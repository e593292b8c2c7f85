//! Attempts that were made, and what they change.

use std::collections::{BTreeMap, BTreeSet};

use model::{DestinationId, Failure, Health};
use sqlx::PgConnection;
use uuid::Uuid;

use super::append::column;
use super::ends;
use crate::store::StoreError;
use crate::store::append_columns::without_nul;
use crate::store::delivery::FinishedAttempt;
use crate::store::destination_rows::{DestinationHealthColumns, write_list};
use crate::store::recording::{Numbered, Recording, Tried, TriedColumns, record as reckon};
use crate::store::rows::read_all;
use crate::store::stored_time::StoredTime;

/// Locks are taken in the order that [`lease`](super::lease) names.
pub(super) async fn record(
    connection: &mut PgConnection,
    attempts: &[FinishedAttempt],
) -> Result<Vec<(DestinationId, Health)>, StoreError> {
    if attempts.is_empty() {
        return Ok(Vec::new());
    }
    let destinations: BTreeSet<_> = attempts.iter().map(|attempt| attempt.destination_id.0).collect();
    let destinations: Vec<_> = destinations.into_iter().collect();
    let ordered = ends::lock_ordered(connection, &destinations).await?;
    let deliveries = lock_deliveries(connection, attempts).await?;
    let health = lock_health(connection, &destinations).await?;
    let mut recording = reckon(attempts, deliveries, health);
    let erased = erased(connection, recording.late()).await?;
    recording.erase_answers(&erased);
    let contradicted = contradicted(connection, recording.tried_again()).await?;
    recording.hold(&contradicted);
    insert_attempts(connection, &recording.attempts).await?;
    update_deliveries(connection, &recording).await?;
    let is_ordered = |destination: &DestinationId| ordered.binary_search(&destination.0).is_ok();
    let advanced = recording
        .advanced
        .iter()
        .filter(|((destination, _), _)| is_ordered(destination));
    let lines = advanced.map(|((destination, subject), at)| ((destination.0, subject.clone()), *at));
    ends::wake(connection, &lines.collect()).await?;
    update_health(connection, &recording).await?;
    ends::count(connection, &recording.resends).await?;
    Ok(recording.health.into_iter().collect())
}

async fn lock_deliveries(connection: &mut PgConnection, attempts: &[FinishedAttempt]) -> Result<Vec<Tried>, StoreError> {
    let rows: Vec<TriedColumns> = sqlx::query_as(
        "select id, destination_id, state, next_trigger, due_at, lease, attempts, position, subject, last_status, \
         last_failure, last_duration_ms, last_attempt_at, resend_id from deliveries where id = any($1) \
         order by id for no key update",
    )
    .bind(column(attempts, |attempt| attempt.delivery_id.0))
    .fetch_all(connection)
    .await?;
    read_all(rows)
}

/// How the destinations do; a row is made for those that have none yet, so that there is something to lock.
async fn lock_health(
    connection: &mut PgConnection,
    destinations: &[Uuid],
) -> Result<BTreeMap<DestinationId, Health>, StoreError> {
    let mut health = read_health(connection, destinations).await?;
    if health.len() < destinations.len() {
        sqlx::query(
            "insert into destination_health (destination_id, consecutive_failures) select id, 0 from destinations \
             where id = any($1) order by id on conflict do nothing",
        )
        .bind(destinations)
        .execute(&mut *connection)
        .await?;
        health = read_health(connection, destinations).await?;
    }
    Ok(health)
}

async fn read_health(
    connection: &mut PgConnection,
    destinations: &[Uuid],
) -> Result<BTreeMap<DestinationId, Health>, StoreError> {
    let rows: Vec<DestinationHealthColumns> = sqlx::query_as(
        "select * from destination_health where destination_id = any($1) order by destination_id for no key update",
    )
    .bind(destinations)
    .fetch_all(connection)
    .await?;
    Ok(read_all(rows)?.into_iter().collect())
}

/// Those of them whose webhook was erased while they were under way; they are locked. Seldom any are late.
async fn erased(connection: &mut PgConnection, late: Vec<Uuid>) -> Result<Vec<Uuid>, StoreError> {
    if late.is_empty() {
        return Ok(Vec::new());
    }
    let erased = sqlx::query_scalar(
        "select d.id from deliveries d join webhooks w on w.id = d.webhook_id \
         where d.id = any($1) and w.erased_at is not null",
    );
    Ok(erased.bind(late).fetch_all(connection).await?)
}

/// Those of them whose webhook's record says something else, and that no person released. They are locked: a record that comes now
/// finds them as they are left. Only what failed is looked up.
async fn contradicted(connection: &mut PgConnection, again: Vec<Uuid>) -> Result<Vec<Uuid>, StoreError> {
    if again.is_empty() {
        return Ok(Vec::new());
    }
    let contradicted = sqlx::query_scalar(
        "select d.id from deliveries d join webhooks w on w.id = d.webhook_id where d.id = any($1) and w.contradicted \
         and not exists (select 1 from attempts a where a.delivery_id = d.id and a.trigger = 'released')",
    );
    Ok(contradicted.bind(again).fetch_all(connection).await?)
}

async fn insert_attempts(connection: &mut PgConnection, attempts: &[Numbered<'_>]) -> Result<(), StoreError> {
    if attempts.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into attempts (delivery_id, number, trigger, started_at, duration_ms, status, failure, response_headers, \
         response_body, next_attempt_at) \
         select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[], $5::bigint[], $6::bigint[], \
         $7::text[], $8::text[], $9::text[], $10::timestamptz[])",
    )
    .bind(column(attempts, |numbered| numbered.attempt.delivery_id.0))
    .bind(column(attempts, |numbered| i64::from(numbered.number)))
    .bind(column(attempts, |numbered| numbered.attempt.attempt.trigger.as_str()))
    .bind(column(attempts, |numbered| StoredTime(numbered.attempt.attempt.started_at)))
    .bind(column(attempts, |numbered| i64::from(numbered.attempt.attempt.duration_ms)))
    .bind(column(attempts, |numbered| numbered.attempt.attempt.status.map(i64::from)))
    .bind(column(attempts, |numbered| {
        numbered.attempt.attempt.failure.map(Failure::as_str)
    }))
    .bind(column(attempts, |numbered| write_list(numbered.response_headers())))
    .bind(column(attempts, |numbered| {
        without_nul(numbered.response_body()).into_owned()
    }))
    .bind(column(attempts, |numbered| numbered.next_attempt_at.map(StoredTime)))
    .execute(connection)
    .await?;
    Ok(())
}

async fn update_deliveries(connection: &mut PgConnection, recording: &Recording<'_>) -> Result<(), StoreError> {
    let deliveries = || recording.deliveries.values();
    sqlx::query(
        "update deliveries d set state = new.state, next_trigger = new.next_trigger, due_at = new.due_at, lease = new.lease, \
         attempts = new.attempts, position = new.position, last_status = new.last_status, last_failure = new.last_failure, \
         last_duration_ms = new.last_duration_ms, last_attempt_at = new.last_attempt_at, resend_id = new.resend_id \
         from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::uuid[], $6::bigint[], $7::bigint[], \
         $8::bigint[], $9::text[], $10::bigint[], $11::timestamptz[], $12::uuid[]) as new (id, state, next_trigger, due_at, \
         lease, attempts, position, last_status, last_failure, last_duration_ms, last_attempt_at, resend_id) \
         where d.id = new.id",
    )
    .bind(column(deliveries(), |delivery| delivery.id.0))
    .bind(column(deliveries(), |delivery| delivery.state.as_str()))
    .bind(column(deliveries(), |delivery| delivery.trigger.as_str()))
    .bind(column(deliveries(), |delivery| delivery.due_at.map(StoredTime)))
    .bind(column(deliveries(), |delivery| delivery.lease))
    .bind(column(deliveries(), |delivery| i64::from(delivery.attempts)))
    .bind(column(deliveries(), |delivery| i64::from(delivery.position)))
    .bind(column(deliveries(), |delivery| delivery.last_status.map(i64::from)))
    .bind(column(deliveries(), |delivery| delivery.last_failure.map(Failure::as_str)))
    .bind(column(deliveries(), |delivery| delivery.last_duration_ms.map(i64::from)))
    .bind(column(deliveries(), |delivery| delivery.last_attempt_at.map(StoredTime)))
    .bind(column(deliveries(), |delivery| delivery.resend_id.map(|resend| resend.0)))
    .execute(connection)
    .await?;
    Ok(())
}

async fn update_health(connection: &mut PgConnection, recording: &Recording<'_>) -> Result<(), StoreError> {
    let health = || recording.health.values();
    sqlx::query(
        "update destination_health h set consecutive_failures = new.consecutive_failures, \
         failing_since = new.failing_since, last_failure = new.last_failure, last_failure_at = new.last_failure_at, \
         last_success_at = new.last_success_at, resume_at = new.resume_at \
         from unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[], $5::timestamptz[], $6::timestamptz[], \
         $7::timestamptz[]) as new (destination_id, consecutive_failures, failing_since, last_failure, last_failure_at, \
         last_success_at, resume_at) where h.destination_id = new.destination_id",
    )
    .bind(column(recording.health.keys(), |destination| destination.0))
    .bind(column(health(), |health| i64::from(health.consecutive_failures)))
    .bind(column(health(), |health| health.failing_since.map(StoredTime)))
    .bind(column(health(), |health| health.last_failure.map(Failure::as_str)))
    .bind(column(health(), |health| health.last_failure_at.map(StoredTime)))
    .bind(column(health(), |health| health.last_success_at.map(StoredTime)))
    .bind(column(health(), |health| health.resume_at.map(StoredTime)))
    .execute(connection)
    .await?;
    Ok(())
}
