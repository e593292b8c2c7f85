use sqlx::Sqlite;
use sqlx::pool::PoolConnection;

/// A connection within a transaction that sqlx knows nothing of. When the transaction fails, or nobody waits for it any more,
/// the connection is closed, which rolls back; the pool opens another.
///
/// The log beside the database stays the same file meanwhile: those who read keep it open.
pub(super) struct Unfinished(pub Option<PoolConnection<Sqlite>>);

impl Unfinished {
    pub(super) fn get(&mut self) -> &mut PoolConnection<Sqlite> {
        self.0.as_mut().expect("it is taken only by those who give it away")
    }

    /// Gives the connection back to the pool: its transaction has ended.
    pub(super) fn finish(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.0 {
            connection.close_on_drop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::sqlite::SqliteStore;

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_rolled_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(&format!("sqlite://{}", folder.path().join("a.db").display()))
            .await
            .expect("a store");
        store.migrate().await.expect("the tables");
        let mut connection = Unfinished(Some(store.writer.acquire().await.expect("a connection")));
        sqlx::query("begin immediate; update configuration_version set version = 7")
            .execute(&mut **connection.get())
            .await
            .expect("written");
        drop(connection);

        let transaction = store.begin().await.expect("nothing else holds the right to write");
        store.commit(transaction).await.expect("committed");
        assert_eq!(store.configuration_version().await.expect("a version"), 0);
    }
}
