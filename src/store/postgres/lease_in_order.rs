//! The queue of a destination that wants its webhooks in order.
//!
//! Of each subject only the first one goes that is not at its end; those behind it are parked, until it wakes the next. The
//! destination is locked meanwhile, as it is by all who wake, so that neither misses the other.

use sqlx::PgConnection;
use uuid::Uuid;

use super::lease::take_these;
use crate::store::StoreError;
use crate::store::delivery::{LeaseRequest, LeasedDelivery};
use crate::store::stored_time::StoredTime;

/// How many deliveries are looked at together that may have to wait for an earlier one of their subject.
const LOOKED_AT: usize = 256;

/// How often that is done for one lease. What is still due then is leased the next time.
const ROUNDS: usize = 4;

/// Leases, and says whether any were parked.
pub(super) async fn take(
    connection: &mut PgConnection,
    request: &LeaseRequest,
    most: u32,
) -> Result<(Vec<LeasedDelivery>, bool), StoreError> {
    let most = most as usize;
    let mut taken = Vec::new();
    let mut parked = false;
    for _ in 0..ROUNDS {
        let due = due(connection, request).await?;
        let was_all = due.len() < LOOKED_AT;
        let (waiting, free): (Vec<_>, Vec<_>) = due.into_iter().partition(|(_, has_to_wait)| *has_to_wait);
        parked |= !waiting.is_empty();
        park(connection, waiting.into_iter().map(|(id, _)| id).collect()).await?;
        let free: Vec<_> = free.into_iter().map(|(id, _)| id).take(most - taken.len()).collect();
        taken.extend(take_these(connection, request, &free).await?);
        if was_all || taken.len() == most {
            break;
        }
    }
    Ok((taken, parked))
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
