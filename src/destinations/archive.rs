use model::{AuditAction, DestinationId, Role};

use super::switch::{counted, what_waits_is_cancelled};
use super::target;
use super::unbroken::unbroken;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;

impl Operations {
    /// Takes a destination out of service for good: what waits for it is cancelled, its deliveries stay in the log. For
    /// admins.
    pub async fn archive_destination(&self, actor: &Actor, id: DestinationId) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        let (operations, actor) = (self.clone(), actor.clone());
        unbroken(async move { operations.archive(&actor, id).await }).await
    }

    async fn archive(&self, actor: &Actor, id: DestinationId) -> Result<(), OperationError> {
        let destination = self.destination_in_use(id).await?;
        let entry = self.entry(
            actor,
            AuditAction::DestinationArchived,
            Some(target(&destination)),
            what_waits_is_cancelled(),
        );
        let change = Change::ArchiveDestination(id, self.clock.now());
        self.change_and_tell(&change, &entry).await?;
        // After it, as the door of this node makes no more. What those of others make until they notice is never sent.
        let cancelled = self.cancel_waiting(&destination).await?;
        if cancelled > 0 {
            let detail = vec![counted(cancelled)];
            let entry = self.entry(actor, AuditAction::DeliveryCancelled, Some(target(&destination)), detail);
            self.store.change(&Change::Nothing, &entry).await?;
        }
        Ok(())
    }
}
