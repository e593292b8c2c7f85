use model::{AuditAction, AuditChange, DeliveryId, DeliveryRow, DeliveryState, Role};

use super::{RELEASE_FIRST, target};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;

impl Operations {
    /// Tries a delivery now, in place of its scheduled attempt; one that was at its end begins its schedule anew. `Conflict` when
    /// its webhook is not trusted: one that was at its end is held by then, so that it can be released. For operators.
    pub async fn retry_delivery(&self, actor: &Actor, id: DeliveryId) -> Result<(), OperationError> {
        actor.require(Role::Operator)?;
        let row = self.delivery_row(id).await?;
        match row.state {
            DeliveryState::Held => {
                return Err(OperationError::Conflict(RELEASE_FIRST.to_owned()));
            }
            DeliveryState::Delivering => return Err(OperationError::Conflict("it is being sent right now".to_owned())),
            DeliveryState::Pending | DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Cancelled => {}
        }
        let archived = |_| OperationError::Conflict("its destination is archived".to_owned());
        match self.destination_in_use(row.destination_id).await {
            Err(OperationError::NotFound(what)) => return Err(archived(what)),
            found => drop(found?),
        }
        // One that is pending was released, or was out before, and goes anyway.
        let forwards = self.forwards(row.webhook_id).await?;
        let held = row.state != DeliveryState::Pending && !forwards;
        let at = self.clock.now();
        let time = |time: Option<model::Timestamp>| time.map(|time| time.to_string());
        let detail = [
            changed_state(&row, if held { DeliveryState::Held } else { DeliveryState::Pending }),
            (!held).then(|| AuditChange {
                field: "next_attempt_at".to_owned(),
                before: time(row.next_attempt_at),
                after: time(Some(at)),
            }),
        ];
        let detail = detail.into_iter().flatten().collect();
        let entry = self.entry(actor, AuditAction::DeliveryRetried, Some(target(&row)), detail);
        let change = Change::RetryDelivery { delivery: id, held, at };
        self.store.change(&change, &entry).await?;
        self.ring([row.destination_id]);
        if held {
            return Err(OperationError::Conflict(RELEASE_FIRST.to_owned()));
        }
        Ok(())
    }

    /// Ends a delivery; the answer to an attempt that is under way is still noted. For operators.
    pub async fn cancel_delivery(&self, actor: &Actor, id: DeliveryId) -> Result<(), OperationError> {
        actor.require(Role::Operator)?;
        let row = self.delivery_row(id).await?;
        if matches!(row.state, DeliveryState::Delivered | DeliveryState::Cancelled) {
            return Err(OperationError::Conflict(format!("it is {} already", row.state)));
        }
        let detail = changed_state(&row, DeliveryState::Cancelled).into_iter().collect();
        let entry = self.entry(actor, AuditAction::DeliveryCancelled, Some(target(&row)), detail);
        self.store.change(&Change::CancelDelivery(id, entry.at), &entry).await?;
        // A later one of its subject may have waited for it.
        self.ring([row.destination_id]);
        Ok(())
    }

    async fn delivery_row(&self, id: DeliveryId) -> Result<DeliveryRow, OperationError> {
        let detail = self.store.delivery(id).await?;
        detail.map(|detail| detail.row).ok_or(OperationError::NotFound("delivery"))
    }
}

fn changed_state(row: &DeliveryRow, after: DeliveryState) -> Option<AuditChange> {
    (row.state != after).then(|| AuditChange {
        field: "state".to_owned(),
        before: Some(row.state.to_string()),
        after: Some(after.to_string()),
    })
}
