//! The queue of re-fetches: which are made next, and what people ask of it.

use model::{EndpointId, RefetchId, RefetchTrigger, ResendId, Timestamp, WebhookId};
use sqlx::{SqliteConnection, SqlitePool};
use uuid::Uuid;

use super::ends;
use crate::store::StoreError;
use crate::store::errors::some_changed;
use crate::store::record_rows::{DueColumns, IN_ORDER, OpenColumns, cancelled};
use crate::store::records::{LeasedRefetch, QueuedRefetch, RefetchLease};
use crate::store::rows::read_all;
use crate::store::stored_time::StoredTime;

/// Those that a person waits for, the longest due first.
pub(super) const DUE_ASKED_FOR: &str = "select id, webhook_id, caused_by, attempts from refetches \
    where endpoint_id = ? and asked_for = 1 and due_at <= ? order by due_at, id limit ?";

/// The others of one cause.
pub(super) const DUE: &str = "select id, webhook_id, caused_by, attempts from refetches \
    where endpoint_id = ? and caused_by = ? and asked_for = 0 and due_at <= ? order by due_at, id limit ?";

const CANCEL: &str = "update refetches set state = 'cancelled', due_at = null, lease = null, resend_id = null where id = ?";

const CANCEL_UNLESS_ASKED_FOR: &str = "update refetches set resend_id = null, \
    state = case when asked_for then state else 'cancelled' end, \
    due_at = case when asked_for then due_at end where id = ?";

/// A re-fetch that is made of a webhook that is stored already.
#[derive(Clone, Copy)]
pub(super) struct Made {
    pub id: RefetchId,
    pub webhook: WebhookId,
    pub trigger: RefetchTrigger,
    pub due_at: Timestamp,
    /// The bulk re-fetch that waits for it.
    pub resend: Option<ResendId>,
    pub at: Timestamp,
}

/// Each endpoint's queue is looked at where it begins: how much waits makes no difference.
pub(super) async fn queues(pool: &SqlitePool) -> Result<Vec<(EndpointId, Timestamp)>, StoreError> {
    let rows: Vec<(Uuid, Option<StoredTime>)> = sqlx::query_as(
        "select id, (select r.due_at from refetches r where r.endpoint_id = e.id and r.due_at is not null \
         order by r.due_at limit 1) from endpoints e order by id",
    )
    .fetch_all(pool)
    .await?;
    let queue = |(endpoint, due_at): (Uuid, Option<StoredTime>)| Some((EndpointId(endpoint), due_at?.0));
    Ok(rows.into_iter().filter_map(queue).collect())
}

/// Lanes ask often, and mostly for nothing: that need not wait for its turn to write.
pub(super) async fn is_due(pool: &SqlitePool, request: &RefetchLease) -> Result<bool, StoreError> {
    let due = sqlx::query_scalar("select exists (select 1 from refetches where endpoint_id = ? and due_at <= ?)")
        .bind(request.endpoint.0)
        .bind(StoredTime(request.now))
        .fetch_one(pool)
        .await?;
    Ok(due)
}

/// The caller's transaction has the right to write, so nobody else leases meanwhile.
pub(super) async fn lease(connection: &mut SqliteConnection, request: &RefetchLease) -> Result<Vec<LeasedRefetch>, StoreError> {
    let mut leased: Vec<DueColumns> = sqlx::query_as(DUE_ASKED_FOR)
        .bind(request.endpoint.0)
        .bind(StoredTime(request.now))
        .bind(request.most)
        .fetch_all(&mut *connection)
        .await?;
    for cause in IN_ORDER {
        let left = request
            .most
            .saturating_sub(u32::try_from(leased.len()).unwrap_or(request.most));
        if left == 0 {
            break;
        }
        let of_cause: Vec<DueColumns> = sqlx::query_as(DUE)
            .bind(request.endpoint.0)
            .bind(cause.as_str())
            .bind(StoredTime(request.now))
            .bind(left)
            .fetch_all(&mut *connection)
            .await?;
        leased.extend(of_cause);
    }
    for refetch in &leased {
        sqlx::query("update refetches set state = 'fetching', due_at = ?, lease = ? where id = ?")
            .bind(StoredTime(request.until))
            .bind(request.lease)
            .bind(refetch.id)
            .execute(&mut *connection)
            .await?;
    }
    read_all(leased)
}

pub(super) async fn give_back(
    connection: &mut SqliteConnection,
    lease: Uuid,
    refetches: &[RefetchId],
    due_at: Timestamp,
) -> Result<(), StoreError> {
    for refetch in refetches {
        sqlx::query(
            "update refetches set state = 'pending', due_at = ?, lease = null \
             where id = ? and state = 'fetching' and lease = ?",
        )
        .bind(StoredTime(due_at))
        .bind(refetch.0)
        .bind(lease)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// A person asks. One that is pending is due at once instead, and is tried again as before: nothing that waits for it loses by that.
pub(super) async fn ask(connection: &mut SqliteConnection, refetches: &[QueuedRefetch], at: Timestamp) -> Result<(), StoreError> {
    for refetch in refetches {
        let exists: bool = sqlx::query_scalar("select exists (select 1 from webhooks where id = ? and erased_at is null)")
            .bind(refetch.webhook_id.0)
            .fetch_one(&mut *connection)
            .await?;
        some_changed(exists.into(), "webhook")?;
        let made = Made {
            id: refetch.id,
            webhook: refetch.webhook_id,
            trigger: RefetchTrigger::Manual,
            due_at: at,
            resend: None,
            at,
        };
        make(connection, made).await?;
        sqlx::query("update refetches set due_at = min(due_at, ?), asked_for = 1 where webhook_id = ? and state = 'pending'")
            .bind(StoredTime(at))
            .bind(refetch.webhook_id.0)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Not where the webhook has one that is open, nor where it was erased: whether it was made.
pub(super) async fn make(connection: &mut SqliteConnection, made: Made) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "insert into refetches (id, webhook_id, endpoint_id, state, caused_by, due_at, resend_id, created_at) \
         select ?, w.id, w.endpoint_id, 'pending', ?, ?, ?, ? from webhooks w where w.id = ? and w.erased_at is null \
         on conflict (webhook_id) where state in ('pending', 'fetching') do nothing",
    )
    .bind(made.id.0)
    .bind(made.trigger.as_str())
    .bind(StoredTime(made.due_at))
    .bind(made.resend.map(|resend| resend.0))
    .bind(StoredTime(made.at))
    .bind(made.webhook.0)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Nobody asks for an endpoint that is archived.
pub(super) async fn cancel_of_endpoint(connection: &mut SqliteConnection, endpoint: EndpointId) -> Result<(), StoreError> {
    let open: Vec<OpenColumns> =
        sqlx::query_as("select id, resend_id from refetches where endpoint_id = ? and due_at is not null")
            .bind(endpoint.0)
            .fetch_all(&mut *connection)
            .await?;
    end(connection, CANCEL, &open).await
}

/// Nobody asks for a webhook that is erased.
pub(super) async fn cancel_of_webhook(connection: &mut SqliteConnection, webhook: WebhookId) -> Result<(), StoreError> {
    let open: Vec<OpenColumns> =
        sqlx::query_as("select id, resend_id from refetches where webhook_id = ? and state in ('pending', 'fetching')")
            .bind(webhook.0)
            .fetch_all(&mut *connection)
            .await?;
    end(connection, CANCEL, &open).await
}

/// Those of a cancelled bulk re-fetch that wait. One that a person asked for since goes on for them. How many it were.
pub(super) async fn cancel_resent(connection: &mut SqliteConnection, resend: ResendId, most: u32) -> Result<u32, StoreError> {
    let waiting: Vec<OpenColumns> = sqlx::query_as(
        "select f.id, f.resend_id from refetches f join resends r on r.id = f.resend_id \
         where f.resend_id = ? and f.state = 'pending' and r.state = 'cancelled' limit ?",
    )
    .bind(resend.0)
    .bind(most)
    .fetch_all(&mut *connection)
    .await?;
    end(connection, CANCEL_UNLESS_ASKED_FOR, &waiting).await?;
    Ok(u32::try_from(waiting.len()).unwrap_or(most))
}

/// The bulk re-fetches that waited for them count them no more.
async fn end(connection: &mut SqliteConnection, sql: &str, refetches: &[OpenColumns]) -> Result<(), StoreError> {
    for refetch in refetches {
        sqlx::query(sql).bind(refetch.id).execute(&mut *connection).await?;
    }
    for (resend, ends) in cancelled(refetches) {
        ends::count(connection, resend, ends).await?;
    }
    Ok(())
}
