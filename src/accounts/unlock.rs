use std::path::PathBuf;

use super::secrets::{KeyFileError, SealingKey};
use super::vault::{KeySource, Vault};
use crate::store::{Store, StoreError};

/// Why the secrets in the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the key file {path} is not there, but the database holds secrets that were sealed with one", path = .path.display())]
    Lost { path: PathBuf },
    #[error("{key} is not the key that sealed the secrets in the database")]
    Wrong { key: KeySource },
}

/// Opens the vault: reads the key, and makes sure that it is the one that sealed what the database holds. A key is made
/// only for a database that has none yet, so that a wrong path cannot seal some secrets with a second key.
pub async fn unlock(store: &dyn Store, source: KeySource) -> Result<Vault, UnlockError> {
    let recorded = store.key_fingerprint().await?;
    let key = match &source {
        KeySource::File(path) if recorded.is_some() && !path.exists() => {
            return Err(UnlockError::Lost { path: path.clone() });
        }
        KeySource::File(path) => SealingKey::load_or_create(path)?,
    };
    let recorded = match recorded {
        Some(fingerprint) => fingerprint,
        None => store.set_first_key(key.fingerprint()).await?,
    };
    if recorded == key.fingerprint() {
        Ok(Vault::of(source, key))
    } else {
        Err(UnlockError::Wrong { key: source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store;

    #[tokio::test]
    async fn only_the_key_that_sealed_everything_is_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| KeySource::File(folder.path().join(name));
        let store = store::open(&format!("sqlite://{}", folder.path().join("test.db").display()))
            .await
            .expect("opened");
        store.migrate().await.expect("migrated");

        unlock(store.as_ref(), at("first.key"))
            .await
            .expect("made for a new database");
        unlock(store.as_ref(), at("first.key"))
            .await
            .expect("the key of this database");
        SealingKey::load_or_create(&folder.path().join("other.key")).expect("made");
        let wrong = unlock(store.as_ref(), at("other.key")).await;
        assert!(matches!(wrong, Err(UnlockError::Wrong { .. })), "{wrong:?}");
        let lost = unlock(store.as_ref(), at("no.key")).await;
        assert!(matches!(lost, Err(UnlockError::Lost { .. })), "{lost:?}");
        assert!(!folder.path().join("no.key").exists());
    }
}
