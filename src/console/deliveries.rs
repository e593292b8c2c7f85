use app::port::Deliveries;
use app::view::{BulkPage, BulkPreview, ConsoleError, DeliveryList, DeliveryPage, Need, Overview};
use async_trait::async_trait;
use model::{
    BulkAction, DeliveryFilter, DeliveryId, DestinationId, DestinationSummary, DisabledReason, EndpointSummary, PageRequest,
    ResendId, SecretState, Timestamp, WebhookFilter, WebhookId,
};

use super::endpoints::{mark, marks};
use super::{ServerConsole, report};
use crate::deliveries::{Backlog, BulkRequest};
use crate::endpoints::{EndpointView, secret_state};
use crate::operation::Operations;
use crate::providers;

const DAY_SECONDS: i64 = 24 * 60 * 60;
/// The width of a bar of the overview's histogram.
const BAR_MINUTES: u32 = 15;

#[async_trait]
impl Deliveries for ServerConsole {
    async fn overview(&self) -> Result<Overview, ConsoleError> {
        let (operations, actor) = (&self.operations, &self.actor);
        let now = operations.clock.now();
        let backlog = operations.backlog(actor).await.map_err(report)?;
        let destinations = self.destination_summaries().await?;
        let endpoints = operations.endpoints(actor).await.map_err(report)?;
        let (all, yesterday) = (WebhookFilter::default(), now.plus_seconds(-DAY_SECONDS));
        let volume = operations
            .volume(actor, &all, yesterday, now, BAR_MINUTES)
            .await
            .map_err(report)?;
        Ok(Overview {
            needs: needs(backlog, &destinations, &endpoints, now),
            any: volume.total() > 0 || self.any().await?,
            volume,
            waiting: backlog.waiting,
            destinations,
            endpoints: endpoints.into_iter().map(EndpointSummary::from).collect(),
            now,
        })
    }

    async fn deliveries(&self, filter: DeliveryFilter, page: PageRequest) -> Result<DeliveryList, ConsoleError> {
        let read = async |filter, page| self.operations.deliveries(&self.actor, filter, page).await.map_err(report);
        let page = read(&filter, page).await?;
        let one = PageRequest { limit: 1, cursor: None };
        let any = !page.items.is_empty() || !read(&DeliveryFilter::default(), one).await?.items.is_empty();
        Ok(DeliveryList {
            page,
            providers: marks(),
            destinations: self.destination_summaries().await?,
            any,
            now: self.operations.clock.now(),
        })
    }

    async fn delivery(&self, id: DeliveryId) -> Result<DeliveryPage, ConsoleError> {
        let (operations, actor) = (&self.operations, &self.actor);
        let detail = operations.delivery(actor, id).await.map_err(report)?;
        let destination = operations.any_destination(actor, detail.row.destination_id).await;
        let destination = destination.map_err(report)?;
        let provider = mark(&detail.row.provider).ok_or(ConsoleError::Unavailable)?;
        Ok(DeliveryPage {
            detail,
            provider,
            ordered: destination.ordered,
            schedule: destination.schedule.clone(),
            destination: destination.into(),
            answers_shown: Operations::sees_answers(actor),
            now: operations.clock.now(),
        })
    }

    async fn retry_delivery(&self, id: DeliveryId) -> Result<(), ConsoleError> {
        self.operations.retry_delivery(&self.actor, id).await.map_err(report)
    }

    async fn cancel_delivery(&self, id: DeliveryId) -> Result<(), ConsoleError> {
        self.operations.cancel_delivery(&self.actor, id).await.map_err(report)
    }

    async fn resend(&self, webhooks: Vec<WebhookId>, destination: Option<DestinationId>) -> Result<u32, ConsoleError> {
        let due = self
            .operations
            .resend(&self.actor, &webhooks, destination)
            .await
            .map_err(report)?;
        Ok(u32::try_from(due.len()).unwrap_or(u32::MAX))
    }

    async fn release(&self, webhooks: Vec<WebhookId>) -> Result<(), ConsoleError> {
        let released = self.operations.release(&self.actor, &webhooks).await;
        released.map(drop).map_err(report)
    }

    async fn bulk_preview(&self, action: BulkAction, filter: WebhookFilter) -> Result<BulkPreview, ConsoleError> {
        let request = BulkRequest {
            action,
            filter,
            destination: None,
            last: None,
        };
        let counted = self.operations.count_bulk(&self.actor, &request).await.map_err(report)?;
        Ok(BulkPreview {
            action,
            count: counted.count,
            last: counted.last,
            destinations: self.destination_summaries().await?,
        })
    }

    async fn start_bulk(
        &self,
        action: BulkAction,
        filter: WebhookFilter,
        destination: Option<DestinationId>,
        last: WebhookId,
    ) -> Result<ResendId, ConsoleError> {
        let request = BulkRequest {
            action,
            filter,
            destination,
            last: Some(last),
        };
        let started = self.operations.start_bulk(&self.actor, &request).await;
        started.map(|resend| resend.id).map_err(report)
    }

    async fn bulk(&self, id: ResendId) -> Result<BulkPage, ConsoleError> {
        let resend = self.operations.bulk(&self.actor, id).await.map_err(report)?;
        let destinations = match resend.destination_id {
            Some(id) => vec![self.operations.any_destination(&self.actor, id).await.map_err(report)?.into()],
            None => self.destination_summaries().await?,
        };
        Ok(BulkPage {
            resend,
            destinations,
            now: self.operations.clock.now(),
        })
    }

    async fn cancel_bulk(&self, id: ResendId) -> Result<(), ConsoleError> {
        self.operations.cancel_bulk(&self.actor, id).await.map(drop).map_err(report)
    }
}

/// What needs a person, the most pressing first: where nothing arrives at all, then what did not arrive, then what is let in
/// unchecked or will be.
fn needs(backlog: Backlog, destinations: &[DestinationSummary], endpoints: &[EndpointView], now: Timestamp) -> Vec<Need> {
    let disabled = destinations.iter().filter(|destination| {
        let reason = destination.disabled.map(|disabled| disabled.reason);
        reason.is_some_and(|reason| reason != DisabledReason::Person)
    });
    let failing = destinations
        .iter()
        .filter(|destination| destination.disabled.is_none() && destination.health.wants_person());
    let enabled = || endpoints.iter().filter(|endpoint| endpoint.enabled);
    let unchecked = enabled().filter(|endpoint| needs_secret(endpoint) && !has_secret(endpoint, now));
    let ends_soon = enabled().filter(|endpoint| is_any(endpoint, now, |state| state == SecretState::EndsSoon));
    let (of_failed, of_held) = (
        Need::Failed {
            deliveries: backlog.failed,
        },
        Need::Held {
            deliveries: backlog.held,
        },
    );
    let mut needs: Vec<_> = disabled.map(|one| Need::DestinationDisabled(Box::new(one.clone()))).collect();
    needs.extend(failing.map(|one| Need::DestinationFailing(Box::new(one.clone()))));
    needs.extend((backlog.failed > 0).then_some(of_failed));
    needs.extend((backlog.held > 0).then_some(of_held));
    needs.extend(unchecked.map(|one| Need::EndpointWithoutSecret(Box::new(one.clone().into()))));
    needs.extend(ends_soon.map(|one| Need::SecretEndsSoon(Box::new(one.clone().into()))));
    needs
}

fn needs_secret(endpoint: &EndpointView) -> bool {
    providers::find(&endpoint.provider).is_some_and(|provider| provider.about().secret.is_some())
}

fn has_secret(endpoint: &EndpointView, now: Timestamp) -> bool {
    is_any(endpoint, now, |state| {
        matches!(state, SecretState::Live | SecretState::EndsSoon)
    })
}

fn is_any(endpoint: &EndpointView, now: Timestamp, is: impl Fn(SecretState) -> bool) -> bool {
    let mut secrets = endpoint.secrets.iter();
    secrets.any(|secret| is(secret_state(secret.not_before, secret.expires_at, now)))
}
