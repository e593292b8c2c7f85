use model::{AuditAction, AuditChange, DestinationId, Role};

use super::target;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;

impl Operations {
    /// Takes a destination out of service for good: what waits for it is cancelled, its deliveries stay in the log. For
    /// admins.
    pub async fn archive_destination(&self, actor: &Actor, id: DestinationId) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        let destination = self.destination_in_use(id).await?;
        let cancelled = self.cancel_waiting(&destination).await?;
        let detail = vec![AuditChange {
            field: "cancelled".to_owned(),
            before: None,
            after: Some(cancelled.to_string()),
        }];
        let entry = self.entry(actor, AuditAction::DestinationArchived, Some(target(&destination)), detail);
        let change = Change::ArchiveDestination(id, self.clock.now());
        self.change_and_tell(&change, &entry).await?;
        // What arrived in between.
        self.cancel_waiting(&destination).await.map(drop)
    }
}
