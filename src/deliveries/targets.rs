//! Where webhooks go when a person sends them again.

use std::collections::{BTreeSet, HashMap};

use model::{
    Cursor, DeliveryFilter, DeliveryId, DeliveryRow, DeliveryState, DestinationId, EndpointId, EndpointPolicy, PageRequest, Role,
    Timestamp, WebhookFilter, WebhookId,
};

use super::ERASED;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::delivery::{Destination, QueuedDelivery, Resendable};

/// The destinations that were asked for: one, or all that are not archived.
pub(super) struct Targets(Vec<Destination>);

impl Targets {
    /// The deliveries that sending the webhooks again comes to. Each goes to the targets that take it, and is held where its
    /// endpoint's policy does not let it go on by itself.
    pub(super) async fn deliveries(
        &self,
        operations: &Operations,
        webhooks: &[Resendable],
    ) -> Result<Vec<QueuedDelivery>, OperationError> {
        let now = operations.clock.now();
        let mut policies = Policies::default();
        let mut deliveries = Vec::new();
        for webhook in webhooks.iter().filter(|webhook| !webhook.erased) {
            let takers = self.that_take(webhook).map(|destination| destination.id).collect::<Vec<_>>();
            if takers.is_empty() {
                continue;
            }
            let policy = policies.of(operations, webhook.endpoint_id).await?;
            let held = !policy.forwards(webhook.judgement());
            deliveries.extend(takers.into_iter().map(|destination_id| QueuedDelivery {
                id: DeliveryId(operations.ids.next(now)),
                webhook_id: webhook.id,
                destination_id,
                held,
            }));
        }
        Ok(deliveries)
    }

    /// Which of them want their webhooks in order.
    pub(super) fn ordered(&self) -> BTreeSet<DestinationId> {
        let ordered = self.0.iter().filter(|destination| destination.ordered);
        ordered.map(|destination| destination.id).collect()
    }

    fn that_take(&self, webhook: &Resendable) -> impl Iterator<Item = &Destination> {
        let takes = |destination: &&Destination| destination.subscription.takes(webhook.endpoint_id, &webhook.events);
        self.0.iter().filter(takes)
    }
}

/// The policies of endpoints, each read once.
#[derive(Default)]
struct Policies(HashMap<EndpointId, EndpointPolicy>);

impl Policies {
    async fn of(&mut self, operations: &Operations, endpoint: EndpointId) -> Result<EndpointPolicy, OperationError> {
        if let Some(known) = self.0.get(&endpoint) {
            return Ok(*known);
        }
        let stored = operations.store.endpoint(endpoint).await?;
        let policy = stored.ok_or(OperationError::NotFound("endpoint"))?.policy;
        self.0.insert(endpoint, policy);
        Ok(policy)
    }
}

impl Operations {
    /// `Invalid` when one is named that is not there or archived.
    pub(super) async fn targets(&self, destination: Option<DestinationId>) -> Result<Targets, OperationError> {
        let Some(id) = destination else {
            return Ok(Targets(self.store.destinations().await?));
        };
        match self.destination_in_use(id).await {
            Ok(destination) => Ok(Targets(vec![destination])),
            Err(OperationError::NotFound(_)) => Err(OperationError::invalid("destination_id", "there is no such destination")),
            Err(error) => Err(error),
        }
    }

    /// Which destinations take the webhook, by name. For viewers.
    pub async fn destinations_that_take(&self, actor: &Actor, webhook: WebhookId) -> Result<Vec<DestinationId>, OperationError> {
        actor.require(Role::Viewer)?;
        let found = self.store.resendable_of(&[webhook]).await?;
        let webhook = found.first().ok_or(OperationError::NotFound("webhook"))?;
        let targets = self.targets(None).await?;
        Ok(targets.that_take(webhook).map(|destination| destination.id).collect())
    }

    /// Whether the webhook goes on by itself, as the policy of its endpoint has it now. `Conflict` when it was erased.
    pub(super) async fn forwards(&self, webhook: WebhookId) -> Result<bool, OperationError> {
        let found = self.store.resendable_of(&[webhook]).await?;
        let webhook = found.first().ok_or(OperationError::NotFound("webhook"))?;
        if webhook.erased {
            return Err(OperationError::Conflict(ERASED.to_owned()));
        }
        let policy = Policies::default().of(self, webhook.endpoint_id).await?;
        Ok(policy.forwards(webhook.judgement()))
    }

    /// The destinations that take each of the webhooks and that were there when it came.
    pub(crate) async fn takers(
        &self,
        webhooks: &HashMap<WebhookId, Timestamp>,
    ) -> Result<HashMap<WebhookId, Vec<DestinationId>>, OperationError> {
        let targets = self.targets(None).await?;
        let ids: Vec<_> = webhooks.keys().copied().collect();
        let found = self.store.resendable_of(&ids).await?;
        let takers = |webhook: &Resendable| {
            let received_at = webhooks[&webhook.id];
            let then = targets
                .that_take(webhook)
                .filter(|destination| destination.created_at <= received_at);
            then.map(|destination| destination.id).collect()
        };
        Ok(found.iter().map(|webhook| (webhook.id, takers(webhook))).collect())
    }

    /// The webhooks, each once: `NotFound` when one of them is not there.
    pub(crate) async fn resendable(&self, webhooks: &[WebhookId]) -> Result<Vec<Resendable>, OperationError> {
        let mut wanted = webhooks.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Err(OperationError::invalid("webhooks", "none is named"));
        }
        if wanted.len() > super::MOST_AT_ONCE {
            let message = format!("more than {} are resent in bulk", super::MOST_AT_ONCE);
            return Err(OperationError::invalid("webhooks", message));
        }
        let found = self.store.resendable_of(&wanted).await?;
        if found.len() == wanted.len() {
            Ok(found)
        } else {
            Err(OperationError::NotFound("webhook"))
        }
    }

    /// The deliveries of the webhooks that are in one of these states.
    pub(super) async fn deliveries_of(
        &self,
        webhooks: &[WebhookId],
        states: &[DeliveryState],
    ) -> Result<Vec<DeliveryRow>, OperationError> {
        let mut found = Vec::new();
        for webhooks in webhooks.chunks(WebhookFilter::MOST_VALUES) {
            let filter = DeliveryFilter {
                states: states.to_vec(),
                webhooks: webhooks.to_vec(),
                ..DeliveryFilter::default()
            };
            let mut cursor: Option<Cursor> = None;
            loop {
                let limit = PageRequest::MAX_LIMIT;
                let page = self.store.deliveries(&filter, PageRequest { limit, cursor }).await?;
                found.extend(page.items);
                cursor = page.older;
                if cursor.is_none() {
                    break;
                }
            }
        }
        Ok(found)
    }
}
