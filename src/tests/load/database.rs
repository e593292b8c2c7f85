use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection as _, Decode, Postgres, Sqlite, Type};
use url::Url;

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// A database of the run's own, empty at first.
pub struct Database {
    kind: Kind,
}

enum Kind {
    Sqlite { file: PathBuf },
    Postgres { server: Url, name: String },
}

impl Database {
    /// A SQLite file in `folder`, or a new database on the PostgreSQL server of `HOOKPROOF_TEST_POSTGRES_URL`.
    pub async fn create(backend: Backend, folder: &Path, name: &str) -> Self {
        let kind = match backend {
            Backend::Sqlite => Kind::Sqlite {
                file: folder.join(format!("{name}.db")),
            },
            Backend::Postgres => {
                let server = std::env::var("HOOKPROOF_TEST_POSTGRES_URL")
                    .expect("HOOKPROOF_TEST_POSTGRES_URL names a PostgreSQL server; `tools/postgres run` starts one and sets it");
                let server = Url::parse(&server).expect("HOOKPROOF_TEST_POSTGRES_URL is a URL");
                let mut connection = PgConnection::connect(server.as_str())
                    .await
                    .expect("the PostgreSQL server answers");
                for statement in [
                    format!("drop database if exists {name} with (force)"),
                    format!("create database {name}"),
                ] {
                    sqlx::query(&statement)
                        .execute(&mut connection)
                        .await
                        .expect("the user may create databases");
                }
                Kind::Postgres {
                    server,
                    name: name.to_owned(),
                }
            }
        };
        Self { kind }
    }

    /// Makes sure that commits are flushed, as far as a migrated database says it, and puts it in words: what does not
    /// flush is quick and loses webhooks.
    pub async fn assert_durable(&self) -> String {
        // How much SQLite flushes is a setting of the connection that writes, and nobody else can ask for it.
        let (version, settings): (_, &[(&str, &str)]) = match &self.kind {
            Kind::Sqlite { .. } => ("select sqlite_version()", &[("pragma journal_mode", "wal")]),
            Kind::Postgres { .. } => (
                "show server_version",
                &[("show synchronous_commit", "on"), ("show fsync", "on")],
            ),
        };
        let mut words = self.column::<String>(version).await.concat();
        for (query, required) in settings {
            let value = self.column::<String>(query).await.concat();
            assert_eq!(value, *required, "{query}");
            words += &[", ", query, " = ", &value].concat();
        }
        words
    }

    /// What `HOOKPROOF_DATABASE_URL` is set to.
    pub fn url(&self) -> String {
        match &self.kind {
            Kind::Sqlite { file } => format!("sqlite://{}", file.display()),
            Kind::Postgres { server, name } => {
                let mut url = server.clone();
                url.set_path(name);
                url.into()
            }
        }
    }

    /// The single number that a query of either database gives; `null` counts as 0.
    pub async fn number(&self, query: &str) -> i64 {
        self.column::<Option<i64>>(query)
            .await
            .into_iter()
            .next()
            .flatten()
            .unwrap_or(0)
    }

    /// The single column that a query of either database gives.
    pub async fn column<T>(&self, query: &str) -> Vec<T>
    where
        T: Send + Unpin + Type<Sqlite> + Type<Postgres> + for<'r> Decode<'r, Sqlite> + for<'r> Decode<'r, Postgres>,
    {
        match &self.kind {
            Kind::Sqlite { .. } => sqlx::query_scalar(query).fetch_all(&mut self.sqlite().await).await,
            Kind::Postgres { .. } => sqlx::query_scalar(query).fetch_all(&mut self.postgres().await).await,
        }
        .unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    /// Deletes the database. Not called when a run fails, so that one can look at it.
    pub async fn delete(self) {
        match &self.kind {
            Kind::Sqlite { file } => {
                for suffix in ["", "-wal", "-shm"] {
                    let mut path = file.clone().into_os_string();
                    path.push(suffix);
                    // The two files beside it are there only while it is open or after a crash.
                    let _ = std::fs::remove_file(path);
                }
            }
            Kind::Postgres { server, name } => {
                let mut connection = PgConnection::connect(server.as_str())
                    .await
                    .expect("the PostgreSQL server answers");
                let statement = format!("drop database {name} with (force)");
                sqlx::query(&statement)
                    .execute(&mut connection)
                    .await
                    .expect("the run's own database can be dropped");
            }
        }
    }

    async fn sqlite(&self) -> SqliteConnection {
        let options: SqliteConnectOptions = self.url().parse().expect("it is a SQLite URL");
        options
            .read_only(true)
            .connect()
            .await
            .expect("the database file can be read")
    }

    async fn postgres(&self) -> PgConnection {
        PgConnection::connect(&self.url())
            .await
            .expect("the PostgreSQL server answers")
    }
}
