use std::path::PathBuf;
use std::sync::Arc;

use super::rotate;
use super::secrets::{KeyFileError, KeyFingerprint, SealingKey, is_of_earlier_version};
use super::vault::{KeySource, Vault, next_to};
use crate::store::{Store, StoreError};

/// Why the secrets in the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    #[error("{0} (HOOKPROOF_KEY_FILE)")]
    KeyFile(#[from] KeyFileError),
    /// What was given is not repeated: it may be a key with a letter too many.
    #[error("{variable} does not hold 32 bytes in base64")]
    Malformed { variable: &'static str },
    #[error("{0} (HOOKPROOF_DATABASE_URL)")]
    Store(#[from] StoreError),
    #[error(
        "the key file {path} is not there, but the database holds secrets that were sealed with one: put its copy back (HOOKPROOF_KEY_FILE)",
        path = .path.display()
    )]
    Lost { path: PathBuf },
    #[error(
        "the secrets in the database were sealed by a version from before the first release, and this version cannot open them: \
         begin with a new database (HOOKPROOF_DATABASE_URL)"
    )]
    EarlierVersion,
    #[error("{key} is not the key that sealed the secrets in the database{}", variable(.key))]
    Wrong { key: KeySource },
}

fn variable(source: &KeySource) -> &'static str {
    match source {
        KeySource::File(_) => " (HOOKPROOF_KEY_FILE)",
        // Its name says it already.
        KeySource::Environment { .. } => "",
    }
}

/// Opens the vault: reads the key, and makes sure that it is the one that sealed what the database holds. A key is made
/// only for a database that has none yet, so that a wrong path cannot seal some secrets with a second key.
///
/// Finishes a rotation that was cut off after everything was sealed with the next key.
pub async fn unlock(store: &dyn Store, source: KeySource) -> Result<Vault, UnlockError> {
    if has_secrets_of_earlier_version(store).await? {
        return Err(UnlockError::EarlierVersion);
    }
    let recorded = match store.key_fingerprint().await? {
        Some(recorded) => recorded,
        None => store.set_first_key(first_key(&source)?.fingerprint()).await?,
    };
    if let Some(key) = find(&source, recorded)? {
        return Ok(Vault::of(source, key));
    }
    // A rotation elsewhere may have ended between the two looks.
    let recorded_now = store.key_fingerprint().await?.filter(|now| *now != recorded);
    let key = recorded_now.map(|recorded| find(&source, recorded)).transpose()?.flatten();
    match (key, source) {
        (Some(key), source) => Ok(Vault::of(source, key)),
        (None, KeySource::File(path)) if !path.exists() => Err(UnlockError::Lost { path }),
        (None, key) => Err(UnlockError::Wrong { key }),
    }
}

async fn has_secrets_of_earlier_version(store: &dyn Store) -> Result<bool, StoreError> {
    let secrets = store.secrets().await?;
    let headers = store
        .endpoints()
        .await?
        .into_iter()
        .filter_map(|endpoint| endpoint.static_header);
    let sealed = secrets.into_iter().map(|secret| secret.sealed_value);
    Ok(sealed
        .chain(headers.map(|header| header.sealed_value))
        .any(|sealed| is_of_earlier_version(&sealed)))
}

fn first_key(source: &KeySource) -> Result<Arc<SealingKey>, KeyFileError> {
    match source {
        KeySource::File(path) => SealingKey::load_or_create(path).map(Arc::new),
        KeySource::Environment { key, .. } => Ok(Arc::clone(key)),
    }
}

/// The key that is wanted. One that a rotation left in the place of the next key is put where it belongs if that can be, and
/// used where it is otherwise.
fn find(source: &KeySource, wanted: KeyFingerprint) -> Result<Option<Arc<SealingKey>>, UnlockError> {
    let found = source.find(wanted)?;
    if let (KeySource::File(path), Some(_)) = (source, &found)
        && next_to(path).exists()
        && let Err(error) = rotate::finish(path, wanted)
    {
        tracing::warn!(%error, "the next key is in use, but cannot be put in the place of the key file: move it there by hand");
    }
    Ok(found)
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
