//! The log: lists by key, and single webhooks.

use model::{Page, PageRequest, WebhookDetail, WebhookFilter, WebhookId, WebhookRow};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use crate::store::StoreError;
use crate::store::paging::{self, Reading, rows_to_read};
use crate::store::rows::{DetailColumns, EventColumns, WebhookColumns, number, read_all};
use crate::store::stored_time::StoredTime;
use crate::store::time_as_id::{first_id_at, last_id_before};

/// The columns of a line of the log.
const COLUMNS: &str = "select w.id, w.endpoint_id, e.name as endpoint_name, e.provider, w.received_at, w.size, w.verdict, \
    w.event_count, w.duplicate_of, w.foreign_network, first.event_type, first.outcome, first.subject, first.resource_type, \
    first.resource_id, first.provider_event_id, first.occurred_at";

/// `cross join` keeps SQLite from going through the endpoints first, after which it would have to sort.
const TABLES: &str = " from webhooks w cross join endpoints e on e.id = w.endpoint_id \
    left join events first on first.webhook_id = w.id and first.position = 0";

pub(super) async fn page(
    pool: &SqlitePool,
    filter: &WebhookFilter,
    request: PageRequest,
) -> Result<Page<WebhookRow>, StoreError> {
    let reading = Reading::of(request);
    let rows: Vec<WebhookRow> = read_all(rows(pool, filter, reading, rows_to_read(request)).await?)?;
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
         join webhook_contents c on c.webhook_id = w.id where w.id = ?"
    );
    let columns: Option<DetailColumns> = sqlx::query_as(&sql).bind(id.0).fetch_optional(pool).await?;
    let Some(columns) = columns else { return Ok(None) };
    Ok(Some(columns.into_detail(events(pool, id).await?)?))
}

async fn events(pool: &SqlitePool, id: WebhookId) -> Result<Vec<EventColumns>, StoreError> {
    let sql = "select event_type, outcome, subject, resource_type, resource_id, provider_event_id, occurred_at \
               from events where webhook_id = ? order by position";
    Ok(sqlx::query_as(sql).bind(id.0).fetch_all(pool).await?)
}

pub(super) async fn body(pool: &SqlitePool, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select body from webhook_contents where webhook_id = ?";
    Ok(sqlx::query_scalar(sql).bind(id.0).fetch_optional(pool).await?)
}

pub(super) async fn headers(pool: &SqlitePool, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select headers from webhook_contents where webhook_id = ?";
    Ok(sqlx::query_scalar(sql).bind(id.0).fetch_optional(pool).await?)
}

async fn rows(
    pool: &SqlitePool,
    filter: &WebhookFilter,
    reading: Reading,
    limit: i64,
) -> Result<Vec<WebhookColumns>, StoreError> {
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
async fn count(pool: &SqlitePool, filter: &WebhookFilter, reading: Reading, limit: i64) -> Result<i64, StoreError> {
    let mut query = QueryBuilder::new("select count(*) from (select 1 from webhooks w");
    push_conditions(&mut query, filter, reading);
    query.push(" limit ").push_bind(limit).push(")");
    Ok(query.build_query_scalar().fetch_one(pool).await?)
}

fn push_conditions<'a>(query: &mut QueryBuilder<'a, Sqlite>, filter: &'a WebhookFilter, reading: Reading) {
    query.push(" where true");
    match reading {
        Reading::Down(None) => {}
        Reading::Down(Some(id)) => _ = query.push(" and w.id < ").push_bind(id),
        Reading::Up(id) => _ = query.push(" and w.id > ").push_bind(id),
    }
    push_endpoints(query, "w.endpoint_id", filter);
    push_list(query, "w.verdict", filter.verdicts.iter().map(|verdict| verdict.as_str()));
    if !filter.verdicts.is_empty() && !filter.verdicts.iter().any(|verdict| verdict.as_str() == "verified") {
        // Says nothing new, but lets SQLite see that the index without the verified ones will do.
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
    push_events(query, filter);
}

/// One event of the webhook has to pass all that is said of events.
fn push_events<'a>(query: &mut QueryBuilder<'a, Sqlite>, filter: &'a WebhookFilter) {
    if filter.subjects.is_empty() && filter.event_types.is_empty() && filter.outcomes.is_empty() {
        return;
    }
    if filter.subjects.is_empty() {
        query.push(" and exists (select 1 from events f where f.webhook_id = w.id");
    } else {
        // A person has few events: they are looked up once and not asked for at every webhook.
        query.push(" and w.id in (select f.webhook_id from events f where true");
    }
    push_list(query, "f.subject", filter.subjects.iter().map(|subject| subject.as_str()));
    push_list(query, "f.outcome", filter.outcomes.iter().map(|outcome| outcome.as_str()));
    push_event_types(query, filter);
    query.push(")");
}

fn push_event_types<'a>(query: &mut QueryBuilder<'a, Sqlite>, filter: &'a WebhookFilter) {
    if filter.event_types.is_empty() {
        return;
    }
    query.push(" and (false");
    for event_type in &filter.event_types {
        match event_type.as_str().strip_suffix('*') {
            // Compared as text and not with `like`, to which `%`, `_` and the case of letters mean something.
            Some(beginning) => {
                query
                    .push(" or substr(f.event_type, 1, length(")
                    .push_bind(beginning)
                    .push(")) = ")
                    .push_bind(beginning);
            }
            None => _ = query.push(" or f.event_type = ").push_bind(event_type.as_str()),
        }
    }
    query.push(")");
}

/// Narrows a column that names an endpoint to the filter's endpoints and providers.
pub(super) fn push_endpoints<'a>(query: &mut QueryBuilder<'a, Sqlite>, column: &str, filter: &'a WebhookFilter) {
    push_list(query, column, filter.endpoints.iter().map(|endpoint| endpoint.0));
    if !filter.providers.is_empty() {
        query.push(format_args!(" and {column} in (select id from endpoints where true"));
        push_list(query, "provider", filter.providers.iter().map(|provider| provider.as_str()));
        query.push(")");
    }
}

/// Narrows a column to some values; none at all mean any.
pub(super) fn push_list<'a, Value>(query: &mut QueryBuilder<'a, Sqlite>, column: &str, values: impl Iterator<Item = Value>)
where
    Value: sqlx::Encode<'a, Sqlite> + sqlx::Type<Sqlite> + 'a,
{
    let mut values = values.peekable();
    if values.peek().is_none() {
        return;
    }
    query.push(format_args!(" and {column} in ("));
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    query.push(")");
}
