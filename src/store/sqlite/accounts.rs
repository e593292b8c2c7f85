//! [`AccountStore`] on SQLite.

use async_trait::async_trait;
use model::{Timestamp, TokenId, UserId};

use super::{SqliteStore, links, sessions, tokens, users};
use crate::store::StoreError;
use crate::store::accounts::{AccountStore, Digest, Link, PasswordOf, Seen, Session, Token, User};

#[async_trait]
impl AccountStore for SqliteStore {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        users::all(&self.readers).await
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        users::by_id(&self.readers, id).await
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<User>, StoreError> {
        users::by_email(&self.readers, email).await
    }

    async fn password_of(&self, email: &str) -> Result<Option<PasswordOf>, StoreError> {
        users::password_of(&self.readers, email).await
    }

    async fn take_totp_step(&self, user: UserId, step: u64) -> Result<bool, StoreError> {
        match i64::try_from(step) {
            Ok(step) => self.flushed(users::take_totp_step(&self.writer, user, step).await).await,
            Err(_) => Ok(false),
        }
    }

    async fn note_sign_in(&self, user: UserId, at: Timestamp) -> Result<(), StoreError> {
        users::note_sign_in(&self.writer, user, at).await
    }

    async fn link(&self, digest: Digest, now: Timestamp) -> Result<Option<Link>, StoreError> {
        links::live(&self.readers, digest, now).await
    }

    async fn offer_set_up(&self, link: &Link) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        if users::any(&mut transaction).await? {
            return Ok(false);
        }
        links::remove(&mut transaction, None, link.purpose).await?;
        links::add(&mut transaction, link).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    async fn save_session(&self, session: &Session) -> Result<(), StoreError> {
        self.flushed(sessions::save(&self.writer, session).await).await
    }

    async fn update_session(&self, session: &Session) -> Result<bool, StoreError> {
        self.flushed(sessions::update(&self.writer, session).await).await
    }

    async fn note_session_seen(&self, digest: Digest, seen: &Seen) -> Result<(), StoreError> {
        sessions::note_seen(&self.writer, digest, seen).await
    }

    async fn session(&self, digest: Digest, now: Timestamp) -> Result<Option<Session>, StoreError> {
        sessions::live(&self.readers, digest, now).await
    }

    async fn delete_session(&self, digest: Digest) -> Result<(), StoreError> {
        self.flushed(sessions::delete(&self.writer, digest).await).await
    }

    async fn sessions_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        sessions::of_user(&self.readers, user, now).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sessions::forget_expired(&mut transaction, now).await?;
        links::forget_expired(&mut transaction, now).await?;
        self.commit(transaction).await
    }

    async fn tokens_of(&self, user: UserId) -> Result<Vec<Token>, StoreError> {
        tokens::of_user(&self.readers, user).await
    }

    async fn token(&self, digest: Digest) -> Result<Option<(Token, User)>, StoreError> {
        let Some(token) = tokens::by_digest(&self.readers, digest).await? else {
            return Ok(None);
        };
        let user = users::by_id(&self.readers, token.user).await?;
        Ok(user.map(|user| (token, user)))
    }

    async fn note_token_used(&self, token: TokenId, at: Timestamp) -> Result<(), StoreError> {
        tokens::note_used(&self.writer, token, at).await
    }
}
