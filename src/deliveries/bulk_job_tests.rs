use std::collections::BTreeSet;
use std::sync::Arc;

use model::{
    AuditAction, DeliveryFilter, DeliveryState, DestinationId, EndpointId, Evidence, PageRequest, Resend, ResendState, Timestamp,
    Verdict, WebhookFilter, WebhookId,
};
use tempfile::TempDir;
use url::Url;

use super::*;
use crate::accounts::Passwords;
use crate::accounts::secrets::SealingKey;
use crate::accounts::vault::{KeySource, Vault};
use crate::clock::{Clock, ManualClock};
use crate::deliveries::BulkRequest;
use crate::destinations::AddDestination;
use crate::endpoints::AddEndpoint;
use crate::operation::Actor;
use crate::store::change::Change;
use crate::store::{self, NewWebhook, encode_headers};

/// Two steps and a half.
const WEBHOOKS: usize = 500;

struct World {
    operations: Operations,
    clock: Arc<ManualClock>,
    destination: DestinationId,
    _folder: TempDir,
}

fn admin() -> Actor {
    Actor::command_line()
}

/// A log of webhooks that were forwarded nowhere, and a destination that came later.
async fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let store = store::open(&url).await.expect("opened");
    store.migrate().await.expect("migrated");
    let key = SealingKey::new([7; 32]);
    store.set_first_key(key.fingerprint()).await.expect("named");
    let clock = ManualClock::at(Timestamp::from_seconds(1_763_640_000).expect("in range"));
    let vault = Vault::of(KeySource::File(folder.path().join("test.key")), key);
    let public_url = Url::parse("http://127.0.0.1:3000").expect("a URL");
    let as_clock = Arc::clone(&clock) as Arc<dyn Clock>;
    let operations = Operations::new(store, vault, Passwords::cheap(), as_clock, public_url);
    let endpoint = operations
        .add_endpoint(&admin(), AddEndpoint::plain("persona", "test", None))
        .await;
    let endpoint = endpoint.expect("added").id;
    let webhooks: Vec<_> = (0..WEBHOOKS).map(|_| webhook(&operations, endpoint)).collect();
    operations.store.append(&webhooks).await.expect("stored");
    let destination = AddDestination::plain("test", "https://example.com/");
    let destination = operations.add_destination(&admin(), destination).await.expect("added");
    World {
        destination: destination.destination.id,
        operations,
        clock,
        _folder: folder,
    }
}

fn webhook(operations: &Operations, endpoint_id: EndpointId) -> NewWebhook {
    let now = operations.clock.now();
    NewWebhook {
        id: WebhookId(operations.ids.next(now)),
        endpoint_id,
        received_at: now,
        peer: [192, 0, 2, 1].into(),
        foreign_network: false,
        headers: encode_headers(&axum::http::HeaderMap::new()),
        body: "{}".into(),
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

impl World {
    async fn start(&self) -> Resend {
        let request = BulkRequest {
            action: BulkAction::Resend,
            filter: WebhookFilter::default(),
            destination: None,
            last: None,
        };
        self.operations.start_bulk(&admin(), &request).await.expect("started")
    }

    /// Takes it and deals with the first webhooks, as a node does that dies over it.
    async fn first_step(&self) -> RunningResend {
        let mut taken = self.operations.claim_resend().await.expect("asked").expect("there is one");
        assert!(self.operations.resend_step(&mut taken).await.expect("went on"));
        assert_eq!(self.count(&[]).await, STEP);
        taken
    }

    async fn count(&self, states: &[DeliveryState]) -> u32 {
        let filter = DeliveryFilter {
            states: states.to_vec(),
            ..DeliveryFilter::default()
        };
        self.operations
            .store
            .count_deliveries(&filter, 10_000)
            .await
            .expect("counted")
    }

    async fn state(&self, resend: &Resend) -> ResendState {
        self.operations.bulk(&admin(), resend.id).await.expect("read").state
    }

    /// Each webhook that has a delivery, as often as it has one.
    async fn sent(&self) -> Vec<WebhookId> {
        let (mut sent, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest {
                limit: PageRequest::MAX_LIMIT,
                cursor,
            };
            let page = self
                .operations
                .deliveries(&admin(), &DeliveryFilter::default(), page)
                .await
                .expect("read");
            sent.extend(page.items.iter().map(|row| row.webhook_id));
            cursor = page.older;
            if cursor.is_none() {
                return sent;
            }
        }
    }
}

#[tokio::test]
async fn another_node_goes_on_where_one_died_and_sends_nothing_twice() {
    let world = world().await;
    let resend = world.start().await;
    drop(world.first_step().await);

    world.operations.go_on_with_resends().await.expect("nothing to do");
    assert_eq!(world.count(&[]).await, STEP, "whoever has it may still be there");
    world.clock.advance_seconds(LEASE_SECONDS);
    world.operations.go_on_with_resends().await.expect("went on");
    let sent = world.sent().await;
    assert_eq!(sent.len(), WEBHOOKS);
    assert_eq!(sent.iter().collect::<BTreeSet<_>>().len(), WEBHOOKS);
    assert_eq!(
        world.state(&resend).await,
        ResendState::Running,
        "none of them is delivered yet"
    );
    world.clock.advance_seconds(LEASE_SECONDS);
    assert_eq!(
        world.operations.claim_resend().await.expect("asked"),
        None,
        "there is nothing left to queue"
    );
}

#[tokio::test]
async fn a_cancelled_one_makes_no_more_deliveries_and_takes_back_those_that_wait() {
    let world = world().await;
    let resend = world.start().await;
    let mut taken = world.first_step().await;
    world.operations.cancel_bulk(&admin(), resend.id).await.expect("cancelled");
    assert!(!world.operations.resend_step(&mut taken).await.expect("it ends"));
    assert_eq!(world.count(&[]).await, STEP);
    assert_eq!(world.count(&[DeliveryState::Cancelled]).await, STEP);
}

#[tokio::test]
async fn what_whoever_cancelled_it_left_undone_is_done_by_whoever_goes_on() {
    let world = world().await;
    let resend = world.start().await;
    let mut taken = world.first_step().await;
    let entry = world
        .operations
        .entry(&admin(), AuditAction::ResendCancelled, None, Vec::new());
    let cancel = Change::CancelResend(resend.id, entry.at);
    world.operations.store.change(&cancel, &entry).await.expect("cancelled");
    assert_eq!(world.count(&[DeliveryState::Pending]).await, STEP);

    assert!(!world.operations.resend_step(&mut taken).await.expect("it ends"));
    assert_eq!(world.count(&[DeliveryState::Cancelled]).await, STEP);
}

#[tokio::test]
async fn a_destination_that_is_archived_meanwhile_gets_no_more() {
    let world = world().await;
    let request = BulkRequest {
        action: BulkAction::Resend,
        filter: WebhookFilter::default(),
        destination: Some(world.destination),
        last: None,
    };
    let resend = world.operations.start_bulk(&admin(), &request).await.expect("started");
    let mut taken = world.first_step().await;
    world
        .operations
        .archive_destination(&admin(), world.destination)
        .await
        .expect("archived");
    while world.operations.resend_step(&mut taken).await.expect("went on") {}
    assert_eq!(world.count(&[]).await, STEP);
    assert_eq!(world.state(&resend).await, ResendState::Done);
}
