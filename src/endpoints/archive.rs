use model::{AuditAction, EndpointId, Role};

use super::target;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;

impl Operations {
    /// Takes an endpoint out of service for good: its address answers 410, its log stays. For admins.
    pub async fn archive_endpoint(&self, actor: &Actor, id: EndpointId) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        let endpoint = self.endpoint_in_use(id).await?;
        let entry = self.entry(actor, AuditAction::EndpointArchived, Some(target(&endpoint)), Vec::new());
        let change = Change::ArchiveEndpoint(id, self.clock.now());
        Ok(self.change_and_tell(&change, &entry).await?)
    }
}
