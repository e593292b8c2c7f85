use model::{AuditFilter, AuditPage, Role};

use crate::operation::{Actor, OperationError, Operations};

impl Operations {
    /// At most `limit` entries of the audit log with smaller numbers than `before`, newest first. For admins.
    pub async fn audit(
        &self,
        actor: &Actor,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<AuditPage, OperationError> {
        actor.require(Role::Admin)?;
        Ok(self.store.audit(filter, before, limit).await?)
    }
}
