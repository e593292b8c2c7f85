//! Erasing what webhooks say. What stays says when they came, from whom, of what type and how they were trusted.

use model::{Text, Timestamp, WebhookId};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{ends, refetches};
use crate::store::StoreError;
use crate::store::recording::EndedColumns;
use crate::store::stored_time::StoredTime;
use crate::store::subject_rows::{evidence_without_quotes, filter_without};

/// The caller's transaction has the right to write.
pub(super) async fn erase(
    connection: &mut SqliteConnection,
    subject: &Text,
    webhooks: &[WebhookId],
    at: Timestamp,
) -> Result<(), StoreError> {
    for webhook in webhooks {
        refetches::cancel_of_webhook(connection, *webhook).await?;
        erase_records(connection, *webhook).await?;
        cancel_deliveries(connection, *webhook, at).await?;
        erase_deliveries(connection, *webhook, subject).await?;
        erase_events(connection, *webhook, subject).await?;
        erase_webhook(connection, *webhook, at).await?;
    }
    erase_filters(connection, subject).await
}

async fn erase_records(connection: &mut SqliteConnection, webhook: WebhookId) -> Result<(), StoreError> {
    sqlx::query("delete from records where webhook_id = ?")
        .bind(webhook.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query("update refetches set url = null, record_id = null where webhook_id = ?")
        .bind(webhook.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Also those that failed: there is nothing left to try again, and later ones of the subject must not wait for them.
async fn cancel_deliveries(connection: &mut SqliteConnection, webhook: WebhookId, at: Timestamp) -> Result<(), StoreError> {
    let ended: Vec<EndedColumns> = sqlx::query_as(
        "select id, destination_id, subject, resend_id from deliveries where webhook_id = ? \
         and +state in ('held', 'pending', 'delivering', 'failed')",
    )
    .bind(webhook.0)
    .fetch_all(&mut *connection)
    .await?;
    for delivery in &ended {
        sqlx::query(
            "update deliveries set state = 'cancelled', due_at = null, lease = null, resend_id = null, replaces = null \
             where id = ?",
        )
        .bind(delivery.id)
        .execute(&mut *connection)
        .await?;
    }
    ends::follow(connection, &ended, at).await
}

async fn erase_deliveries(connection: &mut SqliteConnection, webhook: WebhookId, subject: &Text) -> Result<(), StoreError> {
    sqlx::query("update deliveries set subject = null where webhook_id = ? and +subject = ?")
        .bind(webhook.0)
        .bind(subject.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "update attempts set response_headers = '[]', response_body = '' \
         where delivery_id in (select id from deliveries where webhook_id = ?)",
    )
    .bind(webhook.0)
    .execute(connection)
    .await?;
    Ok(())
}

async fn erase_events(connection: &mut SqliteConnection, webhook: WebhookId, subject: &Text) -> Result<(), StoreError> {
    sqlx::query(
        "update events set subject = null, resource_type = null, resource_id = null, provider_event_id = null \
         where webhook_id = ? and (+subject = ? or subject is null)",
    )
    .bind(webhook.0)
    .bind(subject.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

async fn erase_webhook(connection: &mut SqliteConnection, webhook: WebhookId, at: Timestamp) -> Result<(), StoreError> {
    let evidence: Option<String> = sqlx::query_scalar("select evidence from webhooks where id = ?")
        .bind(webhook.0)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(evidence) = evidence else { return Ok(()) };
    sqlx::query("update webhooks set erased_at = coalesce(erased_at, ?), evidence = ?, parse_error = null where id = ?")
        .bind(StoredTime(at))
        .bind(evidence_without_quotes(&evidence))
        .bind(webhook.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "update webhook_contents set headers = x'', body = x'' where number = (select contents from webhooks where id = ?)",
    )
    .bind(webhook.0)
    .execute(connection)
    .await?;
    Ok(())
}

async fn erase_filters(connection: &mut SqliteConnection, subject: &Text) -> Result<(), StoreError> {
    let filters: Vec<(Uuid, String)> = sqlx::query_as("select id, filter from resends")
        .fetch_all(&mut *connection)
        .await?;
    for (resend, filter) in filters {
        let Some(filter) = filter_without(&filter, subject) else {
            continue;
        };
        sqlx::query("update resends set filter = ? where id = ?")
            .bind(filter)
            .bind(resend)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
