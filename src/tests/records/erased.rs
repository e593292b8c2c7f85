use std::time::Duration;

use hookproof::operation::OperationError;
use hookproof::store::{NewWebhook, Store, encode_headers};
use model::{DeliveryState, EndpointPolicy, RefetchState, Text, WebhookId};
use tokio::time::{sleep, timeout};

use crate::destination::{Destination, Script};
use crate::support::{PERSONA_SECRET, persona_event, receipt};
use crate::world::{World, admin, operator};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_what_was_erased_nothing_is_asked_sent_or_checked_again() {
    let mut world = World::start().await;
    world.stop_asking().await;
    let api = Destination::start(Script::status(200, &[], "{}")).await;
    let policy = EndpointPolicy {
        confirm_before_forwarding: true,
        ..EndpointPolicy::default()
    };
    let endpoint = world.endpoint("persona", policy, Some(PERSONA_SECRET)).await;
    world.let_ask_at(&endpoint, &format!("http://{}", api.address)).await;
    let (receiver, _) = world.receiver().await;
    let id = receipt(world.app.post_signed(&endpoint, &persona_event("evt_1")).await).await;
    assert_eq!(world.refetches(id).await[0].state, RefetchState::Pending);

    let subject = Text::new("user-1042").expect("a text");
    let store: &dyn Store = world.app.store.as_ref();
    let now = hookproof::clock::Clock::now(&*world.app.clock);
    store.erase(&subject, &[id], now).await.expect("erased");
    world.start_asking();
    assert_eq!(world.refetches(id).await[0].state, RefetchState::Cancelled);
    let delivery = world.delivery(id).await;
    assert_eq!(delivery.state, DeliveryState::Cancelled);

    let operations = &world.app.operations;
    let refused = [
        operations.refetch(&operator(), id).await.err(),
        operations.resend(&operator(), &[id], None).await.err(),
        operations.release(&operator(), &[id]).await.err(),
        operations.retry_delivery(&operator(), delivery.id).await.err(),
    ];
    for refused in refused {
        assert!(matches!(refused, Some(OperationError::Conflict(_))), "{refused:?}");
    }
    assert_eq!(operations.refetch_selected(&operator(), &[id]).await.expect("none"), 0);
    let verdict = world.webhook(id).await.row.verdict;
    let checked = operations.reverify(&admin(), endpoint.id, None, None).await.expect("checked");
    assert_eq!((checked.checked, checked.changed), (0, 0));
    assert_eq!(world.webhook(id).await.row.verdict, verdict);
    assert_eq!(world.refetches(id).await.len(), 1);
    assert!(api.received().is_empty() && receiver.received().is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_while_a_subject_is_erased_stops_nothing() {
    let world = World::start().await;
    let endpoint = world
        .endpoint("persona", EndpointPolicy::default(), Some(PERSONA_SECRET))
        .await;
    let id = receipt(world.app.post_signed(&endpoint, &persona_event("evt_1")).await).await;
    let subject = Text::new("user-1042").expect("a text");
    let actor = admin();
    let erasing = world.app.operations.erase_subject(&actor, &subject);
    let left = tokio::time::timeout(Duration::ZERO, erasing).await;
    assert!(left.is_err(), "it is not done yet");
    let store: &dyn Store = world.app.store.as_ref();
    let erased = async {
        while world.webhook(id).await.row.erased_at.is_none() || store.scrub_is_owed().await.expect("an answer") {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_mins(1), erased)
        .await
        .expect("it is erased all the same");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_overwrites_at_its_start_what_was_only_erased_before() {
    let world = World::start().await;
    let endpoint = world
        .endpoint("persona", EndpointPolicy::default(), Some(PERSONA_SECRET))
        .await;
    let id = receipt(world.app.post_signed(&endpoint, &persona_event("evt_1")).await).await;
    let store: &dyn Store = world.app.store.as_ref();
    let subject = Text::new("user-1042").expect("a text");
    let now = hookproof::clock::Clock::now(&*world.app.clock);
    store.erase(&subject, &[id], now).await.expect("erased");
    assert!(store.scrub_is_owed().await.expect("an answer"));
    let sweeping = tokio::spawn(world.app.operations.clone().sweep_erased());
    let scrubbed = async {
        while store.scrub_is_owed().await.expect("an answer") {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_mins(1), scrubbed).await.expect("overwritten");
    sweeping.abort();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_holds_no_more_than_a_machine_can_bear() {
    let world = World::start().await;
    let endpoint = world
        .endpoint("persona", EndpointPolicy::default(), Some(PERSONA_SECRET))
        .await;
    let store: &dyn Store = world.app.store.as_ref();
    let id = receipt(world.app.post_signed(&endpoint, &persona_event("evt_1")).await).await;
    let told = world.webhook(id).await;
    let now = hookproof::clock::Clock::now(&*world.app.clock);
    let large = |_| NewWebhook {
        id: WebhookId(world.app.ids.next(now)),
        endpoint_id: endpoint.id,
        received_at: now,
        peer: std::net::Ipv4Addr::LOCALHOST.into(),
        foreign_network: false,
        headers: encode_headers(&axum::http::HeaderMap::new()),
        body: vec![b'1'; 15 * 1024 * 1024].into(),
        verdict: told.row.verdict,
        evidence: told.evidence.clone(),
        parse_error: None,
        events: told.events.clone(),
        same_event: None,
        deliveries: Vec::new(),
        refetch: None,
        reconciled: false,
    };
    let export = async || {
        let subject = Text::new("user-1042").expect("a text");
        world
            .app
            .operations
            .export_subject(&admin(), &subject)
            .await
            .expect("exported")
    };
    let webhooks: Vec<_> = (0..4).map(large).collect();
    store.append(&webhooks).await.expect("stored");
    let whole = export().await;
    assert_eq!((whole.webhooks.len(), whole.has_more), (5, false));
    store.append(&[large(4)]).await.expect("stored");
    let part = export().await;
    assert_eq!((part.webhooks.len(), part.has_more), (4, true), "the newest");
    world.end().await;
}
