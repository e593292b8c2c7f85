//! Lists of deliveries by key, and single ones.

use std::collections::BTreeMap;

use model::{DeliveryDetail, DeliveryFilter, DeliveryId, DeliveryRow, DeliverySummary, Page, PageRequest, WebhookId};
use sqlx::{PgPool, Postgres, QueryBuilder};
use uuid::Uuid;

use super::append::column;
use super::webhooks::push_any;
use crate::store::StoreError;
use crate::store::delivery_plan::{Along, along, needs_destinations};
use crate::store::delivery_rows::{AttemptColumns, DeliveryColumns, WebhookDeliveryColumns, summaries};
use crate::store::paging::{self, Reading, rows_to_read};
use crate::store::rows::{number, read_all};
use crate::store::stored_time::StoredTime;
use crate::store::time_as_id::{first_id_at, last_id_before};

const ROWS: &str = "select d.id, d.webhook_id, d.destination_id, s.name as destination_name, d.created_at, d.next_trigger, \
    d.last_attempt_at, d.state, d.attempts, d.due_at, d.last_status, d.last_failure, d.last_duration_ms, e.provider, w.verdict, \
    w.received_at, first.event_type, first.outcome, first.subject \
    from deliveries d join destinations s on s.id = d.destination_id join webhooks w on w.id = d.webhook_id \
    join endpoints e on e.id = w.endpoint_id left join events first on first.webhook_id = w.id and first.position = 0";

pub(super) async fn page(pool: &PgPool, filter: &DeliveryFilter, request: PageRequest) -> Result<Page<DeliveryRow>, StoreError> {
    let along = choose(pool, filter).await?;
    let reading = Reading::of(request);
    let rows: Vec<DeliveryRow> = read_all(rows(pool, filter, &along, reading, rows_to_read(request)).await?)?;
    let behind = match reading.behind(rows.first().map(|row| row.id.0)) {
        Some(behind) if count_along(pool, filter, &along, behind, 1).await? > 0 => Some(behind),
        _ => None,
    };
    Ok(paging::page(request, rows, behind, |row| row.id.0))
}

pub(super) async fn count(pool: &PgPool, filter: &DeliveryFilter, limit: u32) -> Result<u32, StoreError> {
    let along = choose(pool, filter).await?;
    let count = count_along(pool, filter, &along, Reading::Down(None), limit.into()).await?;
    number(count, "count")
}

pub(super) async fn detail(pool: &PgPool, id: DeliveryId) -> Result<Option<DeliveryDetail>, StoreError> {
    let sql = format!("{ROWS} where d.id = $1");
    let row: Option<DeliveryColumns> = sqlx::query_as(&sql).bind(id.0).fetch_optional(pool).await?;
    let Some(row) = row else { return Ok(None) };
    let attempts: Vec<AttemptColumns> = sqlx::query_as("select * from attempts where delivery_id = $1 order by number")
        .bind(id.0)
        .fetch_all(pool)
        .await?;
    row.into_detail(attempts).map(Some)
}

/// How the deliveries of these webhooks stand, where they have any.
pub(super) async fn of_webhooks(
    pool: &PgPool,
    webhooks: impl Iterator<Item = WebhookId>,
) -> Result<BTreeMap<WebhookId, DeliverySummary>, StoreError> {
    let rows: Vec<WebhookDeliveryColumns> = sqlx::query_as(
        "select id, webhook_id, destination_id, state, attempts, due_at, last_status, last_failure, last_duration_ms \
         from deliveries where webhook_id = any($1)",
    )
    .bind(column(webhooks, |webhook| webhook.0))
    .fetch_all(pool)
    .await?;
    summaries(rows)
}

async fn choose(pool: &PgPool, filter: &DeliveryFilter) -> Result<Along, StoreError> {
    let destinations: Vec<Uuid> = if needs_destinations(filter) {
        sqlx::query_scalar("select id from destinations").fetch_all(pool).await?
    } else {
        Vec::new()
    };
    Ok(along(filter, &destinations))
}

async fn rows(
    pool: &PgPool,
    filter: &DeliveryFilter,
    along: &Along,
    reading: Reading,
    limit: i64,
) -> Result<Vec<DeliveryColumns>, StoreError> {
    let mut query = QueryBuilder::new(ROWS);
    query.push(" where d.id in (");
    push_ids(&mut query, filter, along, reading, limit);
    query.push(")").push(order(reading)).push_bind(limit);
    Ok(query.build_query_as().fetch_all(pool).await?)
}

/// Counts no further than `limit`.
async fn count_along(
    pool: &PgPool,
    filter: &DeliveryFilter,
    along: &Along,
    reading: Reading,
    limit: i64,
) -> Result<i64, StoreError> {
    let mut query = QueryBuilder::new("select count(*) from (select id from (");
    push_ids(&mut query, filter, along, reading, limit);
    query.push(") as parts limit ").push_bind(limit).push(") as found");
    Ok(query.build_query_scalar().fetch_one(pool).await?)
}

/// Pushes a query of the ids that the list begins with: at least `limit` of them, if there are, in no order.
fn push_ids<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a DeliveryFilter, along: &Along, reading: Reading, limit: i64) {
    let Along::Pairs(pairs) = along else {
        query.push("(select d.id from deliveries d where true");
        push_any(query, "d.webhook_id", column(&filter.webhooks, |webhook| webhook.0));
        push_any(query, "d.state", column(&filter.states, |state| state.as_str()));
        push_any(
            query,
            "d.destination_id",
            column(&filter.destinations, |destination| destination.0),
        );
        push_span(query, filter, reading, limit);
        return;
    };
    if pairs.is_empty() {
        query.push("select null::uuid as id where false");
    }
    for (position, (state, destination)) in pairs.iter().enumerate() {
        query.push(if position == 0 { "" } else { " union all " });
        query.push("(select d.id from deliveries d where d.state = ");
        query
            .push_bind(state.as_str())
            .push(" and d.destination_id = ")
            .push_bind(*destination);
        push_span(query, filter, reading, limit);
    }
}

fn push_span<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a DeliveryFilter, reading: Reading, limit: i64) {
    match reading {
        Reading::Down(None) => {}
        Reading::Down(Some(id)) => _ = query.push(" and d.id < ").push_bind(id),
        Reading::Up(id) => _ = query.push(" and d.id > ").push_bind(id),
    }
    if let Some(from) = filter.from {
        query.push(" and d.created_at >= ").push_bind(StoredTime(from));
        query.push(" and d.id >= ").push_bind(first_id_at(from));
    }
    if let Some(to) = filter.to {
        query.push(" and d.created_at < ").push_bind(StoredTime(to));
        query.push(" and d.id <= ").push_bind(last_id_before(to));
    }
    query.push(order(reading)).push_bind(limit).push(")");
}

fn order(reading: Reading) -> &'static str {
    match reading {
        Reading::Down(_) => " order by d.id desc limit ",
        Reading::Up(_) => " order by d.id limit ",
    }
}
