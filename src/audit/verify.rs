use crate::store::audit::{AuditHead, EntryHash, FIRST_HASH, HashedEntry, entry_hash};
use crate::store::{Store, StoreError};

/// How many entries are read at once.
const CHUNK: u32 = 1000;

/// The first entry that is not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    pub number: u64,
    pub fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Missing,
    /// Its hash is not that of what it says after what was said before.
    Changed,
    /// It does not even have the form of an entry.
    Unreadable,
    /// It stands after the end that is kept beside the log.
    Added,
    /// Up to it the log fits together, but it is not the one that was expected.
    Rewritten,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fault = match self.fault {
            Fault::Missing => "is missing",
            Fault::Changed => "is not what was written",
            Fault::Unreadable => "cannot be read",
            Fault::Added => "was not written by the server",
            Fault::Rewritten => "or one before it was written anew",
        };
        write!(f, "entry {} {fault}", self.number)
    }
}

/// Why the audit log was not found to be right.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("the audit log was changed: {0}")]
    Broken(Broken),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks the whole audit log, also one that grows in the meantime, and where it ends. `expected` is where it ended at an
/// earlier time.
pub async fn verify(store: &dyn Store, expected: Option<AuditHead>) -> Result<AuditHead, VerifyError> {
    let mut chain = Chain::expecting(expected);
    loop {
        let begin = chain.number;
        while chain.read_on(store).await? {}
        // Read after the entries, the head may name one that was written in between, but never an earlier one.
        let head = store.audit_head().await?;
        if head.number <= chain.number || begin == chain.number {
            chain.ended_at(head)?;
            return Ok(chain.end());
        }
    }
}

/// The log as far as it was found to be right.
struct Chain {
    number: u64,
    hash: EntryHash,
    /// An end of earlier that was not reached yet.
    expected: Option<AuditHead>,
}

impl Chain {
    fn expecting(expected: Option<AuditHead>) -> Self {
        Self {
            number: 0,
            hash: FIRST_HASH,
            expected: expected.filter(|head| head.number > 0),
        }
    }

    /// Takes the next entries; `false` when there are none.
    async fn read_on(&mut self, store: &dyn Store) -> Result<bool, VerifyError> {
        let entries = match store.audit_chain(self.number, CHUNK).await {
            // Somewhere among them: then each is read by itself.
            Err(StoreError::Unreadable(_)) => match store.audit_chain(self.number, 1).await {
                Err(StoreError::Unreadable(_)) => return Err(self.broken(Fault::Unreadable).into()),
                entries => entries?,
            },
            entries => entries?,
        };
        for entry in &entries {
            self.take(entry)?;
        }
        Ok(!entries.is_empty())
    }

    fn take(&mut self, next: &HashedEntry) -> Result<(), Broken> {
        if next.entry.number != self.number + 1 {
            return Err(self.broken(Fault::Missing));
        }
        if entry_hash(self.hash, &next.entry) != next.hash {
            return Err(self.broken(Fault::Changed));
        }
        if let Some(expected) = self.expected.take_if(|expected| expected.number == next.entry.number)
            && expected.hash != next.hash
        {
            return Err(self.broken(Fault::Rewritten));
        }
        (self.number, self.hash) = (next.entry.number, next.hash);
        Ok(())
    }

    /// Compares the end with what is kept beside the log, and with what was expected.
    fn ended_at(&self, head: AuditHead) -> Result<(), Broken> {
        if head.number > self.number || self.expected.is_some() {
            return Err(self.broken(Fault::Missing));
        }
        if head.number < self.number {
            let number = head.number + 1;
            let fault = Fault::Added;
            return Err(Broken { number, fault });
        }
        if head.hash != self.hash {
            let (number, fault) = (self.number, Fault::Changed);
            return Err(Broken { number, fault });
        }
        Ok(())
    }

    fn end(&self) -> AuditHead {
        AuditHead {
            number: self.number,
            hash: self.hash,
        }
    }

    /// About the entry after those that are right.
    fn broken(&self, fault: Fault) -> Broken {
        Broken {
            number: self.number + 1,
            fault,
        }
    }
}

impl From<Broken> for VerifyError {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}
