use hookproof::deliveries::BulkRequest;
use model::{BulkAction, EndpointPolicy, RefetchState, RefetchTrigger, ResendState, WebhookFilter, WebhookId};

use crate::destination::{Destination, Script};
use crate::support::{PERSONA_SECRET, persona_event, receipt};
use crate::world::{World, operator};

const RECORD: &str =
    r#"{"data": {"type": "inquiry", "id": "inq_1", "attributes": {"status": "approved", "reference-id": "user-1042"}}}"#;

fn refetch_all() -> BulkRequest {
    BulkRequest {
        action: BulkAction::Refetch,
        filter: WebhookFilter::default(),
        destination: None,
        last: None,
    }
}

/// Webhooks of an endpoint that asks there, and one that nobody can be asked for.
async fn webhooks(world: &World, api: &Destination, count: u32) -> Vec<WebhookId> {
    let endpoint = world
        .endpoint("persona", EndpointPolicy::default(), Some(PERSONA_SECRET))
        .await;
    world.let_ask_at(&endpoint, &format!("http://{}", api.address)).await;
    let peleza = world.endpoint("peleza", EndpointPolicy::default(), None).await;
    receipt(world.app.post(&peleza.url, &[], "{}").await).await;
    let mut posted = Vec::new();
    for number in 0..count {
        let event = persona_event(&format!("evt_{number}"));
        posted.push(receipt(world.app.post_signed(&endpoint, &event).await).await);
    }
    posted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_a_filter_matches_is_asked_for_and_counted_to_its_end() {
    let world = World::start().await;
    let api = Destination::start(Script::status(200, &[], RECORD)).await;
    let webhooks = webhooks(&world, &api, 4).await;
    api.follow_in_turn([Script::status(401, &[], "{}"), Script::status(200, &[], RECORD)]);
    let operations = &world.app.operations;
    let started = operations.start_bulk(&operator(), &refetch_all()).await.expect("started");
    assert_eq!(started.count, 4);
    operations.go_on_with_resends().await.expect("gone on");
    for id in &webhooks {
        let row = world.refetched(*id).await;
        assert_eq!(row.trigger, RefetchTrigger::Bulk);
    }
    let ended = operations.bulk(&operator(), started.id).await.expect("there");
    assert_eq!(
        (ended.state, ended.deliveries, ended.done, ended.failed),
        (ResendState::Done, 4, 3, 1)
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_ends_what_has_not_begun() {
    let mut world = World::start().await;
    world.stop_asking().await;
    let api = Destination::start(Script::status(200, &[], RECORD)).await;
    let webhooks = webhooks(&world, &api, 3).await;
    let operations = world.app.operations.clone();
    let started = operations.start_bulk(&operator(), &refetch_all()).await.expect("started");
    operations.go_on_with_resends().await.expect("gone on");
    operations.cancel_bulk(&operator(), started.id).await.expect("cancelled");
    world.start_asking();
    for id in &webhooks {
        assert_eq!(world.refetches(*id).await[0].state, RefetchState::Cancelled);
    }
    assert!(api.received().is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn selected_webhooks_are_asked_for_as_far_as_they_can_be() {
    let world = World::start().await;
    let api = Destination::start(Script::status(200, &[], RECORD)).await;
    let webhooks = webhooks(&world, &api, 2).await;
    let all: Vec<_> = world.app.log().await.iter().map(|row| row.id).collect();
    assert_eq!(all.len(), 3);
    let queued = world
        .app
        .operations
        .refetch_selected(&operator(), &all)
        .await
        .expect("queued");
    assert_eq!(queued, 2);
    for id in webhooks {
        assert_eq!(world.refetched(id).await.state, RefetchState::Done);
    }
    world.end().await;
}
