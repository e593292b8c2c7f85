use model::{AuditAction, AuditChange, EndpointId, Role};

use super::target;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::Endpoint;
use crate::store::change::Change;

impl Operations {
    /// Takes webhooks at the endpoint again, or no more. For admins.
    pub async fn switch_endpoint(&self, actor: &Actor, id: EndpointId, enabled: bool) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        let before = self.endpoint_in_use(id).await?;
        let detail = AuditChange {
            field: "enabled".to_owned(),
            before: Some(before.enabled.to_string()),
            after: Some(enabled.to_string()),
        };
        let entry = self.entry(actor, AuditAction::EndpointChanged, Some(target(&before)), vec![detail]);
        let after = Endpoint { enabled, ..before };
        Ok(self.store.change(&Change::UpdateEndpoint(after), &entry).await?)
    }
}
