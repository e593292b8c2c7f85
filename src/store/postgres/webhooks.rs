//! The log: lists by key, and single webhooks.

use model::{
    DeliveryState, Outcome, Page, PageRequest, ProviderKey, Text, Verdict, WebhookDetail, WebhookFilter, WebhookId, WebhookRow,
};
use sqlx::postgres::PgHasArrayType;
use sqlx::{PgPool, Postgres, QueryBuilder};

use super::deliveries;
use crate::store::StoreError;
use crate::store::paging::{self, Reading, rows_to_read};
use crate::store::rows::{DetailColumns, EventColumns, WebhookColumns, number, read_all};
use crate::store::stored_time::StoredTime;
use crate::store::time_as_id::{first_id_at, last_id_before};

/// The columns of a line of the log.
const COLUMNS: &str = "select w.id, w.endpoint_id, e.name as endpoint_name, e.provider, w.received_at, w.size, w.verdict, \
    w.event_count, w.duplicate_of, w.foreign_network, w.contradicted, w.reconciled, w.erased_at, first.event_type, first.outcome, \
    first.subject, first.resource_type, first.resource_id, first.provider_event_id, first.occurred_at";

const TABLES: &str = " from webhooks w join endpoints e on e.id = w.endpoint_id \
    left join events first on first.webhook_id = w.id and first.position = 0";

pub(super) async fn page(pool: &PgPool, filter: &WebhookFilter, request: PageRequest) -> Result<Page<WebhookRow>, StoreError> {
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

pub(super) async fn count_newer(pool: &PgPool, filter: &WebhookFilter, after: WebhookId, limit: u32) -> Result<u32, StoreError> {
    number(count(pool, filter, Reading::Up(after.0), limit.into()).await?, "count")
}

pub(super) async fn detail(pool: &PgPool, id: WebhookId) -> Result<Option<WebhookDetail>, StoreError> {
    let sql = format!(
        "{COLUMNS}, c.headers, w.peer, w.evidence, w.parse_error {TABLES} \
         join webhook_contents c on c.webhook_id = w.id where w.id = $1"
    );
    let columns: Option<DetailColumns> = sqlx::query_as(&sql).bind(id.0).fetch_optional(pool).await?;
    let Some(columns) = columns else { return Ok(None) };
    let mut detail = columns.into_detail(events(pool, id).await?)?;
    detail.row.delivery = deliveries::of_webhooks(pool, [id].into_iter()).await?.remove(&id);
    Ok(Some(detail))
}

pub(super) async fn events(pool: &PgPool, id: WebhookId) -> Result<Vec<EventColumns>, StoreError> {
    let sql = "select event_type, outcome, subject, resource_type, resource_id, provider_event_id, occurred_at \
               from events where webhook_id = $1 order by position";
    Ok(sqlx::query_as(sql).bind(id.0).fetch_all(pool).await?)
}

pub(super) async fn body(pool: &PgPool, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select body from webhook_contents where webhook_id = $1";
    Ok(sqlx::query_scalar(sql).bind(id.0).fetch_optional(pool).await?)
}

pub(super) async fn headers(pool: &PgPool, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select headers from webhook_contents where webhook_id = $1";
    Ok(sqlx::query_scalar(sql).bind(id.0).fetch_optional(pool).await?)
}

async fn rows(pool: &PgPool, filter: &WebhookFilter, reading: Reading, limit: i64) -> Result<Vec<WebhookColumns>, StoreError> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(TABLES);
    push_conditions(&mut query, filter, reading);
    query.push(match reading {
        Reading::Down(_) => " order by w.id desc limit ",
        Reading::Up(_) => " order by w.id limit ",
    });
    query.push_bind(limit);
    Ok(query.build_query_as().fetch_all(pool).await?)
}

/// Counts no further than `limit`.
async fn count(pool: &PgPool, filter: &WebhookFilter, reading: Reading, limit: i64) -> Result<i64, StoreError> {
    let mut query = QueryBuilder::new("select count(*) from (select 1 from webhooks w");
    push_conditions(&mut query, filter, reading);
    query.push(" limit ").push_bind(limit).push(") as found");
    Ok(query.build_query_scalar().fetch_one(pool).await?)
}

/// Pushes what the filter says of the webhook `w`, after the tables.
pub(super) fn push_conditions<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a WebhookFilter, reading: Reading) {
    query.push(" where true");
    match reading {
        Reading::Down(None) => {}
        Reading::Down(Some(id)) => _ = query.push(" and w.id < ").push_bind(id),
        Reading::Up(id) => _ = query.push(" and w.id > ").push_bind(id),
    }
    push_endpoints(query, "w.endpoint_id", filter);
    push_any(
        query,
        "w.verdict",
        filter.verdicts.iter().copied().map(Verdict::as_str).collect(),
    );
    if !filter.verdicts.is_empty() && !filter.verdicts.contains(&Verdict::Verified) {
        // Says nothing new, but lets PostgreSQL see that the index without the verified ones will do.
        query.push(" and w.verdict <> 'verified'");
    }
    if let Some(from) = filter.from {
        query.push(" and w.received_at >= ").push_bind(StoredTime(from));
        query.push(" and w.id >= ").push_bind(first_id_at(from));
    }
    if let Some(to) = filter.to {
        query.push(" and w.received_at < ").push_bind(StoredTime(to));
        query.push(" and w.id <= ").push_bind(last_id_before(to));
    }
    match filter.duplicates {
        None => {}
        Some(true) => _ = query.push(" and w.duplicate_of is not null"),
        Some(false) => _ = query.push(" and w.duplicate_of is null"),
    }
    push_deliveries(query, filter);
    push_events(query, filter);
}

fn push_deliveries<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a WebhookFilter) {
    if filter.deliveries.is_empty() {
        return;
    }
    query.push(" and exists (select 1 from deliveries d where d.webhook_id = w.id");
    push_any(
        query,
        "d.state",
        filter.deliveries.iter().copied().map(DeliveryState::as_str).collect(),
    );
    query.push(")");
}

/// One event of the webhook has to pass all that is said of events.
fn push_events<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a WebhookFilter) {
    if filter.subjects.is_empty() && filter.event_types.is_empty() && filter.outcomes.is_empty() {
        return;
    }
    query.push(" and exists (select 1 from events f where f.webhook_id = w.id");
    push_any(query, "f.subject", filter.subjects.iter().map(Text::as_str).collect());
    push_any(
        query,
        "f.outcome",
        filter.outcomes.iter().copied().map(Outcome::as_str).collect(),
    );
    push_event_types(query, filter);
    query.push(")");
}

fn push_event_types<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a WebhookFilter) {
    if filter.event_types.is_empty() {
        return;
    }
    query.push(" and (false");
    for event_type in &filter.event_types {
        match event_type.as_str().strip_suffix('*') {
            // Not `like`, to which `%` and `_` mean something.
            Some(beginning) => _ = query.push(" or starts_with(f.event_type, ").push_bind(beginning).push(")"),
            None => _ = query.push(" or f.event_type = ").push_bind(event_type.as_str()),
        }
    }
    query.push(")");
}

/// Narrows a column that names an endpoint to the filter's endpoints and providers.
pub(super) fn push_endpoints<'a>(query: &mut QueryBuilder<'a, Postgres>, column: &str, filter: &'a WebhookFilter) {
    push_any(query, column, filter.endpoints.iter().map(|endpoint| endpoint.0).collect());
    if !filter.providers.is_empty() {
        query.push(format_args!(" and {column} in (select id from endpoints where true"));
        push_any(query, "provider", filter.providers.iter().map(ProviderKey::as_str).collect());
        query.push(")");
    }
}

/// Narrows a column to some values; none at all mean any.
pub(super) fn push_any<'a, Value>(query: &mut QueryBuilder<'a, Postgres>, column: &str, values: Vec<Value>)
where
    Value: sqlx::Encode<'a, Postgres> + sqlx::Type<Postgres> + PgHasArrayType + 'a,
{
    if !values.is_empty() {
        query.push(format_args!(" and {column} = any(")).push_bind(values).push(")");
    }
}
