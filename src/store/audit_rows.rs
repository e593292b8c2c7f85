//! Rows of the audit log, and what they mean in the domain.

use model::{AuditActor, AuditChange, AuditEntry, AuditPage, AuditTarget, UserId};
use sqlx::FromRow;
use uuid::Uuid;

use super::StoreError;
use super::audit::{AuditHead, EntryHash, HashedEntry};
use super::rows::{number, unreadable, word};
use super::stored_time::StoredTime;

#[derive(FromRow)]
pub(super) struct AuditColumns {
    number: i64,
    at: StoredTime,
    actor_kind: String,
    actor_user: Option<Uuid>,
    actor_name: String,
    address: Option<String>,
    action: String,
    target_kind: Option<String>,
    target_id: Option<String>,
    target_name: Option<String>,
    detail: String,
    hash: Vec<u8>,
}

#[derive(FromRow)]
pub(super) struct HeadColumns {
    number: i64,
    hash: Vec<u8>,
}

impl TryFrom<AuditColumns> for HashedEntry {
    type Error = StoreError;

    /// The error names the entry: whoever looks for one that was changed by hand needs to know which it is.
    fn try_from(columns: AuditColumns) -> Result<Self, StoreError> {
        let entry = columns.number;
        read(columns).map_err(|error| match error {
            StoreError::Unreadable(what) => StoreError::Unreadable(format!("entry {entry} of the audit log: {what}")),
            error => error,
        })
    }
}

fn read(columns: AuditColumns) -> Result<HashedEntry, StoreError> {
    let target = match (columns.target_kind, columns.target_id, columns.target_name) {
        (Some(kind), Some(id), Some(name)) => Some(AuditTarget {
            kind: word(&kind)?,
            id,
            name,
        }),
        _ => None,
    };
    Ok(HashedEntry {
        entry: AuditEntry {
            number: number(columns.number, "number")?,
            at: columns.at.0,
            actor: AuditActor {
                kind: word(&columns.actor_kind)?,
                user: columns.actor_user.map(UserId),
                name: columns.actor_name,
            },
            address: columns.address,
            action: word(&columns.action)?,
            target,
            detail: serde_json::from_str(&columns.detail).map_err(unreadable)?,
        },
        hash: hash(columns.hash)?,
    })
}

impl TryFrom<HeadColumns> for AuditHead {
    type Error = StoreError;

    fn try_from(columns: HeadColumns) -> Result<Self, StoreError> {
        Ok(Self {
            number: number(columns.number, "number")?,
            hash: hash(columns.hash)?,
        })
    }
}

/// Makes the page of rows of which the last may be one too many.
pub(super) fn audit_page(rows: Vec<AuditColumns>, limit: u32) -> Result<AuditPage, StoreError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    let items: Vec<_> = rows
        .into_iter()
        .take(limit)
        .map(|row| HashedEntry::try_from(row).map(|hashed| hashed.entry))
        .collect::<Result<_, _>>()?;
    let next = items.last().filter(|_| more).map(|last| last.number);
    Ok(AuditPage { items, next })
}

/// What a list of changed fields is kept as.
pub(super) fn write_detail(detail: &[AuditChange]) -> String {
    serde_json::to_string(detail).expect("texts are written as JSON")
}

/// A number as the databases have it. Larger ones than they have stand behind all entries.
pub(super) fn number_column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn hash(bytes: Vec<u8>) -> Result<EntryHash, StoreError> {
    let hash = bytes.try_into().map_err(|_| StoreError::Unreadable("a hash".to_owned()))?;
    Ok(EntryHash(hash))
}
