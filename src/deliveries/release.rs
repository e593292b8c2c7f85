use model::{AuditAction, DeliveryId, DeliveryState, Role, WebhookId};

use super::{ERASED, detail, target_of_webhooks};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::StoreError;
use crate::store::change::Change;

impl Operations {
    /// Lets go what is held of the webhooks: which deliveries. `Conflict` when nothing of them is, `NotFound` when one of the
    /// webhooks is not there. For operators.
    pub async fn release(&self, actor: &Actor, webhooks: &[WebhookId]) -> Result<Vec<DeliveryId>, OperationError> {
        actor.require(Role::Operator)?;
        let found = self.resendable(webhooks).await?;
        if found.iter().all(|webhook| webhook.erased) {
            return Err(OperationError::Conflict(ERASED.to_owned()));
        }
        let ids: Vec<_> = found.iter().map(|webhook| webhook.id).collect();
        let held = self.deliveries_of(&ids, &[DeliveryState::Held]).await?;
        let detail = detail(&found, None, held.len());
        let entry = self.entry(actor, AuditAction::Released, target_of_webhooks(&found), detail);
        let change = Change::Release {
            webhooks: ids,
            at: entry.at,
        };
        self.store.change(&change, &entry).await.map_err(nothing_held)?;
        self.ring(held.iter().map(|delivery| delivery.destination_id));
        Ok(held.into_iter().map(|delivery| delivery.id).collect())
    }
}

fn nothing_held(error: StoreError) -> OperationError {
    match error {
        StoreError::Missing("held delivery") => OperationError::Conflict("nothing of it is held".to_owned()),
        error => error.into(),
    }
}
