//! Resending, or releasing, everything that a filter matches.

use model::{RefetchTrigger, Resend, ResendId, Timestamp, Trigger, WebhookFilter, WebhookId};
use sqlx::{QueryBuilder, SqliteConnection, SqlitePool};
use uuid::Uuid;

use super::ends;
use super::plan::{Plan, push_values};
use super::refetches::{self, Made};
use super::requests::{self, Asked};
use super::webhooks::order;
use crate::store::StoreError;
use crate::store::delivery::{NewResend, ResendStep, Resendable, RunningResend};
use crate::store::paging::Reading;
use crate::store::resend_rows::{EventOfColumns, ResendColumns, ResendableColumns, ResentColumns, resendable as with_events};
use crate::store::rows::number;
use crate::store::stored_time::StoredTime;

pub(super) async fn by_id(pool: &SqlitePool, id: ResendId) -> Result<Option<Resend>, StoreError> {
    let row: Option<ResendColumns> = sqlx::query_as("select * from resends where id = ?")
        .bind(id.0)
        .fetch_optional(pool)
        .await?;
    row.map(Resend::try_from).transpose()
}

pub(super) async fn add(connection: &mut SqliteConnection, resend: &NewResend) -> Result<(), StoreError> {
    sqlx::query(
        "insert into resends (id, action, filter, destination_id, state, last, leased_until, count, created_at, created_by) \
         values (?, ?, ?, ?, 'running', ?, ?, ?, ?, ?)",
    )
    .bind(resend.id.0)
    .bind(resend.action.as_str())
    .bind(&resend.filter)
    .bind(resend.destination_id.map(|destination| destination.0))
    .bind(resend.last.0)
    // Whoever comes first goes on with it.
    .bind(StoredTime(resend.created_at))
    .bind(i64::try_from(resend.count).unwrap_or(i64::MAX))
    .bind(StoredTime(resend.created_at))
    .bind(&resend.created_by)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn cancel(connection: &mut SqliteConnection, id: ResendId) -> Result<(), StoreError> {
    let done = sqlx::query("update resends set state = 'cancelled', leased_until = null where id = ? and state = 'running'")
        .bind(id.0)
        .execute(&mut *connection)
        .await?;
    if done.rows_affected() > 0 {
        return Ok(());
    }
    let exists: bool = sqlx::query_scalar("select exists (select 1 from resends where id = ?)")
        .bind(id.0)
        .fetch_one(connection)
        .await?;
    Err(if exists {
        StoreError::Conflict("an end of this resend")
    } else {
        StoreError::Missing("resend")
    })
}

pub(super) async fn claim(pool: &SqlitePool, now: Timestamp, until: Timestamp) -> Result<Option<RunningResend>, StoreError> {
    let row: Option<ResendColumns> = sqlx::query_as(
        "update resends set leased_until = ? \
         where id = (select id from resends where leased_until <= ? order by leased_until limit 1) returning *",
    )
    .bind(StoredTime(until))
    .bind(StoredTime(now))
    .fetch_optional(pool)
    .await?;
    row.map(RunningResend::try_from).transpose()
}

/// The caller's transaction has the right to write.
pub(super) async fn go_on(connection: &mut SqliteConnection, step: &ResendStep, until: Timestamp) -> Result<bool, StoreError> {
    let row: Option<ResendColumns> = sqlx::query_as("select * from resends where id = ?")
        .bind(step.id.0)
        .fetch_optional(&mut *connection)
        .await?;
    if !row.is_some_and(|resend| resend.goes_on_with(step)) {
        return Ok(false);
    }
    let asked = Asked {
        trigger: Trigger::Bulk,
        resend: Some(step.id),
        at: step.at,
    };
    let mut queued = 0;
    for delivery in &step.queued {
        queued += u64::from(requests::queue(connection, delivery, asked).await?);
    }
    for webhook in &step.released {
        queued += requests::release_one(connection, *webhook, Some(step.id), step.at).await?;
    }
    for refetch in &step.refetches {
        let made = Made {
            id: refetch.id,
            webhook: refetch.webhook_id,
            trigger: RefetchTrigger::Bulk,
            due_at: step.at,
            resend: Some(step.id),
            at: step.at,
        };
        queued += u64::from(refetches::make(connection, made).await?);
    }
    sqlx::query("update resends set after = coalesce(?, after), queued = queued + ?, leased_until = ? where id = ?")
        .bind(step.after.map(|after| after.0))
        .bind(i64::try_from(queued).unwrap_or(i64::MAX))
        .bind((!step.finished).then_some(StoredTime(until)))
        .bind(step.id.0)
        .execute(&mut *connection)
        .await?;
    ends::settle(connection, step.id).await?;
    Ok(true)
}

/// Those that the resend made are cancelled. Those that were on their way before it go on as if it had not been.
pub(super) async fn cancel_resent(
    connection: &mut SqliteConnection,
    id: ResendId,
    at: Timestamp,
    most: u32,
) -> Result<u32, StoreError> {
    let rows: Vec<ResentColumns> = sqlx::query_as(
        "select d.id, d.destination_id, d.subject, d.resend_id, d.created_at < r.created_at and r.action = 'resend' \
         and d.replaces is not d.id as goes_on from deliveries d join resends r on r.id = d.resend_id \
         where d.resend_id = ? and d.state = 'pending' and r.state = 'cancelled' limit ?",
    )
    .bind(id.0)
    .bind(most)
    .fetch_all(&mut *connection)
    .await?;
    let mut ended = Vec::with_capacity(rows.len());
    for row in rows {
        if row.goes_on {
            let_go(connection, row.delivery.id).await?;
        } else {
            requests::cancel_one(connection, row.delivery.id).await?;
        }
        ended.push(row.delivery);
    }
    ends::follow(connection, &ended, at).await?;
    let deliveries = u32::try_from(ended.len()).unwrap_or(most);
    Ok(deliveries + refetches::cancel_resent(connection, id, most.saturating_sub(deliveries)).await?)
}

async fn let_go(connection: &mut SqliteConnection, delivery: Uuid) -> Result<(), StoreError> {
    sqlx::query(
        "update deliveries set resend_id = null, \
         next_trigger = case next_trigger when 'released' then 'released' else 'automatic' end where id = ?",
    )
    .bind(delivery)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn count_webhooks(pool: &SqlitePool, filter: &WebhookFilter, last: WebhookId) -> Result<u64, StoreError> {
    let plan = Plan::of(pool, filter).await?;
    let mut query = QueryBuilder::new("select count(*) from (");
    plan.push_ids(&mut query, Reading::down_from(last.0), i64::MAX);
    query.push(")");
    number(query.build_query_scalar().fetch_one(pool).await?, "count")
}

pub(super) async fn resendable(
    pool: &SqlitePool,
    filter: &WebhookFilter,
    after: Option<WebhookId>,
    last: WebhookId,
    most: u32,
) -> Result<Vec<Resendable>, StoreError> {
    let plan = Plan::of(pool, filter).await?;
    let reading = Reading::Up(after.map_or(Uuid::nil(), |after| after.0));
    let mut query = QueryBuilder::new("select w.id from webhooks w where w.id in (");
    plan.push_ids(&mut query, reading, most.into());
    query.push(")").push(order(reading)).push_bind(i64::from(most));
    let mut ids: Vec<Uuid> = query.build_query_scalar().fetch_all(pool).await?;
    ids.retain(|id| *id <= last.0);
    resendable_of(pool, &ids.into_iter().map(WebhookId).collect::<Vec<_>>()).await
}

pub(super) async fn resendable_of(pool: &SqlitePool, ids: &[WebhookId]) -> Result<Vec<Resendable>, StoreError> {
    let mut query = QueryBuilder::new(
        "select id, endpoint_id, verdict, foreign_network, contradicted, erased_at is not null as erased \
         from webhooks where id in (",
    );
    push_values(&mut query, ids.iter().map(|id| id.0));
    query.push(") order by id");
    let webhooks: Vec<ResendableColumns> = query.build_query_as().fetch_all(pool).await?;
    let mut query = QueryBuilder::new(
        "select webhook_id, event_type, outcome, subject, resource_type, resource_id, provider_event_id, occurred_at \
         from events where webhook_id in (",
    );
    push_values(&mut query, ids.iter().map(|id| id.0));
    query.push(") order by webhook_id, position");
    let events: Vec<EventOfColumns> = query.build_query_as().fetch_all(pool).await?;
    with_events(webhooks, events)
}
