//! A door, a destination, and whoever plays the worker.

use hookproof::clock::Clock;
use hookproof::delivery::breaker::Outcome;
use hookproof::destinations::AddDestination;
use hookproof::endpoints::EndpointView;
use hookproof::store::delivery::{FinishedAttempt, LeaseRequest, LeasedDelivery, Next};
use model::{
    Attempt, AuditAction, AuditEntry, AuditFilter, DeliveryFilter, DeliveryId, DeliveryRow, DeliveryState, DestinationId,
    Failure, PageRequest, WebhookId,
};

use crate::support::{Setup, TestApp, persona_event, receipt};
use crate::{admin, operator};

pub const URL: &str = "https://example.com/webhooks";

const LEASE_SECONDS: i64 = 60;

pub struct World {
    pub app: TestApp,
    pub endpoint: EndpointView,
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    pub async fn start_with(setup: Setup) -> Self {
        let app = TestApp::start_with(setup).await;
        let endpoint = app.persona().await;
        Self { app, endpoint }
    }

    pub async fn destination(&self, name: &str) -> DestinationId {
        self.add(AddDestination::plain(name, URL)).await
    }

    pub async fn add(&self, new: AddDestination) -> DestinationId {
        let added = self.app.operations.add_destination(&admin(), new).await;
        added.expect("added").destination.id
    }

    /// A webhook that is trusted.
    pub async fn webhook(&self, event: &str) -> WebhookId {
        receipt(self.app.post_signed(&self.endpoint, &persona_event(event)).await).await
    }

    /// One that is not signed, so that it is held.
    pub async fn untrusted(&self, event: &str) -> WebhookId {
        receipt(self.app.post(&self.endpoint.url, &[], persona_event(event)).await).await
    }

    /// The deliveries of a webhook, newest first.
    pub async fn deliveries(&self, webhook: WebhookId) -> Vec<DeliveryRow> {
        let found = self.app.operations.deliveries_of_webhook(&admin(), webhook).await;
        found.expect("read")
    }

    /// Its only delivery.
    pub async fn delivery(&self, webhook: WebhookId) -> DeliveryRow {
        let mut all = self.deliveries(webhook).await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    pub async fn row(&self, id: DeliveryId) -> DeliveryRow {
        self.app.store.delivery(id).await.expect("read").expect("there").row
    }

    pub async fn count(&self, states: &[DeliveryState]) -> u32 {
        let filter = DeliveryFilter {
            states: states.to_vec(),
            ..DeliveryFilter::default()
        };
        self.app.store.count_deliveries(&filter, 10_000).await.expect("counted")
    }

    /// Begins attempts of all that is due at the destination.
    pub async fn lease(&self, destination: DestinationId) -> Vec<LeasedDelivery> {
        let now = self.app.clock.now();
        let request = LeaseRequest {
            destination,
            now,
            until: now.plus_seconds(LEASE_SECONDS),
            lease: self.app.ids.next(now),
            most: 1000,
        };
        self.app.store.lease(&request).await.expect("leased").deliveries
    }

    /// Makes the attempts of all that is due at the destination.
    pub async fn attempt(&self, destination: DestinationId, next: Next) {
        for leased in self.lease(destination).await {
            let finished = self.finished(destination, &leased, next);
            self.app.store.record(&[finished]).await.expect("recorded");
        }
    }

    fn finished(&self, destination: DestinationId, leased: &LeasedDelivery, next: Next) -> FinishedAttempt {
        let failed = next != Next::Delivered;
        FinishedAttempt {
            delivery_id: leased.id,
            destination_id: destination,
            lease: leased.lease,
            attempt: Attempt {
                number: 0,
                trigger: leased.trigger,
                started_at: self.app.clock.now(),
                duration_ms: 41,
                status: Some(if failed { 500 } else { 200 }),
                failure: failed.then_some(Failure::Status),
                response_headers: vec![("server".to_owned(), "sink".to_owned())],
                response_body: "what the sink said".to_owned(),
                next_attempt_at: None,
            },
            next,
            outcome: if failed {
                Outcome::Failed(Failure::Status)
            } else {
                Outcome::Succeeded
            },
        }
    }

    /// A webhook whose only delivery is in that state.
    pub async fn webhook_in(&self, destination: DestinationId, state: DeliveryState, event: &str) -> WebhookId {
        let operations = &self.app.operations;
        let webhook = match state {
            DeliveryState::Held => self.untrusted(event).await,
            _ => self.webhook(event).await,
        };
        let delivery = self.delivery(webhook).await;
        match state {
            DeliveryState::Held | DeliveryState::Pending => {}
            DeliveryState::Delivering => drop(self.lease(destination).await),
            DeliveryState::Delivered => self.attempt(destination, Next::Delivered).await,
            DeliveryState::Failed => self.attempt(destination, Next::Failed).await,
            DeliveryState::Cancelled => {
                operations.cancel_delivery(&operator(), delivery.id).await.expect("cancelled");
            }
        }
        assert_eq!(self.row(delivery.id).await.state, state);
        webhook
    }

    /// The newest line of the audit log of that action.
    pub async fn audited(&self, action: AuditAction) -> AuditEntry {
        self.all_audited(action)
            .await
            .into_iter()
            .next()
            .expect("it is in the audit log")
    }

    pub async fn all_audited(&self, action: AuditAction) -> Vec<AuditEntry> {
        let filter = AuditFilter {
            actions: vec![action],
            ..AuditFilter::default()
        };
        self.app
            .store
            .audit(&filter, None, PageRequest::MAX_LIMIT)
            .await
            .expect("read")
            .items
    }
}
