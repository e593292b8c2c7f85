use model::{AuditAction, AuditChange, DestinationId, Disabled, DisabledReason, Role};

use super::unbroken::unbroken;
use super::{DestinationView, target};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;
use crate::store::delivery::Destination;

/// How many deliveries are cancelled in one transaction, so that webhooks are stored in between.
pub(super) const BATCH: u32 = 500;

impl Operations {
    /// Sends nothing to the destination until it is enabled; what arrives waits. One that is disabled already stays so for
    /// the reason that it is. For admins.
    pub async fn disable_destination(&self, actor: &Actor, id: DestinationId) -> Result<DestinationView, OperationError> {
        actor.require(Role::Admin)?;
        let mut destination = self.destination_in_use(id).await?;
        if destination.disabled.is_none() {
            let disabled = Disabled {
                reason: DisabledReason::Person,
                at: self.clock.now(),
            };
            let detail = vec![AuditChange {
                field: "disabled".to_owned(),
                before: None,
                after: Some(disabled.reason.to_string()),
            }];
            let entry = self.entry(actor, AuditAction::DestinationDisabled, Some(target(&destination)), detail);
            let change = Change::SetDestinationDisabled(id, Some(disabled));
            self.change_and_tell(&change, &entry).await?;
            destination.disabled = Some(disabled);
        }
        self.view_of(destination).await
    }

    /// Sends to the destination again, its failures forgotten: what waited for it too, or else that is cancelled first. One
    /// that is enabled already is left as it is. For admins.
    pub async fn enable_destination(
        &self,
        actor: &Actor,
        id: DestinationId,
        send_waiting: bool,
    ) -> Result<DestinationView, OperationError> {
        actor.require(Role::Admin)?;
        let (operations, actor) = (self.clone(), actor.clone());
        unbroken(async move { operations.enable(&actor, id, send_waiting).await }).await
    }

    async fn enable(&self, actor: &Actor, id: DestinationId, send_waiting: bool) -> Result<DestinationView, OperationError> {
        let mut destination = self.destination_in_use(id).await?;
        if let Some(disabled) = destination.disabled {
            let mut detail = vec![AuditChange {
                field: "disabled".to_owned(),
                before: Some(disabled.reason.to_string()),
                after: None,
            }];
            if !send_waiting {
                // Said before it is done, should it be broken off.
                let intent = what_waits_is_cancelled();
                let entry = self.entry(actor, AuditAction::DeliveryCancelled, Some(target(&destination)), intent);
                self.store.change(&Change::Nothing, &entry).await?;
                detail.push(counted(self.cancel_waiting(&destination).await?));
            }
            let entry = self.entry(actor, AuditAction::DestinationEnabled, Some(target(&destination)), detail);
            let change = Change::SetDestinationDisabled(id, None);
            self.change_and_tell(&change, &entry).await?;
            destination.disabled = None;
            self.forwarding.wake.destination(id);
        }
        self.view_of(destination).await
    }

    /// Cancels what waits for the destination, in batches. How many deliveries it were.
    pub(super) async fn cancel_waiting(&self, destination: &Destination) -> Result<u64, OperationError> {
        let mut cancelled = 0;
        loop {
            let now = self.clock.now();
            let batch = self.store.cancel_waiting(destination.id, now, BATCH).await?;
            cancelled += u64::from(batch);
            if batch < BATCH {
                return Ok(cancelled);
            }
        }
    }
}

/// What the audit log says before all that waits for a destination is cancelled.
pub(super) fn what_waits_is_cancelled() -> Vec<AuditChange> {
    vec![AuditChange {
        field: "waiting".to_owned(),
        before: None,
        after: Some("cancelled".to_owned()),
    }]
}

/// What it says afterwards.
pub(super) fn counted(cancelled: u64) -> AuditChange {
    AuditChange {
        field: "cancelled".to_owned(),
        before: None,
        after: Some(cancelled.to_string()),
    }
}
