//! What follows when deliveries come to an end without an attempt, or with one: those that waited for them are woken, and
//! bulk resends count.

use std::collections::BTreeMap;

use model::{ResendId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::recording::{EndedColumns, Ends};
use crate::store::stored_time::StoredTime;

/// Locks those of the destinations that want their webhooks in order, or did and have some parked since, and answers which they
/// are. Whoever parks deliveries, or wakes them, does it under this lock, taken before any delivery is locked.
pub(super) async fn lock_ordered(connection: &mut PgConnection, destinations: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let sql = "select id from destinations d where id = any($1) and (ordered or exists (select 1 from deliveries p \
               where p.destination_id between d.id and d.id and p.state = 'pending' and p.due_at is null)) \
               order by id for no key update";
    Ok(sqlx::query_scalar(sql).bind(destinations).fetch_all(connection).await?)
}

/// After deliveries were cancelled or held. Those of their destinations that want order are locked.
pub(super) async fn follow(connection: &mut PgConnection, ended: &[EndedColumns], at: Timestamp) -> Result<(), StoreError> {
    let line = |delivery: &EndedColumns| Some(((delivery.destination_id, delivery.subject.clone()?), at));
    wake(connection, &ended.iter().filter_map(line).collect()).await?;
    count_cancelled(connection, ended).await
}

/// Bulk resends do not count these any more.
pub(super) async fn count_cancelled(
    connection: &mut PgConnection,
    ended: impl IntoIterator<Item = &EndedColumns>,
) -> Result<(), StoreError> {
    let mut resends = BTreeMap::<_, Ends>::new();
    for resend in ended.into_iter().filter_map(|delivery| delivery.resend_id) {
        resends.entry(ResendId(resend)).or_default().cancelled += 1;
    }
    count(connection, &resends).await
}

/// The first of each subject that is not at its end is due, if it was waiting for an earlier one.
pub(super) async fn wake(connection: &mut PgConnection, lines: &BTreeMap<(Uuid, String), Timestamp>) -> Result<(), StoreError> {
    if lines.is_empty() {
        return Ok(());
    }
    // What is asked of the first one is asked of it as it was found, lest PostgreSQL go through all that wait to find it.
    sqlx::query(
        "update deliveries d set due_at = line.at \
         from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as line (destination_id, subject, at) \
         cross join lateral (select f.id, f.state, f.due_at from deliveries f where f.destination_id = line.destination_id \
         and f.subject = line.subject and f.state in ('pending', 'delivering', 'failed') order by f.id limit 1) as first \
         where d.id = first.id and first.state = 'pending' and first.due_at is null",
    )
    .bind(lines.keys().map(|(destination, _)| *destination).collect::<Vec<_>>())
    .bind(lines.keys().map(|(_, subject)| subject.as_str()).collect::<Vec<_>>())
    .bind(lines.values().copied().map(StoredTime).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// In the order of their ids on all nodes, so that none waits for another that waits for it.
pub(super) async fn count(connection: &mut PgConnection, resends: &BTreeMap<ResendId, Ends>) -> Result<(), StoreError> {
    for (resend, ends) in resends {
        sqlx::query("update resends set done = done + $1, failed = failed + $2, queued = queued - $3 where id = $4")
            .bind(ends.delivered)
            .bind(ends.failed)
            .bind(ends.cancelled)
            .bind(resend.0)
            .execute(&mut *connection)
            .await?;
        settle(connection, *resend).await?;
    }
    Ok(())
}

/// A bulk resend is done when all of its deliveries are queued and at their ends.
pub(super) async fn settle(connection: &mut PgConnection, resend: ResendId) -> Result<(), StoreError> {
    sqlx::query(
        "update resends set state = 'done' \
         where id = $1 and state = 'running' and leased_until is null and done + failed >= queued",
    )
    .bind(resend.0)
    .execute(connection)
    .await?;
    Ok(())
}
