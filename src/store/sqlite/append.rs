//! The hot path: a batch of webhooks in one transaction.
//!
//! Each query is a trip to the connection's thread and back, which under load takes as long as many rows do. So a batch makes
//! two: one begins and reads, the other writes and commits. Their statements come in few sizes, so that all of them stay
//! prepared, and rows of nulls fill them up.
//!
//! `insert or fail` leaves the rows of a statement that were inserted before one that cannot be: the transaction is rolled
//! back as a whole, so SQLite need not be ready to roll back a statement, for which it would copy each page that changes.

use std::collections::BTreeMap;
use std::ops::Range;

use model::{EndpointId, Event, WebhookId};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{FromRow, QueryBuilder, Row as _, Sqlite};
use uuid::Uuid;

use super::append_deliveries::append_deliveries;
use super::append_refetches::append_refetches;
use super::plan::push_values;
use crate::providers::SameEvent;
use crate::store::duplicates::{EventKey, Original, event_keys, resolve};
use crate::store::erased_again::{Came, erased_again, repeated};
use crate::store::rollups::{Counter, count};
use crate::store::rows::number;
use crate::store::stored_time::StoredTime;
use crate::store::{Appended, NewWebhook, StoreError};

/// The most rows of one statement. The widest table has 13 columns, and SQLite takes 32,766 values.
const MAX_ROWS: usize = 512;

/// The sizes of larger statements are multiples of this.
const STEP: usize = 16;

type Statement<'q> = Query<'q, Sqlite, SqliteArguments<'q>>;

/// A webhook with what the store adds to it.
struct Row<'a> {
    webhook: &'a NewWebhook,
    duplicate_of: Option<WebhookId>,
    /// The number of its contents.
    contents: i64,
}

/// An event with its webhook and its position there.
type EventRow<'a> = (WebhookId, i64, &'a Event);

type OriginalRow<'a> = (&'a EventKey, &'a Original);

/// What a batch finds.
#[derive(Default)]
struct Found {
    originals: BTreeMap<EventKey, Original>,
    /// The number of the last contents.
    last_contents: i64,
}

/// Begins a transaction and commits it. When this fails or is not waited for, the connection can be left within it.
pub(super) async fn append(connection: &mut SqliteConnection, batch: &[NewWebhook]) -> Result<Vec<Appended>, StoreError> {
    let found = begin_and_read(connection, batch).await?;
    let resolved = resolve(batch, &found.originals);
    let appended: Vec<_> = batch
        .iter()
        .zip(&resolved.duplicate_of)
        .map(|(webhook, duplicate_of)| Appended {
            id: webhook.id,
            duplicate_of: *duplicate_of,
        })
        .collect();
    let erased = erased(connection, repeated(&appended)).await?;
    let erased = erased_again(batch, &appended, &erased);
    let batch = erased.as_ref().map_or(batch, |erased| &erased.batch);
    let rows: Vec<_> = batch
        .iter()
        .zip(resolved.duplicate_of)
        .zip(found.last_contents + 1..)
        .map(|((webhook, duplicate_of), contents)| Row {
            webhook,
            duplicate_of,
            contents,
        })
        .collect();
    let is_replaced = |(key, _): &OriginalRow| found.originals.contains_key(key);
    let (replaced, new): (Vec<_>, Vec<_>) = resolved.changed.iter().partition(is_replaced);
    replace_originals(connection, &replaced).await?;
    append_deliveries(connection, batch, &appended).await?;
    append_refetches(connection, batch, &appended).await?;
    let erased = erased.as_ref().map_or(&[][..], |erased| &erased.webhooks);
    write_and_commit(connection, &rows, &new, &count(batch), erased).await?;
    Ok(appended)
}

/// Those of them that were erased. Asks nothing of the database where no webhook repeats another.
async fn erased(connection: &mut SqliteConnection, originals: Vec<Uuid>) -> Result<Vec<Uuid>, StoreError> {
    if originals.is_empty() {
        return Ok(originals);
    }
    let mut query = QueryBuilder::new("select id from webhooks where erased_at is not null and id in (");
    push_values(&mut query, originals.into_iter());
    query.push(")");
    Ok(query.build_query_scalar().fetch_all(connection).await?)
}

/// The transaction holds the right to write from its beginning, so nothing changes between reading the originals and writing
/// them.
async fn begin_and_read(connection: &mut SqliteConnection, batch: &[NewWebhook]) -> Result<Found, StoreError> {
    let keys = event_keys(batch);
    let keys: Vec<_> = keys.iter().collect();
    let mut found = Found::default();
    for piece in pieces(keys.len()) {
        let begin = if piece == 0 { "begin immediate;" } else { "" };
        let keys = rows_in(&keys, piece);
        let size = size_for(keys.len());
        // `cross join` makes SQLite look each key up, instead of reading the table through.
        let sql = format!(
            "{begin} select originals.endpoint_id, originals.same_event, originals.webhook_id, originals.trust \
             from (values {}) as keys cross join originals \
             on originals.endpoint_id = keys.column1 and originals.same_event = keys.column2; \
             select coalesce(max(number), 0) from webhook_contents",
            placeholders(2, size),
        );
        let query = bind_rows(sqlx::query(&sql), keys, 2, size, |query, (endpoint_id, same_event)| {
            query.bind(endpoint_id.0).bind(&same_event.0[..])
        });
        let mut rows = query.fetch_all(&mut *connection).await?;
        let last = rows.pop().ok_or(sqlx::Error::RowNotFound)?;
        found.last_contents = last.try_get(0)?;
        for row in &rows {
            let (key, original) = OriginalColumns::from_row(row)?.try_into()?;
            found.originals.insert(key, original);
        }
    }
    Ok(found)
}

#[derive(FromRow)]
struct OriginalColumns {
    endpoint_id: Uuid,
    same_event: Vec<u8>,
    webhook_id: Uuid,
    trust: i64,
}

impl TryFrom<OriginalColumns> for (EventKey, Original) {
    type Error = StoreError;

    fn try_from(columns: OriginalColumns) -> Result<Self, StoreError> {
        let same_event = columns
            .same_event
            .try_into()
            .map_err(|_| StoreError::Unreadable("an event's digest".to_owned()))?;
        let original = Original {
            webhook_id: WebhookId(columns.webhook_id),
            trust: number(columns.trust, "trust")?,
        };
        Ok(((EndpointId(columns.endpoint_id), SameEvent(same_event)), original))
    }
}

/// Seldom anything, so one at a time.
async fn replace_originals(connection: &mut SqliteConnection, replaced: &[OriginalRow<'_>]) -> Result<(), StoreError> {
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

async fn write_and_commit(
    connection: &mut SqliteConnection,
    rows: &[Row<'_>],
    new: &[OriginalRow<'_>],
    counters: &BTreeMap<Counter, i64>,
    erased: &[Came],
) -> Result<(), StoreError> {
    let counters: Vec<_> = counters.iter().collect();
    let events: Vec<EventRow> = rows
        .iter()
        .flat_map(|row| {
            (0..)
                .zip(&row.webhook.events)
                .map(|(position, event)| (row.webhook.id, position, event))
        })
        .collect();
    let reconciled: Vec<_> = rows
        .iter()
        .map(|row| row.webhook)
        .filter(|webhook| webhook.reconciled)
        .collect();
    // Of originals and counters there are no more than of webhooks.
    let pieces = pieces(rows.len().max(events.len()));
    for piece in pieces.clone() {
        let commit = if piece + 1 == pieces.end && reconciled.is_empty() && erased.is_empty() {
            "; commit"
        } else {
            ""
        };
        let (rows, events) = (rows_in(rows, piece), rows_in(&events, piece));
        let (new, counters) = (rows_in(new, piece), rows_in(&counters, piece));
        let size = size_for(rows.len().max(events.len()));
        let sql = format!(
            "insert or fail into webhooks (id, endpoint_id, received_at, size, verdict, same_event, duplicate_of, \
             foreign_network, peer, evidence, parse_error, event_count, contents) {}; \
             insert or fail into webhook_contents (number, headers, body) {}; \
             insert or fail into events (webhook_id, position, event_type, outcome, subject, resource_type, resource_id, \
             provider_event_id, occurred_at) {}; \
             insert or fail into originals (endpoint_id, same_event, webhook_id, trust) {}; \
             insert into rollups (minute, endpoint_id, verdict, outcome, count) {} \
             on conflict (minute, endpoint_id, verdict, outcome) do update set count = count + excluded.count{commit}",
            select(13, size),
            select(3, size),
            select(9, size),
            select(4, size),
            select(5, size),
        );
        let query = bind_rows(sqlx::query(&sql), rows, 13, size, bind_webhook);
        let query = bind_rows(query, rows, 3, size, bind_contents);
        let query = bind_rows(query, events, 9, size, bind_event);
        let query = bind_rows(query, new, 4, size, bind_original);
        let query = bind_rows(query, counters, 5, size, bind_counter);
        query.execute(&mut *connection).await?;
    }
    if !reconciled.is_empty() || !erased.is_empty() {
        note_reconciled(connection, &reconciled).await?;
        note_erased(connection, erased).await?;
        sqlx::query("commit").execute(connection).await?;
    }
    Ok(())
}

/// Seldom any, so one at a time.
async fn note_reconciled(connection: &mut SqliteConnection, webhooks: &[&NewWebhook]) -> Result<(), StoreError> {
    for webhook in webhooks {
        sqlx::query("update webhooks set reconciled = true where id = ?")
            .bind(webhook.id.0)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn note_erased(connection: &mut SqliteConnection, webhooks: &[Came]) -> Result<(), StoreError> {
    for webhook in webhooks {
        sqlx::query("update webhooks set erased_at = ?, size = ? where id = ?")
            .bind(StoredTime(webhook.at))
            .bind(webhook.size)
            .bind(webhook.id.0)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn bind_webhook<'q>(query: Statement<'q>, row: &Row<'q>) -> Statement<'q> {
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
}

fn bind_contents<'q>(query: Statement<'q>, row: &Row<'q>) -> Statement<'q> {
    query
        .bind(row.contents)
        .bind(&row.webhook.headers[..])
        .bind(&row.webhook.body[..])
}

fn bind_event<'q>(query: Statement<'q>, (webhook_id, position, event): &EventRow<'q>) -> Statement<'q> {
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
}

fn bind_original<'q>(query: Statement<'q>, ((endpoint_id, same_event), original): &OriginalRow<'q>) -> Statement<'q> {
    query
        .bind(endpoint_id.0)
        .bind(&same_event.0[..])
        .bind(original.webhook_id.0)
        .bind(original.trust)
}

fn bind_counter<'q>(query: Statement<'q>, (counter, count): &(&'q Counter, &'q i64)) -> Statement<'q> {
    query
        .bind(StoredTime(counter.minute))
        .bind(counter.endpoint_id.0)
        .bind(counter.verdict.as_str())
        .bind(counter.outcome_column())
        .bind(**count)
}

/// Binds the values of all rows, and nulls up to the statement's size.
fn bind_rows<'q, Row>(
    query: Statement<'q>,
    rows: &[Row],
    columns: usize,
    size: usize,
    bind: impl Fn(Statement<'q>, &Row) -> Statement<'q>,
) -> Statement<'q> {
    let query = rows.iter().fold(query, bind);
    (0..(size - rows.len()) * columns).fold(query, |query, _| query.bind(None::<i64>))
}

/// The rows of the statement, without those that fill it up.
fn select(columns: usize, size: usize) -> String {
    format!(
        "select * from (values {}) where column1 is not null",
        placeholders(columns, size)
    )
}

/// `(?,?),(?,?)` for two columns and two rows.
fn placeholders(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row; rows].join(",")
}

/// The numbers of the pieces that so many rows are cut into, at least one.
fn pieces(rows: usize) -> Range<usize> {
    0..rows.div_ceil(MAX_ROWS).max(1)
}

fn rows_in<Row>(rows: &[Row], piece: usize) -> &[Row] {
    rows.chunks(MAX_ROWS).nth(piece).unwrap_or_default()
}

/// The size of a statement that takes so many rows.
fn size_for(rows: usize) -> usize {
    if rows < STEP {
        rows.next_power_of_two()
    } else {
        rows.next_multiple_of(STEP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: usize, expected: usize) {
        assert_eq!(size_for(rows), expected);
    }

    #[test]
    fn statements_come_in_few_sizes() {
        check(0, 1);
        check(1, 1);
        check(3, 4);
        check(9, 16);
        check(16, 16);
        check(17, 32);
        check(117, 128);
        check(512, 512);
    }
}
