//! The queue of a destination that wants its webhooks in order.
//!
//! Of each subject only the first one goes that is not at its end; those behind it are parked, until it wakes the next. The
//! destination is locked meanwhile, as it is by all who wake, so that neither misses the other.

use sqlx::PgConnection;
use uuid::Uuid;

use super::lease::{CONTENTS, LEASED};
use crate::store::StoreError;
use crate::store::delivery::{LeaseRequest, LeasedDelivery};
use crate::store::delivery_rows::LeasedColumns;
use crate::store::stored_time::StoredTime;

/// How many deliveries are looked at together that may have to wait for an earlier one of their subject.
const LOOKED_AT: usize = 256;

/// How often that is done for one lease. What is still due then is leased the next time.
const ROUNDS: usize = 4;

pub(super) async fn take(
    connection: &mut PgConnection,
    request: &LeaseRequest,
    most: u32,
) -> Result<Vec<LeasedDelivery>, StoreError> {
    let most = most as usize;
    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        let due = due(connection, request).await?;
        let was_all = due.len() < LOOKED_AT;
        let (waiting, free): (Vec<_>, Vec<_>) = due.into_iter().partition(|(_, has_to_wait)| *has_to_wait);
        park(connection, waiting.into_iter().map(|(id, _)| id).collect()).await?;
        let free: Vec<_> = free.into_iter().map(|(id, _)| id).take(most - taken.len()).collect();
        mark(connection, request, &free).await?;
        taken.extend(free);
        if was_all || taken.len() == most {
            break;
        }
    }
    read(connection, request, taken).await
}

/// Those that are due and whether they have to wait for an earlier one of their subject.
async fn due(connection: &mut PgConnection, request: &LeaseRequest) -> Result<Vec<(Uuid, bool)>, StoreError> {
    let rows = sqlx::query_as(
        "select d.id, exists (select 1 from deliveries e where e.destination_id = d.destination_id \
         and e.subject = d.subject and e.state in ('pending', 'delivering', 'failed') and e.id < d.id) \
         from deliveries d where d.destination_id = $1 and d.due_at <= $2 order by d.due_at, d.id limit $3 \
         for no key update of d skip locked",
    )
    .bind(request.destination.0)
    .bind(StoredTime(request.now))
    .bind(i64::try_from(LOOKED_AT).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

async fn park(connection: &mut PgConnection, waiting: Vec<Uuid>) -> Result<(), StoreError> {
    if waiting.is_empty() {
        return Ok(());
    }
    sqlx::query("update deliveries set state = 'pending', due_at = null, lease = null where id = any($1)")
        .bind(waiting)
        .execute(connection)
        .await?;
    Ok(())
}

async fn mark(connection: &mut PgConnection, request: &LeaseRequest, taken: &[Uuid]) -> Result<(), StoreError> {
    if taken.is_empty() {
        return Ok(());
    }
    sqlx::query("update deliveries set state = 'delivering', due_at = $1, lease = $2 where id = any($3)")
        .bind(StoredTime(request.until))
        .bind(request.lease)
        .bind(taken)
        .execute(connection)
        .await?;
    Ok(())
}

async fn read(
    connection: &mut PgConnection,
    request: &LeaseRequest,
    taken: Vec<Uuid>,
) -> Result<Vec<LeasedDelivery>, StoreError> {
    let sql = format!(
        "{LEASED} from unnest($1::uuid[]) with ordinality as taken (id, place) \
         join deliveries d on d.id = taken.id {CONTENTS} order by taken.place"
    );
    let rows: Vec<LeasedColumns> = sqlx::query_as(&sql).bind(taken).fetch_all(connection).await?;
    rows.into_iter().map(|row| row.leased(request.lease)).collect()
}
