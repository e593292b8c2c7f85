use model::{Page, PageRequest, Role, Timestamp, Volume, WebhookFilter, WebhookId, WebhookRow};

use crate::operation::{Actor, OperationError, Operations};

impl Operations {
    /// A page of the log, newest first. For viewers.
    pub async fn webhooks(
        &self,
        actor: &Actor,
        filter: &WebhookFilter,
        page: PageRequest,
    ) -> Result<Page<WebhookRow>, OperationError> {
        actor.require(Role::Viewer)?;
        Ok(self.store.webhooks(filter, page).await?)
    }

    /// How many webhooks newer than `after` the filter lets through, counted up to `limit`. For viewers.
    pub async fn count_newer(
        &self,
        actor: &Actor,
        filter: &WebhookFilter,
        after: WebhookId,
        limit: u32,
    ) -> Result<u32, OperationError> {
        actor.require(Role::Viewer)?;
        Ok(self.store.count_newer(filter, after, limit).await?)
    }

    /// Arrivals between `from` and `to`, as [`crate::store::Store::volume`] counts them. For viewers.
    pub async fn volume(
        &self,
        actor: &Actor,
        filter: &WebhookFilter,
        from: Timestamp,
        to: Timestamp,
        bucket_minutes: u32,
    ) -> Result<Volume, OperationError> {
        actor.require(Role::Viewer)?;
        Ok(self.store.volume(filter, from, to, bucket_minutes).await?)
    }
}
