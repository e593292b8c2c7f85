//! An opened database with endpoints, and webhooks to append to it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use model::{
    EndpointId, EndpointPolicy, Environment, Event, Evidence, Outcome, Page, PageRequest, ProviderKey, Text, Timestamp, Verdict,
    WebhookFilter, WebhookId, WebhookRow,
};
use uuid::Uuid;

use super::database::Database;
use crate::providers::SameEvent;
use crate::store::{Appended, Endpoint, NewWebhook, Store};

pub struct World {
    pub store: Arc<dyn Store>,
    made: AtomicU64,
}

/// Thursday, 20 November 2025, 00:53:20, and some seconds.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_763_600_000).expect("a time").plus_seconds(seconds)
}

pub fn text(text: &str) -> Text {
    Text::new(text).expect("a text")
}

pub fn filter(query: &str) -> WebhookFilter {
    WebhookFilter::from_query(query).expect("a filter")
}

/// The event that the provider calls so.
pub fn same_event(id: &str) -> SameEvent {
    SameEvent::of("conformance", &[id.as_bytes()])
}

pub fn event(event_type: &str, outcome: Outcome, subject: Option<&str>) -> Event {
    Event {
        event_type: text(event_type),
        outcome,
        subject: subject.map(text),
        resource: None,
        provider_event_id: None,
        occurred_at: None,
    }
}

impl World {
    pub async fn new(database: &Database) -> Self {
        let store = database.open().await;
        store.migrate().await.expect("the database can be migrated");
        Self {
            store,
            made: AtomicU64::new(0),
        }
    }

    /// An id that carries that time and is larger than all made before for the same time.
    pub fn id(&self, time: Timestamp) -> Uuid {
        let mut tail = [0; 10];
        tail[2..].copy_from_slice(&self.made.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let millis = u64::try_from(time.as_millis()).expect("a time since 1970");
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }

    /// An endpoint, not yet added.
    pub fn new_endpoint(&self, provider: &str) -> Endpoint {
        let id = self.id(at(0));
        Endpoint {
            id: EndpointId(id),
            token: format!("token-{id}"),
            provider: ProviderKey::new(provider),
            name: format!("{provider} in production"),
            environment: Environment::Production,
            policy: EndpointPolicy::default(),
            digest_mode: None,
            static_header: None,
            networks: Vec::new(),
            rate_limit: None,
            enabled: true,
            created_at: at(0),
            archived_at: None,
        }
    }

    pub async fn endpoint(&self, provider: &str) -> EndpointId {
        let endpoint = self.new_endpoint(provider);
        self.store.add_endpoint(&endpoint).await.expect("the endpoint is added");
        endpoint.id
    }

    /// A verified webhook without events, not yet appended.
    pub fn webhook(&self, endpoint_id: EndpointId, seconds: i64) -> NewWebhook {
        let received_at = at(seconds);
        NewWebhook {
            id: WebhookId(self.id(received_at)),
            endpoint_id,
            received_at,
            peer: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            foreign_network: false,
            headers: b"content-type: application/json\r\n".to_vec(),
            body: Bytes::from_static(b"{}"),
            verdict: Verdict::Verified,
            evidence: Evidence::default(),
            parse_error: None,
            events: Vec::new(),
            same_event: None,
        }
    }

    pub async fn append(&self, batch: &[NewWebhook]) -> Vec<Appended> {
        self.store.append(batch).await.expect("the batch is appended")
    }

    pub async fn page(&self, filter: &WebhookFilter, page: PageRequest) -> Page<WebhookRow> {
        self.store.webhooks(filter, page).await.expect("the log is read")
    }

    /// The ids of all that the filter lets through, newest first.
    pub async fn ids(&self, filter: &WebhookFilter) -> Vec<WebhookId> {
        let page = self
            .page(
                filter,
                PageRequest {
                    limit: 10_000,
                    cursor: None,
                },
            )
            .await;
        page.items.into_iter().map(|row| row.id).collect()
    }
}
