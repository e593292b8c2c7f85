//! The audit log.

use async_trait::async_trait;
use model::{AuditFilter, AuditPage, Text};
use sqlx::{QueryBuilder, SqliteConnection, SqliteExecutor};

use super::SqliteStore;
use super::plan::push_list;
use crate::store::StoreError;
use crate::store::audit::{AuditHead, AuditStore, HashedEntry};
use crate::store::audit_rows::{AuditColumns, HeadColumns, audit_page, number_column, write_detail};
use crate::store::change::NewAuditEntry;
use crate::store::rows::read_all;
use crate::store::stored_time::StoredTime;

#[async_trait]
impl AuditStore for SqliteStore {
    async fn audit(&self, filter: &AuditFilter, before: Option<u64>, limit: u32) -> Result<AuditPage, StoreError> {
        let mut query = QueryBuilder::new("select * from audit where true");
        if let Some(before) = before {
            query.push(" and number < ").push_bind(number_column(before));
        }
        push_list(&mut query, "actor_name", filter.actors.iter().map(Text::as_str));
        push_list(&mut query, "action", filter.actions.iter().map(|action| action.as_str()));
        push_list(&mut query, "target_id", filter.targets.iter().map(Text::as_str));
        if let Some(from) = filter.from {
            query.push(" and at >= ").push_bind(StoredTime(from));
        }
        if let Some(to) = filter.to {
            query.push(" and at < ").push_bind(StoredTime(to));
        }
        query.push(" order by number desc limit ").push_bind(i64::from(limit) + 1);
        let rows: Vec<AuditColumns> = query.build_query_as().fetch_all(&self.readers).await?;
        audit_page(rows, limit)
    }

    async fn audit_chain(&self, after: u64, limit: u32) -> Result<Vec<HashedEntry>, StoreError> {
        let rows: Vec<AuditColumns> = sqlx::query_as("select * from audit where number > ? order by number limit ?")
            .bind(number_column(after))
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        read_all(rows)
    }

    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        head(&self.readers).await
    }
}

/// The caller's transaction has the right to write, so no other entry comes between.
pub(super) async fn append(connection: &mut SqliteConnection, entry: &NewAuditEntry) -> Result<(), StoreError> {
    let next = entry.after(head(&mut *connection).await?);
    insert(connection, &next).await?;
    set_head(connection, &next).await
}

async fn head(executor: impl SqliteExecutor<'_>) -> Result<AuditHead, StoreError> {
    let row: HeadColumns = sqlx::query_as("select number, hash from audit_head")
        .fetch_one(executor)
        .await?;
    row.try_into()
}

async fn insert(connection: &mut SqliteConnection, next: &HashedEntry) -> Result<(), StoreError> {
    let entry = &next.entry;
    let target = entry.target.as_ref();
    sqlx::query(
        "insert into audit (number, at, actor_kind, actor_user, actor_name, address, action, target_kind, target_id, \
         target_name, detail, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(number_column(entry.number))
    .bind(StoredTime(entry.at))
    .bind(entry.actor.kind.as_str())
    .bind(entry.actor.user.map(|user| user.0))
    .bind(&entry.actor.name)
    .bind(&entry.address)
    .bind(entry.action.as_str())
    .bind(target.map(|target| target.kind.as_str()))
    .bind(target.map(|target| &target.id))
    .bind(target.map(|target| &target.name))
    .bind(write_detail(&entry.detail))
    .bind(&next.hash.0[..])
    .execute(connection)
    .await?;
    Ok(())
}

async fn set_head(connection: &mut SqliteConnection, last: &HashedEntry) -> Result<(), StoreError> {
    sqlx::query("update audit_head set number = ?, hash = ?")
        .bind(number_column(last.entry.number))
        .bind(&last.hash.0[..])
        .execute(connection)
        .await?;
    Ok(())
}
