use std::collections::{BTreeSet, HashMap};

use model::{AuditAction, AuditChange, DeliveryId, DeliveryState, DestinationId, Role, Trigger, WebhookId};

use super::{RELEASE_FIRST, detail, target_of_webhooks};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;
use crate::store::delivery::QueuedDelivery;

const OPEN: [DeliveryState; 3] = [DeliveryState::Held, DeliveryState::Pending, DeliveryState::Delivering];

impl Operations {
    /// Sends the webhooks again, to one destination or to all that take them: which deliveries are due now because of it.
    /// `Conflict` when none is, also when those that it made are held because their webhooks are not trusted; `NotFound` when one of the webhooks is not there. For operators.
    pub async fn resend(
        &self,
        actor: &Actor,
        webhooks: &[WebhookId],
        destination: Option<DestinationId>,
    ) -> Result<Vec<DeliveryId>, OperationError> {
        actor.require(Role::Operator)?;
        let found = self.resendable(webhooks).await?;
        let ids: Vec<_> = found.iter().map(|webhook| webhook.id).collect();
        let wanted = self.targets(destination).await?.deliveries(self, &found).await?;
        if wanted.is_empty() {
            return Err(OperationError::Conflict(nobody_takes(&ids, destination)));
        }
        let sorted = Sorted::new(wanted, self.open_deliveries(&ids).await?);
        if sorted.sent.is_empty() {
            return Err(OperationError::Conflict(sorted.why_none().to_owned()));
        }
        let trigger = if ids.len() == 1 { Trigger::Manual } else { Trigger::Bulk };
        let mut detail = detail(&found, destination, sorted.sent.len());
        detail.extend(sorted.taken_over());
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

    /// The one that a webhook has open to a destination, if it has one.
    async fn open_deliveries(
        &self,
        webhooks: &[WebhookId],
    ) -> Result<HashMap<(WebhookId, DestinationId), (DeliveryId, DeliveryState)>, OperationError> {
        let open = self.deliveries_of(webhooks, &OPEN).await?.into_iter();
        Ok(open
            .map(|row| ((row.webhook_id, row.destination_id), (row.id, row.state)))
            .collect())
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
    held: usize,
}

impl Sorted {
    fn new(wanted: Vec<QueuedDelivery>, open: HashMap<(WebhookId, DestinationId), (DeliveryId, DeliveryState)>) -> Self {
        let mut sorted = Self::default();
        for delivery in wanted {
            match open.get(&(delivery.webhook_id, delivery.destination_id)) {
                None if delivery.held => {}
                None => sorted.due.push(delivery.id),
                Some((id, DeliveryState::Pending)) => {
                    sorted.due.push(*id);
                    sorted.taken_over += 1;
                }
                Some((_, state)) => {
                    sorted.held += usize::from(*state == DeliveryState::Held);
                    continue;
                }
            }
            sorted.sent.push(delivery);
        }
        sorted
    }

    /// What the audit log says of those.
    fn taken_over(&self) -> Option<AuditChange> {
        (self.taken_over > 0).then(|| AuditChange {
            field: "scheduled_attempts_replaced".to_owned(),
            before: None,
            after: Some(self.taken_over.to_string()),
        })
    }

    fn why_none(&self) -> &'static str {
        if self.held > 0 {
            RELEASE_FIRST
        } else {
            "it is being sent right now"
        }
    }
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
