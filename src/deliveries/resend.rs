use std::collections::{BTreeSet, HashMap};

use model::{AuditAction, AuditChange, DeliveryId, DeliveryRow, DeliveryState, DestinationId, Role, Trigger, WebhookId};

use super::{ERASED, RELEASE_FIRST, detail, target_of_webhooks};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;
use crate::store::delivery::QueuedDelivery;

/// What an earlier delivery has to be for resending to do something about it, or to leave its webhook alone.
const MATTERS: [DeliveryState; 4] = [
    DeliveryState::Held,
    DeliveryState::Pending,
    DeliveryState::Delivering,
    DeliveryState::Failed,
];

impl Operations {
    /// Sends the webhooks again, to one destination or to all that take them: which deliveries are due now because of it.
    /// `Conflict` when none is, also when those that it made are held because their webhooks are not trusted; `NotFound` when
    /// one of the webhooks is not there. For operators.
    pub async fn resend(
        &self,
        actor: &Actor,
        webhooks: &[WebhookId],
        destination: Option<DestinationId>,
    ) -> Result<Vec<DeliveryId>, OperationError> {
        actor.require(Role::Operator)?;
        let found = self.resendable(webhooks).await?;
        if found.iter().all(|webhook| webhook.erased) {
            return Err(OperationError::Conflict(ERASED.to_owned()));
        }
        let ids: Vec<_> = found.iter().map(|webhook| webhook.id).collect();
        let targets = self.targets(destination).await?;
        let wanted = targets.deliveries(self, &found).await?;
        if wanted.is_empty() {
            return Err(OperationError::Conflict(nobody_takes(&ids, destination)));
        }
        let sorted = Sorted::new(wanted, &self.deliveries_of(&ids, &MATTERS).await?, &targets.ordered());
        if sorted.sent.is_empty() {
            return Err(OperationError::Conflict(sorted.why_none().to_owned()));
        }
        let trigger = if ids.len() == 1 { Trigger::Manual } else { Trigger::Bulk };
        let mut detail = detail(&found, destination, sorted.sent.len());
        detail.extend(counted("scheduled_attempts_replaced", sorted.taken_over));
        detail.extend(counted("failed_deliveries_replaced", sorted.failed));
        let entry = self.entry(actor, AuditAction::Resent, target_of_webhooks(&found), detail);
        let touched: BTreeSet<_> = sorted.sent.iter().map(|delivery| delivery.destination_id).collect();
        let change = Change::Resend {
            deliveries: sorted.sent,
            trigger,
            at: entry.at,
        };
        self.store.change(&change, &entry).await?;
        self.ring(touched);
        if sorted.due.is_empty() {
            return Err(OperationError::Conflict(RELEASE_FIRST.to_owned()));
        }
        Ok(sorted.due)
    }

    /// Tells the worker that something is due at these destinations.
    pub(super) fn ring(&self, destinations: impl IntoIterator<Item = DestinationId>) {
        for destination in destinations {
            self.forwarding.wake.destination(destination);
        }
    }
}

/// What is asked for, by what there is already.
#[derive(Default)]
struct Sorted {
    sent: Vec<QueuedDelivery>,
    /// The ids of those that are not held: their own, or of the pending ones that they are taken over by.
    due: Vec<DeliveryId>,
    /// How many of them those are.
    taken_over: usize,
    /// How many that failed they stand in for.
    failed: usize,
    held: usize,
}

impl Sorted {
    fn new(wanted: Vec<QueuedDelivery>, earlier: &[DeliveryRow], ordered: &BTreeSet<DestinationId>) -> Self {
        let mut earlier_of = HashMap::<_, Vec<&DeliveryRow>>::new();
        for row in earlier {
            earlier_of.entry((row.webhook_id, row.destination_id)).or_default().push(row);
        }
        let mut sorted = Self::default();
        for delivery in wanted {
            let earlier = earlier_of.get(&(delivery.webhook_id, delivery.destination_id));
            let earlier = earlier.map_or(&[][..], Vec::as_slice);
            sorted.take(delivery, earlier, ordered.contains(&delivery.destination_id));
        }
        sorted
    }

    fn take(&mut self, delivery: QueuedDelivery, earlier: &[&DeliveryRow], is_ordered: bool) {
        match earlier.iter().find(|row| row.state.is_open()) {
            None => {
                self.failed += earlier.len();
                // In order, the one that failed goes on in its place.
                let failed = earlier.iter().map(|row| row.id).max().filter(|_| is_ordered);
                self.due.extend((!delivery.held).then_some(failed.unwrap_or(delivery.id)));
            }
            Some(open) if open.state == DeliveryState::Pending => {
                self.due.push(open.id);
                self.taken_over += 1;
            }
            Some(open) => {
                self.held += usize::from(open.state == DeliveryState::Held);
                return;
            }
        }
        self.sent.push(delivery);
    }

    fn why_none(&self) -> &'static str {
        if self.held > 0 {
            RELEASE_FIRST
        } else {
            "it is being sent right now"
        }
    }
}

/// A count that the audit log tells where there is something to tell.
fn counted(field: &str, count: usize) -> Option<AuditChange> {
    (count > 0).then(|| AuditChange {
        field: field.to_owned(),
        before: None,
        after: Some(count.to_string()),
    })
}

fn nobody_takes(webhooks: &[WebhookId], destination: Option<DestinationId>) -> String {
    let what = if webhooks.len() == 1 {
        "this webhook"
    } else {
        "these webhooks"
    };
    match destination {
        Some(_) => format!("the destination does not take {what}: its endpoints, event types and outcomes say what it takes"),
        None => format!("no destination takes {what}"),
    }
}
