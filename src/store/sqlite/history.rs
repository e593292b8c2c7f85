//! What was asked and answered, and what came by itself.

use model::{EndpointId, RecordId, RecordRow, RefetchRow, Resource, Text, WebhookId};
use sqlx::SqlitePool;
use uuid::Uuid;

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
const MOST: u32 = 50;

pub(super) async fn refetches(pool: &SqlitePool, webhook: WebhookId) -> Result<Vec<RefetchRow>, StoreError> {
    let rows: Vec<RefetchColumns> = sqlx::query_as("select * from refetches where webhook_id = ? order by id desc limit ?")
        .bind(webhook.0)
        .bind(MOST)
        .fetch_all(pool)
        .await?;
    read_all(rows)
}

pub(super) async fn refetchable(pool: &SqlitePool, webhook: WebhookId) -> Result<Option<Refetchable>, StoreError> {
    let row: Option<RefetchableColumns> = sqlx::query_as(
        "select id, endpoint_id, received_at, duplicate_of, foreign_network, erased_at, verdict, evidence, contradicted \
         from webhooks where id = ?",
    )
    .bind(webhook.0)
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    row.with(webhooks::events(pool, webhook).await?).map(Some)
}

pub(super) async fn of_object(
    pool: &SqlitePool,
    endpoint: EndpointId,
    resource: &Resource,
    most: u32,
) -> Result<Vec<RecordRow>, StoreError> {
    let sql = format!(
        "{COLUMNS} from records r where r.endpoint_id = ? and r.resource_type = ? and r.resource_id = ? \
         order by r.id desc limit ?"
    );
    let rows: Vec<RecordColumns> = sqlx::query_as(&sql)
        .bind(endpoint.0)
        .bind(resource.kind.as_str())
        .bind(resource.id.as_str())
        .bind(most)
        .fetch_all(pool)
        .await?;
    read_all(rows)
}

pub(super) async fn of_webhook(pool: &SqlitePool, webhook: WebhookId) -> Result<Vec<RecordRow>, StoreError> {
    let sql = format!("{COLUMNS} from records r where r.webhook_id = ? order by r.id desc limit ?");
    let rows: Vec<RecordColumns> = sqlx::query_as(&sql).bind(webhook.0).bind(MOST).fetch_all(pool).await?;
    read_all(rows)
}

pub(super) async fn by_id(pool: &SqlitePool, id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
    let sql = format!("{COLUMNS}, r.body from records r where r.id = ?");
    let row: Option<StoredRecordColumns> = sqlx::query_as(&sql).bind(id.0).fetch_optional(pool).await?;
    row.map(StoredRecord::try_from).transpose()
}

pub(super) async fn before(pool: &SqlitePool, record: &RecordRow) -> Result<Option<StoredRecord>, StoreError> {
    let sql = format!(
        "{COLUMNS}, r.body from records r where r.endpoint_id = ? and r.resource_type = ? and r.resource_id = ? and r.id < ? \
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

pub(super) async fn endpoints_with_credentials(pool: &SqlitePool) -> Result<Vec<EndpointId>, StoreError> {
    let sql = "select endpoint_id from endpoint_credentials order by endpoint_id";
    let ids: Vec<Uuid> = sqlx::query_scalar(sql).fetch_all(pool).await?;
    Ok(ids.into_iter().map(EndpointId).collect())
}

pub(super) async fn have_come(
    pool: &SqlitePool,
    endpoint: EndpointId,
    events: &[SameEvent],
    trust: u8,
) -> Result<Vec<bool>, StoreError> {
    let sql = "select exists (select 1 from originals where endpoint_id = ? and same_event = ? and trust >= ?)";
    let mut connection = pool.acquire().await?;
    let mut come = Vec::with_capacity(events.len());
    for event in events {
        let query = sqlx::query_scalar(sql).bind(endpoint.0).bind(&event.0[..]).bind(trust);
        come.push(query.fetch_one(&mut *connection).await?);
    }
    Ok(come)
}

pub(super) async fn were_erased(pool: &SqlitePool, endpoint: EndpointId, events: &[SameEvent]) -> Result<Vec<bool>, StoreError> {
    let sql = "select exists (select 1 from originals o join webhooks w on w.id = o.webhook_id \
               where o.endpoint_id = ? and o.same_event = ? and w.erased_at is not null)";
    let mut connection = pool.acquire().await?;
    let mut erased = Vec::with_capacity(events.len());
    for event in events {
        let query = sqlx::query_scalar(sql).bind(endpoint.0).bind(&event.0[..]);
        erased.push(query.fetch_one(&mut *connection).await?);
    }
    Ok(erased)
}

pub(super) async fn types_that_came(pool: &SqlitePool, endpoint: EndpointId, types: &[Text]) -> Result<Vec<Text>, StoreError> {
    let came: Vec<String> = sqlx::query_scalar(
        "select distinct e.event_type from (select id from webhooks where endpoint_id = ? order by id desc limit ?) w \
         cross join events e on e.webhook_id = w.id",
    )
    .bind(endpoint.0)
    .bind(LOOKED_THROUGH)
    .fetch_all(pool)
    .await?;
    let has_come = |event_type: &&Text| came.iter().any(|came| came == event_type.as_str());
    Ok(types.iter().filter(has_come).cloned().collect())
}
