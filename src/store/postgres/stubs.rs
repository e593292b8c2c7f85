//! Not there yet.
#![allow(unused_variables, clippy::all)]
use super::PostgresStore;
use crate::accounts::secrets::{KeyFingerprint, SealingKey};
use crate::store::StoreError;
use crate::store::accounts::*;
use crate::store::audit::*;
use crate::store::change::*;
use crate::store::reverify::*;
use crate::store::sealing::*;
use async_trait::async_trait;
use model::*;
#[async_trait]
impl AccountStore for PostgresStore {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        unimplemented!()
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        unimplemented!()
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<User>, StoreError> {
        unimplemented!()
    }

    async fn take_totp_step(&self, user: UserId, step: u64) -> Result<bool, StoreError> {
        unimplemented!()
    }

    async fn note_sign_in(&self, user: UserId, at: Timestamp) -> Result<(), StoreError> {
        unimplemented!()
    }

    async fn link(&self, digest: Digest, now: Timestamp) -> Result<Option<Link>, StoreError> {
        unimplemented!()
    }

    async fn offer_set_up(&self, link: &Link) -> Result<bool, StoreError> {
        unimplemented!()
    }

    async fn save_session(&self, session: &Session) -> Result<(), StoreError> {
        unimplemented!()
    }

    async fn update_session(&self, session: &Session) -> Result<bool, StoreError> {
        unimplemented!()
    }

    async fn session(&self, digest: Digest, now: Timestamp) -> Result<Option<Session>, StoreError> {
        unimplemented!()
    }

    async fn delete_session(&self, digest: Digest) -> Result<(), StoreError> {
        unimplemented!()
    }

    async fn sessions_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        unimplemented!()
    }

    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        unimplemented!()
    }

    async fn tokens_of(&self, user: UserId) -> Result<Vec<Token>, StoreError> {
        unimplemented!()
    }

    async fn token(&self, digest: Digest) -> Result<Option<(Token, User)>, StoreError> {
        unimplemented!()
    }

    async fn note_token_used(&self, token: TokenId, at: Timestamp) -> Result<(), StoreError> {
        unimplemented!()
    }
}
#[async_trait]
impl AuditStore for PostgresStore {
    async fn audit(&self, filter: &AuditFilter, before: Option<u64>, limit: u32) -> Result<AuditPage, StoreError> {
        unimplemented!()
    }

    async fn audit_chain(&self, after: u64, limit: u32) -> Result<Vec<HashedEntry>, StoreError> {
        unimplemented!()
    }

    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        unimplemented!()
    }
}
#[async_trait]
impl ReverifyStore for PostgresStore {
    async fn count_of_endpoint(
        &self,
        endpoint: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<u64, StoreError> {
        unimplemented!()
    }

    async fn stored_requests(
        &self,
        endpoint: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        after: Option<WebhookId>,
        limit: u32,
    ) -> Result<Vec<StoredRequest>, StoreError> {
        unimplemented!()
    }

    async fn set_verdicts(&self, endpoint: EndpointId, webhooks: &[NewVerdict]) -> Result<(), StoreError> {
        unimplemented!()
    }

    async fn note_secrets_used(&self, used: &[(model::SecretId, Timestamp)]) -> Result<(), StoreError> {
        unimplemented!()
    }
}
#[async_trait]
impl SealingStore for PostgresStore {
    async fn key_fingerprint(&self) -> Result<Option<KeyFingerprint>, StoreError> {
        unimplemented!()
    }

    async fn set_first_key(&self, fingerprint: KeyFingerprint) -> Result<KeyFingerprint, StoreError> {
        unimplemented!()
    }

    async fn reseal(&self, old: &SealingKey, new: &SealingKey, entry: &NewAuditEntry) -> Result<u64, StoreError> {
        unimplemented!()
    }
}
