use std::sync::Arc;

use tokio::sync::{Notify, watch};

use super::RecordClient;
use crate::clock::Clock;
use crate::delivery::Client;

/// What the worker and operations need to ask providers' APIs. Cheap to clone.
#[derive(Clone)]
pub struct Refetching {
    pub client: Arc<RecordClient>,
    /// Rung after re-fetches were queued. In a process without a worker nobody hears it: the server's worker looks by itself
    /// within a second.
    pub wake: Arc<Notify>,
    /// Counts the re-fetches that came to an end in this process.
    pub ended: Arc<watch::Sender<u64>>,
}

impl Refetching {
    pub fn new(client: Client, clock: Arc<dyn Clock>) -> Self {
        Self {
            client: Arc::new(RecordClient::new(client, clock)),
            wake: Arc::default(),
            ended: Arc::new(watch::Sender::new(0)),
        }
    }
}
