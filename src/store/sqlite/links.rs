//! Links that are used once. One that was used is deleted.

use model::{LinkPurpose, Timestamp, UserId};
use sqlx::{SqliteConnection, SqlitePool};
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::account_rows::LinkColumns;
use crate::store::accounts::{Digest, Link};
use crate::store::errors::some_changed;
use crate::store::stored_time::StoredTime;

pub(super) async fn live(pool: &SqlitePool, digest: Digest, now: Timestamp) -> Result<Option<Link>, StoreError> {
    let row: Option<LinkColumns> = sqlx::query_as("select * from links where digest = ? and expires_at > ?")
        .bind(&digest.0[..])
        .bind(StoredTime(now))
        .fetch_optional(pool)
        .await?;
    row.map(Link::try_from).transpose()
}

pub(super) async fn add(connection: &mut SqliteConnection, link: &Link) -> Result<(), StoreError> {
    sqlx::query("insert into links (digest, purpose, user_id, created_at, expires_at) values (?, ?, ?, ?, ?)")
        .bind(&link.digest.0[..])
        .bind(link.purpose.as_str())
        .bind(link.user.map(|user| user.0))
        .bind(StoredTime(link.created_at))
        .bind(StoredTime(link.expires_at))
        .execute(connection)
        .await
        .map_err(|error| StoreError::from(error).taken_is("a link").missing_is("user"))?;
    Ok(())
}

pub(super) async fn remove(
    connection: &mut SqliteConnection,
    user: Option<UserId>,
    purpose: LinkPurpose,
) -> Result<(), StoreError> {
    sqlx::query("delete from links where user_id is ? and purpose = ?")
        .bind(user.map(|user| user.0))
        .bind(purpose.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Uses a link under which the first admin is made.
pub(super) async fn take_set_up(connection: &mut SqliteConnection, digest: Digest, at: Timestamp) -> Result<(), StoreError> {
    let done = sqlx::query("delete from links where digest = ? and expires_at > ? and user_id is null")
        .bind(&digest.0[..])
        .bind(StoredTime(at))
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "link")
}

/// Uses a link under which a user chooses a password, and says whose it was.
pub(super) async fn take_of_user(connection: &mut SqliteConnection, digest: Digest, at: Timestamp) -> Result<UserId, StoreError> {
    let user: Option<Uuid> =
        sqlx::query_scalar("delete from links where digest = ? and expires_at > ? and user_id is not null returning user_id")
            .bind(&digest.0[..])
            .bind(StoredTime(at))
            .fetch_optional(connection)
            .await?;
    user.map(UserId).ok_or(StoreError::Missing("link"))
}

pub(super) async fn forget_expired(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("delete from links where expires_at <= ?")
        .bind(StoredTime(now))
        .execute(connection)
        .await?;
    Ok(())
}
