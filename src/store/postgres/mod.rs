//! Everything on a PostgreSQL server, for any number of nodes.
//!
//! How far a commit is flushed is the server's setting (`synchronous_commit`), as for everything else that it keeps.

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
mod history;
mod hold;
mod lease;
mod lease_in_order;
mod links;
mod record;
mod records;
mod refetches;
mod requests;
mod resends;
mod reverify;
mod sealing;
mod sessions;
mod subjects;
mod tokens;
mod users;
mod volume;
mod webhooks;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::{EndpointId, Page, PageRequest, Timestamp, Volume, WebhookDetail, WebhookFilter, WebhookId, WebhookRow};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Postgres, Transaction};

use super::change::{Change, NewAuditEntry, SealedCredentials};
use super::{Appended, Endpoint, NewWebhook, SealedSecret, Store, StoreError, Turn};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

const CONNECTIONS: u32 = 16;

/// How long a call waits for a connection before the database counts as not available.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

pub struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// Connects to the server and the database that the URL names.
    pub async fn open(url: &str) -> Result<Arc<Self>, StoreError> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("hookproof")
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options)
            .await?;
        Ok(Arc::new(Self { pool }))
    }

    /// A transaction in which each statement sees what others have committed before it, whatever the server's default.
    async fn begin(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        Ok(self.pool.begin_with("begin isolation level read committed").await?)
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        // Holds an advisory lock meanwhile: of two nodes that start at once the second finds the work done.
        Ok(MIGRATIONS.run(&self.pool).await?)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// While one batch is being flushed the rows of the next go in. They meet at the counters, which both raise last.
    fn concurrent_appends(&self) -> usize {
        2
    }

    async fn append_in_turn(&self, batch: &[NewWebhook], turn: Turn) -> Result<Vec<Appended>, StoreError> {
        // Each connection writes for itself.
        drop(turn);
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let mut transaction = self.begin().await?;
        let appended = append::append(&mut transaction, batch).await?;
        transaction.commit().await?;
        Ok(appended)
    }

    async fn webhooks(&self, filter: &WebhookFilter, page: PageRequest) -> Result<Page<WebhookRow>, StoreError> {
        webhooks::page(&self.pool, filter, page).await
    }

    async fn count_newer(&self, filter: &WebhookFilter, after: WebhookId, limit: u32) -> Result<u32, StoreError> {
        webhooks::count_newer(&self.pool, filter, after, limit).await
    }

    async fn webhook(&self, id: WebhookId) -> Result<Option<WebhookDetail>, StoreError> {
        webhooks::detail(&self.pool, id).await
    }

    async fn body(&self, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
        webhooks::body(&self.pool, id).await
    }

    async fn headers(&self, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
        webhooks::headers(&self.pool, id).await
    }

    async fn volume(
        &self,
        filter: &WebhookFilter,
        from: Timestamp,
        to: Timestamp,
        bucket_minutes: u32,
    ) -> Result<Volume, StoreError> {
        volume::volume(&self.pool, filter, from, to, bucket_minutes).await
    }

    async fn change(&self, change: &Change, entry: &NewAuditEntry) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        change::change(&mut transaction, change, entry).await?;
        Ok(transaction.commit().await?)
    }

    async fn endpoints(&self) -> Result<Vec<Endpoint>, StoreError> {
        endpoints::all(&self.pool).await
    }

    async fn archived_tokens(&self) -> Result<Vec<String>, StoreError> {
        endpoints::archived_tokens(&self.pool).await
    }

    async fn endpoint(&self, id: EndpointId) -> Result<Option<Endpoint>, StoreError> {
        endpoints::by_id(&self.pool, id).await
    }

    async fn credentials(&self, endpoint: EndpointId) -> Result<Option<SealedCredentials>, StoreError> {
        credentials::of_endpoint(&self.pool, endpoint).await
    }

    async fn secrets(&self) -> Result<Vec<SealedSecret>, StoreError> {
        endpoints::secrets(&self.pool).await
    }

    async fn configuration_version(&self) -> Result<i64, StoreError> {
        endpoints::version(&self.pool).await
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
