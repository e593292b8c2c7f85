//! Tokens for programs.

use model::{Timestamp, TokenId, UserId};
use sqlx::{PgConnection, PgPool};

use crate::store::StoreError;
use crate::store::account_rows::TokenColumns;
use crate::store::accounts::{Digest, NewToken, Token};
use crate::store::errors::some_changed;
use crate::store::stored_time::StoredTime;

pub(super) async fn of_user(pool: &PgPool, user: UserId) -> Result<Vec<Token>, StoreError> {
    let rows: Vec<TokenColumns> =
        sqlx::query_as("select * from tokens where user_id = $1 and revoked_at is null order by created_at desc, id desc")
            .bind(user.0)
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().map(Token::from).collect())
}

pub(super) async fn by_digest(pool: &PgPool, digest: Digest) -> Result<Option<Token>, StoreError> {
    let row: Option<TokenColumns> = sqlx::query_as("select * from tokens where digest = $1 and revoked_at is null")
        .bind(&digest.0[..])
        .fetch_optional(pool)
        .await?;
    Ok(row.map(Token::from))
}

pub(super) async fn add(connection: &mut PgConnection, token: &NewToken) -> Result<(), StoreError> {
    sqlx::query("insert into tokens (id, user_id, name, digest, hint, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(token.id.0)
        .bind(token.user.0)
        .bind(&token.name)
        .bind(&token.digest.0[..])
        .bind(&token.hint)
        .bind(StoredTime(token.created_at))
        .execute(connection)
        .await
        .map_err(|error| StoreError::from(error).taken_is("this token").missing_is("user"))?;
    Ok(())
}

pub(super) async fn revoke(connection: &mut PgConnection, user: UserId, token: TokenId, at: Timestamp) -> Result<(), StoreError> {
    let done = sqlx::query("update tokens set revoked_at = $1 where id = $2 and user_id = $3 and revoked_at is null")
        .bind(StoredTime(at))
        .bind(token.0)
        .bind(user.0)
        .execute(connection)
        .await?;
    some_changed(done.rows_affected(), "token")
}

pub(super) async fn note_used(pool: &PgPool, token: TokenId, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update tokens set last_used_at = $1 where id = $2")
        .bind(StoredTime(at))
        .bind(token.0)
        .execute(pool)
        .await?;
    Ok(())
}
