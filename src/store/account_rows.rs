//! Rows of users, sessions, links and tokens, and what they mean in the domain.

use std::collections::HashMap;

use model::{TokenId, UserId};
use sqlx::FromRow;
use uuid::Uuid;

use super::StoreError;
use super::accounts::{Digest, Link, SealedSecondFactor, Session, Token, User};
use super::rows::{time, unreadable, word};
use super::stored_time::StoredTime;

#[derive(FromRow)]
pub(super) struct UserColumns {
    id: Uuid,
    email: String,
    role: String,
    password_hash: Option<String>,
    sealed_totp: Option<Vec<u8>>,
    disabled_at: Option<StoredTime>,
    created_at: StoredTime,
    signed_in_at: Option<StoredTime>,
}

/// A recovery code that is not used yet.
#[derive(FromRow)]
pub(super) struct RecoveryCodeColumns {
    user_id: Uuid,
    digest: Vec<u8>,
}

#[derive(FromRow)]
pub(super) struct LinkColumns {
    digest: Vec<u8>,
    purpose: String,
    user_id: Option<Uuid>,
    created_at: StoredTime,
    expires_at: StoredTime,
}

#[derive(FromRow)]
pub(super) struct SessionColumns {
    digest: Vec<u8>,
    user_id: Option<Uuid>,
    created_at: StoredTime,
    last_seen_at: StoredTime,
    expires_at: StoredTime,
    address: String,
    user_agent: String,
    data: String,
}

#[derive(FromRow)]
pub(super) struct TokenColumns {
    id: Uuid,
    user_id: Uuid,
    name: String,
    hint: String,
    created_at: StoredTime,
    last_used_at: Option<StoredTime>,
}

/// Users, each with their recovery codes; those of others are left out.
pub(super) fn users(rows: Vec<UserColumns>, codes: Vec<RecoveryCodeColumns>) -> Result<Vec<User>, StoreError> {
    let mut codes_of: HashMap<Uuid, Vec<Digest>> = HashMap::new();
    for code in codes {
        codes_of.entry(code.user_id).or_default().push(digest(code.digest)?);
    }
    rows.into_iter()
        .map(|row| {
            let codes = codes_of.remove(&row.id).unwrap_or_default();
            row.into_user(codes)
        })
        .collect()
}

impl UserColumns {
    pub(super) const fn id(&self) -> Uuid {
        self.id
    }

    fn into_user(self, recovery_codes: Vec<Digest>) -> Result<User, StoreError> {
        Ok(User {
            id: UserId(self.id),
            email: self.email,
            role: word(&self.role)?,
            password_hash: self.password_hash,
            second_factor: self.sealed_totp.map(|sealed_secret| SealedSecondFactor {
                sealed_secret,
                recovery_codes,
            }),
            disabled_at: time(self.disabled_at),
            created_at: self.created_at.0,
            signed_in_at: time(self.signed_in_at),
        })
    }
}

impl TryFrom<LinkColumns> for Link {
    type Error = StoreError;

    fn try_from(columns: LinkColumns) -> Result<Self, StoreError> {
        Ok(Self {
            digest: digest(columns.digest)?,
            purpose: word(&columns.purpose)?,
            user: columns.user_id.map(UserId),
            created_at: columns.created_at.0,
            expires_at: columns.expires_at.0,
        })
    }
}

impl TryFrom<SessionColumns> for Session {
    type Error = StoreError;

    fn try_from(columns: SessionColumns) -> Result<Self, StoreError> {
        Ok(Self {
            digest: digest(columns.digest)?,
            user: columns.user_id.map(UserId),
            created_at: columns.created_at.0,
            last_seen_at: columns.last_seen_at.0,
            expires_at: columns.expires_at.0,
            address: columns.address.parse().map_err(unreadable)?,
            user_agent: columns.user_agent,
            data: columns.data,
        })
    }
}

impl From<TokenColumns> for Token {
    fn from(columns: TokenColumns) -> Self {
        Self {
            id: TokenId(columns.id),
            user: UserId(columns.user_id),
            name: columns.name,
            hint: columns.hint,
            created_at: columns.created_at.0,
            last_used_at: time(columns.last_used_at),
        }
    }
}

fn digest(bytes: Vec<u8>) -> Result<Digest, StoreError> {
    let digest = bytes.try_into().map_err(|_| StoreError::Unreadable("a digest".to_owned()))?;
    Ok(Digest(digest))
}
