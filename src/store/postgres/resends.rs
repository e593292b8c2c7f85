//! Resending, or releasing, everything that a filter matches.

use model::{Resend, ResendId, Timestamp, Trigger, WebhookFilter, WebhookId};
use sqlx::{PgConnection, PgPool, QueryBuilder};
use uuid::Uuid;

use super::append::column;
use super::ends;
use super::refetches;
use super::requests::{self, Asked};
use super::webhooks::push_conditions;
use crate::store::StoreError;
use crate::store::delivery::{NewResend, ResendStep, Resendable, RunningResend};
use crate::store::paging::Reading;
use crate::store::resend_rows::{EventOfColumns, ResendColumns, ResendableColumns, ResentColumns, resendable as with_events};
use crate::store::rows::number;
use crate::store::stored_time::StoredTime;

pub(super) async fn by_id(pool: &PgPool, id: ResendId) -> Result<Option<Resend>, StoreError> {
    let row: Option<ResendColumns> = sqlx::query_as("select * from resends where id = $1")
        .bind(id.0)
        .fetch_optional(pool)
        .await?;
    row.map(Resend::try_from).transpose()
}

pub(super) async fn add(connection: &mut PgConnection, resend: &NewResend) -> Result<(), StoreError> {
    sqlx::query(
        "insert into resends (id, action, filter, destination_id, state, last, leased_until, count, created_at, created_by) \
         values ($1, $2, $3, $4, 'running', $5, $6, $7, $6, $8)",
    )
    .bind(resend.id.0)
    .bind(resend.action.as_str())
    .bind(&resend.filter)
    .bind(resend.destination_id.map(|destination| destination.0))
    .bind(resend.last.0)
    // Whoever comes first goes on with it.
    .bind(StoredTime(resend.created_at))
    .bind(i64::try_from(resend.count).unwrap_or(i64::MAX))
    .bind(&resend.created_by)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn cancel(connection: &mut PgConnection, id: ResendId) -> Result<(), StoreError> {
    let done = sqlx::query("update resends set state = 'cancelled', leased_until = null where id = $1 and state = 'running'")
        .bind(id.0)
        .execute(&mut *connection)
        .await?;
    if done.rows_affected() > 0 {
        return Ok(());
    }
    let exists: bool = sqlx::query_scalar("select exists (select 1 from resends where id = $1)")
        .bind(id.0)
        .fetch_one(connection)
        .await?;
    Err(if exists {
        StoreError::Conflict("an end of this resend")
    } else {
        StoreError::Missing("resend")
    })
}

pub(super) async fn claim(pool: &PgPool, now: Timestamp, until: Timestamp) -> Result<Option<RunningResend>, StoreError> {
    let row: Option<ResendColumns> = sqlx::query_as(
        "update resends set leased_until = $1 where id = (select id from resends where leased_until <= $2 \
         order by leased_until limit 1 for no key update skip locked) returning *",
    )
    .bind(StoredTime(until))
    .bind(StoredTime(now))
    .fetch_optional(pool)
    .await?;
    row.map(RunningResend::try_from).transpose()
}

/// Whether the step was gone; otherwise the caller rolls back. The resend is locked after the deliveries, as attempts that are
/// recorded lock them, and looked at again then.
pub(super) async fn go_on(connection: &mut PgConnection, step: &ResendStep, until: Timestamp) -> Result<bool, StoreError> {
    if !stands_before(connection, step, "select * from resends where id = $1").await? {
        return Ok(false);
    }
    let asked = Asked {
        trigger: Trigger::Bulk,
        resend: Some(step.id),
        at: step.at,
    };
    let queued = refetches::make_for(connection, &step.refetches, step.id, step.at).await?
        + requests::queue(connection, &step.queued, asked).await?
        + requests::release_for(connection, &step.released, Some(step.id), step.at).await?;
    if !stands_before(connection, step, "select * from resends where id = $1 for no key update").await? {
        return Ok(false);
    }
    sqlx::query("update resends set after = coalesce($1, after), queued = queued + $2, leased_until = $3 where id = $4")
        .bind(step.after.map(|after| after.0))
        .bind(i64::try_from(queued).unwrap_or(i64::MAX))
        .bind((!step.finished).then_some(StoredTime(until)))
        .bind(step.id.0)
        .execute(&mut *connection)
        .await?;
    ends::settle(connection, step.id).await?;
    Ok(true)
}

async fn stands_before(connection: &mut PgConnection, step: &ResendStep, sql: &str) -> Result<bool, StoreError> {
    let row: Option<ResendColumns> = sqlx::query_as(sql).bind(step.id.0).fetch_optional(connection).await?;
    Ok(row.is_some_and(|resend| resend.goes_on_with(step)))
}

/// Those that the resend made are cancelled. Those that were on their way before it go on as if it had not been.
pub(super) async fn cancel_resent(
    connection: &mut PgConnection,
    id: ResendId,
    at: Timestamp,
    most: u32,
) -> Result<u32, StoreError> {
    let refetches = refetches::cancel_resent(connection, id, most).await?;
    if refetches > 0 {
        // It has no deliveries.
        return Ok(refetches);
    }
    // A range, for the reason that `cancel_waiting` gives, and the state hidden from PostgreSQL: nearly all that a resend waits
    // for are pending, and believing them few it would look through all that are left again for each portion.
    let next: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "select id, destination_id from deliveries \
         where resend_id between $1 and $1 and case state when 'pending' then true else false end \
         and exists (select 1 from resends where id = $1 and state = 'cancelled') order by resend_id, id limit $2",
    )
    .bind(id.0)
    .bind(i64::from(most))
    .fetch_all(&mut *connection)
    .await?;
    let (ids, destinations): (Vec<_>, Vec<_>) = next.into_iter().unzip();
    ends::lock_ordered(connection, &destinations).await?;
    let rows: Vec<ResentColumns> = sqlx::query_as(
        "select d.id, d.destination_id, d.subject, d.resend_id, d.created_at < r.created_at and r.action = 'resend' \
         and d.replaces is distinct from d.id as goes_on from deliveries d join resends r on r.id = $1 \
         where d.id = any($2) and d.resend_id = $1 and d.state = 'pending' order by d.id for no key update of d",
    )
    .bind(id.0)
    .bind(&ids)
    .fetch_all(&mut *connection)
    .await?;
    let (going_on, ending): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.goes_on);
    requests::cancel_these(connection, &column(ending, |row| row.delivery.id), at).await?;
    let going_on = going_on.into_iter().map(|row| row.delivery.id).collect();
    let_go(connection, id, going_on).await?;
    // Some may be under way by now: there may be more all the same.
    Ok(u32::try_from(ids.len()).unwrap_or(most))
}

async fn let_go(connection: &mut PgConnection, resend: ResendId, deliveries: Vec<Uuid>) -> Result<(), StoreError> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let done = sqlx::query(
        "update deliveries set resend_id = null, \
         next_trigger = case next_trigger when 'released' then 'released' else 'automatic' end where id = any($1)",
    )
    .bind(deliveries)
    .execute(&mut *connection)
    .await?;
    sqlx::query("update resends set queued = queued - $1 where id = $2")
        .bind(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
        .bind(resend.0)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn count_webhooks(pool: &PgPool, filter: &WebhookFilter, last: WebhookId) -> Result<u64, StoreError> {
    let mut query = QueryBuilder::new("select count(*) from webhooks w");
    push_conditions(&mut query, filter, Reading::down_from(last.0));
    number(query.build_query_scalar().fetch_one(pool).await?, "count")
}

pub(super) async fn resendable(
    pool: &PgPool,
    filter: &WebhookFilter,
    after: Option<WebhookId>,
    last: WebhookId,
    most: u32,
) -> Result<Vec<Resendable>, StoreError> {
    let reading = Reading::Up(after.map_or(Uuid::nil(), |after| after.0));
    let mut query = QueryBuilder::new(
        "select w.id, w.endpoint_id, w.verdict, w.foreign_network, w.contradicted, w.erased_at is not null as erased \
         from webhooks w",
    );
    push_conditions(&mut query, filter, reading);
    query.push(" and w.id <= ").push_bind(last.0);
    query.push(" order by w.id limit ").push_bind(i64::from(most));
    read(pool, query.build_query_as().fetch_all(pool).await?).await
}

pub(super) async fn resendable_of(pool: &PgPool, ids: &[WebhookId]) -> Result<Vec<Resendable>, StoreError> {
    let sql = "select id, endpoint_id, verdict, foreign_network, contradicted, erased_at is not null as erased \
               from webhooks where id = any($1) order by id";
    let webhooks = sqlx::query_as(sql).bind(column(ids, |id| id.0)).fetch_all(pool).await?;
    read(pool, webhooks).await
}

async fn read(pool: &PgPool, webhooks: Vec<ResendableColumns>) -> Result<Vec<Resendable>, StoreError> {
    let events: Vec<EventOfColumns> = sqlx::query_as(
        "select webhook_id, event_type, outcome, subject, resource_type, resource_id, provider_event_id, occurred_at \
         from events where webhook_id = any($1) order by webhook_id, position",
    )
    .bind(column(&webhooks, |webhook| webhook.id))
    .fetch_all(pool)
    .await?;
    with_events(webhooks, events)
}
