//! Sessions of the console.

use model::{Timestamp, UserId};
use sqlx::{SqliteConnection, SqlitePool};

use crate::store::StoreError;
use crate::store::account_rows::SessionColumns;
use crate::store::accounts::{Digest, Seen, Session};
use crate::store::errors::some_changed;
use crate::store::rows::read_all;
use crate::store::stored_time::StoredTime;

pub(super) async fn save(pool: &SqlitePool, session: &Session) -> Result<(), StoreError> {
    sqlx::query(
        "insert into sessions (digest, user_id, created_at, last_seen_at, expires_at, address, user_agent, data) \
         values (?, ?, ?, ?, ?, ?, ?, ?) \
         on conflict (digest) do update set user_id = excluded.user_id, created_at = excluded.created_at, \
         last_seen_at = excluded.last_seen_at, expires_at = excluded.expires_at, address = excluded.address, \
         user_agent = excluded.user_agent, data = excluded.data",
    )
    .bind(&session.digest.0[..])
    .bind(session.user.map(|user| user.0))
    .bind(StoredTime(session.created_at))
    .bind(StoredTime(session.last_seen_at))
    .bind(StoredTime(session.expires_at))
    .bind(session.address.to_string())
    .bind(&session.user_agent)
    .bind(&session.data)
    .execute(pool)
    .await
    .map_err(|error| StoreError::from(error).missing_is("user"))?;
    Ok(())
}

/// Leaves alone a session that was ended meanwhile: `false`.
pub(super) async fn update(pool: &SqlitePool, session: &Session) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update sessions set user_id = ?, created_at = ?, last_seen_at = ?, expires_at = ?, address = ?, user_agent = ?, \
         data = ? where digest = ?",
    )
    .bind(session.user.map(|user| user.0))
    .bind(StoredTime(session.created_at))
    .bind(StoredTime(session.last_seen_at))
    .bind(StoredTime(session.expires_at))
    .bind(session.address.to_string())
    .bind(&session.user_agent)
    .bind(&session.data)
    .bind(&session.digest.0[..])
    .execute(pool)
    .await
    .map_err(|error| StoreError::from(error).missing_is("user"))?;
    Ok(done.rows_affected() > 0)
}

/// Leaves alone what the session remembers: a request that changes that may be under way.
pub(super) async fn note_seen(pool: &SqlitePool, digest: Digest, seen: &Seen) -> Result<(), StoreError> {
    sqlx::query("update sessions set last_seen_at = ?, expires_at = ?, address = ? where digest = ?")
        .bind(StoredTime(seen.at))
        .bind(StoredTime(seen.expires_at))
        .bind(seen.address.to_string())
        .bind(&digest.0[..])
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn live(pool: &SqlitePool, digest: Digest, now: Timestamp) -> Result<Option<Session>, StoreError> {
    let row: Option<SessionColumns> = sqlx::query_as("select * from sessions where digest = ? and expires_at > ?")
        .bind(&digest.0[..])
        .bind(StoredTime(now))
        .fetch_optional(pool)
        .await?;
    row.map(Session::try_from).transpose()
}

pub(super) async fn of_user(pool: &SqlitePool, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<SessionColumns> =
        sqlx::query_as("select * from sessions where user_id = ? and expires_at > ? order by last_seen_at desc, digest")
            .bind(user.0)
            .bind(StoredTime(now))
            .fetch_all(pool)
            .await?;
    read_all(rows)
}

pub(super) async fn delete(pool: &SqlitePool, digest: Digest) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where digest = ?")
        .bind(&digest.0[..])
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn end(connection: &mut SqliteConnection, user: UserId, digest: Digest) -> Result<(), StoreError> {
    let done = sqlx::query("delete from sessions where digest = ? and user_id = ?")
        .bind(&digest.0[..])
        .bind(user.0)
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "session")
}

pub(super) async fn end_all(connection: &mut SqliteConnection, user: UserId, keep: Option<Digest>) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where user_id = ? and digest is not ?")
        .bind(user.0)
        .bind(keep.as_ref().map(|digest| &digest.0[..]))
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn forget_expired(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where expires_at <= ?")
        .bind(StoredTime(now))
        .execute(connection)
        .await?;
    Ok(())
}
