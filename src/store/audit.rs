//! The audit log: appended to by [`super::Store::change`], read, and checked.
//!
//! Each entry carries the hash of the one before, so that one that was changed or taken out shows. The number and the
//! hash of the last one are kept beside the log, so that entries missing at its end show as well.

use async_trait::async_trait;
use model::{AuditActor, AuditEntry, AuditFilter, AuditPage, AuditTarget};

use super::StoreError;
use super::append_columns::without_nul;
use super::change::NewAuditEntry;

/// SHA-256 over the hash before and everything that an entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryHash(pub [u8; 32]);

impl std::fmt::Display for EntryHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What comes before the first entry.
pub const FIRST_HASH: EntryHash = EntryHash([0; 32]);

/// An entry with the hash that is stored with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashedEntry {
    pub entry: AuditEntry,
    pub hash: EntryHash,
}

/// Where the log ends according to what is kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    pub number: u64,
    pub hash: EntryHash,
}

/// The audit log.
#[async_trait]
pub trait AuditStore: Send + Sync + 'static {
    /// At most `limit` entries with smaller numbers than `before`, newest first.
    async fn audit(&self, filter: &AuditFilter, before: Option<u64>, limit: u32) -> Result<AuditPage, StoreError>;

    /// At most `limit` entries with larger numbers than `after`, oldest first, for checking.
    async fn audit_chain(&self, after: u64, limit: u32) -> Result<Vec<HashedEntry>, StoreError>;

    async fn audit_head(&self) -> Result<AuditHead, StoreError>;
}

impl NewAuditEntry {
    /// The entry as the next one after `head`, with the hash that makes it follow on that one.
    ///
    /// PostgreSQL has no NUL in texts, and what someone said of themselves must not fail the change.
    pub(super) fn after(&self, head: AuditHead) -> HashedEntry {
        let entry = AuditEntry {
            number: head.number + 1,
            at: self.at,
            actor: AuditActor {
                name: without_nul(&self.actor.name).into_owned(),
                ..self.actor
            },
            address: self.address.map(|address| address.to_string()),
            action: self.action,
            target: self.target.as_ref().map(|target| AuditTarget {
                kind: target.kind,
                id: without_nul(&target.id).into_owned(),
                name: without_nul(&target.name).into_owned(),
            }),
            detail: self.detail.clone(),
        };
        let hash = entry_hash(head.hash, &entry);
        HashedEntry { entry, hash }
    }
}

/// The hash of an entry that follows on one with the hash `before`.
///
/// Every field goes in with its length before it, so that no two entries are hashed alike; a field that is absent goes in
/// as the length -1.
pub fn entry_hash(before: EntryHash, entry: &AuditEntry) -> EntryHash {
    use sha2::{Digest, Sha256};

    let mut hasher = Sha256::new();
    let mut put = |field: Option<&str>| {
        let length = field.map_or(-1, |field| i64::try_from(field.len()).unwrap_or(i64::MAX));
        hasher.update(length.to_be_bytes());
        hasher.update(field.unwrap_or_default());
    };
    put(Some(&entry.number.to_string()));
    put(Some(&entry.at.as_micros().to_string()));
    put(Some(entry.actor.kind.as_str()));
    put(entry.actor.user.map(|user| user.to_string()).as_deref());
    put(Some(&entry.actor.name));
    put(entry.address.as_deref());
    put(Some(entry.action.as_str()));
    put(entry.target.as_ref().map(|target| target.kind.as_str()));
    put(entry.target.as_ref().map(|target| target.id.as_str()));
    put(entry.target.as_ref().map(|target| target.name.as_str()));
    for change in &entry.detail {
        put(Some(&change.field));
        put(change.before.as_deref());
        put(change.after.as_deref());
    }
    hasher.update(before.0);
    EntryHash(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use model::{ActorKind, AuditAction, AuditChange, AuditTargetKind, Timestamp};

    use super::*;

    fn entry() -> AuditEntry {
        AuditEntry {
            number: 12,
            at: Timestamp::from_seconds(1_763_600_000).expect("a time"),
            actor: AuditActor {
                kind: ActorKind::User,
                user: None,
                name: "ada@example.com".to_owned(),
            },
            address: None,
            action: AuditAction::EndpointChanged,
            target: Some(AuditTarget {
                kind: AuditTargetKind::Endpoint,
                id: "12".to_owned(),
                name: "Persona".to_owned(),
            }),
            detail: vec![AuditChange {
                field: "name".to_owned(),
                before: None,
                after: Some(String::new()),
            }],
        }
    }

    fn check(change: impl FnOnce(&mut AuditEntry)) {
        let mut changed = entry();
        change(&mut changed);
        assert_ne!(
            entry_hash(FIRST_HASH, &changed),
            entry_hash(FIRST_HASH, &entry()),
            "{changed:?}"
        );
    }

    #[test]
    fn what_moves_from_one_field_to_another_changes_the_hash() {
        check(|entry| entry.detail[0].before = entry.detail[0].after.take());
        check(|entry| entry.address = Some(String::new()));
        check(|entry| {
            let target = entry.target.as_mut().expect("there is one");
            (target.id, target.name) = ("12P".to_owned(), "ersona".to_owned());
        });
        check(|entry| entry.target = None);
        check(|entry| entry.detail.clear());
        check(|entry| entry.detail.push(entry.detail[0].clone()));
    }

    #[test]
    fn the_entry_before_changes_the_hash() {
        assert_ne!(entry_hash(EntryHash([1; 32]), &entry()), entry_hash(FIRST_HASH, &entry()));
    }
}
