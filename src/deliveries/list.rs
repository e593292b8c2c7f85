use model::{DeliveryDetail, DeliveryFilter, DeliveryId, DeliveryRow, Page, PageRequest, Role, WebhookId};

use crate::operation::{Actor, OperationError, Operations};

impl Operations {
    /// A page of deliveries, newest first. For viewers.
    pub async fn deliveries(
        &self,
        actor: &Actor,
        filter: &DeliveryFilter,
        page: PageRequest,
    ) -> Result<Page<DeliveryRow>, OperationError> {
        actor.require(Role::Viewer)?;
        Ok(self.store.deliveries(filter, page).await?)
    }

    /// All deliveries of a webhook, newest first: to one destination there may be several. For viewers.
    pub async fn deliveries_of_webhook(&self, actor: &Actor, webhook: WebhookId) -> Result<Vec<DeliveryRow>, OperationError> {
        actor.require(Role::Viewer)?;
        self.deliveries_of(&[webhook], &[]).await
    }

    /// A delivery with its attempts. What was answered may hold anything, so viewers get none of it. For viewers.
    pub async fn delivery(&self, actor: &Actor, id: DeliveryId) -> Result<DeliveryDetail, OperationError> {
        actor.require(Role::Viewer)?;
        let mut detail = self.store.delivery(id).await?.ok_or(OperationError::NotFound("delivery"))?;
        if !Self::sees_answers(actor) {
            for attempt in &mut detail.attempts {
                attempt.response_headers.clear();
                attempt.response_body.clear();
            }
        }
        Ok(detail)
    }

    /// Whether they are shown what destinations answered.
    pub fn sees_answers(actor: &Actor) -> bool {
        actor.require(Role::Operator).is_ok()
    }
}
