//! What the providers' APIs are asked with.

use model::EndpointId;
use sqlx::{SqliteConnection, SqlitePool};

use crate::store::StoreError;
use crate::store::change::SealedCredentials;
use crate::store::rows::{CredentialColumns, write_texts};
use crate::store::stored_time::StoredTime;

pub(super) async fn of_endpoint(pool: &SqlitePool, endpoint: EndpointId) -> Result<Option<SealedCredentials>, StoreError> {
    let row: Option<CredentialColumns> = sqlx::query_as("select * from endpoint_credentials where endpoint_id = ?")
        .bind(endpoint.0)
        .fetch_optional(pool)
        .await?;
    row.map(SealedCredentials::try_from).transpose()
}

pub(super) async fn set(
    connection: &mut SqliteConnection,
    endpoint: EndpointId,
    credentials: &SealedCredentials,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into endpoint_credentials (endpoint_id, sealed_value, fields, base_url, token_url, set_at) \
         values (?, ?, ?, ?, ?, ?) \
         on conflict (endpoint_id) do update set sealed_value = excluded.sealed_value, fields = excluded.fields, \
         base_url = excluded.base_url, token_url = excluded.token_url, set_at = excluded.set_at",
    )
    .bind(endpoint.0)
    .bind(&credentials.sealed_value)
    .bind(write_texts(&credentials.fields))
    .bind(&credentials.base_url)
    .bind(&credentials.token_url)
    .bind(StoredTime(credentials.set_at))
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn remove(connection: &mut SqliteConnection, endpoint: EndpointId) -> Result<(), StoreError> {
    sqlx::query("delete from endpoint_credentials where endpoint_id = ?")
        .bind(endpoint.0)
        .execute(connection)
        .await?;
    Ok(())
}
