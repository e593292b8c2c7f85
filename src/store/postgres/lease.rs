//! The queue: which deliveries are tried next.
//!
//! All of it is read from the index of what is due, and no further than is leased: how much waits behind makes no difference.
//! Any number of workers lease at once: each passes over what another has just taken.

use model::{DeliveryId, DestinationId, Health, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{ends, lease_in_order};
use crate::delivery::breaker::{Allowance, allowance};
use crate::store::StoreError;
use crate::store::delivery::{LeaseRequest, Leased, LeasedDelivery};
use crate::store::delivery_rows::LeasedColumns;
use crate::store::destination_rows::{HealthColumns, Queue, QueueColumns};
use crate::store::stored_time::StoredTime;

/// How many that waited for an earlier one are woken together where order does not matter any more.
const WOKEN: i64 = 1000;

/// Locks, here and wherever deliveries change, are taken in one order: destinations, those that want order; deliveries; how
/// destinations do; bulk resends. A lease that locks how its destination does waits for no delivery afterwards.
pub(super) async fn lease(connection: &mut PgConnection, request: &LeaseRequest) -> Result<Leased, StoreError> {
    let Some(mut queue) = queue(connection, request.destination).await? else {
        return Ok(Leased::nothing());
    };
    if queue.ordered {
        ends::lock_ordered(connection, &[request.destination.0]).await?;
    }
    if !queue.open {
        return Ok(Leased::nothing());
    }
    if queue.health.resume_at.is_some() {
        queue.health = lock_health(connection, request.destination).await?;
    }
    let (most, is_probe) = match allowance(&queue.health, request.now) {
        Allowance::All => (request.most, false),
        Allowance::Probe => (request.most.min(1), true),
        Allowance::NothingUntil(_) => (0, false),
    };
    let (deliveries, parked) = match (most, queue.ordered) {
        (0, _) => (Vec::new(), false),
        (_, true) => lease_in_order::take(connection, request, most).await?,
        (_, false) => (take(connection, request, most).await?, false),
    };
    if !queue.ordered && deliveries.len() < most as usize {
        wake_all(connection, request).await?;
    }
    if is_probe && !deliveries.is_empty() {
        resume_at(connection, request.destination, request.until).await?;
    }
    Ok(Leased {
        health: queue.health,
        deliveries,
        next_due: next_due(connection, request).await?,
        parked,
    })
}

pub(super) async fn give_back(
    connection: &mut PgConnection,
    lease: Uuid,
    deliveries: &[DeliveryId],
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "update deliveries set state = 'pending', due_at = $1, lease = null \
         where id in (select id from deliveries where id = any($2) and state = 'delivering' and lease = $3 \
         order by id for no key update)",
    )
    .bind(StoredTime(now))
    .bind(deliveries.iter().map(|delivery| delivery.0).collect::<Vec<_>>())
    .bind(lease)
    .execute(connection)
    .await?;
    Ok(())
}

/// The destination's settings and health, if there is such a destination.
async fn queue(connection: &mut PgConnection, destination: DestinationId) -> Result<Option<Queue>, StoreError> {
    let row: Option<QueueColumns> = sqlx::query_as(
        "select d.ordered, d.disabled_at is null and d.archived_at is null as open, h.consecutive_failures, \
         h.failing_since, h.last_failure, h.last_failure_at, h.last_success_at, h.resume_at \
         from destinations d left join destination_health h on h.destination_id = d.id where d.id = $1",
    )
    .bind(destination.0)
    .fetch_optional(connection)
    .await?;
    row.map(Queue::try_from).transpose()
}

/// Of several that ask at once when the destination may be tried again, the second finds that the first does it.
async fn lock_health(connection: &mut PgConnection, destination: DestinationId) -> Result<Health, StoreError> {
    let sql = "select * from destination_health where destination_id = $1 for no key update";
    let row: Option<HealthColumns> = sqlx::query_as(sql).bind(destination.0).fetch_optional(connection).await?;
    row.map_or(Ok(Health::default()), Health::try_from)
}

async fn take(connection: &mut PgConnection, request: &LeaseRequest, most: u32) -> Result<Vec<LeasedDelivery>, StoreError> {
    let due: Vec<Uuid> = sqlx::query_scalar(
        "select id from deliveries where destination_id = $1 and due_at <= $2 order by due_at, id limit $3 \
         for no key update skip locked",
    )
    .bind(request.destination.0)
    .bind(StoredTime(request.now))
    .bind(i64::from(most))
    .fetch_all(&mut *connection)
    .await?;
    take_these(connection, request, &due).await
}

/// Leases deliveries that are locked, and reads them in that order. A statement of its own that is given the ids: in one
/// with the look into the queue, a plan for any number of them would read whole tables.
pub(super) async fn take_these(
    connection: &mut PgConnection,
    request: &LeaseRequest,
    ids: &[Uuid],
) -> Result<Vec<LeasedDelivery>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<LeasedColumns> = sqlx::query_as(
        "with d as (update deliveries set state = 'delivering', due_at = $2, lease = $3 where id = any($1) \
         returning id, webhook_id, next_trigger, position) \
         select d.id, d.webhook_id, d.next_trigger, d.position, e.provider, first.event_type, w.verdict, w.received_at, \
         c.headers, c.body from d join webhooks w on w.id = d.webhook_id join webhook_contents c on c.webhook_id = w.id \
         join endpoints e on e.id = w.endpoint_id left join events first on first.webhook_id = w.id and first.position = 0 \
         order by array_position($1, d.id)",
    )
    .bind(ids)
    .bind(StoredTime(request.until))
    .bind(request.lease)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|row| row.leased(request.lease)).collect()
}

/// Those that were parked before the destination stopped wanting its webhooks in order, in portions.
async fn wake_all(connection: &mut PgConnection, request: &LeaseRequest) -> Result<(), StoreError> {
    // The destination is given as a range, so that the index of what is parked is the only one in that order. The ids are
    // gathered first, for the reason that `take_these` gives.
    sqlx::query(
        "update deliveries set due_at = $1 where id = any(array(select id from deliveries \
         where destination_id between $2 and $2 and state = 'pending' and due_at is null \
         order by destination_id, created_at, id limit $3 for no key update skip locked))",
    )
    .bind(StoredTime(request.now))
    .bind(request.destination.0)
    .bind(WOKEN)
    .execute(connection)
    .await?;
    Ok(())
}

async fn resume_at(connection: &mut PgConnection, destination: DestinationId, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update destination_health set resume_at = $1 where destination_id = $2")
        .bind(StoredTime(at))
        .bind(destination.0)
        .execute(connection)
        .await?;
    Ok(())
}

async fn next_due(connection: &mut PgConnection, request: &LeaseRequest) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select due_at from deliveries where destination_id = $1 and due_at is not null and lease is distinct from $2 \
               order by due_at limit 1";
    let due: Option<StoredTime> = sqlx::query_scalar(sql)
        .bind(request.destination.0)
        .bind(request.lease)
        .fetch_optional(connection)
        .await?;
    Ok(due.map(|due| due.0))
}
