//! The hot path: a batch of webhooks in one transaction, each table filled by one statement of arrays.

use std::collections::{BTreeMap, BTreeSet};

use model::{EndpointId, Event, Text, WebhookId};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::append_deliveries::append_deliveries;
use super::append_refetches::{append_refetches, note_reconciled};
use crate::providers::SameEvent;
use crate::store::duplicates::{EventKey, Original, Resolved, resolve};
use crate::store::erased_again::{Came, erased_again, repeated};
use crate::store::rollups::{Counter, count};
use crate::store::rows::number;
use crate::store::stored_time::StoredTime;
use crate::store::{Appended, NewWebhook, StoreError};

/// The most bytes of contents that one statement carries, so that neither side holds a batch of large bodies twice over.
const MAX_BYTES: usize = 16 << 20;

/// Locks are taken in one order by all nodes: originals, then counters, each sorted. So nobody waits in a circle.
pub(super) async fn append(connection: &mut PgConnection, batch: &[NewWebhook]) -> Result<Vec<Appended>, StoreError> {
    let resolved = resolve_originals(connection, batch).await?;
    let appended: Vec<_> = batch
        .iter()
        .zip(resolved.duplicate_of)
        .map(|(webhook, duplicate_of)| Appended {
            id: webhook.id,
            duplicate_of,
        })
        .collect();
    let erased = erased(connection, repeated(&appended)).await?;
    let erased = erased_again(batch, &appended, &erased);
    let batch = erased.as_ref().map_or(batch, |erased| &erased.batch);

    insert_webhooks(connection, batch, &appended).await?;
    for part in parts(batch) {
        insert_contents(connection, part).await?;
    }
    insert_events(connection, batch).await?;
    upsert_rollups(connection, &count(batch)).await?;
    append_deliveries(connection, batch, &appended).await?;
    append_refetches(connection, batch, &appended).await?;
    note_reconciled(connection, batch).await?;
    if let Some(erased) = &erased {
        note_erased(connection, &erased.webhooks).await?;
    }
    Ok(appended)
}

/// Those of them that were erased. Asks nothing of the database where no webhook repeats another.
async fn erased(connection: &mut PgConnection, originals: Vec<Uuid>) -> Result<Vec<Uuid>, StoreError> {
    if originals.is_empty() {
        return Ok(originals);
    }
    let erased = sqlx::query_scalar("select id from webhooks where id = any($1) and erased_at is not null");
    Ok(erased.bind(originals).fetch_all(connection).await?)
}

async fn note_erased(connection: &mut PgConnection, webhooks: &[Came]) -> Result<(), StoreError> {
    sqlx::query(
        "update webhooks set erased_at = came.at, size = came.size \
         from unnest($1::uuid[], $2::timestamptz[], $3::bigint[]) as came (id, at, size) where webhooks.id = came.id",
    )
    .bind(column(webhooks, |came| came.id.0))
    .bind(column(webhooks, |came| StoredTime(came.at)))
    .bind(column(webhooks, |came| came.size))
    .execute(connection)
    .await?;
    Ok(())
}

/// Finds out which webhooks are duplicates, exactly, whatever other nodes append at the same time.
///
/// First the batch's own originals are put in wherever there is none. Where another node has just put in one, this waits
/// until that node has committed or given up. Nearly always that is all. Otherwise what was there is locked and read, and
/// replaced where the batch has something that is trusted more.
async fn resolve_originals(connection: &mut PgConnection, batch: &[NewWebhook]) -> Result<Resolved, StoreError> {
    let alone = resolve(batch, &BTreeMap::new());
    if alone.changed.is_empty() {
        return Ok(alone);
    }
    let inserted = insert_originals(connection, &alone.changed).await?;
    if inserted.len() == alone.changed.len() {
        return Ok(alone);
    }
    let others: Vec<_> = alone.changed.keys().filter(|key| !inserted.contains(key)).copied().collect();
    let known = lock_originals(connection, &others).await?;
    let resolved = resolve(batch, &known);
    let replaced: BTreeMap<_, _> = resolved.changed.iter().filter(|(key, _)| known.contains_key(key)).collect();
    if !replaced.is_empty() {
        update_originals(connection, &replaced).await?;
    }
    Ok(resolved)
}

#[derive(FromRow)]
struct KeyColumns {
    endpoint_id: Uuid,
    same_event: Vec<u8>,
}

#[derive(FromRow)]
struct OriginalColumns {
    #[sqlx(flatten)]
    key: KeyColumns,
    webhook_id: Uuid,
    trust: i16,
}

impl TryFrom<KeyColumns> for EventKey {
    type Error = StoreError;

    fn try_from(columns: KeyColumns) -> Result<Self, StoreError> {
        let same_event = columns.same_event.try_into();
        let same_event = same_event.map_err(|_| StoreError::Unreadable("an event's digest".to_owned()))?;
        Ok((EndpointId(columns.endpoint_id), SameEvent(same_event)))
    }
}

/// Answers which of them are the originals now.
async fn insert_originals(
    connection: &mut PgConnection,
    originals: &BTreeMap<EventKey, Original>,
) -> Result<BTreeSet<EventKey>, StoreError> {
    let rows: Vec<KeyColumns> = sqlx::query_as(
        "insert into originals (endpoint_id, same_event, webhook_id, trust) \
         select * from unnest($1::uuid[], $2::bytea[], $3::uuid[], $4::smallint[]) \
         on conflict do nothing returning endpoint_id, same_event",
    )
    .bind(column(originals.keys(), |(endpoint_id, _)| endpoint_id.0))
    .bind(column(originals.keys(), |(_, same_event)| &same_event.0[..]))
    .bind(column(originals.values(), |original| original.webhook_id.0))
    .bind(column(originals.values(), |original| i16::from(original.trust)))
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(EventKey::try_from).collect()
}

async fn lock_originals(connection: &mut PgConnection, keys: &[EventKey]) -> Result<BTreeMap<EventKey, Original>, StoreError> {
    let rows: Vec<OriginalColumns> = sqlx::query_as(
        "select endpoint_id, same_event, originals.webhook_id, originals.trust \
         from unnest($1::uuid[], $2::bytea[]) as keys (endpoint_id, same_event) \
         join originals using (endpoint_id, same_event) \
         order by endpoint_id, same_event for update of originals",
    )
    .bind(column(keys, |(endpoint_id, _)| endpoint_id.0))
    .bind(column(keys, |(_, same_event)| &same_event.0[..]))
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let original = Original {
                webhook_id: WebhookId(row.webhook_id),
                trust: number(row.trust.into(), "trust")?,
            };
            Ok((row.key.try_into()?, original))
        })
        .collect()
}

async fn update_originals(connection: &mut PgConnection, originals: &BTreeMap<&EventKey, &Original>) -> Result<(), StoreError> {
    sqlx::query(
        "update originals set webhook_id = new.webhook_id, trust = new.trust \
         from unnest($1::uuid[], $2::bytea[], $3::uuid[], $4::smallint[]) \
         as new (endpoint_id, same_event, webhook_id, trust) \
         where originals.endpoint_id = new.endpoint_id and originals.same_event = new.same_event",
    )
    .bind(column(originals.keys(), |(endpoint_id, _)| endpoint_id.0))
    .bind(column(originals.keys(), |(_, same_event)| &same_event.0[..]))
    .bind(column(originals.values(), |original| original.webhook_id.0))
    .bind(column(originals.values(), |original| i16::from(original.trust)))
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_webhooks(connection: &mut PgConnection, batch: &[NewWebhook], appended: &[Appended]) -> Result<(), StoreError> {
    sqlx::query(
        "insert into webhooks (id, endpoint_id, received_at, size, verdict, same_event, duplicate_of, foreign_network, \
         peer, evidence, parse_error, event_count) \
         select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::bigint[], $5::text[], $6::bytea[], $7::uuid[], \
         $8::boolean[], $9::text[], $10::text[], $11::text[], $12::bigint[])",
    )
    .bind(column(batch, |webhook| webhook.id.0))
    .bind(column(batch, |webhook| webhook.endpoint_id.0))
    .bind(column(batch, |webhook| StoredTime(webhook.received_at)))
    .bind(column(batch, NewWebhook::size_column))
    .bind(column(batch, |webhook| webhook.verdict.as_str()))
    .bind(column(batch, |webhook| {
        webhook.same_event.as_ref().map(|same_event| &same_event.0[..])
    }))
    .bind(column(appended, |appended| appended.duplicate_of.map(|id| id.0)))
    .bind(column(batch, |webhook| webhook.foreign_network))
    .bind(column(batch, |webhook| webhook.peer.to_string()))
    .bind(column(batch, NewWebhook::evidence_column))
    .bind(column(batch, NewWebhook::parse_error_column))
    .bind(column(batch, NewWebhook::event_count_column))
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_contents(connection: &mut PgConnection, batch: &[NewWebhook]) -> Result<(), StoreError> {
    sqlx::query(
        "insert into webhook_contents (webhook_id, headers, body) \
         select * from unnest($1::uuid[], $2::bytea[], $3::bytea[])",
    )
    .bind(column(batch, |webhook| webhook.id.0))
    .bind(column(batch, |webhook| &webhook.headers[..]))
    .bind(column(batch, |webhook| &webhook.body[..]))
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_events(connection: &mut PgConnection, batch: &[NewWebhook]) -> Result<(), StoreError> {
    let rows: Vec<(WebhookId, i32, &Event)> = batch
        .iter()
        .flat_map(|webhook| {
            (0..)
                .zip(&webhook.events)
                .map(|(position, event)| (webhook.id, position, event))
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into events (webhook_id, position, event_type, outcome, subject, resource_type, resource_id, \
         provider_event_id, occurred_at) \
         select * from unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], \
         $8::text[], $9::timestamptz[])",
    )
    .bind(column(&rows, |(webhook_id, ..)| webhook_id.0))
    .bind(column(&rows, |(_, position, _)| *position))
    .bind(column(&rows, |(.., event)| event.event_type.as_str()))
    .bind(column(&rows, |(.., event)| event.outcome.as_str()))
    .bind(column(&rows, |(.., event)| event.subject.as_ref().map(Text::as_str)))
    .bind(column(&rows, |(.., event)| {
        event.resource.as_ref().map(|resource| resource.kind.as_str())
    }))
    .bind(column(&rows, |(.., event)| {
        event.resource.as_ref().map(|resource| resource.id.as_str())
    }))
    .bind(column(&rows, |(.., event)| {
        event.provider_event_id.as_ref().map(Text::as_str)
    }))
    .bind(column(&rows, |(.., event)| event.occurred_at.map(StoredTime)))
    .execute(connection)
    .await?;
    Ok(())
}

async fn upsert_rollups(connection: &mut PgConnection, counters: &BTreeMap<Counter, i64>) -> Result<(), StoreError> {
    sqlx::query(
        "insert into rollups (minute, endpoint_id, verdict, outcome, count) \
         select * from unnest($1::timestamptz[], $2::uuid[], $3::text[], $4::text[], $5::bigint[]) \
         on conflict (minute, endpoint_id, verdict, outcome) do update set count = rollups.count + excluded.count",
    )
    .bind(column(counters.keys(), |counter| StoredTime(counter.minute)))
    .bind(column(counters.keys(), |counter| counter.endpoint_id.0))
    .bind(column(counters.keys(), |counter| counter.verdict.as_str()))
    .bind(column(counters.keys(), Counter::outcome_column))
    .bind(column(counters.values(), |count| *count))
    .execute(connection)
    .await?;
    Ok(())
}

/// One column of many rows, as the array that a statement takes.
/// One column of an array for each row.
pub(super) fn column<Row, Value>(rows: impl IntoIterator<Item = Row>, value: impl FnMut(Row) -> Value) -> Vec<Value> {
    rows.into_iter().map(value).collect()
}

/// Cuts a batch so that the bodies of a part stay below [`MAX_BYTES`], or are one body.
fn parts(mut batch: &[NewWebhook]) -> impl Iterator<Item = &[NewWebhook]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fitting = batch.iter().take_while(|webhook| {
            bytes += webhook.body.len();
            bytes <= MAX_BYTES
        });
        let length = fitting.count().max(1).min(batch.len());
        let (part, rest) = batch.split_at(length);
        batch = rest;
        (!part.is_empty()).then_some(part)
    })
}
