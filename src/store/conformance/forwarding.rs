//! What the cases of forwarding have in common: destinations, webhooks on their way there, and attempts.

use std::sync::atomic::{AtomicU64, Ordering};

use model::{
    Attempt, DeliveryDetail, DeliveryFilter, DeliveryId, DeliveryState, DestinationId, EndpointId, Failure, Outcome, PageRequest,
    SecretId, Subscription, Timestamp, Trigger, WebhookId,
};
use uuid::Uuid;

use super::database::Database;
use super::world::{World, at, event};
use crate::accounts::secrets::Purpose;
use crate::delivery::breaker;
use crate::store::NewWebhook;
use crate::store::change::Change;
use crate::store::delivery::{
    Destination, DestinationSecret, FinishedAttempt, LeaseRequest, Leased, LeasedDelivery, NewDelivery, Next, QueuedDelivery,
};

/// How long a lease lasts.
pub const LEASE_SECONDS: i64 = 60;

/// A world with an endpoint whose webhooks are forwarded.
pub struct Forwarding {
    pub world: World,
    pub endpoint: EndpointId,
    leases: AtomicU64,
}

impl Forwarding {
    pub async fn new(database: &Database) -> Self {
        let world = World::new(database).await;
        let endpoint = world.endpoint("persona").await;
        let leases = AtomicU64::new(1);
        Self { world, endpoint, leases }
    }

    pub fn new_destination(&self, name: &str) -> (Destination, DestinationSecret) {
        new_destination(&self.world, name)
    }

    pub fn new_secret(&self, destination: DestinationId) -> DestinationSecret {
        new_secret(&self.world, destination)
    }

    pub async fn destination(&self) -> DestinationId {
        self.add(false).await
    }

    pub async fn ordered_destination(&self) -> DestinationId {
        self.add(true).await
    }

    async fn add(&self, ordered: bool) -> DestinationId {
        let (destination, secret) = self.new_destination("orders");
        let id = destination.id;
        let destination = Destination { ordered, ..destination };
        self.world.change(Change::AddDestination(destination, secret)).await;
        id
    }

    pub fn new_delivery(&self, destination_id: DestinationId, seconds: i64) -> NewDelivery {
        NewDelivery {
            id: DeliveryId(self.world.id(at(seconds))),
            destination_id,
            held: false,
            due_at: at(seconds),
        }
    }

    /// A webhook on its way there, not yet appended.
    pub fn webhook(&self, destination: DestinationId, seconds: i64) -> NewWebhook {
        NewWebhook {
            deliveries: vec![self.new_delivery(destination, seconds)],
            ..self.world.webhook(self.endpoint, seconds)
        }
    }

    pub fn webhook_of(&self, destination: DestinationId, seconds: i64, subject: &str) -> NewWebhook {
        NewWebhook {
            events: vec![event("inquiry.approved", Outcome::Approved, Some(subject))],
            ..self.webhook(destination, seconds)
        }
    }

    /// Appends a webhook on its way there, and answers with its delivery.
    pub async fn deliver(&self, destination: DestinationId, seconds: i64) -> DeliveryId {
        self.append(self.webhook(destination, seconds)).await
    }

    pub async fn deliver_of(&self, destination: DestinationId, seconds: i64, subject: &str) -> DeliveryId {
        self.append(self.webhook_of(destination, seconds, subject)).await
    }

    pub async fn hold(&self, destination: DestinationId, seconds: i64) -> DeliveryId {
        let mut webhook = self.webhook(destination, seconds);
        webhook.deliveries[0].held = true;
        self.append(webhook).await
    }

    pub async fn append(&self, webhook: NewWebhook) -> DeliveryId {
        let delivery = webhook.deliveries[0].id;
        self.world.append(&[webhook]).await;
        delivery
    }

    pub fn request(&self, destination: DestinationId, seconds: i64, most: u32) -> LeaseRequest {
        LeaseRequest {
            destination,
            now: at(seconds),
            until: at(seconds + LEASE_SECONDS),
            lease: Uuid::from_u128(self.leases.fetch_add(1, Ordering::Relaxed).into()),
            most,
        }
    }

    pub async fn lease(&self, destination: DestinationId, seconds: i64, most: u32) -> Leased {
        let request = self.request(destination, seconds, most);
        self.world.store.lease(&request).await.expect("leased")
    }

    /// Leases all that is due, and answers with the deliveries in the order of their lease.
    pub async fn leased(&self, destination: DestinationId, seconds: i64) -> Vec<DeliveryId> {
        ids(&self.lease(destination, seconds, 1000).await)
    }

    /// Leases and records all that is due, until nothing is, each delivery with the same end.
    pub async fn attempt_all(&self, destination: DestinationId, seconds: i64, next: Next) -> Vec<DeliveryId> {
        let mut all = Vec::new();
        loop {
            let leased = self.lease(destination, seconds, 1000).await;
            if leased.deliveries.is_empty() {
                return all;
            }
            all.extend(ids(&leased));
            let attempts: Vec<_> = leased
                .deliveries
                .iter()
                .map(|delivery| finished(destination, delivery, seconds, next))
                .collect();
            self.record(&attempts).await;
        }
    }

    pub async fn record(&self, attempts: &[FinishedAttempt]) {
        self.world.store.record(attempts).await.expect("recorded");
    }

    pub async fn delivery(&self, id: DeliveryId) -> DeliveryDetail {
        let delivery = self.world.store.delivery(id).await.expect("an answer");
        delivery.expect("the delivery is there")
    }

    pub async fn state(&self, id: DeliveryId) -> DeliveryState {
        self.delivery(id).await.row.state
    }

    pub async fn due_at(&self, id: DeliveryId) -> Option<Timestamp> {
        self.delivery(id).await.row.next_attempt_at
    }

    pub async fn webhook_id(&self, id: DeliveryId) -> WebhookId {
        self.delivery(id).await.row.webhook_id
    }

    /// All deliveries that the filter lets through, oldest first.
    pub async fn deliveries(&self, query: &str) -> Vec<DeliveryId> {
        let filter = DeliveryFilter::from_query(query).expect("a filter");
        let page = PageRequest {
            limit: 10_000,
            cursor: None,
        };
        let page = self.world.store.deliveries(&filter, page).await.expect("a page");
        page.items.iter().rev().map(|row| row.id).collect()
    }

    pub fn queued(&self, webhook_id: WebhookId, destination_id: DestinationId, seconds: i64) -> QueuedDelivery {
        QueuedDelivery {
            id: DeliveryId(self.world.id(at(seconds))),
            webhook_id,
            destination_id,
            held: false,
        }
    }

    pub async fn resend(&self, delivery: QueuedDelivery, seconds: i64) {
        self.world.change(resend_of(delivery, seconds)).await;
    }
}

/// A destination that is not yet added, with its secret.
pub fn new_destination(world: &World, name: &str) -> (Destination, DestinationSecret) {
    let id = DestinationId(world.id(at(0)));
    let destination = Destination {
        id,
        name: name.to_owned(),
        url: "https://example.com/hooks".to_owned(),
        subscription: Subscription::default(),
        header_names: Vec::new(),
        sealed_headers: None,
        concurrency: 4,
        rate_limit: None,
        ordered: false,
        schedule: vec![0, 5],
        disabled: None,
        created_at: at(0),
        archived_at: None,
    };
    (destination, new_secret(world, id))
}

fn new_secret(world: &World, destination_id: DestinationId) -> DestinationSecret {
    let id = world.id(at(0));
    DestinationSecret {
        id: SecretId(id),
        destination_id,
        hint: "x9Zé".to_owned(),
        sealed_value: world.key.seal(id, Purpose::DestinationSecret, b"whsec_x9Z"),
        created_at: at(0),
        expires_at: None,
    }
}

pub fn resend_of(delivery: QueuedDelivery, seconds: i64) -> Change {
    Change::Resend {
        deliveries: vec![delivery],
        trigger: Trigger::Manual,
        at: at(seconds),
    }
}

pub fn retry_of(delivery: DeliveryId, at: Timestamp) -> Change {
    let held = false;
    Change::RetryDelivery { delivery, held, at }
}

pub fn ids(leased: &Leased) -> Vec<DeliveryId> {
    leased.deliveries.iter().map(|delivery| delivery.id).collect()
}

/// An attempt that took no time: answered with 200 when it was delivered, with 500 otherwise.
pub fn finished(destination_id: DestinationId, delivery: &LeasedDelivery, seconds: i64, next: Next) -> FinishedAttempt {
    let failure = (next != Next::Delivered).then_some(Failure::Status);
    FinishedAttempt {
        delivery_id: delivery.id,
        destination_id,
        lease: delivery.lease,
        attempt: Attempt {
            number: 0,
            trigger: delivery.trigger,
            started_at: at(seconds),
            duration_ms: 0,
            status: Some(if failure.is_some() { 500 } else { 200 }),
            failure,
            response_headers: Vec::new(),
            response_body: String::new(),
            next_attempt_at: None,
        },
        next,
        outcome: failure.map_or(breaker::Outcome::Succeeded, breaker::Outcome::Failed),
    }
}
