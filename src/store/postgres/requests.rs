//! What people ask of deliveries: sending again, releasing, skipping.

use model::{DeliveryId, DeliveryState, DestinationId, ResendId, Timestamp, Trigger, WebhookId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::append::column;
use super::ends;
use crate::store::StoreError;
use crate::store::delivery::QueuedDelivery;
use crate::store::errors::some_changed;
use crate::store::recording::{EndedColumns, ReplacedColumns};
use crate::store::rows::word;
use crate::store::stored_time::StoredTime;

const OPEN: &str = "an open delivery of this webhook";

/// What deliveries are asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub trigger: Trigger,
    /// The bulk resend that asks.
    pub resend: Option<ResendId>,
    pub at: Timestamp,
}

pub(super) async fn resend(
    connection: &mut PgConnection,
    deliveries: &[QueuedDelivery],
    trigger: Trigger,
    at: Timestamp,
) -> Result<(), StoreError> {
    let resend = None;
    let asked = Asked { trigger, resend, at };
    let all_exist: bool = sqlx::query_scalar(
        "select not exists (select 1 from unnest($1::uuid[]) as asked (id) \
         where not exists (select 1 from webhooks w where w.id = asked.id and w.erased_at is null))",
    )
    .bind(column(deliveries, |delivery| delivery.webhook_id.0))
    .fetch_one(&mut *connection)
    .await?;
    some_changed(all_exist.into(), "webhook")?;
    queue(connection, deliveries, asked).await?;
    Ok(())
}

/// Makes the deliveries, or takes over those that are pending. How many of them the bulk resend that asks waits for from now
/// on.
///
/// One that a bulk resend waits for stays that one's. A new one stands in for those of the webhook that failed: nothing waits
/// for them any more, and nobody has to see to them, unless it is cancelled before it was tried.
pub(super) async fn queue(connection: &mut PgConnection, deliveries: &[QueuedDelivery], asked: Asked) -> Result<u64, StoreError> {
    let contradicted = lock_webhooks(connection, deliveries).await?;
    let ordered = lock(connection, deliveries).await?;
    let mut waited_for = 0;
    let mut made = Vec::new();
    for delivery in deliveries {
        let held = delivery.held || contradicted.contains(&delivery.webhook_id.0);
        let delivery = QueuedDelivery { held, ..*delivery };
        if ordered.contains(&delivery.destination_id.0) && take_up(connection, &delivery, asked).await? {
            waited_for += u64::from(!delivery.held);
            continue;
        }
        if let Some((id, is_waited_for)) = queue_one(connection, &delivery, asked).await? {
            waited_for += u64::from(is_waited_for);
            made.extend((id == delivery.id.0).then_some(delivery));
        }
    }
    replace_failed(connection, &made, asked.at).await?;
    Ok(waited_for)
}

/// Lest a webhook be erased meanwhile, and keep a delivery. First of all, as whoever erases it locks it first. Answers with those
/// whose record says something else: it may have come after it was decided whether they go on by themselves.
async fn lock_webhooks(connection: &mut PgConnection, deliveries: &[QueuedDelivery]) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<(Uuid, bool)> =
        sqlx::query_as("select id, contradicted from webhooks where id = any($1) order by id for share")
            .bind(column(deliveries, |delivery| delivery.webhook_id.0))
            .fetch_all(connection)
            .await?;
    let contradicted = rows.into_iter().filter(|(_, contradicted)| *contradicted);
    Ok(column(contradicted, |(id, _)| id))
}

/// Locks all that may be changed, in the order in which everybody locks, and answers with the destinations that may want order.
async fn lock(connection: &mut PgConnection, deliveries: &[QueuedDelivery]) -> Result<Vec<Uuid>, StoreError> {
    let destinations = column(deliveries, |delivery| delivery.destination_id.0);
    let ordered = ends::lock_ordered(connection, &destinations).await?;
    // Looked up webhook by webhook, each by its index, whatever PostgreSQL believes of how many are in one of these states.
    sqlx::query(
        "with asked as materialized (select d.id, d.destination_id, d.state from unnest($1::uuid[]) as w (id) \
         cross join lateral (select id, destination_id, state from deliveries where webhook_id = w.id offset 0) d) \
         select 1 from deliveries where id = any(array(select id from asked where destination_id = any($2) \
         and state in ('held', 'pending', 'delivering', 'failed'))) order by id for no key update",
    )
    .bind(column(deliveries, |delivery| delivery.webhook_id.0))
    .bind(destinations)
    .execute(connection)
    .await?;
    Ok(ordered)
}

/// Where the destination wants order and the newest delivery has failed, that one goes on in its place: a new one would come
/// after all that wait for it. It stands in for itself as failed. Whether there was such a one.
async fn take_up(connection: &mut PgConnection, delivery: &QueuedDelivery, asked: Asked) -> Result<bool, StoreError> {
    let state = delivery.first_state();
    let is_pending = state == DeliveryState::Pending;
    // The webhook is given as a range, so that its index is the only one in that order.
    let taken: Vec<EndedColumns> = sqlx::query_as(
        "update deliveries d set state = $1, next_trigger = $2, due_at = $3, position = 0, resend_id = $4, \
         replaces = case when $5 then d.id end from destinations o where o.id = $7 and o.ordered and d.state = 'failed' \
         and d.id = (select id from deliveries where webhook_id between $6 and $6 and destination_id = $7 \
         order by webhook_id desc, id desc limit 1) \
         and not exists (select 1 from deliveries e where e.webhook_id = $6 and e.destination_id = $7 \
         and e.state in ('held', 'pending', 'delivering')) \
         returning d.id, d.destination_id, d.subject, null::uuid as resend_id",
    )
    .bind(state.as_str())
    .bind(if is_pending { asked.trigger } else { Trigger::Automatic }.as_str())
    .bind(is_pending.then_some(StoredTime(asked.at)))
    .bind(asked.resend.map(|resend| resend.0).filter(|_| is_pending))
    .bind(is_pending)
    .bind(delivery.webhook_id.0)
    .bind(delivery.destination_id.0)
    .fetch_all(&mut *connection)
    .await?;
    if !is_pending {
        ends::follow(connection, &taken, asked.at).await?;
    }
    Ok(!taken.is_empty())
}

/// Of several who make the same delivery at once the second waits for the first, and then takes its delivery over.
async fn queue_one(
    connection: &mut PgConnection,
    delivery: &QueuedDelivery,
    asked: Asked,
) -> Result<Option<(Uuid, bool)>, StoreError> {
    let state = delivery.first_state();
    let is_pending = state == DeliveryState::Pending;
    let resend = asked.resend.map(|resend| resend.0);
    let row = sqlx::query_as(
        "insert into deliveries (id, webhook_id, destination_id, state, next_trigger, due_at, subject, resend_id, created_at) \
         select $1, w.id, $2, $3, $4, $5, (select subject from events where webhook_id = w.id and position = 0), $6, $7 \
         from webhooks w where w.id = $8 and w.erased_at is null \
         on conflict (webhook_id, destination_id) where state in ('held', 'pending', 'delivering') \
         do update set due_at = $7, \
         next_trigger = case deliveries.next_trigger when 'released' then 'released' else $9 end, \
         resend_id = coalesce(deliveries.resend_id, $10) \
         where deliveries.state = 'pending' returning id, resend_id is not distinct from $10",
    )
    .bind(delivery.id.0)
    .bind(delivery.destination_id.0)
    .bind(state.as_str())
    .bind(if is_pending { asked.trigger } else { Trigger::Automatic }.as_str())
    .bind(is_pending.then_some(StoredTime(asked.at)))
    .bind(resend.filter(|_| is_pending))
    .bind(StoredTime(asked.at))
    .bind(delivery.webhook_id.0)
    .bind(asked.trigger.as_str())
    .bind(resend)
    .fetch_optional(connection)
    .await?;
    Ok(row)
}

async fn replace_failed(connection: &mut PgConnection, made: &[QueuedDelivery], at: Timestamp) -> Result<(), StoreError> {
    if made.is_empty() {
        return Ok(());
    }
    let replaced: Vec<ReplacedColumns> = sqlx::query_as(
        "update deliveries d set state = 'cancelled' \
         from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as made (webhook_id, destination_id, id) \
         where d.webhook_id = made.webhook_id and d.destination_id = made.destination_id and d.state = 'failed' \
         returning d.id, d.destination_id, d.subject, d.resend_id, made.id as replaced_by",
    )
    .bind(column(made, |delivery| delivery.webhook_id.0))
    .bind(column(made, |delivery| delivery.destination_id.0))
    .bind(column(made, |delivery| delivery.id.0))
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query(
        "update deliveries d set replaces = newest.failed \
         from (select distinct on (replaced_by) failed, replaced_by from unnest($1::uuid[], $2::uuid[]) \
         as replaced (failed, replaced_by) order by replaced_by, failed desc) as newest where d.id = newest.replaced_by",
    )
    .bind(column(&replaced, |failed| failed.delivery.id))
    .bind(column(&replaced, |failed| failed.replaced_by))
    .execute(&mut *connection)
    .await?;
    let replaced: Vec<_> = replaced.into_iter().map(|failed| failed.delivery).collect();
    ends::follow(connection, &replaced, at).await
}

pub(super) async fn release(connection: &mut PgConnection, webhooks: &[WebhookId], at: Timestamp) -> Result<(), StoreError> {
    let released = release_for(connection, webhooks, None, at).await?;
    some_changed(released, "held delivery")
}

/// Releases for a bulk resend, if for any. How many deliveries of the webhooks were held.
pub(super) async fn release_for(
    connection: &mut PgConnection,
    webhooks: &[WebhookId],
    resend: Option<ResendId>,
    at: Timestamp,
) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "update deliveries set state = 'pending', next_trigger = 'released', due_at = $1, resend_id = $2 \
         where id in (select id from deliveries where webhook_id = any($3) and state = 'held' order by id for no key update)",
    )
    .bind(StoredTime(at))
    .bind(resend.map(|resend| resend.0))
    .bind(column(webhooks, |webhook| webhook.0))
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn retry(connection: &mut PgConnection, id: DeliveryId, held: bool, at: Timestamp) -> Result<(), StoreError> {
    // First of all, as whoever judges it locks it first.
    let contradicted: Option<bool> = sqlx::query_scalar(
        "select contradicted from webhooks where id = (select webhook_id from deliveries where id = $1) for share",
    )
    .bind(id.0)
    .fetch_optional(&mut *connection)
    .await?;
    let held = held || contradicted == Some(true);
    if held {
        lock_destination(connection, id).await?;
    }
    let state = lock_state(connection, id).await?;
    require_contents(connection, id).await?;
    let sql = match state {
        // What was released stays so: checking its webhook again does not hold it.
        DeliveryState::Pending => {
            "update deliveries set due_at = $1, \
             next_trigger = case next_trigger when 'released' then 'released' else 'manual' end where id = $2"
        }
        DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Cancelled if held => {
            return hold(connection, id, at).await;
        }
        DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Cancelled => {
            "update deliveries set state = 'pending', due_at = $1, next_trigger = 'manual', position = 0, replaces = null \
             where id = $2"
        }
        DeliveryState::Held | DeliveryState::Delivering => return Err(StoreError::Conflict(OPEN)),
    };
    sqlx::query(sql)
        .bind(StoredTime(at))
        .bind(id.0)
        .execute(connection)
        .await
        .map_err(|error| StoreError::from(error).taken_is(OPEN))?;
    Ok(())
}

/// Refuses one whose webhook was erased: there is nothing left to send. The delivery is locked, and whoever erases cancels it.
async fn require_contents(connection: &mut PgConnection, id: DeliveryId) -> Result<(), StoreError> {
    let is_erased: Option<bool> = sqlx::query_scalar(
        "select w.erased_at is not null from deliveries d join webhooks w on w.id = d.webhook_id where d.id = $1",
    )
    .bind(id.0)
    .fetch_optional(connection)
    .await?;
    some_changed((is_erased != Some(true)).into(), "webhook")
}

/// One that had failed holds the later ones of its subject back no more.
async fn hold(connection: &mut PgConnection, id: DeliveryId, at: Timestamp) -> Result<(), StoreError> {
    let held: Vec<EndedColumns> = sqlx::query_as(
        "update deliveries set state = 'held', next_trigger = 'automatic', position = 0 where id = $1 \
         returning id, destination_id, subject, resend_id",
    )
    .bind(id.0)
    .fetch_all(&mut *connection)
    .await
    .map_err(|error| StoreError::from(error).taken_is(OPEN))?;
    ends::follow(connection, &held, at).await
}

pub(super) async fn cancel(connection: &mut PgConnection, id: DeliveryId, at: Timestamp) -> Result<(), StoreError> {
    lock_destination(connection, id).await?;
    if matches!(
        lock_state(connection, id).await?,
        DeliveryState::Delivered | DeliveryState::Cancelled
    ) {
        return Err(StoreError::Conflict("an end of this delivery"));
    }
    cancel_these(connection, &[id.0], at).await
}

/// Cancels deliveries of the destination that wait, also those whose lease is over, and where it is archived all that are held or
/// under way.
pub(super) async fn cancel_waiting(
    connection: &mut PgConnection,
    destination: DestinationId,
    at: Timestamp,
    most: u32,
) -> Result<u32, StoreError> {
    ends::lock_ordered(connection, &[destination.0]).await?;
    // The destination is given as a range, so that the index by state and destination is the only one in that order: whatever
    // PostgreSQL believes of how many wait, it does not read those again that were cancelled before.
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "with pending as (select id from deliveries where state = 'pending' and destination_id between $1 and $1 \
         order by destination_id, id limit $3 for no key update), \
         abandoned as (select id from deliveries where state = 'delivering' and destination_id between $1 and $1 \
         and (due_at <= $2 or exists (select 1 from destinations where id = $1 and archived_at is not null)) \
         order by destination_id, id limit $3 for no key update), \
         held as (select id from deliveries where state = 'held' and destination_id between $1 and $1 \
         and exists (select 1 from destinations where id = $1 and archived_at is not null) \
         order by destination_id, id limit $3 for no key update) \
         select id from pending union all select id from abandoned union all select id from held limit $3",
    )
    .bind(destination.0)
    .bind(StoredTime(at))
    .bind(i64::from(most))
    .fetch_all(&mut *connection)
    .await?;
    cancel_these(connection, &ids, at).await?;
    Ok(u32::try_from(ids.len()).unwrap_or(most))
}

/// Those of their destinations that want order are locked, and so are the deliveries. Failed ones that they stood in for count
/// as failed again, unless they were tried by then or are being tried.
pub(super) async fn cancel_these(connection: &mut PgConnection, ids: &[Uuid], at: Timestamp) -> Result<(), StoreError> {
    // What is told of them is what was before: that bulk resend counts them off.
    let ended: Vec<EndedColumns> =
        sqlx::query_as("select id, destination_id, subject, resend_id from deliveries where id = any($1)")
            .bind(ids)
            .fetch_all(&mut *connection)
            .await?;
    // One that somebody has locked is being retried, and waits for the one that stood in for it to be cancelled.
    sqlx::query(
        "update deliveries set state = 'failed' where id in (select f.id from deliveries d join deliveries f on f.id = d.replaces \
         where d.id = any($1) and d.attempts = 0 and d.state <> 'delivering' and f.state = 'cancelled' \
         order by f.id for no key update of f skip locked)",
    )
    .bind(ids)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "update deliveries set due_at = null, lease = null, resend_id = null, replaces = null, \
         state = case when replaces = id and position = 0 and state = 'pending' then 'failed' else 'cancelled' end \
         where id = any($1)",
    )
    .bind(ids)
    .execute(&mut *connection)
    .await?;
    ends::follow(connection, &ended, at).await
}

/// Locks the destination of the delivery, if it wants order.
async fn lock_destination(connection: &mut PgConnection, id: DeliveryId) -> Result<(), StoreError> {
    let destination: Option<Uuid> = sqlx::query_scalar("select destination_id from deliveries where id = $1")
        .bind(id.0)
        .fetch_optional(&mut *connection)
        .await?;
    ends::lock_ordered(connection, &destination.into_iter().collect::<Vec<_>>()).await?;
    Ok(())
}

async fn lock_state(connection: &mut PgConnection, id: DeliveryId) -> Result<DeliveryState, StoreError> {
    let state: Option<String> = sqlx::query_scalar("select state from deliveries where id = $1 for no key update")
        .bind(id.0)
        .fetch_optional(connection)
        .await?;
    word(&state.ok_or(StoreError::Missing("delivery"))?)
}
