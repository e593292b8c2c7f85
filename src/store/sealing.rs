//! Everything that is sealed in the database, and sealing it again with another key.

use async_trait::async_trait;
use uuid::Uuid;

use super::StoreError;
use super::change::NewAuditEntry;
use crate::accounts::secrets::{KeyFingerprint, Purpose, SealingKey};

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
