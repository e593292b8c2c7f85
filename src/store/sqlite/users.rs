//! Users with their second factor.

use model::{Role, Timestamp, UserId};
use sqlx::{SqliteConnection, SqlitePool};
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::account_rows::{self, RecoveryCodeColumns, UserColumns};
use crate::store::accounts::{Digest, PasswordOf, SealedSecondFactor, User};
use crate::store::errors::some_changed;
use crate::store::stored_time::StoredTime;

pub(super) async fn all(pool: &SqlitePool) -> Result<Vec<User>, StoreError> {
    let rows: Vec<UserColumns> = sqlx::query_as("select * from users order by email").fetch_all(pool).await?;
    let codes: Vec<RecoveryCodeColumns> =
        sqlx::query_as("select user_id, digest from recovery_codes where used_at is null order by user_id, digest")
            .fetch_all(pool)
            .await?;
    account_rows::users(rows, codes)
}

pub(super) async fn by_id(pool: &SqlitePool, id: UserId) -> Result<Option<User>, StoreError> {
    let row: Option<UserColumns> = sqlx::query_as("select * from users where id = ?")
        .bind(id.0)
        .fetch_optional(pool)
        .await?;
    with_codes(pool, row).await
}

pub(super) async fn by_email(pool: &SqlitePool, email: &str) -> Result<Option<User>, StoreError> {
    let row: Option<UserColumns> = sqlx::query_as("select * from users where email = ?")
        .bind(email)
        .fetch_optional(pool)
        .await?;
    with_codes(pool, row).await
}

pub(super) async fn password_of(pool: &SqlitePool, email: &str) -> Result<Option<PasswordOf>, StoreError> {
    let found: Option<(Uuid, Option<String>)> = sqlx::query_as("select id, password_hash from users where email = ?")
        .bind(email)
        .fetch_optional(pool)
        .await?;
    Ok(found.map(|(id, hash)| PasswordOf { user: UserId(id), hash }))
}

async fn with_codes(pool: &SqlitePool, row: Option<UserColumns>) -> Result<Option<User>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let codes: Vec<RecoveryCodeColumns> =
        sqlx::query_as("select user_id, digest from recovery_codes where user_id = ? and used_at is null order by digest")
            .bind(row.id())
            .fetch_all(pool)
            .await?;
    Ok(account_rows::users(vec![row], codes)?.pop())
}

pub(super) async fn any(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar("select exists (select 1 from users)")
        .fetch_one(connection)
        .await?)
}

/// How many can configure something: those who are admins, enabled, and have a password to come in with.
pub(super) async fn admins(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let sql = "select count(*) from users where role = ? and disabled_at is null and password_hash is not null";
    Ok(sqlx::query_scalar(sql)
        .bind(Role::Admin.as_str())
        .fetch_one(connection)
        .await?)
}

pub(super) async fn add(connection: &mut SqliteConnection, user: &User) -> Result<(), StoreError> {
    sqlx::query(
        "insert into users (id, email, role, password_hash, disabled_at, created_at, signed_in_at) values (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(user.id.0)
    .bind(&user.email)
    .bind(user.role.as_str())
    .bind(&user.password_hash)
    .bind(user.disabled_at.map(StoredTime))
    .bind(StoredTime(user.created_at))
    .bind(user.signed_in_at.map(StoredTime))
    .execute(&mut *connection)
    .await
    .map_err(|error| StoreError::from(error).taken_is("a user with this e-mail address"))?;
    match &user.second_factor {
        Some(factor) => set_second_factor(connection, user.id, Some(factor)).await,
        None => Ok(()),
    }
}

pub(super) async fn set_role(connection: &mut SqliteConnection, id: UserId, role: Role) -> Result<(), StoreError> {
    let done = sqlx::query("update users set role = ? where id = ?")
        .bind(role.as_str())
        .bind(id.0)
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "user")
}

pub(super) async fn set_disabled(connection: &mut SqliteConnection, id: UserId, at: Option<Timestamp>) -> Result<(), StoreError> {
    let done = sqlx::query("update users set disabled_at = ? where id = ?")
        .bind(at.map(StoredTime))
        .bind(id.0)
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "user")
}

pub(super) async fn set_password(connection: &mut SqliteConnection, id: UserId, hash: &str) -> Result<(), StoreError> {
    let done = sqlx::query("update users set password_hash = ? where id = ?")
        .bind(hash)
        .bind(id.0)
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "user")
}

/// With the recovery codes of the factor in place of all earlier ones.
pub(super) async fn set_second_factor(
    connection: &mut SqliteConnection,
    id: UserId,
    factor: Option<&SealedSecondFactor>,
) -> Result<(), StoreError> {
    let done = sqlx::query("update users set sealed_totp = ? where id = ?")
        .bind(factor.map(|factor| &factor.sealed_secret))
        .bind(id.0)
        .execute(&mut *connection)
        .await?;
    some_changed(done.rows_affected(), "user")?;
    sqlx::query("delete from recovery_codes where user_id = ?")
        .bind(id.0)
        .execute(&mut *connection)
        .await?;
    for code in factor.iter().flat_map(|factor| &factor.recovery_codes) {
        sqlx::query("insert into recovery_codes (user_id, digest) values (?, ?)")
            .bind(id.0)
            .bind(&code.0[..])
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub(super) async fn use_recovery_code(
    connection: &mut SqliteConnection,
    id: UserId,
    code: Digest,
    at: Timestamp,
) -> Result<(), StoreError> {
    let done = sqlx::query("update recovery_codes set used_at = ? where user_id = ? and digest = ? and used_at is null")
        .bind(StoredTime(at))
        .bind(id.0)
        .bind(&code.0[..])
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "recovery code")
}

pub(super) async fn take_totp_step(pool: &SqlitePool, id: UserId, step: i64) -> Result<bool, StoreError> {
    let sql = "update users set last_totp_step = ? where id = ? and (last_totp_step is null or last_totp_step < ?)";
    let done = sqlx::query(sql).bind(step).bind(id.0).bind(step).execute(pool).await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn note_sign_in(pool: &SqlitePool, id: UserId, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update users set signed_in_at = ? where id = ?")
        .bind(StoredTime(at))
        .bind(id.0)
        .execute(pool)
        .await?;
    Ok(())
}
