//! What came of asking a provider.

use model::{Failure, RefetchId, ResendId};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{ends, reverify};
use crate::store::StoreError;
use crate::store::append_columns::without_nul;
use crate::store::record_rows::JudgementColumns;
use crate::store::records::{FinishedRefetch, NewRecord, RefetchEnd, Refetchable};
use crate::store::rows::write_agreement;
use crate::store::stored_time::StoredTime;

/// The caller's transaction has the right to write, and is rolled back when this fails.
pub(super) async fn finish(connection: &mut SqliteConnection, finished: &FinishedRefetch) -> Result<bool, StoreError> {
    let Some(resend) = leased(connection, finished).await? else {
        return Ok(false);
    };
    if let RefetchEnd::Record(record, rejudged) | RefetchEnd::RecordAndAgain(record, rejudged, _) = &finished.end {
        if let Some(rejudged) = rejudged {
            require_unchanged(connection, &rejudged.before).await?;
            let after = std::slice::from_ref(&rejudged.after);
            reverify::judge(connection, finished.endpoint_id, after, record.fetched_at).await?;
        }
        insert(connection, finished, record).await?;
    }
    match finished.end {
        RefetchEnd::Cancelled => cancel(connection, finished.id).await?,
        RefetchEnd::Record(..) | RefetchEnd::RecordAndAgain(..) | RefetchEnd::Again(..) | RefetchEnd::Failed(_) => {
            move_on(connection, finished).await?;
        }
    }
    if let (Some(resend), Some(ends)) = (resend, finished.end.moved().ends) {
        ends::count(connection, resend, ends).await?;
    }
    Ok(true)
}

/// The bulk re-fetch that waits for it; `None` when the lease does not hold it any more.
async fn leased(connection: &mut SqliteConnection, finished: &FinishedRefetch) -> Result<Option<Option<ResendId>>, StoreError> {
    let resend: Option<Option<Uuid>> = sqlx::query_scalar(
        "select f.resend_id from refetches f join webhooks w on w.id = f.webhook_id \
         where f.id = ? and f.webhook_id = ? and f.state = 'fetching' and f.lease = ? and w.erased_at is null",
    )
    .bind(finished.id.0)
    .bind(finished.webhook_id.0)
    .bind(finished.lease)
    .fetch_optional(connection)
    .await?;
    Ok(resend.map(|resend| resend.map(ResendId)))
}

async fn require_unchanged(connection: &mut SqliteConnection, before: &Refetchable) -> Result<(), StoreError> {
    let stored: JudgementColumns = sqlx::query_as("select verdict, evidence, contradicted from webhooks where id = ?")
        .bind(before.id.0)
        .fetch_one(connection)
        .await?;
    stored.require(before)
}

async fn insert(connection: &mut SqliteConnection, finished: &FinishedRefetch, record: &NewRecord) -> Result<(), StoreError> {
    sqlx::query(
        "insert into records (id, webhook_id, endpoint_id, resource_type, resource_id, fetched_at, url, status, duration_ms, \
         agreement, size, body) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(record.id.0)
    .bind(finished.webhook_id.0)
    .bind(finished.endpoint_id.0)
    .bind(record.resource.kind.as_str())
    .bind(record.resource.id.as_str())
    .bind(StoredTime(record.fetched_at))
    .bind(without_nul(&finished.url))
    .bind(i64::from(record.status))
    .bind(i64::from(finished.duration_ms))
    .bind(write_agreement(&record.agreement))
    .bind(i64::try_from(record.body.len()).unwrap_or(i64::MAX))
    .bind(&record.body[..])
    .execute(connection)
    .await?;
    Ok(())
}

/// What came of earlier tries stays.
async fn cancel(connection: &mut SqliteConnection, id: RefetchId) -> Result<(), StoreError> {
    sqlx::query("update refetches set state = 'cancelled', due_at = null, lease = null, resend_id = null where id = ?")
        .bind(id.0)
        .execute(connection)
        .await?;
    Ok(())
}

async fn move_on(connection: &mut SqliteConnection, finished: &FinishedRefetch) -> Result<(), StoreError> {
    let moved = finished.end.moved();
    sqlx::query(
        "update refetches set state = ?, due_at = ?, lease = null, attempts = attempts + 1, \
         asked_for = asked_for and caused_by = 'manual', asked_at = ?, url = ?, \
         duration_ms = ?, status = ?, failure = ?, record_id = ?, resend_id = case when ? then resend_id end where id = ?",
    )
    .bind(moved.state.as_str())
    .bind(moved.due_at.map(StoredTime))
    .bind(StoredTime(finished.asked_at))
    .bind(without_nul(&finished.url))
    .bind(i64::from(finished.duration_ms))
    .bind(finished.status.map(i64::from))
    .bind(moved.failure.map(Failure::as_str))
    .bind(moved.record.map(|record| record.0))
    .bind(moved.state.is_open())
    .bind(finished.id.0)
    .execute(connection)
    .await?;
    Ok(())
}
