//! What people ask of deliveries: sending again, releasing, skipping.

use model::{DeliveryId, DeliveryState, DestinationId, ResendId, Timestamp, Trigger, WebhookId};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::ends;
use crate::store::StoreError;
use crate::store::delivery::QueuedDelivery;
use crate::store::errors::some_changed;
use crate::store::recording::EndedColumns;
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
    connection: &mut SqliteConnection,
    deliveries: &[QueuedDelivery],
    trigger: Trigger,
    at: Timestamp,
) -> Result<(), StoreError> {
    let resend = None;
    let asked = Asked { trigger, resend, at };
    for delivery in deliveries {
        let exists: bool = sqlx::query_scalar("select exists (select 1 from webhooks where id = ? and erased_at is null)")
            .bind(delivery.webhook_id.0)
            .fetch_one(&mut *connection)
            .await?;
        some_changed(exists.into(), "webhook")?;
        queue(connection, delivery, asked).await?;
    }
    Ok(())
}

/// Makes the delivery, or takes over the one that is pending. Whether the bulk resend that asks waits for it from now on.
///
/// One that a bulk resend waits for stays that one's. A new one stands in for those of the webhook that failed: nothing waits
/// for them any more, and nobody has to see to them, unless it is cancelled before it was tried.
pub(super) async fn queue(
    connection: &mut SqliteConnection,
    delivery: &QueuedDelivery,
    asked: Asked,
) -> Result<bool, StoreError> {
    let held = delivery.held || is_contradicted(connection, delivery.webhook_id).await?;
    let delivery = &QueuedDelivery { held, ..*delivery };
    if take_up(connection, delivery, asked).await? {
        return Ok(!delivery.held);
    }
    let state = delivery.first_state();
    let is_pending = state == DeliveryState::Pending;
    let resend = asked.resend.map(|resend| resend.0);
    let row: Option<(Uuid, bool)> = sqlx::query_as(
        "insert into deliveries (id, webhook_id, destination_id, state, next_trigger, due_at, subject, resend_id, created_at) \
         select ?1, w.id, ?2, ?3, ?4, ?5, (select subject from events where webhook_id = w.id and position = 0), ?6, ?7 \
         from webhooks w where w.id = ?8 and w.erased_at is null \
         on conflict (webhook_id, destination_id) where state in ('held', 'pending', 'delivering') \
         do update set due_at = ?7, \
         next_trigger = case deliveries.next_trigger when 'released' then 'released' else ?9 end, \
         resend_id = coalesce(deliveries.resend_id, ?10) \
         where deliveries.state = 'pending' returning id, resend_id is ?10",
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
    .fetch_optional(&mut *connection)
    .await?;
    let Some((id, is_waited_for)) = row else { return Ok(false) };
    if id == delivery.id.0 {
        replace_failed(connection, delivery, asked.at).await?;
    }
    Ok(is_waited_for)
}

/// The record may have come after it was decided whether the webhook goes on by itself.
async fn is_contradicted(connection: &mut SqliteConnection, webhook: WebhookId) -> Result<bool, StoreError> {
    let contradicted: Option<bool> = sqlx::query_scalar("select contradicted from webhooks where id = ?")
        .bind(webhook.0)
        .fetch_optional(connection)
        .await?;
    Ok(contradicted == Some(true))
}

/// Where the destination wants order and the newest delivery has failed, that one goes on in its place: a new one would come
/// after all that wait for it. It stands in for itself as failed. Whether there was such a one.
async fn take_up(connection: &mut SqliteConnection, delivery: &QueuedDelivery, asked: Asked) -> Result<bool, StoreError> {
    let state = delivery.first_state();
    let is_pending = state == DeliveryState::Pending;
    let taken: Vec<EndedColumns> = sqlx::query_as(
        "update deliveries set state = ?1, next_trigger = ?2, due_at = ?3, position = 0, resend_id = ?4, \
         replaces = case when ?5 then id end where state = 'failed' \
         and id = (select id from deliveries where webhook_id = ?6 and +destination_id = ?7 order by id desc limit 1) \
         and exists (select 1 from destinations where id = ?7 and ordered) \
         and not exists (select 1 from deliveries e where e.webhook_id = ?6 and +e.destination_id = ?7 \
         and +e.state in ('held', 'pending', 'delivering')) \
         returning id, destination_id, subject, null as resend_id",
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

async fn replace_failed(connection: &mut SqliteConnection, delivery: &QueuedDelivery, at: Timestamp) -> Result<(), StoreError> {
    // With a plus sign before it a column is not read along: a webhook has few deliveries, a state may have many.
    let replaced: Vec<EndedColumns> = sqlx::query_as(
        "update deliveries set state = 'cancelled' where webhook_id = ? and +destination_id = ? and +state = 'failed' \
         returning id, destination_id, subject, resend_id",
    )
    .bind(delivery.webhook_id.0)
    .bind(delivery.destination_id.0)
    .fetch_all(&mut *connection)
    .await?;
    let Some(newest) = replaced.iter().map(|failed| failed.id).max() else {
        return Ok(());
    };
    sqlx::query("update deliveries set replaces = ? where id = ?")
        .bind(newest)
        .bind(delivery.id.0)
        .execute(&mut *connection)
        .await?;
    ends::follow(connection, &replaced, at).await
}

pub(super) async fn release(connection: &mut SqliteConnection, webhooks: &[WebhookId], at: Timestamp) -> Result<(), StoreError> {
    let mut released = 0;
    for webhook in webhooks {
        released += release_one(connection, *webhook, None, at).await?;
    }
    some_changed(released, "held delivery")
}

/// How many deliveries of the webhook were held.
pub(super) async fn release_one(
    connection: &mut SqliteConnection,
    webhook: WebhookId,
    resend: Option<ResendId>,
    at: Timestamp,
) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "update deliveries set state = 'pending', next_trigger = 'released', due_at = ?, resend_id = ? \
         where webhook_id = ? and +state = 'held'",
    )
    .bind(StoredTime(at))
    .bind(resend.map(|resend| resend.0))
    .bind(webhook.0)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn retry(
    connection: &mut SqliteConnection,
    id: DeliveryId,
    held: bool,
    at: Timestamp,
) -> Result<(), StoreError> {
    require_contents(connection, id).await?;
    let webhook: Option<Uuid> = sqlx::query_scalar("select webhook_id from deliveries where id = ?")
        .bind(id.0)
        .fetch_optional(&mut *connection)
        .await?;
    let held = held
        || match webhook {
            Some(webhook) => is_contradicted(connection, WebhookId(webhook)).await?,
            None => false,
        };
    let sql = match state(connection, id).await? {
        // What was released stays so: checking its webhook again does not hold it.
        DeliveryState::Pending => {
            "update deliveries set due_at = ?, \
             next_trigger = case next_trigger when 'released' then 'released' else 'manual' end where id = ?"
        }
        DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Cancelled if held => {
            return hold(connection, id, at).await;
        }
        DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Cancelled => {
            "update deliveries set state = 'pending', due_at = ?, next_trigger = 'manual', position = 0, replaces = null \
             where id = ?"
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

/// Refuses one whose webhook was erased: there is nothing left to send.
async fn require_contents(connection: &mut SqliteConnection, id: DeliveryId) -> Result<(), StoreError> {
    let is_erased = sqlx::query_scalar(
        "select w.erased_at is not null from deliveries d join webhooks w on w.id = d.webhook_id where d.id = ?",
    );
    let is_erased: Option<bool> = is_erased.bind(id.0).fetch_optional(connection).await?;
    some_changed((is_erased != Some(true)).into(), "webhook")
}

/// One that had failed holds the later ones of its subject back no more.
async fn hold(connection: &mut SqliteConnection, id: DeliveryId, at: Timestamp) -> Result<(), StoreError> {
    let held: Vec<EndedColumns> = sqlx::query_as(
        "update deliveries set state = 'held', next_trigger = 'automatic', position = 0 where id = ? \
         returning id, destination_id, subject, resend_id",
    )
    .bind(id.0)
    .fetch_all(&mut *connection)
    .await
    .map_err(|error| StoreError::from(error).taken_is(OPEN))?;
    ends::follow(connection, &held, at).await
}

pub(super) async fn cancel(connection: &mut SqliteConnection, id: DeliveryId, at: Timestamp) -> Result<(), StoreError> {
    if matches!(
        state(connection, id).await?,
        DeliveryState::Delivered | DeliveryState::Cancelled
    ) {
        return Err(StoreError::Conflict("an end of this delivery"));
    }
    let ended: Vec<EndedColumns> = sqlx::query_as("select id, destination_id, subject, resend_id from deliveries where id = ?")
        .bind(id.0)
        .fetch_all(&mut *connection)
        .await?;
    cancel_one(connection, id.0).await?;
    ends::follow(connection, &ended, at).await
}

/// Cancels deliveries of the destination that wait, also those whose lease is over, and where it is archived all that are
/// held or under way.
pub(super) async fn cancel_waiting(
    connection: &mut SqliteConnection,
    destination: DestinationId,
    at: Timestamp,
    most: u32,
) -> Result<u32, StoreError> {
    let ended: Vec<EndedColumns> = sqlx::query_as(
        "select id, destination_id, subject, resend_id from deliveries where destination_id = ?1 \
         and (state = 'pending' or state = 'delivering' and due_at <= ?2 or state in ('held', 'delivering') \
         and exists (select 1 from destinations where id = ?1 and archived_at is not null)) limit ?3",
    )
    .bind(destination.0)
    .bind(StoredTime(at))
    .bind(most)
    .fetch_all(&mut *connection)
    .await?;
    for delivery in &ended {
        cancel_one(connection, delivery.id).await?;
    }
    ends::follow(connection, &ended, at).await?;
    Ok(u32::try_from(ended.len()).unwrap_or(most))
}

/// The failed one that it stood in for counts as failed again, unless it was tried by then or is being tried.
pub(super) async fn cancel_one(connection: &mut SqliteConnection, id: Uuid) -> Result<(), StoreError> {
    sqlx::query(
        "update deliveries set state = 'failed' where state = 'cancelled' \
         and id = (select replaces from deliveries where id = ? and attempts = 0 and state <> 'delivering')",
    )
    .bind(id)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "update deliveries set due_at = null, lease = null, resend_id = null, replaces = null, \
         state = case when replaces = id and position = 0 and state = 'pending' then 'failed' else 'cancelled' end \
         where id = ?",
    )
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

async fn state(connection: &mut SqliteConnection, id: DeliveryId) -> Result<DeliveryState, StoreError> {
    let state: Option<String> = sqlx::query_scalar("select state from deliveries where id = ?")
        .bind(id.0)
        .fetch_optional(connection)
        .await?;
    word(&state.ok_or(StoreError::Missing("delivery"))?)
}
