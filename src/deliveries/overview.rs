use model::{DeliveryFilter, DeliveryState, Role};

use crate::destinations::MOST_COUNTED;
use crate::operation::{Actor, OperationError, Operations};

/// How many deliveries are not where they should be, each counted up to [`MOST_COUNTED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// They wait for their next attempt.
    pub waiting: u32,
    /// They wait for a person, as their webhooks are not trusted.
    pub held: u32,
    /// They failed for good.
    pub failed: u32,
}

impl Operations {
    /// What is not delivered. For viewers.
    pub async fn backlog(&self, actor: &Actor) -> Result<Backlog, OperationError> {
        actor.require(Role::Viewer)?;
        let count = async |state| {
            let filter = DeliveryFilter {
                states: vec![state],
                ..DeliveryFilter::default()
            };
            self.store.count_deliveries(&filter, MOST_COUNTED).await
        };
        Ok(Backlog {
            waiting: count(DeliveryState::Pending).await?,
            held: count(DeliveryState::Held).await?,
            failed: count(DeliveryState::Failed).await?,
        })
    }
}
