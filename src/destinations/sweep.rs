use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::switch::BATCH;
use crate::operation::{OperationError, Operations};

/// How often destinations that are archived are looked at.
const INTERVAL: Duration = Duration::from_mins(1);

impl Operations {
    /// Cancels what is open for destinations that are archived, for as long as it is polled: what another node, or one that was
    /// broken off, still made for them.
    pub async fn sweep_archived(self) {
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.cancel_for_archived().await {
                tracing::warn!(%error, "deliveries to archived destinations not cancelled");
            }
        }
    }

    async fn cancel_for_archived(&self) -> Result<(), OperationError> {
        for destination in self.store.archived_with_open_deliveries().await? {
            let mut cancelled = 0;
            loop {
                let batch = self.store.cancel_waiting(destination, self.clock.now(), BATCH).await?;
                cancelled += batch;
                if batch < BATCH {
                    break;
                }
            }
            tracing::info!(%destination, cancelled, "deliveries to an archived destination cancelled");
        }
        Ok(())
    }
}
