//! Users, the sessions and tokens they come in with, and the links under which they choose a password.

use std::net::IpAddr;

use async_trait::async_trait;
use model::{LinkPurpose, Role, Timestamp, TokenId, UserId};

use super::StoreError;

/// SHA-256 of a value of at least 128 random bits: all that is kept of session ids, tokens, links and recovery codes.
/// Values that cannot be guessed need no slow hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}

/// Someone who may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// Trimmed and in lower case.
    pub email: String,
    pub role: Role,
    /// Argon2id in PHC form; `None` until an invited user chooses a password.
    pub password_hash: Option<String>,
    pub second_factor: Option<SealedSecondFactor>,
    pub disabled_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub signed_in_at: Option<Timestamp>,
}

/// What a password is checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordOf {
    pub user: UserId,
    pub hash: Option<String>,
}

/// What a second factor is checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecondFactor {
    /// The TOTP secret, sealed for the user's id, purpose `totp`.
    pub sealed_secret: Vec<u8>,
    /// The recovery codes that are not used yet.
    pub recovery_codes: Vec<Digest>,
}

/// A link that is used once and expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub digest: Digest,
    pub purpose: LinkPurpose,
    /// `None` for the link under which the first admin is made.
    pub user: Option<UserId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub digest: Digest,
    /// Whose it is; `None` while someone is between password and second factor.
    pub user: Option<UserId>,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
    pub address: IpAddr,
    pub user_agent: String,
    /// What the session remembers, as JSON.
    pub data: String,
}

/// A sign that someone is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub at: Timestamp,
    pub address: IpAddr,
    pub expires_at: Timestamp,
}

/// A token on its way into the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    pub id: TokenId,
    pub user: UserId,
    pub name: String,
    pub digest: Digest,
    /// The last four characters.
    pub hint: String,
    pub created_at: Timestamp,
}

/// A token that is not revoked, without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: TokenId,
    pub user: UserId,
    pub name: String,
    pub hint: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// Where users are kept. Changes that people make go through [`super::Store::change`].
#[async_trait]
pub trait AccountStore: Send + Sync + 'static {
    /// All users, by e-mail address.
    async fn users(&self) -> Result<Vec<User>, StoreError>;

    /// With the digests of the recovery codes that are not used yet.
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError>;

    async fn user_by_email(&self, email: &str) -> Result<Option<User>, StoreError>;

    /// What a sign-in begins with: whose address it is, and the hash of their password. One query, whoever it is and whether
    /// there is such a user or not, so that the time that it takes does not tell.
    async fn password_of(&self, email: &str) -> Result<Option<PasswordOf>, StoreError>;

    /// Takes a TOTP step that is newer than the one taken last; `false` when it is not, so that a code works once.
    async fn take_totp_step(&self, user: UserId, step: u64) -> Result<bool, StoreError>;

    async fn note_sign_in(&self, user: UserId, at: Timestamp) -> Result<(), StoreError>;

    /// A link that is neither used nor expired.
    async fn link(&self, digest: Digest, now: Timestamp) -> Result<Option<Link>, StoreError>;

    /// Keeps a new set-up link in place of earlier ones, as long as there is no user; `false` when there is one.
    async fn offer_set_up(&self, link: &Link) -> Result<bool, StoreError>;

    /// Writes a session, be it new or changed.
    async fn save_session(&self, session: &Session) -> Result<(), StoreError>;

    /// Writes what changed of a session; `false`, and nothing is written, when it was ended meanwhile.
    async fn update_session(&self, session: &Session) -> Result<bool, StoreError>;

    /// Notes when and where a session was seen, and until when it holds now; what it remembers is left alone.
    async fn note_session_seen(&self, digest: Digest, seen: &Seen) -> Result<(), StoreError>;

    /// A session that is not expired.
    async fn session(&self, digest: Digest, now: Timestamp) -> Result<Option<Session>, StoreError>;

    async fn delete_session(&self, digest: Digest) -> Result<(), StoreError>;

    /// The user's sessions that are not expired, the one seen last first.
    async fn sessions_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError>;

    /// Forgets sessions and links that are expired.
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError>;

    /// The user's tokens that are not revoked, newest first.
    async fn tokens_of(&self, user: UserId) -> Result<Vec<Token>, StoreError>;

    /// The token of that digest if it is not revoked, with its user.
    async fn token(&self, digest: Digest) -> Result<Option<(Token, User)>, StoreError>;

    async fn note_token_used(&self, token: TokenId, at: Timestamp) -> Result<(), StoreError>;
}
