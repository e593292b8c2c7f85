//! Everything in one file, for one machine.
//!
//! One connection writes, and what it committed is flushed while it writes the next; the others only read and never wait
//! for it (write-ahead log).

mod accounts;
mod append;
mod append_deliveries;
mod append_refetches;
mod audit;
mod change;
mod credentials;
mod deliveries;
mod delivery;
mod destinations;
mod endpoints;
mod ends;
mod erase;
mod finish_refetch;
mod flush;
mod history;
mod hold;
mod lease;
mod links;
mod plan;
mod queue;
mod record;
mod records;
mod refetches;
mod requests;
mod resends;
mod reverify;
mod scrub;
mod sealing;
mod sessions;
mod subjects;
mod tokens;
mod unfinished;
mod users;
mod volume;
mod webhooks;
mod write_back;

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::{EndpointId, Page, PageRequest, Timestamp, Volume, WebhookDetail, WebhookFilter, WebhookId, WebhookRow};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Sqlite, Transaction};

use self::flush::Log;
use self::unfinished::Unfinished;
use self::write_back::WriteBack;
use super::change::{Change, NewAuditEntry, SealedCredentials};
use super::{Appended, Endpoint, NewWebhook, SealedSecret, Store, StoreError, Turn};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a connection waits for another process that writes, such as a command run beside the server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const READERS: u32 = 8;

pub struct SqliteStore {
    /// A pool of one, so that writes queue up here, in order, instead of colliding in the database.
    writer: SqlitePool,
    readers: SqlitePool,
    log: Log,
    write_back: WriteBack,
}

impl SqliteStore {
    /// Opens the file that the URL names and makes it, and the folder that it lies in, where they are missing.
    pub async fn open(url: &str) -> Result<Arc<Self>, StoreError> {
        let options = connect_options(url)?;
        let folder = options.get_filename().parent().filter(|folder| *folder != Path::new(""));
        if let Some(folder) = folder {
            tokio::fs::create_dir_all(folder)
                .await
                .map_err(|error| StoreError::Unavailable(format!("the folder {} cannot be made: {error}", folder.display())))?;
        }
        let log = Log::of(options.get_filename());
        // A batch changes some thousand pages; with 64 MB they stay in memory until it commits.
        let writer = pool(1).connect_with(options.clone().pragma("cache_size", "-65536")).await?;
        let write_back = WriteBack::new(writer.clone(), pool(1).connect_lazy_with(options.clone()));
        let readers = pool(READERS).connect_with(options.pragma("query_only", "on")).await?;
        Ok(Arc::new(Self {
            writer,
            readers,
            log,
            write_back,
        }))
    }

    /// A transaction that holds the right to write from its beginning, so that it cannot fail for want of it later.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("begin immediate").await?)
    }

    /// Commits and flushes.
    async fn commit(&self, transaction: Transaction<'static, Sqlite>) -> Result<(), StoreError> {
        transaction.commit().await?;
        self.log.flush().await
    }

    /// Flushes what one statement wrote. What may be lost when the power fails, such as when something was used last, is
    /// not worth it.
    async fn flushed<T>(&self, written: Result<T, StoreError>) -> Result<T, StoreError> {
        let written = written?;
        self.log.flush().await?;
        Ok(written)
    }
}

fn connect_options(url: &str) -> Result<SqliteConnectOptions, StoreError> {
    let options = SqliteConnectOptions::from_str(url).map_err(|error| StoreError::Url(error.to_string()))?;
    let name = options.get_filename().as_os_str();
    if name.is_empty() || url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StoreError::Url(
            "an SQLite database needs a file, such as sqlite://data/hookproof.db".to_owned(),
        ));
    }
    Ok(options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // The commit does not flush: see `flush`.
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // `write_back` is quicker, unless it fails or cannot keep up: this many pages are 1.5 GB, and then a commit does it.
        .pragma("wal_autocheckpoint", "393216")
        // Batches are read and written by queries of 36 sizes each; together with the rest they stay prepared.
        .statement_cache_capacity(160)
        .disable_statement_logging())
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(BUSY_TIMEOUT)
        // A connection to a file does not go away; asking it before each use would only cost time.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

#[async_trait]
impl Store for SqliteStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        // All of them in one transaction: of two processes that start at once the second finds the work done.
        let mut transaction = self.begin().await?;
        MIGRATIONS.run_direct(&mut *transaction).await?;
        self.commit(transaction).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("select 1 from sqlite_schema limit 1")
            .execute(&self.readers)
            .await?;
        Ok(())
    }

    fn concurrent_appends(&self) -> usize {
        2
    }

    async fn append_in_turn(&self, batch: &[NewWebhook], turn: Turn) -> Result<Vec<Appended>, StoreError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let mut connection = Unfinished(Some(self.writer.acquire().await?));
        let appended = append::append(connection.get(), batch).await?;
        connection.finish();
        // The next batch can be written while this one is being flushed.
        drop(turn);
        self.write_back.appended(batch);
        self.log.flush().await?;
        Ok(appended)
    }

    async fn webhooks(&self, filter: &WebhookFilter, page: PageRequest) -> Result<Page<WebhookRow>, StoreError> {
        webhooks::page(&self.readers, filter, page).await
    }

    async fn count_newer(&self, filter: &WebhookFilter, after: WebhookId, limit: u32) -> Result<u32, StoreError> {
        webhooks::count_newer(&self.readers, filter, after, limit).await
    }

    async fn webhook(&self, id: WebhookId) -> Result<Option<WebhookDetail>, StoreError> {
        webhooks::detail(&self.readers, id).await
    }

    async fn body(&self, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
        webhooks::body(&self.readers, id).await
    }

    async fn headers(&self, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
        webhooks::headers(&self.readers, id).await
    }

    async fn volume(
        &self,
        filter: &WebhookFilter,
        from: Timestamp,
        to: Timestamp,
        bucket_minutes: u32,
    ) -> Result<Volume, StoreError> {
        volume::volume(&self.readers, filter, from, to, bucket_minutes).await
    }

    async fn change(&self, change: &Change, entry: &NewAuditEntry) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        change::change(&mut transaction, change, entry).await?;
        self.commit(transaction).await
    }

    async fn endpoints(&self) -> Result<Vec<Endpoint>, StoreError> {
        endpoints::all(&self.readers).await
    }

    async fn archived_tokens(&self) -> Result<Vec<String>, StoreError> {
        endpoints::archived_tokens(&self.readers).await
    }

    async fn endpoint(&self, id: EndpointId) -> Result<Option<Endpoint>, StoreError> {
        endpoints::by_id(&self.readers, id).await
    }

    async fn credentials(&self, endpoint: EndpointId) -> Result<Option<SealedCredentials>, StoreError> {
        credentials::of_endpoint(&self.readers, endpoint).await
    }

    async fn secrets(&self) -> Result<Vec<SealedSecret>, StoreError> {
        endpoints::secrets(&self.readers).await
    }

    async fn configuration_version(&self) -> Result<i64, StoreError> {
        endpoints::version(&self.readers).await
    }

    async fn close(&self) {
        self.readers.close().await;
        self.write_back.close().await;
        self.writer.close().await;
    }
}
