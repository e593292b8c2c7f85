//! Endpoints and their secrets.

use model::{EndpointId, SecretId, Timestamp};
use sqlx::{PgConnection, PgPool};

use crate::store::errors::some_changed;
use crate::store::rows::{EndpointColumns, SecretColumns, read_all, write_networks, write_texts};
use crate::store::stored_time::StoredTime;
use crate::store::{Endpoint, SealedSecret, StoreError};

pub(super) async fn add(connection: &mut PgConnection, endpoint: &Endpoint) -> Result<(), StoreError> {
    let static_header = endpoint.static_header.as_ref();
    sqlx::query(
        "insert into endpoints (id, token, provider, name, environment, on_untrusted, forward_unsigned, \
         confirm_before_forwarding, digest_mode, static_header_name, static_header_value, networks, rate_limit, enabled, \
         created_at, archived_at, refetch_event_types) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    )
    .bind(endpoint.id.0)
    .bind(&endpoint.token)
    .bind(endpoint.provider.as_str())
    .bind(&endpoint.name)
    .bind(endpoint.environment.as_str())
    .bind(endpoint.policy.on_untrusted.as_str())
    .bind(endpoint.policy.forward_unsigned)
    .bind(endpoint.policy.confirm_before_forwarding)
    .bind(endpoint.digest_mode.map(model::DigestMode::as_str))
    .bind(static_header.map(|header| &header.name))
    .bind(static_header.map(|header| &header.sealed_value))
    .bind(write_networks(&endpoint.networks))
    .bind(endpoint.rate_limit.map(i64::from))
    .bind(endpoint.enabled)
    .bind(StoredTime(endpoint.created_at))
    .bind(endpoint.archived_at.map(StoredTime))
    .bind(endpoint.refetch_event_types.as_deref().map(write_texts))
    .execute(connection)
    .await
    .map_err(|error| StoreError::from(error).taken_is("an endpoint with this token"))?;
    Ok(())
}

pub(super) async fn all(pool: &PgPool) -> Result<Vec<Endpoint>, StoreError> {
    let rows: Vec<EndpointColumns> =
        sqlx::query_as("select * from endpoints where archived_at is null order by name collate \"C\", id")
            .fetch_all(pool)
            .await?;
    read_all(rows)
}

pub(super) async fn archived_tokens(pool: &PgPool) -> Result<Vec<String>, StoreError> {
    let tokens = sqlx::query_scalar("select token from endpoints where archived_at is not null");
    Ok(tokens.fetch_all(pool).await?)
}

pub(super) async fn by_id(pool: &PgPool, id: EndpointId) -> Result<Option<Endpoint>, StoreError> {
    let row: Option<EndpointColumns> = sqlx::query_as("select * from endpoints where id = $1")
        .bind(id.0)
        .fetch_optional(pool)
        .await?;
    row.map(Endpoint::try_from).transpose()
}

/// Refuses an endpoint that is not any more as it was, archived or not there.
pub(super) async fn require_unchanged(connection: &mut PgConnection, before: &Endpoint) -> Result<(), StoreError> {
    let sql = "select * from endpoints where id = $1 and archived_at is null for update";
    let row: Option<EndpointColumns> = sqlx::query_as(sql).bind(before.id.0).fetch_optional(connection).await?;
    match row.map(Endpoint::try_from).transpose()? {
        None => Err(StoreError::Missing("endpoint")),
        Some(stored) if stored != *before => Err(StoreError::Changed("endpoint")),
        Some(_) => Ok(()),
    }
}

/// Writes what of it can be changed; an endpoint that is archived stays as it is.
pub(super) async fn update(connection: &mut PgConnection, endpoint: &Endpoint) -> Result<(), StoreError> {
    let static_header = endpoint.static_header.as_ref();
    let done = sqlx::query(
        "update endpoints set name = $1, environment = $2, on_untrusted = $3, forward_unsigned = $4, \
         confirm_before_forwarding = $5, digest_mode = $6, static_header_name = $7, static_header_value = $8, networks = $9, \
         rate_limit = $10, enabled = $11, refetch_event_types = $12 where id = $13 and archived_at is null",
    )
    .bind(&endpoint.name)
    .bind(endpoint.environment.as_str())
    .bind(endpoint.policy.on_untrusted.as_str())
    .bind(endpoint.policy.forward_unsigned)
    .bind(endpoint.policy.confirm_before_forwarding)
    .bind(endpoint.digest_mode.map(model::DigestMode::as_str))
    .bind(static_header.map(|header| &header.name))
    .bind(static_header.map(|header| &header.sealed_value))
    .bind(write_networks(&endpoint.networks))
    .bind(endpoint.rate_limit.map(i64::from))
    .bind(endpoint.enabled)
    .bind(endpoint.refetch_event_types.as_deref().map(write_texts))
    .bind(endpoint.id.0)
    .execute(connection)
    .await?;
    some_changed(done.rows_affected(), "endpoint")
}

pub(super) async fn archive(connection: &mut PgConnection, id: EndpointId, at: Timestamp) -> Result<(), StoreError> {
    let done = sqlx::query("update endpoints set archived_at = $1 where id = $2 and archived_at is null")
        .bind(StoredTime(at))
        .bind(id.0)
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "endpoint")
}

/// Refuses an endpoint that is archived or not there.
pub(super) async fn require_live(connection: &mut PgConnection, id: EndpointId) -> Result<(), StoreError> {
    let live: bool = sqlx::query_scalar("select exists (select 1 from endpoints where id = $1 and archived_at is null)")
        .bind(id.0)
        .fetch_one(connection)
        .await?;
    if live { Ok(()) } else { Err(StoreError::Missing("endpoint")) }
}

pub(super) async fn add_secret(connection: &mut PgConnection, secret: &SealedSecret) -> Result<(), StoreError> {
    sqlx::query(
        "insert into endpoint_secrets (id, endpoint_id, label, hint, sealed_value, not_before, expires_at, created_at, \
         last_used_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(secret.id.0)
    .bind(secret.endpoint_id.0)
    .bind(&secret.label)
    .bind(&secret.hint)
    .bind(&secret.sealed_value)
    .bind(secret.not_before.map(StoredTime))
    .bind(secret.expires_at.map(StoredTime))
    .bind(StoredTime(secret.created_at))
    .bind(secret.last_used_at.map(StoredTime))
    .execute(connection)
    .await?;
    Ok(())
}

/// Refuses a secret whose label or window is not any more as it was, or that is not there.
pub(super) async fn require_unchanged_secret(connection: &mut PgConnection, before: &SealedSecret) -> Result<(), StoreError> {
    let sql = "select * from endpoint_secrets where id = $1 and endpoint_id = $2 for update";
    let row: Option<SecretColumns> = sqlx::query_as(sql)
        .bind(before.id.0)
        .bind(before.endpoint_id.0)
        .fetch_optional(connection)
        .await?;
    match row.map(SealedSecret::from) {
        None => Err(StoreError::Missing("secret")),
        Some(stored) if stored.settings() != before.settings() => Err(StoreError::Changed("secret")),
        Some(_) => Ok(()),
    }
}

/// Writes the label and the window.
pub(super) async fn update_secret(connection: &mut PgConnection, secret: &SealedSecret) -> Result<(), StoreError> {
    let sql = "update endpoint_secrets set label = $1, not_before = $2, expires_at = $3 where id = $4 and endpoint_id = $5";
    let done = sqlx::query(sql)
        .bind(&secret.label)
        .bind(secret.not_before.map(StoredTime))
        .bind(secret.expires_at.map(StoredTime))
        .bind(secret.id.0)
        .bind(secret.endpoint_id.0)
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "secret")
}

pub(super) async fn remove_secret(
    connection: &mut PgConnection,
    endpoint: EndpointId,
    secret: SecretId,
) -> Result<(), StoreError> {
    let done = sqlx::query("delete from endpoint_secrets where id = $1 and endpoint_id = $2")
        .bind(secret.0)
        .bind(endpoint.0)
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "secret")
}

/// Later times only.
pub(super) async fn note_secret_used(connection: &mut PgConnection, secret: SecretId, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update endpoint_secrets set last_used_at = $1 where id = $2 and (last_used_at is null or last_used_at < $1)")
        .bind(StoredTime(at))
        .bind(secret.0)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn secrets(pool: &PgPool) -> Result<Vec<SealedSecret>, StoreError> {
    let rows: Vec<SecretColumns> = sqlx::query_as(
        "select * from endpoint_secrets \
         where endpoint_id in (select id from endpoints where archived_at is null) order by id",
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(SealedSecret::from).collect())
}

pub(super) async fn version(pool: &PgPool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("select version from configuration_version")
        .fetch_one(pool)
        .await?)
}

pub(super) async fn raise_version(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query("update configuration_version set version = version + 1")
        .execute(connection)
        .await?;
    Ok(())
}
