//! What was asked and answered, and what came by itself.

use model::{EndpointId, RecordId, RecordRow, RefetchRow, Resource, Text, WebhookId};
use sqlx::PgPool;
use uuid::Uuid;

use super::append::column;
use super::webhooks;
use crate::providers::SameEvent;
use crate::store::StoreError;
use crate::store::record_rows::{LOOKED_THROUGH, RecordColumns, RefetchColumns, RefetchableColumns, StoredRecordColumns};
use crate::store::records::{Refetchable, StoredRecord};
use crate::store::rows::read_all;

/// The columns of a line of a history. The body is left out.
pub(super) const COLUMNS: &str = "select r.id, r.webhook_id, r.endpoint_id, r.resource_type, r.resource_id, r.fetched_at, \
    r.url, r.status, r.duration_ms, r.agreement, r.size";

/// The most that are shown of one webhook.
const MOST: i64 = 50;

pub(super) async fn refetches(pool: &PgPool, webhook: WebhookId) -> Result<Vec<RefetchRow>, StoreError> {
    let rows: Vec<RefetchColumns> = sqlx::query_as("select * from refetches where webhook_id = $1 order by id desc limit $2")
        .bind(webhook.0)
        .bind(MOST)
        .fetch_all(pool)
        .await?;
    read_all(rows)
}

pub(super) async fn refetchable(pool: &PgPool, webhook: WebhookId) -> Result<Option<Refetchable>, StoreError> {
    let row: Option<RefetchableColumns> = sqlx::query_as(
        "select id, endpoint_id, received_at, duplicate_of, foreign_network, erased_at, verdict, evidence, contradicted \
         from webhooks where id = $1",
    )
    .bind(webhook.0)
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    row.with(webhooks::events(pool, webhook).await?).map(Some)
}

pub(super) async fn of_object(
    pool: &PgPool,
    endpoint: EndpointId,
    resource: &Resource,
    most: u32,
) -> Result<Vec<RecordRow>, StoreError> {
    let sql = format!(
        "{COLUMNS} from records r where r.endpoint_id = $1 and r.resource_type = $2 and r.resource_id = $3 \
         order by r.id desc limit $4"
    );
    let rows: Vec<RecordColumns> = sqlx::query_as(&sql)
        .bind(endpoint.0)
        .bind(resource.kind.as_str())
        .bind(resource.id.as_str())
        .bind(i64::from(most))
        .fetch_all(pool)
        .await?;
    read_all(rows)
}

pub(super) async fn of_webhook(pool: &PgPool, webhook: WebhookId) -> Result<Vec<RecordRow>, StoreError> {
    let sql = format!("{COLUMNS} from records r where r.webhook_id = $1 order by r.id desc limit $2");
    let rows: Vec<RecordColumns> = sqlx::query_as(&sql).bind(webhook.0).bind(MOST).fetch_all(pool).await?;
    read_all(rows)
}

pub(super) async fn by_id(pool: &PgPool, id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
    let sql = format!("{COLUMNS}, r.body from records r where r.id = $1");
    let row: Option<StoredRecordColumns> = sqlx::query_as(&sql).bind(id.0).fetch_optional(pool).await?;
    row.map(StoredRecord::try_from).transpose()
}

pub(super) async fn before(pool: &PgPool, record: &RecordRow) -> Result<Option<StoredRecord>, StoreError> {
    let sql = format!(
        "{COLUMNS}, r.body from records r where r.endpoint_id = $1 and r.resource_type = $2 and r.resource_id = $3 and r.id < $4 \
         order by r.id desc limit 1"
    );
    let row: Option<StoredRecordColumns> = sqlx::query_as(&sql)
        .bind(record.endpoint_id.0)
        .bind(record.resource.kind.as_str())
        .bind(record.resource.id.as_str())
        .bind(record.id.0)
        .fetch_optional(pool)
        .await?;
    row.map(StoredRecord::try_from).transpose()
}

pub(super) async fn endpoints_with_credentials(pool: &PgPool) -> Result<Vec<EndpointId>, StoreError> {
    let sql = "select endpoint_id from endpoint_credentials order by endpoint_id";
    let ids: Vec<Uuid> = sqlx::query_scalar(sql).fetch_all(pool).await?;
    Ok(ids.into_iter().map(EndpointId).collect())
}

pub(super) async fn have_come(
    pool: &PgPool,
    endpoint: EndpointId,
    events: &[SameEvent],
    trust: u8,
) -> Result<Vec<bool>, StoreError> {
    let come = sqlx::query_scalar(
        "select exists (select 1 from originals o where o.endpoint_id = $1 and o.same_event = asked.same_event \
         and o.trust >= $3) from unnest($2::bytea[]) with ordinality as asked (same_event, position) order by position",
    )
    .bind(endpoint.0)
    .bind(column(events, |event| &event.0[..]))
    .bind(i16::from(trust))
    .fetch_all(pool)
    .await?;
    Ok(come)
}

pub(super) async fn were_erased(pool: &PgPool, endpoint: EndpointId, events: &[SameEvent]) -> Result<Vec<bool>, StoreError> {
    let erased = sqlx::query_scalar(
        "select exists (select 1 from originals o join webhooks w on w.id = o.webhook_id where o.endpoint_id = $1 \
         and o.same_event = asked.same_event and w.erased_at is not null) \
         from unnest($2::bytea[]) with ordinality as asked (same_event, position) order by position",
    )
    .bind(endpoint.0)
    .bind(column(events, |event| &event.0[..]))
    .fetch_all(pool)
    .await?;
    Ok(erased)
}

pub(super) async fn types_that_came(pool: &PgPool, endpoint: EndpointId, types: &[Text]) -> Result<Vec<Text>, StoreError> {
    let came: Vec<String> = sqlx::query_scalar(
        "select distinct e.event_type from (select id from webhooks where endpoint_id = $1 order by id desc limit $2) w \
         join events e on e.webhook_id = w.id",
    )
    .bind(endpoint.0)
    .bind(LOOKED_THROUGH)
    .fetch_all(pool)
    .await?;
    let has_come = |event_type: &&Text| came.iter().any(|came| came == event_type.as_str());
    Ok(types.iter().filter(has_come).cloned().collect())
}
