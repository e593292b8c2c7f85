//! Sessions of the console.

use model::{Timestamp, UserId};
use sqlx::{PgConnection, PgPool};

use crate::store::StoreError;
use crate::store::account_rows::SessionColumns;
use crate::store::accounts::{Digest, Seen, Session};
use crate::store::errors::some_changed;
use crate::store::rows::read_all;
use crate::store::stored_time::StoredTime;

pub(super) async fn save(pool: &PgPool, session: &Session) -> Result<(), StoreError> {
    sqlx::query(
        "insert into sessions (digest, user_id, created_at, last_seen_at, expires_at, address, user_agent, data) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) \
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
pub(super) async fn update(pool: &PgPool, session: &Session) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update sessions set user_id = $1, created_at = $2, last_seen_at = $3, expires_at = $4, address = $5, user_agent = $6, \
         data = $7 where digest = $8",
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
pub(super) async fn note_seen(pool: &PgPool, digest: Digest, seen: &Seen) -> Result<(), StoreError> {
    sqlx::query("update sessions set last_seen_at = $1, expires_at = $2, address = $3 where digest = $4")
        .bind(StoredTime(seen.at))
        .bind(StoredTime(seen.expires_at))
        .bind(seen.address.to_string())
        .bind(&digest.0[..])
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn live(pool: &PgPool, digest: Digest, now: Timestamp) -> Result<Option<Session>, StoreError> {
    let row: Option<SessionColumns> = sqlx::query_as("select * from sessions where digest = $1 and expires_at > $2")
        .bind(&digest.0[..])
        .bind(StoredTime(now))
        .fetch_optional(pool)
        .await?;
    row.map(Session::try_from).transpose()
}

pub(super) async fn of_user(pool: &PgPool, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<SessionColumns> =
        sqlx::query_as("select * from sessions where user_id = $1 and expires_at > $2 order by last_seen_at desc, digest")
            .bind(user.0)
            .bind(StoredTime(now))
            .fetch_all(pool)
            .await?;
    read_all(rows)
}

pub(super) async fn delete(pool: &PgPool, digest: Digest) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where digest = $1")
        .bind(&digest.0[..])
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn end(connection: &mut PgConnection, user: UserId, digest: Digest) -> Result<(), StoreError> {
    let done = sqlx::query("delete from sessions where digest = $1 and user_id = $2")
        .bind(&digest.0[..])
        .bind(user.0)
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "session")
}

pub(super) async fn end_all(connection: &mut PgConnection, user: UserId, keep: Option<Digest>) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where user_id = $1 and digest is distinct from $2")
        .bind(user.0)
        .bind(keep.as_ref().map(|digest| &digest.0[..]))
        .execute(connection)
        .await?;
    Ok(())
}

/// Waits for nobody: what someone else holds is swept next time, if it is still there.
pub(super) async fn forget_expired(connection: &mut PgConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "delete from sessions where digest in \
         (select digest from sessions where expires_at <= $1 for update skip locked)",
    )
    .bind(StoredTime(now))
    .execute(connection)
    .await?;
    Ok(())
}
