//! The sealing key as it is now: read again when another key was put in its place.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use super::secrets::SealingKey;
use super::unlock::UnlockError;
use crate::store::{Store, StoreError};

/// Where the key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// `HOOKPROOF_KEY_FILE`.
    File(PathBuf),
    /// `HOOKPROOF_KEY`, in base64.
    Environment,
}

/// Hands out the key that seals everything.
pub struct Vault {
    source: KeySource,
    key: RwLock<Arc<SealingKey>>,
}

impl Vault {
    /// A vault around a key that is known already.
    pub fn of(source: KeySource, key: SealingKey) -> Self {
        Self {
            source,
            key: RwLock::new(Arc::new(key)),
        }
    }

    pub fn key(&self) -> Arc<SealingKey> {
        Arc::clone(&self.key.read().unwrap_or_else(PoisonError::into_inner))
    }
}
