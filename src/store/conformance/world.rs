//! An opened database with endpoints, and webhooks to append to it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use model::{
    ActorKind, AuditAction, AuditActor, EndpointId, EndpointPolicy, Environment, Event, Evidence, Outcome, Page, PageRequest,
    ProviderKey, Role, SecretId, Text, Timestamp, UserId, Verdict, WebhookFilter, WebhookId, WebhookRow,
};
use uuid::Uuid;

use super::database::Database;
use crate::accounts::secrets::{Purpose, SealingKey};
use crate::providers::SameEvent;
use crate::store::accounts::{Digest, User};
use crate::store::change::{Change, NewAuditEntry};
use crate::store::{Appended, Endpoint, NewWebhook, SealedSecret, Store, StoreError};

pub struct World {
    pub store: Arc<dyn Store>,
    /// The key that seals everything in the database.
    pub key: SealingKey,
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

/// A line of the audit log that says little.
pub fn entry(action: AuditAction) -> NewAuditEntry {
    NewAuditEntry {
        at: at(0),
        actor: AuditActor {
            kind: ActorKind::CommandLine,
            user: None,
            name: "command line".to_owned(),
        },
        address: None,
        action,
        target: None,
        detail: Vec::new(),
    }
}

/// The digest of a value of which the test knows no more than that.
pub fn digest(of: u8) -> Digest {
    Digest([of; 32])
}

impl World {
    pub async fn new(database: &Database) -> Self {
        let store = database.open().await;
        store.migrate().await.expect("the database can be migrated");
        let world = Self::of(store);
        let named = world.store.set_first_key(world.key.fingerprint()).await;
        named.expect("the key is named");
        world
    }

    /// A database that is opened as it is.
    pub fn of(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            key: SealingKey::new([7; 32]),
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
            refetch_event_types: None,
            created_at: at(0),
            archived_at: None,
        }
    }

    pub async fn endpoint(&self, provider: &str) -> EndpointId {
        let endpoint = self.new_endpoint(provider);
        let id = endpoint.id;
        self.change(Change::AddEndpoint(endpoint, Vec::new())).await;
        id
    }

    /// A secret, not yet added.
    pub fn new_secret(&self, endpoint_id: EndpointId) -> SealedSecret {
        let id = self.id(at(0));
        SealedSecret {
            id: SecretId(id),
            endpoint_id,
            label: "rotated in spring".to_owned(),
            hint: "x9Zé".to_owned(),
            sealed_value: self.key.seal(id, Purpose::Secret, b"wbhsec_x9Z"),
            not_before: None,
            expires_at: None,
            created_at: at(0),
            last_used_at: None,
        }
    }

    /// A user with a password, not yet added.
    pub fn new_user(&self, email: &str, role: Role) -> User {
        User {
            id: UserId(self.id(at(0))),
            email: email.to_owned(),
            role,
            password_hash: Some("$argon2id$…".to_owned()),
            second_factor: None,
            disabled_at: None,
            created_at: at(0),
            signed_in_at: None,
        }
    }

    pub async fn user(&self, email: &str, role: Role) -> UserId {
        let user = self.new_user(email, role);
        let id = user.id;
        self.change(Change::AddUser(user)).await;
        id
    }

    pub async fn change(&self, change: Change) {
        self.try_change(&change).await.expect("the change is made");
    }

    /// Why the change is not made.
    pub async fn refused(&self, change: Change) -> StoreError {
        self.try_change(&change).await.expect_err("the change is refused")
    }

    pub async fn try_change(&self, change: &Change) -> Result<(), StoreError> {
        self.store.change(change, &entry(AuditAction::EndpointChanged)).await
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
            deliveries: Vec::new(),
            refetch: None,
            reconciled: false,
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
