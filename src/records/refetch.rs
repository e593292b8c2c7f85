use app::view::Askable;
use model::{RefetchRow, WebhookId};

use crate::operation::{Actor, OperationError, Operations};

impl Operations {
    /// Whether the provider can be asked again for what the webhook tells of. For viewers.
    pub async fn askable(&self, _actor: &Actor, _id: WebhookId) -> Result<Askable, OperationError> {
        unimplemented!()
    }

    /// Asks the provider again, and waits for what comes of it: the re-fetch at its end, or still open when that takes longer
    /// than anybody waits. `Conflict` where there is nothing to ask, `Unprocessable` without credentials. For operators.
    pub async fn refetch(&self, _actor: &Actor, _id: WebhookId) -> Result<RefetchRow, OperationError> {
        unimplemented!()
    }

    /// Queues re-fetches of the webhooks (at most `deliveries::MOST_AT_ONCE`), those that can be asked for. How many it were.
    /// For operators.
    pub async fn refetch_selected(&self, _actor: &Actor, _webhooks: &[WebhookId]) -> Result<u32, OperationError> {
        unimplemented!()
    }
}
