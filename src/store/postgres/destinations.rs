//! Destinations, their secrets and how they do.

use model::{DestinationId, Disabled, Health, Timestamp};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::delivery::{Destination, DestinationSecret};
use crate::store::destination_rows::{DestinationColumns, DestinationHealthColumns, DestinationSecretColumns, write_list};
use crate::store::errors::some_changed;
use crate::store::rows::read_all;
use crate::store::stored_time::StoredTime;

pub(super) async fn all(pool: &PgPool) -> Result<Vec<Destination>, StoreError> {
    let sql = "select * from destinations where archived_at is null order by name, id";
    let rows: Vec<DestinationColumns> = sqlx::query_as(sql).fetch_all(pool).await?;
    read_all(rows)
}

pub(super) async fn by_id(pool: &PgPool, id: DestinationId) -> Result<Option<Destination>, StoreError> {
    let row: Option<DestinationColumns> = sqlx::query_as("select * from destinations where id = $1")
        .bind(id.0)
        .fetch_optional(pool)
        .await?;
    row.map(Destination::try_from).transpose()
}

pub(super) async fn archived_with_open_deliveries(pool: &PgPool) -> Result<Vec<DestinationId>, StoreError> {
    // State by state, each by its index.
    let open = |state| format!("exists (select 1 from deliveries where state = '{state}' and destination_id = d.id)");
    let open = ["held", "pending", "delivering"].map(open).join(" or ");
    let ids: Vec<Uuid> = sqlx::query_scalar(&format!(
        "select id from destinations d where archived_at is not null and ({open}) order by id"
    ))
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(DestinationId).collect())
}

pub(super) async fn secrets(pool: &PgPool) -> Result<Vec<DestinationSecret>, StoreError> {
    let rows: Vec<DestinationSecretColumns> = sqlx::query_as(
        "select * from destination_secrets \
         where destination_id in (select id from destinations where archived_at is null) order by created_at, id",
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(DestinationSecret::from).collect())
}

pub(super) async fn health(pool: &PgPool) -> Result<Vec<(DestinationId, Health)>, StoreError> {
    let sql = "select * from destination_health order by destination_id";
    let rows: Vec<DestinationHealthColumns> = sqlx::query_as(sql).fetch_all(pool).await?;
    read_all(rows)
}

pub(super) async fn add(
    connection: &mut PgConnection,
    destination: &Destination,
    secret: &DestinationSecret,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into destinations (id, name, url, endpoints, event_types, outcomes, header_names, sealed_headers, concurrency, \
         rate_limit, ordered, schedule, disabled_reason, disabled_at, created_at, archived_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(destination.id.0)
    .bind(&destination.name)
    .bind(&destination.url)
    .bind(write_list(&destination.subscription.endpoints))
    .bind(write_list(&destination.subscription.event_types))
    .bind(write_list(&destination.subscription.outcomes))
    .bind(write_list(&destination.header_names))
    .bind(&destination.sealed_headers)
    .bind(i64::from(destination.concurrency))
    .bind(destination.rate_limit.map(i64::from))
    .bind(destination.ordered)
    .bind(write_list(&destination.schedule))
    .bind(destination.disabled.map(|disabled| disabled.reason.as_str()))
    .bind(destination.disabled.map(|disabled| StoredTime(disabled.at)))
    .bind(StoredTime(destination.created_at))
    .bind(destination.archived_at.map(StoredTime))
    .execute(&mut *connection)
    .await?;
    add_secret(connection, secret).await
}

/// Writes what of it can be changed, unless it is not any more as it was `before`.
pub(super) async fn update(
    connection: &mut PgConnection,
    before: &Destination,
    destination: &Destination,
) -> Result<(), StoreError> {
    require_unchanged(connection, before).await?;
    let done = sqlx::query(
        "update destinations set name = $1, url = $2, endpoints = $3, event_types = $4, outcomes = $5, header_names = $6, \
         sealed_headers = $7, concurrency = $8, rate_limit = $9, ordered = $10, schedule = $11 \
         where id = $12 and archived_at is null",
    )
    .bind(&destination.name)
    .bind(&destination.url)
    .bind(write_list(&destination.subscription.endpoints))
    .bind(write_list(&destination.subscription.event_types))
    .bind(write_list(&destination.subscription.outcomes))
    .bind(write_list(&destination.header_names))
    .bind(&destination.sealed_headers)
    .bind(i64::from(destination.concurrency))
    .bind(destination.rate_limit.map(i64::from))
    .bind(destination.ordered)
    .bind(write_list(&destination.schedule))
    .bind(destination.id.0)
    .execute(&mut *connection)
    .await?;
    some_changed(done.rows_affected(), "destination")?;
    if before.url != destination.url {
        forget_health(connection, destination.id).await?;
    }
    Ok(())
}

/// How another address does is not known yet.
async fn forget_health(connection: &mut PgConnection, id: DestinationId) -> Result<(), StoreError> {
    sqlx::query("delete from destination_health where destination_id = $1")
        .bind(id.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Refuses a destination that is not any more as it was, archived or not there. Whether it is disabled is another matter,
/// which changes by itself.
async fn require_unchanged(connection: &mut PgConnection, before: &Destination) -> Result<(), StoreError> {
    let sql = "select * from destinations where id = $1 and archived_at is null for no key update";
    let row: Option<DestinationColumns> = sqlx::query_as(sql).bind(before.id.0).fetch_optional(connection).await?;
    let stored = row
        .map(Destination::try_from)
        .transpose()?
        .ok_or(StoreError::Missing("destination"))?;
    let disabled = before.disabled;
    if (Destination { disabled, ..stored }) == *before {
        Ok(())
    } else {
        Err(StoreError::Changed("destination"))
    }
}

pub(super) async fn archive(connection: &mut PgConnection, id: DestinationId, at: Timestamp) -> Result<(), StoreError> {
    let done = sqlx::query("update destinations set archived_at = $1 where id = $2 and archived_at is null")
        .bind(StoredTime(at))
        .bind(id.0)
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "destination")
}

pub(super) async fn set_disabled(
    connection: &mut PgConnection,
    id: DestinationId,
    disabled: Option<Disabled>,
) -> Result<(), StoreError> {
    let sql = "update destinations set disabled_reason = $1, disabled_at = $2 where id = $3 and archived_at is null";
    let done = sqlx::query(sql)
        .bind(disabled.map(|disabled| disabled.reason.as_str()))
        .bind(disabled.map(|disabled| StoredTime(disabled.at)))
        .bind(id.0)
        .execute(&mut *connection)
        .await?;
    some_changed(done.rows_affected(), "destination")?;
    if disabled.is_none() {
        sqlx::query(
            "update destination_health set consecutive_failures = 0, failing_since = null, last_failure = null, \
             last_failure_at = null, resume_at = null where destination_id = $1",
        )
        .bind(id.0)
        .execute(connection)
        .await?;
    }
    Ok(())
}

/// A new secret for a destination that is there and not archived; its others end at that time, unless they end before.
pub(super) async fn rotate(
    connection: &mut PgConnection,
    secret: &DestinationSecret,
    others_end: Timestamp,
) -> Result<(), StoreError> {
    let id = secret.destination_id;
    let live: bool = sqlx::query_scalar("select exists (select 1 from destinations where id = $1 and archived_at is null)")
        .bind(id.0)
        .fetch_one(&mut *connection)
        .await?;
    if !live {
        return Err(StoreError::Missing("destination"));
    }
    sqlx::query(
        "update destination_secrets set expires_at = $1 \
         where destination_id = $2 and (expires_at is null or expires_at > $1)",
    )
    .bind(StoredTime(others_end))
    .bind(id.0)
    .execute(&mut *connection)
    .await?;
    add_secret(connection, secret).await
}

async fn add_secret(connection: &mut PgConnection, secret: &DestinationSecret) -> Result<(), StoreError> {
    sqlx::query(
        "insert into destination_secrets (id, destination_id, hint, sealed_value, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(secret.id.0)
    .bind(secret.destination_id.0)
    .bind(&secret.hint)
    .bind(&secret.sealed_value)
    .bind(StoredTime(secret.created_at))
    .bind(secret.expires_at.map(StoredTime))
    .execute(connection)
    .await
    .map_err(|error| StoreError::from(error).missing_is("destination"))?;
    Ok(())
}
