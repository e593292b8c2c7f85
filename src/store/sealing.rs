//! Everything that is sealed in the database, and sealing it again with another key.

use async_trait::async_trait;
use sqlx::FromRow;
use uuid::Uuid;

use super::StoreError;
use super::change::NewAuditEntry;
use crate::accounts::secrets::{KeyFingerprint, Purpose, SealingKey};

/// All that something is sealed for. What is missing here would not be sealed again.
pub(super) const PURPOSES: [Purpose; 6] = [
    Purpose::Secret,
    Purpose::StaticHeader,
    Purpose::Credentials,
    Purpose::Totp,
    Purpose::DestinationSecret,
    Purpose::DestinationHeaders,
];

/// A sealed value and what it was sealed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedValue {
    pub record: Uuid,
    pub purpose: Purpose,
    pub sealed: Vec<u8>,
    /// What people call it, for messages: `the secret "first" of the endpoint "Persona production"`.
    pub what: String,
}

/// The sealed values of all tables.
#[async_trait]
pub trait SealingStore: Send + Sync + 'static {
    /// The fingerprint of the key that everything is sealed with; `None` before the first start.
    async fn key_fingerprint(&self) -> Result<Option<KeyFingerprint>, StoreError>;

    /// Names the key of a new database. The fingerprint that stands afterwards: that of another node if it was earlier.
    async fn set_first_key(&self, fingerprint: KeyFingerprint) -> Result<KeyFingerprint, StoreError>;

    /// Seals every value with `new` that `old` sealed, archived endpoints' too, and names the new key, all in one
    /// transaction. The number of values. `KeyChanged` when another key than `old` seals by then, `Unreadable` when a
    /// value does not open; then nothing is changed.
    async fn reseal(&self, old: &SealingKey, new: &SealingKey, entry: &NewAuditEntry) -> Result<u64, StoreError>;
}

/// Each value as `new` seals it. `Unreadable` when `old` does not open one.
pub(super) fn sealed_again(values: Vec<SealedValue>, old: &SealingKey, new: &SealingKey) -> Result<Vec<SealedValue>, StoreError> {
    values
        .into_iter()
        .map(|value| match old.open(value.record, value.purpose, &value.sealed) {
            Ok(opened) => Ok(SealedValue {
                sealed: new.seal(value.record, value.purpose, &opened),
                ..value
            }),
            Err(_) => Err(StoreError::Unreadable(format!("{}, which its key does not open", value.what))),
        })
        .collect()
}

/// A sealed value of one table, as a query of that table gives it.
#[derive(FromRow)]
pub(super) struct SealedColumns {
    record: Uuid,
    sealed: Vec<u8>,
    what: String,
}

impl SealedColumns {
    pub(super) fn for_purpose(self, purpose: Purpose) -> SealedValue {
        SealedValue {
            record: self.record,
            purpose,
            sealed: self.sealed,
            what: self.what,
        }
    }
}

/// A fingerprint as it is stored.
pub(super) fn read_fingerprint(bytes: Vec<u8>) -> Result<KeyFingerprint, StoreError> {
    let fingerprint = bytes
        .try_into()
        .map_err(|_| StoreError::Unreadable("a key's fingerprint".to_owned()))?;
    Ok(KeyFingerprint(fingerprint))
}

/// Refuses values that another key sealed than the one that seals everything, if there is one yet.
pub(super) fn require_key(values: &[&[u8]], key: Option<KeyFingerprint>) -> Result<(), StoreError> {
    let fits = |sealed: &&[u8]| key.is_some() && KeyFingerprint::of_sealed(sealed) == key;
    if values.iter().all(fits) {
        Ok(())
    } else {
        Err(StoreError::KeyChanged)
    }
}
