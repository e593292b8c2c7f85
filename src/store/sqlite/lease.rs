//! The queue: which deliveries are tried next.
//!
//! All of it is read from the index of what is due, and no further than is leased: how much waits behind makes no difference.

use model::{DeliveryId, DestinationId, Timestamp};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::queue::{PARKED, next_due, queue};
use crate::delivery::breaker::{Allowance, allowance};
use crate::store::StoreError;
use crate::store::delivery::{LeaseRequest, Leased, LeasedDelivery};
use crate::store::delivery_rows::LeasedColumns;
use crate::store::stored_time::StoredTime;

/// How many deliveries are looked at together that may have to wait for an earlier one of their subject.
const LOOKED_AT: u32 = 256;

/// How often that is done for one lease. What is still due then is leased the next time.
const ROUNDS: usize = 4;

/// How many that waited for an earlier one are woken together where order does not matter any more.
const WOKEN: u32 = 1000;

/// The deliveries of a destination that are due, the longest due first.
pub(super) const DUE: &str = "select id from deliveries where destination_id = ? and due_at <= ? order by due_at, id limit ?";

/// The same, each with whether it has to wait for an earlier one of its subject.
pub(super) const DUE_IN_ORDER: &str = "select d.id, exists (select 1 from deliveries e \
    where e.destination_id = d.destination_id and e.subject = d.subject and e.state in ('pending', 'delivering', 'failed') \
    and e.id < d.id) from deliveries d where d.destination_id = ? and d.due_at <= ? order by d.due_at, d.id limit ?";

/// The caller's transaction has the right to write, so nobody else leases meanwhile.
pub(super) async fn lease(connection: &mut SqliteConnection, request: &LeaseRequest) -> Result<Leased, StoreError> {
    let Some(queue) = queue(connection, request.destination).await?.filter(|queue| queue.open) else {
        return Ok(Leased::nothing());
    };
    let (most, is_probe) = match allowance(&queue.health, request.now) {
        Allowance::All => (request.most, false),
        Allowance::Probe => (request.most.min(1), true),
        Allowance::NothingUntil(_) => (0, false),
    };
    let (deliveries, parked) = match (most, queue.ordered) {
        (0, _) => (Vec::new(), false),
        (_, true) => take_in_order(connection, request, most).await?,
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
    connection: &mut SqliteConnection,
    lease: Uuid,
    deliveries: &[DeliveryId],
    now: Timestamp,
) -> Result<(), StoreError> {
    for delivery in deliveries {
        sqlx::query(
            "update deliveries set state = 'pending', due_at = ?, lease = null \
             where id = ? and state = 'delivering' and lease = ?",
        )
        .bind(StoredTime(now))
        .bind(delivery.0)
        .bind(lease)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn take(connection: &mut SqliteConnection, request: &LeaseRequest, most: u32) -> Result<Vec<LeasedDelivery>, StoreError> {
    let sql = select_leased(&format!("d.id in ({DUE}) order by d.due_at, d.id"));
    let rows: Vec<LeasedColumns> = sqlx::query_as(&sql)
        .bind(request.destination.0)
        .bind(StoredTime(request.now))
        .bind(most)
        .fetch_all(&mut *connection)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("update deliveries set state = 'delivering', due_at = ?, lease = ? where id in ({DUE})");
    sqlx::query(&sql)
        .bind(StoredTime(request.until))
        .bind(request.lease)
        .bind(request.destination.0)
        .bind(StoredTime(request.now))
        .bind(most)
        .execute(connection)
        .await?;
    rows.into_iter().map(|row| row.leased(request.lease)).collect()
}

/// Of each subject only the first one that is not at its end goes; those behind it are parked, until it wakes the next. The
/// second of what it gives is whether any were.
async fn take_in_order(
    connection: &mut SqliteConnection,
    request: &LeaseRequest,
    most: u32,
) -> Result<(Vec<LeasedDelivery>, bool), StoreError> {
    let mut leased = Vec::new();
    let mut parked = false;
    for _ in 0..ROUNDS {
        let due = due_in_order(connection, request).await?;
        let was_all = due.len() < LOOKED_AT as usize;
        for (id, has_to_wait) in due {
            if has_to_wait {
                park(connection, id).await?;
                parked = true;
            } else {
                leased.extend(take_one(connection, request, id).await?);
            }
            if leased.len() >= most as usize {
                return Ok((leased, parked));
            }
        }
        if was_all {
            break;
        }
    }
    Ok((leased, parked))
}

/// Those that are due and whether they have to wait for an earlier one of their subject.
async fn due_in_order(connection: &mut SqliteConnection, request: &LeaseRequest) -> Result<Vec<(Uuid, bool)>, StoreError> {
    let rows = sqlx::query_as(DUE_IN_ORDER)
        .bind(request.destination.0)
        .bind(StoredTime(request.now))
        .bind(LOOKED_AT)
        .fetch_all(connection)
        .await?;
    Ok(rows)
}

async fn park(connection: &mut SqliteConnection, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("update deliveries set state = 'pending', due_at = null, lease = null where id = ?")
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

async fn take_one(
    connection: &mut SqliteConnection,
    request: &LeaseRequest,
    id: Uuid,
) -> Result<Option<LeasedDelivery>, StoreError> {
    let sql = select_leased("d.id = ?");
    let row: Option<LeasedColumns> = sqlx::query_as(&sql).bind(id).fetch_optional(&mut *connection).await?;
    sqlx::query("update deliveries set state = 'delivering', due_at = ?, lease = ? where id = ?")
        .bind(StoredTime(request.until))
        .bind(request.lease)
        .bind(id)
        .execute(connection)
        .await?;
    row.map(|row| row.leased(request.lease)).transpose()
}

fn select_leased(which: &str) -> String {
    format!(
        "select d.id, d.webhook_id, d.next_trigger, d.position, e.provider, first.event_type, w.verdict, w.received_at, \
         c.headers, c.body from deliveries d cross join webhooks w on w.id = d.webhook_id \
         cross join webhook_contents c on c.number = w.contents cross join endpoints e on e.id = w.endpoint_id \
         left join events first on first.webhook_id = w.id and first.position = 0 where {which}"
    )
}

/// Those that were parked before the destination stopped wanting its webhooks in order, in portions.
async fn wake_all(connection: &mut SqliteConnection, request: &LeaseRequest) -> Result<(), StoreError> {
    sqlx::query(&format!("update deliveries set due_at = ? where id in ({PARKED})"))
        .bind(StoredTime(request.now))
        .bind(request.destination.0)
        .bind(WOKEN)
        .execute(connection)
        .await?;
    Ok(())
}

async fn resume_at(connection: &mut SqliteConnection, destination: DestinationId, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update destination_health set resume_at = ? where destination_id = ?")
        .bind(StoredTime(at))
        .bind(destination.0)
        .execute(connection)
        .await?;
    Ok(())
}
