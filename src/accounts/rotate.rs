//! Another sealing key in place of the one that seals everything.
//!
//! Promise: after a crash at any instruction, the key that seals everything is in the key file or in the file beside it, and
//! [`super::unlock`] finds it. The next key is on the disk before anything is sealed with it, everything is sealed with it
//! in one transaction that also records which key it is, and only then its file gets the name of the one before.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{AuditAction, AuditChange, AuditTarget, AuditTargetKind, Role};

use super::secrets::{KeyFileError, KeyFingerprint, SealingKey, flush_folder_of, folder_of};
use super::vault::{KeySource, next_to};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::StoreError;

/// Why the key is the same as before.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    #[error(transparent)]
    Operation(#[from] OperationError),
    #[error("{0} (HOOKPROOF_KEY_FILE)")]
    KeyFile(#[from] KeyFileError),
    #[error("another rotation of {path} is under way", path = .path.display())]
    Busy { path: PathBuf },
    #[error("the key comes from HOOKPROOF_KEY: put the next one, 32 random bytes in base64, into HOOKPROOF_NEXT_KEY")]
    NoNextKey,
    #[error(
        "the key file {path} is mounted by itself, so no other can take its place: mount its folder, or give the key as \
         HOOKPROOF_KEY and the next one as HOOKPROOF_NEXT_KEY",
        path = .path.display()
    )]
    Mounted { path: PathBuf },
    #[error("HOOKPROOF_NEXT_KEY holds the key that seals everything already")]
    SameKey,
}

impl Operations {
    /// Seals everything with another key: a new one that takes the key file's place, or the one in `HOOKPROOF_NEXT_KEY`.
    /// For admins. The number of values that were sealed again.
    pub async fn rotate_key(&self, actor: &Actor) -> Result<u64, RotateError> {
        actor.require(Role::Admin)?;
        match self.vault.source() {
            KeySource::File(path) => self.rotate_file(actor, path).await,
            KeySource::Environment { next: None, .. } => Err(RotateError::NoNextKey),
            KeySource::Environment { next: Some(next), .. } => {
                if next.fingerprint() == self.vault.key().fingerprint() {
                    return Err(RotateError::SameKey);
                }
                let count = self.reseal(actor, next).await?;
                self.vault.hold(Arc::clone(next));
                Ok(count)
            }
        }
    }

    async fn rotate_file(&self, actor: &Actor, path: &Path) -> Result<u64, RotateError> {
        let _lock = try_lock(path)?;
        let next_path = next_to(path);
        let io = |source| KeyFileError::Io {
            path: next_path.clone(),
            source,
        };
        // A rotation may have been cut off since this process began: the key that it sealed everything with is needed.
        if let Some(recorded) = self.store.key_fingerprint().await.map_err(OperationError::from)? {
            finish_locked(path, recorded)?;
        }
        // What is left by now is of a rotation that was cut off before it sealed anything.
        remove_if_there(&next_path).map_err(io)?;
        require_replaceable(path)?;
        let next = Arc::new(SealingKey::create_new(&next_path).map_err(io)?);
        match self.reseal(actor, &next).await {
            Ok(count) => {
                self.vault.hold(next);
                rename_into_place(path)?;
                Ok(count)
            }
            Err(error) => {
                // Whether the transaction was committed is not known of every error. While it cannot be told, the next key
                // stays where it is, and the next start finds out.
                let recorded = self.store.key_fingerprint().await.ok().flatten();
                if recorded == Some(next.fingerprint()) {
                    rename_into_place(path)?;
                } else if recorded.is_some() {
                    remove_if_there(&next_path).map_err(io)?;
                }
                Err(error.into())
            }
        }
    }

    async fn reseal(&self, actor: &Actor, next: &SealingKey) -> Result<u64, OperationError> {
        let before = self.vault.key();
        let target = AuditTarget {
            kind: AuditTargetKind::Key,
            id: next.fingerprint().to_string(),
            name: "sealing key".to_owned(),
        };
        let detail = AuditChange {
            field: "fingerprint".to_owned(),
            before: Some(before.fingerprint().to_string()),
            after: Some(next.fingerprint().to_string()),
        };
        let entry = self.entry(actor, AuditAction::KeyRotated, Some(target), vec![detail]);
        self.store.reseal(&before, next, &entry).await.map_err(|error| match error {
            StoreError::KeyChanged => OperationError::Conflict("another key was put in place in the meantime".to_owned()),
            error => error.into(),
        })
    }
}

/// Puts the next key where it belongs if it is the one that is wanted, and is not there yet. For [`super::unlock`].
pub(super) fn finish(path: &Path, wanted: KeyFingerprint) -> Result<(), KeyFileError> {
    let io = |source| KeyFileError::Io {
        path: path.to_owned(),
        source,
    };
    // A rotation that is under way does the rest itself: without waiting for it, its next key could be taken for this one.
    let folder = File::open(folder_of(path)).map_err(io)?;
    folder.lock().map_err(io)?;
    finish_locked(path, wanted)
}

fn finish_locked(path: &Path, wanted: KeyFingerprint) -> Result<(), KeyFileError> {
    let is_wanted = |path: &Path| match SealingKey::load(path) {
        Ok(key) => Ok(key.is_some_and(|key| key.fingerprint() == wanted)),
        // Cut off while it was written.
        Err(KeyFileError::Malformed { .. }) => Ok(false),
        Err(error) => Err(error),
    };
    if !is_wanted(path)? && is_wanted(&next_to(path))? {
        rename_into_place(path)?;
    }
    Ok(())
}

/// The lock is on the folder, as the file under it is replaced. It ends with the handle, also in a crash.
fn try_lock(path: &Path) -> Result<File, RotateError> {
    let io = |source| KeyFileError::Io {
        path: path.to_owned(),
        source,
    };
    let folder = File::open(folder_of(path)).map_err(io)?;
    match folder.try_lock() {
        Ok(()) => Ok(folder),
        Err(TryLockError::WouldBlock) => Err(RotateError::Busy { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(io(error).into()),
    }
}

/// A file that is mounted by itself, as into a container, cannot be replaced. Nothing can be linked from one mount to another,
/// also where both are of the same device.
fn require_replaceable(path: &Path) -> Result<(), RotateError> {
    let linked = std::fs::hard_link(path, next_to(path));
    let removed = remove_if_there(&next_to(path));
    match linked.and(removed) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => Err(RotateError::Mounted { path: path.to_owned() }),
        Err(source) => Err(KeyFileError::Io {
            path: path.to_owned(),
            source,
        }
        .into()),
        Ok(()) => Ok(()),
    }
}

fn rename_into_place(path: &Path) -> Result<(), KeyFileError> {
    let renamed = std::fs::rename(next_to(path), path).and_then(|()| flush_folder_of(path));
    renamed.map_err(|source| KeyFileError::Io {
        path: path.to_owned(),
        source,
    })
}

fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
