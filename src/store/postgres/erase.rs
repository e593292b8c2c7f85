//! Erasing what webhooks say. What stays says when they came, from whom, of what type and how they were trusted.
//!
//! Locks are taken in the order that all take them in: webhooks, re-fetches, destinations, deliveries, bulk resends.

use std::collections::{BTreeMap, BTreeSet};

use model::{Text, Timestamp, WebhookId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::append::column;
use super::{ends, refetches};
use crate::store::StoreError;
use crate::store::record_rows::cancelled;
use crate::store::recording::EndedColumns;
use crate::store::stored_time::StoredTime;
use crate::store::subject_rows::{evidence_without_quotes, filter_without};

pub(super) async fn erase(
    connection: &mut PgConnection,
    subject: &Text,
    webhooks: &[WebhookId],
    at: Timestamp,
) -> Result<(), StoreError> {
    let webhooks = column(webhooks, |webhook| webhook.0);
    erase_webhooks(connection, &webhooks, at).await?;
    let asked = refetches::cancel_of_webhooks(connection, &webhooks).await?;
    erase_records(connection, &webhooks).await?;
    erase_events(connection, &webhooks, subject).await?;
    let ended = cancel_deliveries(connection, &webhooks).await?;
    erase_deliveries(connection, &webhooks, subject).await?;
    let line = |delivery: &EndedColumns| Some(((delivery.destination_id, delivery.subject.clone()?), at));
    ends::wake(connection, &ended.iter().filter_map(line).collect()).await?;
    let waited_for = asked.iter().map(|refetch| refetch.resend_id);
    let waited_for = waited_for.chain(ended.iter().map(|delivery| delivery.resend_id)).flatten();
    erase_filters(connection, subject, waited_for.collect()).await?;
    ends::count(connection, &cancelled(&asked)).await?;
    ends::count_cancelled(connection, &ended).await
}

/// Locks them, too.
async fn erase_webhooks(connection: &mut PgConnection, webhooks: &[Uuid], at: Timestamp) -> Result<(), StoreError> {
    let stored: Vec<(Uuid, String)> =
        sqlx::query_as("select id, evidence from webhooks where id = any($1) order by id for no key update")
            .bind(webhooks)
            .fetch_all(&mut *connection)
            .await?;
    sqlx::query(
        "update webhooks set erased_at = coalesce(erased_at, $1), evidence = new.evidence, parse_error = null \
         from unnest($2::uuid[], $3::text[]) as new (id, evidence) where webhooks.id = new.id",
    )
    .bind(StoredTime(at))
    .bind(column(&stored, |(id, _)| *id))
    .bind(column(&stored, |(_, evidence)| evidence_without_quotes(evidence)))
    .execute(&mut *connection)
    .await?;
    sqlx::query("update webhook_contents set headers = '', body = '' where webhook_id = any($1)")
        .bind(webhooks)
        .execute(connection)
        .await?;
    Ok(())
}

async fn erase_records(connection: &mut PgConnection, webhooks: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query("delete from records where webhook_id = any($1)")
        .bind(webhooks)
        .execute(&mut *connection)
        .await?;
    sqlx::query("update refetches set url = null, record_id = null where webhook_id = any($1)")
        .bind(webhooks)
        .execute(connection)
        .await?;
    Ok(())
}

async fn erase_events(connection: &mut PgConnection, webhooks: &[Uuid], subject: &Text) -> Result<(), StoreError> {
    sqlx::query(
        "update events set subject = null, resource_type = null, resource_id = null, provider_event_id = null \
         where webhook_id = any($1) and (subject = $2 or subject is null)",
    )
    .bind(webhooks)
    .bind(subject.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// Also those that failed: there is nothing left to try again, and later ones of the subject must not wait for them. All are
/// locked, also those at their ends, which may be told of late.
async fn cancel_deliveries(connection: &mut PgConnection, webhooks: &[Uuid]) -> Result<Vec<EndedColumns>, StoreError> {
    let destinations: Vec<Uuid> = sqlx::query_scalar("select distinct destination_id from deliveries where webhook_id = any($1)")
        .bind(webhooks)
        .fetch_all(&mut *connection)
        .await?;
    ends::lock_ordered(connection, &destinations).await?;
    sqlx::query("select 1 from deliveries where webhook_id = any($1) order by id for no key update")
        .bind(webhooks)
        .execute(&mut *connection)
        .await?;
    let ended: Vec<EndedColumns> = sqlx::query_as(
        "select id, destination_id, subject, resend_id from deliveries where webhook_id = any($1) \
         and state in ('held', 'pending', 'delivering', 'failed')",
    )
    .bind(webhooks)
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query(
        "update deliveries set state = 'cancelled', due_at = null, lease = null, resend_id = null, replaces = null \
         where id = any($1)",
    )
    .bind(column(&ended, |delivery| delivery.id))
    .execute(connection)
    .await?;
    Ok(ended)
}

async fn erase_deliveries(connection: &mut PgConnection, webhooks: &[Uuid], subject: &Text) -> Result<(), StoreError> {
    sqlx::query("update deliveries set subject = null where webhook_id = any($1) and subject = $2")
        .bind(webhooks)
        .bind(subject.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "update attempts set response_headers = '[]', response_body = '' \
         where delivery_id in (select id from deliveries where webhook_id = any($1))",
    )
    .bind(webhooks)
    .execute(connection)
    .await?;
    Ok(())
}

/// Locks these bulk resends too, together with those whose filters change, in the order in which everybody does.
async fn erase_filters(connection: &mut PgConnection, subject: &Text, waited_for: BTreeSet<Uuid>) -> Result<(), StoreError> {
    let filters: Vec<(Uuid, String)> = sqlx::query_as("select id, filter from resends")
        .fetch_all(&mut *connection)
        .await?;
    let filters: BTreeMap<_, _> = filters
        .into_iter()
        .filter_map(|(id, filter)| Some((id, filter_without(&filter, subject)?)))
        .collect();
    let locked: BTreeSet<_> = filters.keys().copied().chain(waited_for).collect();
    sqlx::query("select 1 from resends where id = any($1) order by id for no key update")
        .bind(column(locked, |id| id))
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "update resends set filter = new.filter from unnest($1::uuid[], $2::text[]) as new (id, filter) \
         where resends.id = new.id",
    )
    .bind(column(filters.keys(), |id| *id))
    .bind(column(filters.values(), String::as_str))
    .execute(connection)
    .await?;
    Ok(())
}
