//! The queue of re-fetches: which are made next, and what people ask of it.
//!
//! Any number of workers lease at once: each passes over what another has just taken. Locks are taken in one order: webhooks,
//! re-fetches, then what follows from them. Whoever makes a re-fetch of a webhook that is stored already, or ends one with what
//! it came to, locks the webhook first: so nobody meets another at a webhook's one open re-fetch.

use std::collections::BTreeMap;

use model::{EndpointId, RefetchId, ResendId, Timestamp, WebhookId};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::append::column;
use super::ends;
use crate::store::StoreError;
use crate::store::errors::some_changed;
use crate::store::record_rows::{DueColumns, IN_ORDER, OpenColumns, cancelled};
use crate::store::records::{LeasedRefetch, NewRefetch, QueuedRefetch, RefetchLease};
use crate::store::rows::read_all;
use crate::store::stored_time::StoredTime;

/// Those that a person waits for, the longest due first.
const DUE_ASKED_FOR: &str = "select id, webhook_id, caused_by, attempts from refetches \
    where endpoint_id = $1 and asked_for and due_at <= $2 order by due_at, id limit $3 \
    for no key update skip locked";

/// The others of one cause.
const DUE: &str = "select id, webhook_id, caused_by, attempts from refetches \
    where endpoint_id = $1 and caused_by = $4 and not asked_for and due_at <= $2 order by due_at, id limit $3 \
    for no key update skip locked";

/// Each endpoint's queue is looked at where it begins: how much waits makes no difference.
pub(super) async fn queues(pool: &PgPool) -> Result<Vec<(EndpointId, Timestamp)>, StoreError> {
    let rows: Vec<(Uuid, StoredTime)> = sqlx::query_as(
        "select e.id, first.due_at from endpoints e cross join lateral (select r.due_at from refetches r \
         where r.endpoint_id = e.id and r.due_at is not null order by r.due_at limit 1) as first order by e.id",
    )
    .fetch_all(pool)
    .await?;
    Ok(column(rows, |(endpoint, StoredTime(due_at))| (EndpointId(endpoint), due_at)))
}

pub(super) async fn lease(connection: &mut PgConnection, request: &RefetchLease) -> Result<Vec<LeasedRefetch>, StoreError> {
    let most = usize::try_from(request.most).unwrap_or(usize::MAX);
    let mut leased: Vec<DueColumns> = sqlx::query_as(DUE_ASKED_FOR)
        .bind(request.endpoint.0)
        .bind(StoredTime(request.now))
        .bind(i64::from(request.most))
        .fetch_all(&mut *connection)
        .await?;
    for cause in IN_ORDER {
        let left = most.saturating_sub(leased.len());
        if left == 0 {
            break;
        }
        let of_cause: Vec<DueColumns> = sqlx::query_as(DUE)
            .bind(request.endpoint.0)
            .bind(StoredTime(request.now))
            .bind(i64::try_from(left).unwrap_or(i64::MAX))
            .bind(cause.as_str())
            .fetch_all(&mut *connection)
            .await?;
        leased.extend(of_cause);
    }
    sqlx::query("update refetches set state = 'fetching', due_at = $1, lease = $2 where id = any($3)")
        .bind(StoredTime(request.until))
        .bind(request.lease)
        .bind(column(&leased, |refetch| refetch.id))
        .execute(connection)
        .await?;
    read_all(leased)
}

pub(super) async fn give_back(
    connection: &mut PgConnection,
    lease: Uuid,
    refetches: &[RefetchId],
    due_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "update refetches set state = 'pending', due_at = $1, lease = null \
         where id in (select id from refetches where id = any($2) and state = 'fetching' and lease = $3 \
         order by id for no key update)",
    )
    .bind(StoredTime(due_at))
    .bind(column(refetches, |refetch| refetch.0))
    .bind(lease)
    .execute(connection)
    .await?;
    Ok(())
}

/// A person asks. One that is pending is due at once instead, and is tried again as before: nothing that waits for it loses by that.
pub(super) async fn ask(connection: &mut PgConnection, refetches: &[QueuedRefetch], at: Timestamp) -> Result<(), StoreError> {
    let asked: BTreeMap<_, _> = refetches.iter().map(|refetch| (refetch.webhook_id.0, refetch.id.0)).collect();
    let found = lock_webhooks(connection, &column(asked.keys(), |webhook| *webhook)).await?;
    some_changed((found == asked.len()).into(), "webhook")?;
    sqlx::query(
        "insert into refetches (id, webhook_id, endpoint_id, state, caused_by, asked_for, due_at, created_at) \
         select asked.id, w.id, w.endpoint_id, 'pending', 'manual', true, $3, $3 \
         from unnest($1::uuid[], $2::uuid[]) as asked (id, webhook_id) join webhooks w on w.id = asked.webhook_id \
         order by w.id on conflict (webhook_id) where state in ('pending', 'fetching') \
         do update set due_at = least(refetches.due_at, excluded.due_at), asked_for = true where refetches.state = 'pending'",
    )
    .bind(column(asked.values(), |id| *id))
    .bind(column(asked.keys(), |webhook| *webhook))
    .bind(StoredTime(at))
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes those of a bulk re-fetch where the webhook has none that is open. How many it were.
pub(super) async fn make_for(
    connection: &mut PgConnection,
    refetches: &[QueuedRefetch],
    resend: ResendId,
    at: Timestamp,
) -> Result<u64, StoreError> {
    if refetches.is_empty() {
        return Ok(0);
    }
    lock_webhooks(connection, &column(refetches, |refetch| refetch.webhook_id.0)).await?;
    let done = sqlx::query(
        "insert into refetches (id, webhook_id, endpoint_id, state, caused_by, due_at, resend_id, created_at) \
         select asked.id, w.id, w.endpoint_id, 'pending', 'bulk', $3, $4, $3 \
         from unnest($1::uuid[], $2::uuid[]) as asked (id, webhook_id) join webhooks w on w.id = asked.webhook_id \
         where w.erased_at is null order by w.id \
         on conflict (webhook_id) where state in ('pending', 'fetching') do nothing",
    )
    .bind(column(refetches, |refetch| refetch.id.0))
    .bind(column(refetches, |refetch| refetch.webhook_id.0))
    .bind(StoredTime(at))
    .bind(resend.0)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Makes those of webhooks that are judged anew, where they have none that is open. The webhooks are locked.
pub(super) async fn make(
    connection: &mut PgConnection,
    refetches: &[(WebhookId, NewRefetch)],
    at: Timestamp,
) -> Result<(), StoreError> {
    if refetches.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into refetches (id, webhook_id, endpoint_id, state, caused_by, due_at, created_at) \
         select new.id, w.id, w.endpoint_id, 'pending', new.caused_by, new.due_at, $5 \
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) as new (id, webhook_id, caused_by, due_at) \
         join webhooks w on w.id = new.webhook_id order by w.id \
         on conflict (webhook_id) where state in ('pending', 'fetching') do nothing",
    )
    .bind(column(refetches, |(_, refetch)| refetch.id.0))
    .bind(column(refetches, |(webhook, _)| webhook.0))
    .bind(column(refetches, |(_, refetch)| refetch.trigger.as_str()))
    .bind(column(refetches, |(_, refetch)| StoredTime(refetch.due_at)))
    .bind(StoredTime(at))
    .execute(connection)
    .await?;
    Ok(())
}

/// Locks the open ones of webhooks that are locked already, before anything that whoever cancels re-fetches may wait for.
pub(super) async fn lock_open(connection: &mut PgConnection, webhooks: &[WebhookId]) -> Result<(), StoreError> {
    if webhooks.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "select 1 from refetches where webhook_id = any($1) and state in ('pending', 'fetching') \
         order by id for no key update",
    )
    .bind(column(webhooks, |webhook| webhook.0))
    .execute(connection)
    .await?;
    Ok(())
}

/// Nobody asks for an endpoint that is archived.
pub(super) async fn cancel_of_endpoint(connection: &mut PgConnection, endpoint: EndpointId) -> Result<(), StoreError> {
    let open: Vec<OpenColumns> = sqlx::query_as(
        "select id, resend_id from refetches where endpoint_id = $1 and due_at is not null order by id for no key update",
    )
    .bind(endpoint.0)
    .fetch_all(&mut *connection)
    .await?;
    cancel(connection, &open).await?;
    ends::count(connection, &cancelled(&open)).await
}

/// Nobody asks for webhooks that are erased; they are locked. Those that were open, for the bulk re-fetches to count no more.
pub(super) async fn cancel_of_webhooks(connection: &mut PgConnection, webhooks: &[Uuid]) -> Result<Vec<OpenColumns>, StoreError> {
    let open: Vec<OpenColumns> = sqlx::query_as(
        "select id, resend_id from refetches where webhook_id = any($1) and state in ('pending', 'fetching') \
         order by id for no key update",
    )
    .bind(webhooks)
    .fetch_all(&mut *connection)
    .await?;
    cancel(connection, &open).await?;
    Ok(open)
}

/// Those of a cancelled bulk re-fetch that wait. One that a person asked for since goes on for them. How many it were.
pub(super) async fn cancel_resent(connection: &mut PgConnection, resend: ResendId, most: u32) -> Result<u32, StoreError> {
    let waiting: Vec<OpenColumns> = sqlx::query_as(
        "select f.id, f.resend_id from refetches f where f.resend_id = $1 and f.state = 'pending' \
         and exists (select 1 from resends where id = $1 and state = 'cancelled') order by f.id limit $2 for no key update",
    )
    .bind(resend.0)
    .bind(i64::from(most))
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query("update refetches set resend_id = null where id = any($1) and asked_for")
        .bind(column(&waiting, |refetch| refetch.id))
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "update refetches set state = 'cancelled', due_at = null, resend_id = null \
         where id = any($1) and not asked_for",
    )
    .bind(column(&waiting, |refetch| refetch.id))
    .execute(&mut *connection)
    .await?;
    ends::count(connection, &cancelled(&waiting)).await?;
    Ok(u32::try_from(waiting.len()).unwrap_or(most))
}

/// They are locked.
async fn cancel(connection: &mut PgConnection, refetches: &[OpenColumns]) -> Result<(), StoreError> {
    sqlx::query("update refetches set state = 'cancelled', due_at = null, lease = null, resend_id = null where id = any($1)")
        .bind(column(refetches, |refetch| refetch.id))
        .execute(connection)
        .await?;
    Ok(())
}

/// In the order in which everybody locks. How many of them are there and not erased.
async fn lock_webhooks(connection: &mut PgConnection, webhooks: &[Uuid]) -> Result<usize, StoreError> {
    let found: Vec<Uuid> =
        sqlx::query_scalar("select id from webhooks where id = any($1) and erased_at is null order by id for no key update")
            .bind(webhooks)
            .fetch_all(connection)
            .await?;
    Ok(found.len())
}
