use futures_util::FutureExt;
use model::{AuditFilter, DeliveryId, DeliveryState, DestinationId, Evidence, Verdict, WebhookId};
use tempfile::TempDir;
use url::Url;

use super::*;
use crate::accounts::Passwords;
use crate::accounts::secrets::SealingKey;
use crate::accounts::vault::{KeySource, Vault};
use crate::clock::{Clock, ManualClock};
use crate::endpoints::{AddEndpoint, EndpointView, Reverifications};
use crate::store::delivery::NewDelivery;
use crate::store::{self, NewWebhook, encode_headers};

struct World {
    operations: Operations,
    endpoint: EndpointView,
    _folder: TempDir,
}

async fn world(provider: &str, secret: Option<&str>) -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let store = store::open(&url).await.expect("opened");
    store.migrate().await.expect("migrated");
    let key = SealingKey::new([7; 32]);
    store.set_first_key(key.fingerprint()).await.expect("named");
    let clock: Arc<dyn Clock> = ManualClock::at(Timestamp::from_seconds(1_763_640_000).expect("in range"));
    let vault = Vault::of(KeySource::File(folder.path().join("test.key")), key);
    let public_url = Url::parse("http://127.0.0.1:3000").expect("a URL");
    let operations = Operations::new(store, vault, Passwords::cheap(), clock, public_url);
    let new = AddEndpoint::plain(provider, "test", secret);
    let endpoint = operations.add_endpoint(&admin(), new).await.expect("added");
    World {
        operations,
        endpoint,
        _folder: folder,
    }
}

fn admin() -> Actor {
    Actor::command_line()
}

impl World {
    /// A webhook that came with that verdict, unsigned.
    async fn webhook(&self, verdict: Verdict) -> WebhookId {
        self.append(self.new_webhook(verdict)).await
    }

    fn new_webhook(&self, verdict: Verdict) -> NewWebhook {
        let now = self.operations.clock.now();
        NewWebhook {
            id: WebhookId(self.operations.ids.next(now)),
            endpoint_id: self.endpoint.id,
            received_at: now,
            peer: [192, 0, 2, 1].into(),
            foreign_network: false,
            headers: encode_headers(&axum::http::HeaderMap::new()),
            body: "{}".into(),
            verdict,
            evidence: Evidence::default(),
            parse_error: None,
            events: Vec::new(),
            same_event: None,
            deliveries: Vec::new(),
            refetch: None,
            reconciled: false,
        }
    }

    async fn append(&self, webhook: NewWebhook) -> WebhookId {
        let id = webhook.id;
        self.operations.store.append(&[webhook]).await.expect("stored");
        id
    }

    /// Lets webhooks that nobody signed be forwarded, or not.
    async fn forward_unsigned(&self, forward_unsigned: bool) {
        let before = self.operations.endpoint_in_use(self.endpoint.id).await.expect("there");
        let mut after = before.clone();
        after.policy.forward_unsigned = forward_unsigned;
        let (before, after) = (Box::new(before), Box::new(after));
        let change = Change::UpdateEndpoint { before, after };
        let entry = self
            .operations
            .entry(&admin(), AuditAction::EndpointChanged, None, Vec::new());
        self.operations.store.change(&change, &entry).await.expect("changed");
    }

    async fn verdict(&self, id: WebhookId) -> Verdict {
        self.operations
            .store
            .webhook(id)
            .await
            .expect("read")
            .expect("there")
            .row
            .verdict
    }
}

#[tokio::test]
async fn deliveries_follow_the_policy_as_it_is_by_now() {
    let world = world("peleza", None).await;
    let (operations, id) = (&world.operations, world.endpoint.id);
    let mut webhooks = Vec::new();
    for foreign_network in [false, true] {
        let new = world.new_webhook(Verdict::Unsigned);
        let delivery = NewDelivery {
            id: DeliveryId(operations.ids.next(new.received_at)),
            destination_id: DestinationId(operations.ids.next(new.received_at)),
            held: true,
            due_at: new.received_at,
        };
        let deliveries = vec![delivery];
        webhooks.push(
            world
                .append(NewWebhook {
                    foreign_network,
                    deliveries,
                    ..new
                })
                .await,
        );
    }
    for (forward_unsigned, state) in [
        (false, DeliveryState::Held),
        (true, DeliveryState::Pending),
        (false, DeliveryState::Held),
    ] {
        world.forward_unsigned(forward_unsigned).await;
        let checked = operations.reverify(&admin(), id, None, None).await.expect("checked");
        assert_eq!(checked.changed, 0);
        for (webhook, expected) in webhooks.iter().zip([state, DeliveryState::Held]) {
            let detail = operations.store.webhook(*webhook).await.expect("read").expect("there");
            assert_eq!(detail.row.delivery.expect("a delivery").state, expected);
        }
    }
}

#[tokio::test]
async fn an_endpoint_is_checked_once_at_a_time() {
    let world = world("persona", None).await;
    let (operations, id) = (&world.operations, world.endpoint.id);
    let running = operations.reverifications.begin(id).expect("the first");
    let second = operations.start_reverify(&admin(), id, None, None).await;
    assert!(matches!(second, Err(OperationError::Conflict(_))), "{second:?}");
    running.end(ReverifyState::Done);
    let next = operations.reverify(&admin(), id, None, None).await.expect("checked");
    assert_eq!(next, Reverified { checked: 0, changed: 0 });
}

#[tokio::test]
async fn a_cancelled_check_ends_before_the_next_batch_and_says_so() {
    let world = world("persona", Some("wbhsec_first")).await;
    let (operations, id) = (&world.operations, world.endpoint.id);
    let webhook = world.webhook(Verdict::Unconfigured).await;
    let job = operations.reverifications.begin(id).expect("the first");
    operations.cancel_reverify(&admin(), id).await.expect("asked");
    let endpoint = operations.endpoint_in_use(id).await.expect("there");
    let span = Span {
        endpoint: id,
        from: None,
        to: None,
    };
    operations.check_all(span, &job).await.expect("nothing");
    let ended = operations.run_reverify(&admin(), &endpoint, span, &job).await;
    assert!(matches!(ended, Err(OperationError::Conflict(_))), "{ended:?}");
    let progress = operations
        .reverify_progress(&admin(), id)
        .await
        .expect("read")
        .expect("started");
    assert_eq!(
        (progress.state, progress.total, progress.checked),
        (ReverifyState::Cancelled, 1, 0)
    );
    assert_eq!(world.verdict(webhook).await, Verdict::Unconfigured);
    let log = operations.store.audit(&AuditFilter::default(), None, 1).await.expect("read");
    let line = &log.items[0];
    assert_eq!(line.action, AuditAction::Reverified);
    assert_eq!(line.detail.last().and_then(|field| field.after.as_deref()), Some("cancelled"));
}

#[tokio::test]
async fn a_third_check_waits_for_its_turn_and_can_be_cancelled_meanwhile() {
    let reverifications = Reverifications::default();
    let [first, second, third, fourth] = [1, 2, 3, 4].map(|number| {
        let endpoint = EndpointId(uuid::Uuid::from_u128(number));
        reverifications.begin(endpoint).expect("the first of the endpoint")
    });
    let turn = reverifications.turn(&first).await.expect("a turn");
    let _other = reverifications.turn(&second).await.expect("a turn");
    assert!(reverifications.turn(&third).now_or_never().is_none());
    third.cancel();
    assert!(reverifications.turn(&third).await.is_none());
    drop(turn);
    assert!(reverifications.turn(&fourth).await.is_some());
}

#[tokio::test]
async fn what_the_api_confirmed_stays_confirmed() {
    let world = world("case_keeper", None).await;
    let (confirmed, other) = (world.webhook(Verdict::Confirmed).await, world.webhook(Verdict::Invalid).await);
    let reverified = world.operations.reverify(&admin(), world.endpoint.id, None, None).await;
    assert_eq!(reverified.expect("checked"), Reverified { checked: 2, changed: 1 });
    assert_eq!(world.verdict(confirmed).await, Verdict::Confirmed);
    assert_eq!(world.verdict(other).await, Verdict::Unsigned);
}
