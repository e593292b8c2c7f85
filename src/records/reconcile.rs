use model::{EndpointId, ReconcileProgress, Timestamp};

use crate::operation::{Actor, OperationError, Operations};

/// The comparisons that run on this node, or ran last.
#[derive(Debug, Default)]
pub struct Reconciliations;

impl Operations {
    /// Begins to compare what the provider lists in the span (`to` excluded; the last day without one) with the log, in the
    /// background. `Conflict` while that is already going on, or where the provider lists nothing, `Unprocessable` without
    /// credentials. For operators.
    pub async fn start_reconcile(
        &self,
        _actor: &Actor,
        _id: EndpointId,
        _from: Option<Timestamp>,
        _to: Option<Timestamp>,
    ) -> Result<(), OperationError> {
        unimplemented!()
    }

    /// The newest one that was started on this node. For viewers.
    pub async fn reconcile_progress(&self, _actor: &Actor, _id: EndpointId) -> Result<Option<ReconcileProgress>, OperationError> {
        unimplemented!()
    }

    /// Ends it after the page that is being read. For operators.
    pub async fn cancel_reconcile(&self, _actor: &Actor, _id: EndpointId) -> Result<(), OperationError> {
        unimplemented!()
    }

    /// Stores what was found missing, as webhooks that are `reconciled` and `confirmed`, and forwards it like the rest. How many
    /// it were: not those that came in the meantime. `Conflict` unless a comparison ended. For operators.
    pub async fn store_missing(&self, _actor: &Actor, _id: EndpointId) -> Result<u64, OperationError> {
        unimplemented!()
    }
}
