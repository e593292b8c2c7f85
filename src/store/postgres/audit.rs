//! The audit log.

use async_trait::async_trait;
use model::{AuditFilter, AuditPage, Text};
use sqlx::{PgConnection, QueryBuilder};

use super::PostgresStore;
use super::webhooks::push_any;
use crate::store::StoreError;
use crate::store::audit::{AuditHead, AuditStore, HashedEntry};
use crate::store::audit_rows::{AuditColumns, HeadColumns, audit_page, number_column, write_detail};
use crate::store::change::NewAuditEntry;
use crate::store::rows::read_all;
use crate::store::stored_time::StoredTime;

#[async_trait]
impl AuditStore for PostgresStore {
    async fn audit(&self, filter: &AuditFilter, before: Option<u64>, limit: u32) -> Result<AuditPage, StoreError> {
        let mut query = QueryBuilder::new("select * from audit where true");
        if let Some(before) = before {
            query.push(" and number < ").push_bind(number_column(before));
        }
        push_any(&mut query, "actor_name", filter.actors.iter().map(Text::as_str).collect());
        push_any(
            &mut query,
            "action",
            filter.actions.iter().map(|action| action.as_str()).collect(),
        );
        push_any(&mut query, "target_id", filter.targets.iter().map(Text::as_str).collect());
        if let Some(from) = filter.from {
            query.push(" and at >= ").push_bind(StoredTime(from));
        }
        if let Some(to) = filter.to {
            query.push(" and at < ").push_bind(StoredTime(to));
        }
        query.push(" order by number desc limit ").push_bind(i64::from(limit) + 1);
        let rows: Vec<AuditColumns> = query.build_query_as().fetch_all(&self.pool).await?;
        audit_page(rows, limit)
    }

    async fn audit_chain(&self, after: u64, limit: u32) -> Result<Vec<HashedEntry>, StoreError> {
        let rows: Vec<AuditColumns> = sqlx::query_as("select * from audit where number > $1 order by number limit $2")
            .bind(number_column(after))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        read_all(rows)
    }

    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        let row: HeadColumns = sqlx::query_as("select number, hash from audit_head")
            .fetch_one(&self.pool)
            .await?;
        row.try_into()
    }
}

/// Where the log ends, held until the caller's transaction ends, so that no other entry comes between.
pub(super) async fn lock_head(connection: &mut PgConnection) -> Result<AuditHead, StoreError> {
    let row: HeadColumns = sqlx::query_as("select number, hash from audit_head for update")
        .fetch_one(connection)
        .await?;
    row.try_into()
}

/// `head` is what the caller has locked.
pub(super) async fn append(connection: &mut PgConnection, head: AuditHead, entry: &NewAuditEntry) -> Result<(), StoreError> {
    let next = entry.after(head);
    insert(connection, &next).await?;
    set_head(connection, &next).await
}

async fn insert(connection: &mut PgConnection, next: &HashedEntry) -> Result<(), StoreError> {
    let entry = &next.entry;
    let target = entry.target.as_ref();
    sqlx::query(
        "insert into audit (number, at, actor_kind, actor_user, actor_name, address, action, target_kind, target_id, \
         target_name, detail, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
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

async fn set_head(connection: &mut PgConnection, last: &HashedEntry) -> Result<(), StoreError> {
    sqlx::query("update audit_head set number = $1, hash = $2")
        .bind(number_column(last.entry.number))
        .bind(&last.hash.0[..])
        .execute(connection)
        .await?;
    Ok(())
}
