//! The log: lists by key, and single webhooks.

use model::{Page, PageRequest, WebhookDetail, WebhookFilter, WebhookId, WebhookRow};
use sqlx::{QueryBuilder, SqlitePool};

use super::deliveries;
use super::plan::Plan;
use crate::store::StoreError;
use crate::store::paging::{self, Reading, rows_to_read};
use crate::store::rows::{DetailColumns, EventColumns, WebhookColumns, number, read_all};

/// The columns of a line of the log.
const COLUMNS: &str = "select w.id, w.endpoint_id, e.name as endpoint_name, e.provider, w.received_at, w.size, w.verdict, \
    w.event_count, w.duplicate_of, w.foreign_network, w.contradicted, w.reconciled, w.erased_at, first.event_type, first.outcome, \
    first.subject, first.resource_type, first.resource_id, first.provider_event_id, first.occurred_at";

/// `cross join` keeps SQLite from going through the endpoints first.
const TABLES: &str = " from webhooks w cross join endpoints e on e.id = w.endpoint_id \
    left join events first on first.webhook_id = w.id and first.position = 0";

pub(super) async fn page(
    pool: &SqlitePool,
    filter: &WebhookFilter,
    request: PageRequest,
) -> Result<Page<WebhookRow>, StoreError> {
    let reading = Reading::of(request);
    let mut rows: Vec<WebhookRow> = read_all(rows(pool, filter, reading, rows_to_read(request)).await?)?;
    let mut summaries = deliveries::of_webhooks(pool, rows.iter().map(|row| row.id)).await?;
    for row in &mut rows {
        row.delivery = summaries.remove(&row.id);
    }
    let behind = match reading.behind(rows.first().map(|row| row.id.0)) {
        Some(behind) if count(pool, filter, behind, 1).await? > 0 => Some(behind),
        _ => None,
    };
    Ok(paging::page(request, rows, behind, |row| row.id.0))
}

pub(super) async fn count_newer(
    pool: &SqlitePool,
    filter: &WebhookFilter,
    after: WebhookId,
    limit: u32,
) -> Result<u32, StoreError> {
    number(count(pool, filter, Reading::Up(after.0), limit.into()).await?, "count")
}

pub(super) async fn detail(pool: &SqlitePool, id: WebhookId) -> Result<Option<WebhookDetail>, StoreError> {
    let sql = format!(
        "{COLUMNS}, c.headers, w.peer, w.evidence, w.parse_error {TABLES} \
         join webhook_contents c on c.number = w.contents where w.id = ?"
    );
    let columns: Option<DetailColumns> = sqlx::query_as(&sql).bind(id.0).fetch_optional(pool).await?;
    let Some(columns) = columns else { return Ok(None) };
    let mut detail = columns.into_detail(events(pool, id).await?)?;
    detail.row.delivery = deliveries::of_webhooks(pool, [id].into_iter()).await?.remove(&id);
    Ok(Some(detail))
}

pub(super) async fn events(pool: &SqlitePool, id: WebhookId) -> Result<Vec<EventColumns>, StoreError> {
    let sql = "select event_type, outcome, subject, resource_type, resource_id, provider_event_id, occurred_at \
               from events where webhook_id = ? order by position";
    Ok(sqlx::query_as(sql).bind(id.0).fetch_all(pool).await?)
}

pub(super) async fn body(pool: &SqlitePool, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select body from webhook_contents where number = (select contents from webhooks where id = ?)";
    Ok(sqlx::query_scalar(sql).bind(id.0).fetch_optional(pool).await?)
}

pub(super) async fn headers(pool: &SqlitePool, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select headers from webhook_contents where number = (select contents from webhooks where id = ?)";
    Ok(sqlx::query_scalar(sql).bind(id.0).fetch_optional(pool).await?)
}

async fn rows(
    pool: &SqlitePool,
    filter: &WebhookFilter,
    reading: Reading,
    limit: i64,
) -> Result<Vec<WebhookColumns>, StoreError> {
    let plan = Plan::of(pool, filter).await?;
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(TABLES).push(" where w.id in (");
    plan.push_ids(&mut query, reading, limit);
    query.push(")").push(order(reading)).push_bind(limit);
    Ok(query.build_query_as().fetch_all(pool).await?)
}

/// Counts no further than `limit`.
async fn count(pool: &SqlitePool, filter: &WebhookFilter, reading: Reading, limit: i64) -> Result<i64, StoreError> {
    let plan = Plan::of(pool, filter).await?;
    let mut query = QueryBuilder::new("select count(*) from (select id from (");
    plan.push_ids(&mut query, reading, limit);
    query.push(") limit ").push_bind(limit).push(")");
    Ok(query.build_query_scalar().fetch_one(pool).await?)
}

pub(super) fn order(reading: Reading) -> &'static str {
    match reading {
        Reading::Down(_) => " order by w.id desc limit ",
        Reading::Up(_) => " order by w.id limit ",
    }
}
