//! Forwarding. What workers write is committed without being flushed: losing it means delivering again. What people ask for is
//! flushed.

use async_trait::async_trait;
use model::{
    DeliveryDetail, DeliveryFilter, DeliveryId, DeliveryRow, DestinationId, Health, Page, PageRequest, Resend, ResendId,
    Timestamp, WebhookFilter, WebhookId,
};
use uuid::Uuid;

use super::{SqliteStore, deliveries, destinations, lease, queue, record, requests, resends};
use crate::store::StoreError;
use crate::store::delivery::{
    DeliveryStore, Destination, DestinationSecret, FinishedAttempt, LeaseRequest, Leased, ResendStep, Resendable, RunningResend,
};

#[async_trait]
impl DeliveryStore for SqliteStore {
    async fn destinations(&self) -> Result<Vec<Destination>, StoreError> {
        destinations::all(&self.readers).await
    }

    async fn destination(&self, id: DestinationId) -> Result<Option<Destination>, StoreError> {
        destinations::by_id(&self.readers, id).await
    }

    async fn destination_secrets(&self) -> Result<Vec<DestinationSecret>, StoreError> {
        destinations::secrets(&self.readers).await
    }

    async fn health(&self) -> Result<Vec<(DestinationId, Health)>, StoreError> {
        destinations::health(&self.readers).await
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<Leased, StoreError> {
        let mut reader = self.readers.acquire().await?;
        if let Some(nothing) = queue::nothing_to_lease(&mut reader, request).await? {
            return Ok(nothing);
        }
        drop(reader);
        let mut transaction = self.begin().await?;
        let leased = lease::lease(&mut transaction, request).await?;
        transaction.commit().await?;
        Ok(leased)
    }

    async fn give_back(&self, lease: Uuid, deliveries: &[DeliveryId], now: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        lease::give_back(&mut transaction, lease, deliveries, now).await?;
        Ok(transaction.commit().await?)
    }

    async fn record(&self, attempts: &[FinishedAttempt]) -> Result<Vec<(DestinationId, Health)>, StoreError> {
        let mut transaction = self.begin().await?;
        let health = record::record(&mut transaction, attempts).await?;
        transaction.commit().await?;
        let answers = attempts.iter().map(|finished| finished.attempt.response_body.len());
        self.write_back.grew(attempts.len(), answers.sum());
        Ok(health)
    }

    async fn archived_with_open_deliveries(&self) -> Result<Vec<DestinationId>, StoreError> {
        destinations::archived_with_open_deliveries(&self.readers).await
    }

    async fn cancel_waiting(&self, destination: DestinationId, at: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut transaction = self.begin().await?;
        let count = requests::cancel_waiting(&mut transaction, destination, at, most).await?;
        self.commit(transaction).await?;
        Ok(count)
    }

    async fn deliveries(&self, filter: &DeliveryFilter, page: PageRequest) -> Result<Page<DeliveryRow>, StoreError> {
        deliveries::page(&self.readers, filter, page).await
    }

    async fn count_deliveries(&self, filter: &DeliveryFilter, limit: u32) -> Result<u32, StoreError> {
        deliveries::count(&self.readers, filter, limit).await
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<DeliveryDetail>, StoreError> {
        deliveries::detail(&self.readers, id).await
    }

    async fn count_webhooks(&self, filter: &WebhookFilter, last: WebhookId) -> Result<u64, StoreError> {
        resends::count_webhooks(&self.readers, filter, last).await
    }

    async fn resendable(
        &self,
        filter: &WebhookFilter,
        after: Option<WebhookId>,
        last: WebhookId,
        most: u32,
    ) -> Result<Vec<Resendable>, StoreError> {
        resends::resendable(&self.readers, filter, after, last, most).await
    }

    async fn resendable_of(&self, ids: &[WebhookId]) -> Result<Vec<Resendable>, StoreError> {
        resends::resendable_of(&self.readers, ids).await
    }

    async fn resend(&self, id: ResendId) -> Result<Option<Resend>, StoreError> {
        resends::by_id(&self.readers, id).await
    }

    async fn claim_resend(&self, now: Timestamp, until: Timestamp) -> Result<Option<RunningResend>, StoreError> {
        resends::claim(&self.writer, now, until).await
    }

    async fn continue_resend(&self, step: &ResendStep, until: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let goes_on = resends::go_on(&mut transaction, step, until).await?;
        transaction.commit().await?;
        Ok(goes_on)
    }

    async fn cancel_resent(&self, id: ResendId, at: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut transaction = self.begin().await?;
        let count = resends::cancel_resent(&mut transaction, id, at, most).await?;
        self.commit(transaction).await?;
        Ok(count)
    }
}
