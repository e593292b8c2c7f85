use std::collections::HashMap;

use model::{DeliveryFilter, DeliveryState, DestinationId, Health, Role};

use super::{Condition, DestinationView, MOST_COUNTED};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::delivery::{Destination, DestinationSecret};

impl Operations {
    /// All destinations that are not archived, with how they do, by name. For viewers.
    pub async fn destinations(&self, actor: &Actor) -> Result<Vec<DestinationView>, OperationError> {
        actor.require(Role::Viewer)?;
        let mut secrets: HashMap<DestinationId, Vec<DestinationSecret>> = HashMap::new();
        for secret in self.store.destination_secrets().await? {
            secrets.entry(secret.destination_id).or_default().push(secret);
        }
        let mut health: HashMap<_, _> = self.store.health().await?.into_iter().collect();
        let mut views = Vec::new();
        for destination in self.store.destinations().await? {
            let id = destination.id;
            let condition = self.condition(id, health.remove(&id).unwrap_or_default()).await?;
            views.push(DestinationView::new(
                destination,
                secrets.remove(&id).unwrap_or_default(),
                condition,
            ));
        }
        Ok(views)
    }

    /// One destination with how it does, unless it is archived. For viewers.
    pub async fn destination(&self, actor: &Actor, id: DestinationId) -> Result<DestinationView, OperationError> {
        actor.require(Role::Viewer)?;
        let destination = self.destination_in_use(id).await?;
        self.view_of(destination).await
    }

    /// The same, archived or not: deliveries outlive their destination. For viewers.
    pub async fn any_destination(&self, actor: &Actor, id: DestinationId) -> Result<DestinationView, OperationError> {
        actor.require(Role::Viewer)?;
        let destination = self.store.destination(id).await?;
        self.view_of(destination.ok_or(OperationError::NotFound("destination"))?)
            .await
    }

    pub(super) async fn view_of(&self, destination: Destination) -> Result<DestinationView, OperationError> {
        let id = destination.id;
        let secrets = self.secrets_of_destination(id).await?;
        let health = self.store.health().await?.into_iter().find(|(of, _)| *of == id);
        let condition = self
            .condition(id, health.map(|(_, health)| health).unwrap_or_default())
            .await?;
        Ok(DestinationView::new(destination, secrets, condition))
    }

    async fn condition(&self, id: DestinationId, health: Health) -> Result<Condition, OperationError> {
        let count = async |state| {
            let filter = DeliveryFilter {
                states: vec![state],
                destinations: vec![id],
                ..DeliveryFilter::default()
            };
            self.store.count_deliveries(&filter, MOST_COUNTED).await
        };
        Ok(Condition {
            health,
            waiting: count(DeliveryState::Pending).await?,
            failed: count(DeliveryState::Failed).await?,
        })
    }
}
