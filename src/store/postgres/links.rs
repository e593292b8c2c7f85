//! Links that are used once. One that was used is deleted.

use model::{LinkPurpose, Timestamp, UserId};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::account_rows::LinkColumns;
use crate::store::accounts::{Digest, Link};
use crate::store::errors::some_changed;
use crate::store::stored_time::StoredTime;

pub(super) async fn live(pool: &PgPool, digest: Digest, now: Timestamp) -> Result<Option<Link>, StoreError> {
    let row: Option<LinkColumns> = sqlx::query_as("select * from links where digest = $1 and expires_at > $2")
        .bind(&digest.0[..])
        .bind(StoredTime(now))
        .fetch_optional(pool)
        .await?;
    row.map(Link::try_from).transpose()
}

pub(super) async fn add(connection: &mut PgConnection, link: &Link) -> Result<(), StoreError> {
    sqlx::query("insert into links (digest, purpose, user_id, created_at, expires_at) values ($1, $2, $3, $4, $5)")
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

pub(super) async fn remove(connection: &mut PgConnection, user: Option<UserId>, purpose: LinkPurpose) -> Result<(), StoreError> {
    sqlx::query("delete from links where user_id is not distinct from $1 and purpose = $2")
        .bind(user.map(|user| user.0))
        .bind(purpose.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Uses a link under which the first admin is made.
pub(super) async fn take_set_up(connection: &mut PgConnection, digest: Digest, at: Timestamp) -> Result<(), StoreError> {
    let done = sqlx::query("delete from links where digest = $1 and expires_at > $2 and user_id is null")
        .bind(&digest.0[..])
        .bind(StoredTime(at))
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "link")
}

/// Uses a link under which a user chooses a password, and says whose it was.
pub(super) async fn take_of_user(connection: &mut PgConnection, digest: Digest, at: Timestamp) -> Result<UserId, StoreError> {
    let user: Option<Uuid> =
        sqlx::query_scalar("delete from links where digest = $1 and expires_at > $2 and user_id is not null returning user_id")
            .bind(&digest.0[..])
            .bind(StoredTime(at))
            .fetch_optional(connection)
            .await?;
    user.map(UserId).ok_or(StoreError::Missing("link"))
}

/// Waits for nobody: what someone else holds is swept next time, if it is still there.
pub(super) async fn forget_expired(connection: &mut PgConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "delete from links where digest in \
         (select digest from links where expires_at <= $1 for update skip locked)",
    )
    .bind(StoredTime(now))
    .execute(connection)
    .await?;
    Ok(())
}
