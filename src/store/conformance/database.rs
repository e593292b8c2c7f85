//! A database of its own for each case.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use tempfile::TempDir;
use url::Url;

use crate::store::{Store, open};

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// An empty database. Goes away with [`run`].
#[derive(Clone)]
pub struct Database(Arc<Inner>);

enum Inner {
    Sqlite(TempDir),
    Postgres { server: Url, name: String },
}

impl Database {
    pub async fn open(&self) -> Arc<dyn Store> {
        open(&self.url()).await.expect("the database opens")
    }

    /// Does to the database what someone could who has its password, or its file.
    pub async fn execute(&self, sql: &str) -> Result<(), sqlx::Error> {
        match &*self.0 {
            Inner::Sqlite(_) => SqliteConnection::connect(&self.url()).await?.execute(sql).await.map(drop),
            Inner::Postgres { .. } => PgConnection::connect(&self.url()).await?.execute(sql).await.map(drop),
        }
    }

    /// Where the database holds these bytes: the files of the folder that an SQLite database lies in, whatever they are; the
    /// columns of all tables of PostgreSQL, and its statistics.
    pub async fn holding(&self, text: &str) -> Vec<String> {
        match &*self.0 {
            Inner::Sqlite(folder) => files_holding(&folder.path().join("data"), text.as_bytes()),
            Inner::Postgres { .. } => columns_holding(&self.url(), text).await.expect("the tables are searched"),
        }
    }

    pub fn kind(&self) -> Kind {
        match &*self.0 {
            Inner::Sqlite(_) => Kind::Sqlite,
            Inner::Postgres { .. } => Kind::Postgres,
        }
    }

    fn url(&self) -> String {
        match &*self.0 {
            // The folder is not there yet: the store makes it.
            Inner::Sqlite(folder) => format!("sqlite://{}/data/hookproof.db", folder.path().display()),
            Inner::Postgres { server, name } => {
                let mut url = server.clone();
                url.set_path(name);
                url.into()
            }
        }
    }

    async fn create(kind: Kind) -> Self {
        let inner = match kind {
            Kind::Sqlite => Inner::Sqlite(TempDir::new().expect("a folder for the database")),
            Kind::Postgres => {
                let server = std::env::var("HOOKPROOF_TEST_POSTGRES_URL")
                    .expect("HOOKPROOF_TEST_POSTGRES_URL names no server: run the tests as `tools/postgres run cargo test`");
                let server = Url::parse(&server).expect("HOOKPROOF_TEST_POSTGRES_URL is a URL");
                let name = database_name();
                on_server(&server, &format!("create database {name}")).await;
                Inner::Postgres { server, name }
            }
        };
        Self(Arc::new(inner))
    }

    async fn remove(&self) {
        if let Inner::Postgres { server, name } = &*self.0 {
            on_server(server, &format!("drop database {name} with (force)")).await;
        }
    }
}

/// Runs a case with a database and removes that afterwards, also when the case fails.
pub async fn run<Case, Running>(kind: Kind, case: Case)
where
    Case: FnOnce(Database) -> Running,
    Running: Future<Output = ()> + Send + 'static,
{
    let database = Database::create(kind).await;
    let result = tokio::spawn(case(database.clone())).await;
    database.remove().await;
    if let Err(failure) = result {
        std::panic::resume_unwind(failure.into_panic());
    }
}

fn files_holding(folder: &Path, text: &[u8]) -> Vec<String> {
    let mut holding = Vec::new();
    for file in std::fs::read_dir(folder).expect("the folder is there") {
        let path = file.expect("a file").path();
        let bytes = std::fs::read(&path).expect("the file is read");
        if memchr::memmem::find(&bytes, text).is_some() {
            holding.push(path.file_name().expect("a name").to_string_lossy().into_owned());
        }
    }
    holding.sort();
    holding
}

async fn columns_holding(url: &str, text: &str) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let columns: Vec<(String, String, String)> = sqlx::query_as(
        "select t.table_name::text, c.column_name::text, c.data_type::text from information_schema.tables t \
         join information_schema.columns c using (table_schema, table_name) \
         where t.table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1, 2",
    )
    .fetch_all(&mut connection)
    .await?;
    let mut holding = Vec::new();
    for (table, column, kind) in columns {
        let bytes = if kind == "bytea" {
            column.clone()
        } else {
            format!("convert_to({column}::text, 'UTF8')")
        };
        let sql = format!("select exists (select 1 from {table} where position($1 in {bytes}) > 0)");
        if sqlx::query_scalar(&sql)
            .bind(text.as_bytes())
            .fetch_one(&mut connection)
            .await?
        {
            holding.push(format!("{table}.{column}"));
        }
    }
    // Bytes are quoted there in hexadecimal digits.
    let statistics: Vec<String> = sqlx::query_scalar(
        "select 'statistics of ' || tablename || '.' || attname from pg_stats where schemaname = 'public' \
         and (strpos(coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, ''), $1) > 0 \
         or strpos(coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, ''), encode($2, 'hex')) > 0) \
         order by 1",
    )
    .bind(text)
    .bind(text.as_bytes())
    .fetch_all(&mut connection)
    .await?;
    holding.extend(statistics);
    Ok(holding)
}

fn database_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("hookproof_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

async fn on_server(server: &Url, sql: &str) {
    let mut connection = PgConnection::connect(server.as_str())
        .await
        .expect("the server of HOOKPROOF_TEST_POSTGRES_URL answers");
    connection.execute(sql).await.expect("the statement succeeds");
    connection.close().await.expect("the connection closes");
}
