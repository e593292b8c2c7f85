use std::time::Duration;

use model::{AuditAction, AuditChange, Role, Text};
use serde::Serialize;
use tokio::time::{MissedTickBehavior, interval};
use utoipa::ToSchema;

use super::target;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::StoreError;
use crate::store::change::Change;

/// How many webhooks are erased in one transaction, so that webhooks are stored in between.
const ERASED_AT_ONCE: u32 = 200;

/// How often it is looked whether something is to be overwritten.
const INTERVAL: Duration = Duration::from_mins(10);

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Erased {
    /// Of how many webhooks the body, the headers and the fields.
    pub webhooks: u64,
    /// How many records.
    pub records: u64,
}

impl Operations {
    /// Erases what is kept of the subject, for good. What came of it when it is broken off is erased by asking again. For admins.
    pub async fn erase_subject(&self, actor: &Actor, subject: &Text) -> Result<Erased, OperationError> {
        actor.require(Role::Admin)?;
        let (operations, actor, subject) = (self.clone(), actor.clone(), subject.clone());
        // In a task of its own, so that whoever leaves stops nothing half-way.
        let erasing = tokio::spawn(async move { operations.erase_whole_subject(&actor, &subject).await });
        let broke_off = |error| OperationError::Conflict(format!("erasing was broken off: {error}"));
        erasing.await.map_err(broke_off)?
    }

    /// Scrubs where a process that erased something ended before it could, and where the database was in use: at once and now
    /// and then, until it is aborted.
    pub async fn sweep_erased(self) {
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.scrub_what_is_owed().await {
                tracing::warn!(%error, "what was erased is not overwritten yet");
            }
        }
    }

    async fn scrub_what_is_owed(&self) -> Result<(), OperationError> {
        if self.store.scrub_is_owed().await? {
            self.store.scrub().await?;
            tracing::info!("what was erased is overwritten");
        }
        Ok(())
    }

    async fn erase_whole_subject(&self, actor: &Actor, subject: &Text) -> Result<Erased, OperationError> {
        let size = self.store.subject_size(subject).await?;
        let count = |field: &str, count: u64| AuditChange {
            field: field.to_owned(),
            before: Some(count.to_string()),
            after: None,
        };
        let detail = vec![
            count("webhooks", size.webhooks),
            count("records", size.records),
            count("deliveries", size.deliveries),
        ];
        // First, so that nothing is ever gone without a line that says who did it.
        let entry = self.entry(actor, AuditAction::SubjectErased, Some(target(subject)), detail);
        self.store.change(&Change::Nothing, &entry).await?;
        self.reconciliations.forget_subject(subject).await;
        let webhooks = self.erase_all(subject).await?;
        // What a comparison found meanwhile.
        self.reconciliations.forget_subject(subject).await;
        self.store.scrub().await?;
        Ok(Erased {
            webhooks,
            records: size.records,
        })
    }

    async fn erase_all(&self, subject: &Text) -> Result<u64, OperationError> {
        let mut erased = 0;
        let mut before = Vec::new();
        loop {
            let next = self.store.of_subject(subject, ERASED_AT_ONCE).await?.webhooks;
            if next.is_empty() {
                return Ok(erased);
            }
            if next == before {
                // Better an error than to go on for ever.
                let message = "webhooks that were erased are still to be erased".to_owned();
                return Err(OperationError::Store(StoreError::Refused(message)));
            }
            self.store.erase(subject, &next, self.clock.now()).await?;
            erased += next.len() as u64;
            before = next;
        }
    }
}
