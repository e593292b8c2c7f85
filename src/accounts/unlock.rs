use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::secrets::{KeyFileError, SealingKey};
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
    #[error("the key file {path} is not the one that sealed `{what}` of endpoint `{endpoint}`", path = .path.display())]
    Wrong { path: PathBuf, endpoint: String, what: String },
}

/// The key that opens every secret in the database. A key is made only when there is nothing yet that it would have to
/// open, so that a wrong path cannot seal some secrets with a second key.
pub async fn unlock(store: &dyn Store, path: &Path) -> Result<SealingKey, UnlockError> {
    let sealed = sealed_values(store).await?;
    if !sealed.is_empty() && !path.exists() {
        return Err(UnlockError::Lost { path: path.to_owned() });
    }
    let key = SealingKey::load_or_create(path)?;
    for value in sealed {
        if key.open(value.record, &value.sealed).is_err() {
            return Err(UnlockError::Wrong {
                path: path.to_owned(),
                endpoint: value.endpoint,
                what: value.what,
            });
        }
    }
    Ok(key)
}

struct SealedValue {
    endpoint: String,
    what: String,
    record: Uuid,
    sealed: Vec<u8>,
}

async fn sealed_values(store: &dyn Store) -> Result<Vec<SealedValue>, StoreError> {
    let endpoints = store.endpoints().await?;
    let headers = endpoints.iter().filter_map(|endpoint| {
        let header = endpoint.static_header.as_ref()?;
        Some(SealedValue {
            endpoint: endpoint.name.clone(),
            what: header.name.clone(),
            record: endpoint.id.0,
            sealed: header.sealed_value.clone(),
        })
    });
    let secrets = store.secrets().await?.into_iter().map(|secret| {
        let endpoint = endpoints.iter().find(|endpoint| endpoint.id == secret.endpoint_id);
        SealedValue {
            endpoint: endpoint.map(|endpoint| endpoint.name.clone()).unwrap_or_default(),
            what: secret.label,
            record: secret.id.0,
            sealed: secret.sealed_value,
        }
    });
    Ok(headers.chain(secrets).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Ids, SystemClock};
    use crate::endpoints::{self, AddEndpoint};
    use crate::store;

    #[tokio::test]
    async fn only_the_key_that_sealed_everything_is_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let store = store::open(&format!("sqlite://{}", at("test.db").display()))
            .await
            .expect("opened");
        store.migrate().await.expect("migrated");

        let key = unlock(store.as_ref(), &at("first.key"))
            .await
            .expect("made, as nothing is sealed yet");
        SealingKey::load_or_create(&at("other.key")).expect("made");
        unlock(store.as_ref(), &at("other.key")).await.expect("nothing to open yet");

        let new = AddEndpoint::plain("persona", "Persona production", Some("wbhsec_9f0c1d7a"));
        endpoints::add(store.as_ref(), &key, &SystemClock, &Ids::default(), new)
            .await
            .expect("added");
        unlock(store.as_ref(), &at("first.key")).await.expect("the key that sealed");
        let wrong = unlock(store.as_ref(), &at("other.key")).await;
        assert!(matches!(wrong, Err(UnlockError::Wrong { .. })), "{wrong:?}");
        let lost = unlock(store.as_ref(), &at("no.key")).await;
        assert!(matches!(lost, Err(UnlockError::Lost { .. })), "{lost:?}");
        assert!(!at("no.key").exists());
    }
}
