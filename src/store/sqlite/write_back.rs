//! Writing back: moving pages from the log beside the database into their places.
//!
//! SQLite would do it in the commit that makes the log too long, and all who wait for that commit would wait for it too.
//! Here another connection does it while the writer goes on. What the writer adds meanwhile is left over, and the log begins
//! anew only when nothing is; so in the end the writer's connection writes back the little that is left.

use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::sqlite::SqlitePool;

use crate::store::NewWebhook;

/// Roughly so many bytes are appended to the log before it is written back. Seldom means writing each page once that was
/// changed by many batches.
const EVERY: usize = 768 * 1024 * 1024;

/// What a webhook, or an attempt, adds to the log besides its body: the pages of the indexes that are kept in no order of time.
const BESIDE_BODY: usize = 10 * 1024;

/// It never waits for those who read or write, nor they for it.
const CHECKPOINT: &str = "pragma wal_checkpoint(passive)";

pub(super) struct WriteBack {
    writer: SqlitePool,
    /// A pool of one.
    own: SqlitePool,
    /// How many bytes were appended since the last time, roughly.
    appended: AtomicUsize,
}

impl WriteBack {
    pub(super) fn new(writer: SqlitePool, own: SqlitePool) -> Self {
        Self {
            writer,
            own,
            appended: AtomicUsize::new(0),
        }
    }

    /// Called after each commit. Writes back in the background when it is time.
    pub(super) fn appended(&self, batch: &[NewWebhook]) {
        self.grew(batch.len(), batch.iter().map(|webhook| webhook.body.len()).sum());
    }

    /// The same, of so many rows with so many bytes of bodies in them.
    pub(super) fn grew(&self, rows: usize, bodies: usize) {
        let bytes = rows * BESIDE_BODY + bodies;
        if self.appended.fetch_add(bytes, Ordering::Relaxed) + bytes < EVERY {
            return;
        }
        self.appended.store(0, Ordering::Relaxed);
        let (writer, own) = (self.writer.clone(), self.own.clone());
        tokio::spawn(async move {
            if let Err(error) = write_back(&writer, &own).await {
                tracing::warn!(%error, "the database's log was not written back");
            }
        });
    }

    pub(super) async fn close(&self) {
        self.own.close().await;
    }
}

async fn write_back(writer: &SqlitePool, own: &SqlitePool) -> Result<(), sqlx::Error> {
    // The second time takes what was added during the first, so that next to nothing is left for the writer.
    for connection in [own, own, writer] {
        match sqlx::query(CHECKPOINT).execute(connection).await {
            // The last connection that closes writes back what is left.
            Err(sqlx::Error::PoolClosed) => return Ok(()),
            done => _ = done?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::sqlite::SqliteStore;

    #[tokio::test]
    async fn what_is_written_back_is_in_the_file_of_the_database() {
        let folder = tempfile::tempdir().expect("a folder");
        let [file, copy] = ["a.db", "copy.db"].map(|name| folder.path().join(name));
        let store = SqliteStore::open(&format!("sqlite://{}", file.display()))
            .await
            .expect("a store");
        store.migrate().await.expect("the tables");
        write_back(&store.writer, &store.write_back.own).await.expect("written back");
        // Without the log beside it.
        std::fs::copy(&file, &copy).expect("a copy");
        let copy = SqliteStore::open(&format!("sqlite://{}", copy.display()))
            .await
            .expect("a store");
        assert_eq!(copy.configuration_version().await.expect("a version"), 0);
    }
}
