use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use model::DestinationId;
use tokio::sync::Notify;

/// Tells this process's worker that something may be due at a destination, so that it looks now and not within a second.
///
/// Cheap to clone and to ring, also where nobody listens: a destination that is disabled, or a process without a worker.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<RwLock<HashMap<DestinationId, Arc<Notify>>>>);

impl Wake {
    /// Deliveries of this destination were made, or are due now.
    pub fn destination(&self, id: DestinationId) {
        if let Some(bell) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            bell.notify_one();
        }
    }

    /// The same for every destination: for whoever does not know which it is, or has turned the clock.
    pub fn all(&self) {
        for bell in self.0.read().unwrap_or_else(PoisonError::into_inner).values() {
            bell.notify_one();
        }
    }

    /// What rings for the destination. A ring that comes while nobody waits is kept for whoever waits next.
    pub(super) fn bell(&self, id: DestinationId) -> Arc<Notify> {
        let mut bells = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(id).or_default())
    }

    pub(super) fn remove(&self, id: DestinationId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}
