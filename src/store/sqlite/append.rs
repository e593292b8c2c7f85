//! The hot path: a batch of webhooks in one transaction.
//!
//! Rows go in many to a statement, because each statement is a trip to the connection's thread and back. Statements come
//! in few sizes, so that all of them stay prepared.
//!
//! `insert or fail` leaves the rows of a statement that were inserted before one that cannot be: the transaction is rolled
//! back as a whole, so SQLite need not be ready to roll back a statement, for which it would copy each page that changes.

use std::collections::BTreeMap;

use model::{EndpointId, Event, WebhookId};
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{FromRow, Sqlite};
use uuid::Uuid;

use super::append_deliveries::append_deliveries;
use crate::providers::SameEvent;
use crate::store::duplicates::{EventKey, Original, event_keys, resolve};
use crate::store::rollups::{Counter, count};
use crate::store::rows::number;
use crate::store::stored_time::StoredTime;
use crate::store::{Appended, NewWebhook, StoreError};

/// The most rows of one statement: beyond that more rows make a statement no cheaper.
const MAX_ROWS: usize = 256;

/// The lengths of longer statements are multiples of this, so a batch is two or three statements for each table.
const STEP: usize = 16;

type Statement<'q> = Query<'q, Sqlite, SqliteArguments<'q>>;

/// A webhook with what the store adds to it.
struct Row<'a> {
    webhook: &'a NewWebhook,
    duplicate_of: Option<WebhookId>,
    /// The number of its contents.
    contents: i64,
}

/// The caller's transaction has the right to write, so nothing changes between reading the originals and writing them.
pub(super) async fn append(connection: &mut SqliteConnection, batch: &[NewWebhook]) -> Result<Vec<Appended>, StoreError> {
    let known = originals(connection, batch).await?;
    let resolved = resolve(batch, &known);
    let rows: Vec<_> = batch
        .iter()
        .zip(resolved.duplicate_of)
        .zip(next_contents(connection).await?..)
        .map(|((webhook, duplicate_of), contents)| Row {
            webhook,
            duplicate_of,
            contents,
        })
        .collect();

    insert_webhooks(connection, &rows).await?;
    insert_contents(connection, &rows).await?;
    insert_events(connection, batch).await?;
    let (replaced, new): (Vec<_>, Vec<_>) = resolved.changed.iter().partition(|(key, _)| known.contains_key(key));
    insert_originals(connection, &new).await?;
    replace_originals(connection, &replaced).await?;
    upsert_rollups(connection, &count(batch)).await?;
    let appended: Vec<_> = rows
        .iter()
        .map(|row| Appended {
            id: row.webhook.id,
            duplicate_of: row.duplicate_of,
        })
        .collect();
    append_deliveries(connection, batch, &appended).await?;
    Ok(appended)
}

#[derive(FromRow)]
struct OriginalColumns {
    endpoint_id: Uuid,
    same_event: Vec<u8>,
    webhook_id: Uuid,
    trust: i64,
}

async fn originals(connection: &mut SqliteConnection, batch: &[NewWebhook]) -> Result<BTreeMap<EventKey, Original>, StoreError> {
    let keys: Vec<_> = event_keys(batch).into_iter().collect();
    let mut known = BTreeMap::new();
    for keys in statements(&keys) {
        // `cross join` makes SQLite look each key up, instead of reading the table through.
        let sql = format!(
            "select originals.endpoint_id, originals.same_event, originals.webhook_id, originals.trust \
             from (values {}) as keys cross join originals \
             on originals.endpoint_id = keys.column1 and originals.same_event = keys.column2",
            placeholders(2, keys.len())
        );
        let mut query: QueryAs<_, OriginalColumns, _> = sqlx::query_as(&sql);
        for (endpoint_id, same_event) in keys {
            query = query.bind(endpoint_id.0).bind(&same_event.0[..]);
        }
        for row in query.fetch_all(&mut *connection).await? {
            let same_event = row
                .same_event
                .try_into()
                .map_err(|_| StoreError::Unreadable("an event's digest".to_owned()))?;
            known.insert(
                (EndpointId(row.endpoint_id), SameEvent(same_event)),
                Original {
                    webhook_id: WebhookId(row.webhook_id),
                    trust: number(row.trust, "trust")?,
                },
            );
        }
    }
    Ok(known)
}

/// The caller has the right to write, so the numbers from here on are its own.
async fn next_contents(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let sql = "select coalesce(max(number), 0) + 1 from webhook_contents";
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}

async fn insert_webhooks(connection: &mut SqliteConnection, rows: &[Row<'_>]) -> Result<(), StoreError> {
    let sql = "insert or fail into webhooks (id, endpoint_id, received_at, size, verdict, same_event, duplicate_of, \
               foreign_network, peer, evidence, parse_error, event_count, contents) values ";
    insert(connection, sql, 13, "", rows, |query, row| {
        let webhook = row.webhook;
        query
            .bind(webhook.id.0)
            .bind(webhook.endpoint_id.0)
            .bind(StoredTime(webhook.received_at))
            .bind(webhook.size_column())
            .bind(webhook.verdict.as_str())
            .bind(webhook.same_event.as_ref().map(|same_event| &same_event.0[..]))
            .bind(row.duplicate_of.map(|id| id.0))
            .bind(webhook.foreign_network)
            .bind(webhook.peer.to_string())
            .bind(webhook.evidence_column())
            .bind(webhook.parse_error_column())
            .bind(webhook.event_count_column())
            .bind(row.contents)
    })
    .await
}

async fn insert_contents(connection: &mut SqliteConnection, rows: &[Row<'_>]) -> Result<(), StoreError> {
    let sql = "insert or fail into webhook_contents (number, headers, body) values ";
    insert(connection, sql, 3, "", rows, |query, row| {
        query
            .bind(row.contents)
            .bind(&row.webhook.headers[..])
            .bind(&row.webhook.body[..])
    })
    .await
}

async fn insert_events(connection: &mut SqliteConnection, batch: &[NewWebhook]) -> Result<(), StoreError> {
    let rows: Vec<(WebhookId, i64, &Event)> = batch
        .iter()
        .flat_map(|webhook| {
            (0..)
                .zip(&webhook.events)
                .map(|(position, event)| (webhook.id, position, event))
        })
        .collect();
    let sql = "insert or fail into events (webhook_id, position, event_type, outcome, subject, resource_type, resource_id, \
               provider_event_id, occurred_at) values ";
    insert(connection, sql, 9, "", &rows, |query, (webhook_id, position, event)| {
        query
            .bind(webhook_id.0)
            .bind(*position)
            .bind(event.event_type.as_str())
            .bind(event.outcome.as_str())
            .bind(event.subject.as_ref().map(model::Text::as_str))
            .bind(event.resource.as_ref().map(|resource| resource.kind.as_str()))
            .bind(event.resource.as_ref().map(|resource| resource.id.as_str()))
            .bind(event.provider_event_id.as_ref().map(model::Text::as_str))
            .bind(event.occurred_at.map(StoredTime))
    })
    .await
}

async fn insert_originals(connection: &mut SqliteConnection, new: &[(&EventKey, &Original)]) -> Result<(), StoreError> {
    let sql = "insert or fail into originals (endpoint_id, same_event, webhook_id, trust) values ";
    insert(connection, sql, 4, "", new, |query, ((endpoint_id, same_event), original)| {
        query
            .bind(endpoint_id.0)
            .bind(&same_event.0[..])
            .bind(original.webhook_id.0)
            .bind(original.trust)
    })
    .await
}

/// Seldom anything, so one at a time.
async fn replace_originals(connection: &mut SqliteConnection, replaced: &[(&EventKey, &Original)]) -> Result<(), StoreError> {
    for ((endpoint_id, same_event), original) in replaced {
        sqlx::query("update originals set webhook_id = ?, trust = ? where endpoint_id = ? and same_event = ?")
            .bind(original.webhook_id.0)
            .bind(original.trust)
            .bind(endpoint_id.0)
            .bind(&same_event.0[..])
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn upsert_rollups(connection: &mut SqliteConnection, counters: &BTreeMap<Counter, i64>) -> Result<(), StoreError> {
    let rows: Vec<_> = counters.iter().collect();
    let sql = "insert into rollups (minute, endpoint_id, verdict, outcome, count) values ";
    let conflict = " on conflict (minute, endpoint_id, verdict, outcome) do update set count = count + excluded.count";
    insert(connection, sql, 5, conflict, &rows, |query, (counter, count)| {
        query
            .bind(StoredTime(counter.minute))
            .bind(counter.endpoint_id.0)
            .bind(counter.verdict.as_str())
            .bind(counter.outcome_column())
            .bind(**count)
    })
    .await
}

/// Inserts all rows. `sql` ends where the values stand, and `conflict` follows them.
async fn insert<Row>(
    connection: &mut SqliteConnection,
    sql: &str,
    columns: usize,
    conflict: &str,
    rows: &[Row],
    bind: for<'q> fn(Statement<'q>, &'q Row) -> Statement<'q>,
) -> Result<(), StoreError> {
    for rows in statements(rows) {
        let sql = format!("{sql}{}{conflict}", placeholders(columns, rows.len()));
        rows.iter().fold(sqlx::query(&sql), bind).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Cuts rows into few pieces of few lengths: multiples of [`STEP`], and what is left over.
fn statements<Row>(mut rows: &[Row]) -> impl Iterator<Item = &[Row]> {
    std::iter::from_fn(move || {
        let length = match rows.len() {
            0 => return None,
            few if few < STEP => few,
            many => many.min(MAX_ROWS) / STEP * STEP,
        };
        let (piece, rest) = rows.split_at(length);
        rows = rest;
        Some(piece)
    })
}

/// `(?, ?), (?, ?)` for two columns and two rows.
fn placeholders(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: usize, expected: &[usize]) {
        let rows = vec![(); rows];
        assert_eq!(statements(&rows).map(<[()]>::len).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn rows_are_cut_into_few_pieces_of_few_lengths() {
        check(0, &[]);
        check(1, &[1]);
        check(7, &[7]);
        check(16, &[16]);
        check(117, &[112, 5]);
        check(256, &[256]);
        check(700, &[256, 256, 176, 12]);
    }
}
