//! The sealing key as it is now: read again when another key was put in its place.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use super::secrets::SealingKey;

/// Where the key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// `HOOKPROOF_KEY_FILE`.
    File(PathBuf),
}

impl std::fmt::Display for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "the key file {}", path.display()),
        }
    }
}

/// Hands out the key that seals everything.
pub struct Vault {
    #[expect(dead_code, reason = "read when the key is read again")]
    source: KeySource,
    key: RwLock<Arc<SealingKey>>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
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
