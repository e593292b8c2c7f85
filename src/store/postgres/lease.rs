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
use crate::store::destination_rows::HealthColumns;
use crate::store::stored_time::StoredTime;

/// What is read of a delivery `d` to try it.
pub(super) const LEASED: &str = "select d.id, d.webhook_id, d.next_trigger, d.position, e.provider, first.event_type, w.verdict, \
    w.received_at, c.headers, c.body";

/// Where that stands besides `d`.
pub(super) const CONTENTS: &str = "join webhooks w on w.id = d.webhook_id join webhook_contents c on c.webhook_id = w.id \
    join endpoints e on e.id = w.endpoint_id left join events first on first.webhook_id = w.id and first.position = 0";

/// How many that waited for an earlier one are woken together where order does not matter any more.
const WOKEN: i64 = 1000;

/// Locks, here and wherever deliveries change, are taken in one order: destinations, those that want order; deliveries; how
/// destinations do; bulk resends. A lease that locks how its destination does waits for no delivery afterwards.
pub(super) async fn lease(connection: &mut PgConnection, request: &LeaseRequest) -> Result<Leased, StoreError> {
    let is_ordered = !ends::lock_ordered(connection, &[request.destination.0]).await?.is_empty();
    if !is_open(connection, request.destination).await? {
        return Ok(Leased::nothing());
    }
    let health = health(connection, request.destination).await?;
    let (most, is_probe) = match allowance(&health, request.now) {
        Allowance::All => (request.most, false),
        Allowance::Probe => (request.most.min(1), true),
        Allowance::NothingUntil(_) => (0, false),
    };
    let deliveries = match (most, is_ordered) {
        (0, _) => Vec::new(),
        (_, true) => lease_in_order::take(connection, request, most).await?,
        (_, false) => take(connection, request, most).await?,
    };
    if !is_ordered && deliveries.len() < most as usize {
        wake_all(connection, request).await?;
    }
    if is_probe && !deliveries.is_empty() {
        resume_at(connection, request.destination, request.until).await?;
    }
    Ok(Leased {
        health,
        deliveries,
        next_due: next_due(connection, request).await?,
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

/// Whether there is such a destination that is neither disabled nor archived.
async fn is_open(connection: &mut PgConnection, destination: DestinationId) -> Result<bool, StoreError> {
    let sql = "select exists (select 1 from destinations where id = $1 and disabled_at is null and archived_at is null)";
    Ok(sqlx::query_scalar(sql).bind(destination.0).fetch_one(connection).await?)
}

/// Locked where something may be changed in it: of several that ask when the destination may be tried again, the second
/// finds that the first does.
async fn health(connection: &mut PgConnection, destination: DestinationId) -> Result<Health, StoreError> {
    let read = async |connection: &mut PgConnection, sql: &str| {
        let row: Option<HealthColumns> = sqlx::query_as(sql).bind(destination.0).fetch_optional(connection).await?;
        row.map_or(Ok(Health::default()), Health::try_from)
    };
    let health = read(connection, "select * from destination_health where destination_id = $1").await?;
    if health.resume_at.is_none() {
        return Ok(health);
    }
    read(
        connection,
        "select * from destination_health where destination_id = $1 for no key update",
    )
    .await
}

/// In one statement, which locks what nobody else has locked and leases it.
async fn take(connection: &mut PgConnection, request: &LeaseRequest, most: u32) -> Result<Vec<LeasedDelivery>, StoreError> {
    let sql = format!(
        "with due as (select id, due_at from deliveries where destination_id = $1 and due_at <= $2 \
         order by due_at, id limit $3 for no key update skip locked), \
         d as (update deliveries set state = 'delivering', due_at = $4, lease = $5 from due where deliveries.id = due.id \
         returning deliveries.id, deliveries.webhook_id, deliveries.next_trigger, deliveries.position, due.due_at) \
         {LEASED} from d {CONTENTS} order by d.due_at, d.id"
    );
    let rows: Vec<LeasedColumns> = sqlx::query_as(&sql)
        .bind(request.destination.0)
        .bind(StoredTime(request.now))
        .bind(i64::from(most))
        .bind(StoredTime(request.until))
        .bind(request.lease)
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(|row| row.leased(request.lease)).collect()
}

/// Those that were parked before the destination stopped wanting its webhooks in order, in portions.
async fn wake_all(connection: &mut PgConnection, request: &LeaseRequest) -> Result<(), StoreError> {
    sqlx::query(
        "update deliveries set due_at = $1 where id in (select id from deliveries \
         where destination_id = $2 and state = 'pending' and due_at is null order by id limit $3 \
         for no key update skip locked)",
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
