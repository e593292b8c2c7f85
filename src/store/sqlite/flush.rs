//! Flushing: when what was committed has reached the disk.
//!
//! With `synchronous=FULL` SQLite flushes its log inside the commit, and nobody can write meanwhile. Here a commit only
//! writes the log (`synchronous=NORMAL`), and whoever committed flushes it before saying so, while the next batch is being
//! written. What makes the file whole stays SQLite's: in either mode it flushes the log's head when it begins anew, and the
//! log and the database when it writes back; a log that ends in half a commit is cut there when it is opened.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};

use crate::store::StoreError;

/// The log beside the database.
pub(super) struct Log {
    path: PathBuf,
    /// SQLite makes the file with the first change and keeps it while a connection is open. The lock makes those who want it
    /// flushed take turns; each flush takes with it what was committed before it began.
    file: OnceCell<Arc<Mutex<File>>>,
}

impl Log {
    pub(super) fn of(database: &Path) -> Self {
        let mut path = OsString::from(database);
        path.push("-wal");
        Self {
            path: path.into(),
            file: OnceCell::new(),
        }
    }

    /// Returns when everything is on the disk that was committed before the call.
    pub(super) async fn flush(&self) -> Result<(), StoreError> {
        let file = self.file.get_or_try_init(|| self.open()).await?;
        let file = Arc::clone(file).lock_owned().await;
        let flushed = tokio::task::spawn_blocking(move || file.sync_data()).await;
        flushed
            .unwrap_or_else(|panicked| Err(std::io::Error::other(panicked)))
            .map_err(|error| self.not_flushed(&error))
    }

    async fn open(&self) -> Result<Arc<Mutex<File>>, StoreError> {
        let file = tokio::fs::File::open(&self.path)
            .await
            .map_err(|error| self.not_flushed(&error))?;
        Ok(Arc::new(Mutex::new(file.into_std().await)))
    }

    fn not_flushed(&self, error: &std::io::Error) -> StoreError {
        StoreError::Unavailable(format!("{} cannot be flushed: {error}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::sqlite::SqliteStore;

    #[tokio::test]
    async fn what_is_flushed_is_the_file_that_the_commit_wrote() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.db");
        let log = Log::of(&file);
        assert!(
            matches!(log.flush().await, Err(StoreError::Unavailable(_))),
            "there is no log yet"
        );

        let store = SqliteStore::open(&format!("sqlite://{}", file.display()))
            .await
            .expect("a store");
        store.migrate().await.expect("the tables");
        log.flush().await.expect("flushed");
        let held = log
            .file
            .get()
            .expect("open")
            .lock()
            .await
            .metadata()
            .expect("its length")
            .len();
        let log_of_sqlite = std::fs::metadata(folder.path().join("a.db-wal")).expect("the log").len();
        assert!(held > 0 && held == log_of_sqlite, "{held} {log_of_sqlite}");
    }
}
