//! The sealing key as it is now: read again when another key was put in its place.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::UnlockError;
use super::secrets::{KeyFileError, KeyFingerprint, SealingKey};
use crate::operation::{OperationError, Operations};
use crate::store::Store;

/// Where the key comes from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// `HOOKPROOF_KEY_FILE`. While a rotation is under way the next key is in the file beside it ([`next_to`]).
    File(PathBuf),
    /// `HOOKPROOF_KEY` and, around a rotation, `HOOKPROOF_NEXT_KEY`.
    Environment {
        key: Arc<SealingKey>,
        next: Option<Arc<SealingKey>>,
    },
}

impl std::fmt::Display for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "the key file {}", path.display()),
            Self::Environment { .. } => f.write_str("the key in HOOKPROOF_KEY"),
        }
    }
}

/// Where a rotation puts the next key until everything is sealed with it.
pub fn next_to(key_file: &Path) -> PathBuf {
    let mut name = key_file.as_os_str().to_owned();
    name.push(".next");
    PathBuf::from(name)
}

impl KeySource {
    /// The key with that fingerprint, if it is at its place or in that of the next key.
    pub(super) fn find(&self, wanted: KeyFingerprint) -> Result<Option<Arc<SealingKey>>, KeyFileError> {
        match self {
            // A rotation renames the next file to the first: whoever looked into the first one too early and into the next
            // one too late finds it in the first.
            Self::File(path) => [path, &next_to(path), path]
                .into_iter()
                .map(|path| SealingKey::load(path))
                .find_map(|loaded| match loaded {
                    Ok(key) => key.filter(|key| key.fingerprint() == wanted).map(|key| Ok(Arc::new(key))),
                    Err(error) => Some(Err(error)),
                })
                .transpose(),
            Self::Environment { key, next } => {
                let mut given = [Some(key), next.as_ref()].into_iter().flatten();
                Ok(given.find(|key| key.fingerprint() == wanted).cloned())
            }
        }
    }
}

/// Hands out the key that seals everything.
pub struct Vault {
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
    pub fn of(source: KeySource, key: impl Into<Arc<SealingKey>>) -> Self {
        Self {
            source,
            key: RwLock::new(key.into()),
        }
    }

    pub fn source(&self) -> &KeySource {
        &self.source
    }

    pub fn key(&self) -> Arc<SealingKey> {
        Arc::clone(&self.key.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes sure that the key is the one that seals everything by now, and reads it again where it is not.
    pub async fn refresh(&self, store: &dyn Store) -> Result<(), UnlockError> {
        let recorded = store.key_fingerprint().await?;
        let Some(recorded) = recorded.filter(|recorded| *recorded != self.key().fingerprint()) else {
            return Ok(());
        };
        let found = self.source.find(recorded)?.ok_or_else(|| UnlockError::Wrong {
            key: self.source.clone(),
        })?;
        self.hold(found);
        tracing::info!("the sealing key was changed and read again");
        Ok(())
    }

    pub(super) fn hold(&self, key: Arc<SealingKey>) {
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = key;
    }
}

impl Operations {
    /// The key that seals everything by now, for whatever is sealed or opened in an operation: another process may have put
    /// another key in place of the one that is known here.
    pub(crate) async fn sealing_key(&self) -> Result<Arc<SealingKey>, OperationError> {
        match self.vault.refresh(self.store.as_ref()).await {
            Ok(()) => Ok(self.vault.key()),
            Err(UnlockError::Store(error)) => Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "the sealing key was changed and cannot be read");
                Err(OperationError::KeyUnavailable)
            }
        }
    }
}
