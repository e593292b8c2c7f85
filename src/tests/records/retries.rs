use hookproof::clock::Clock;
use hookproof::endpoints::{EndpointChange, EndpointView};
use hookproof::records::DELAYS;
use model::{EndpointPolicy, Failure, RefetchRow, RefetchState, Verdict, WebhookId};

use crate::destination::{Destination, Script};
use crate::support::{PERSONA_SECRET, persona_event, receipt};
use crate::world::{World, admin};

const RECORD: &str =
    r#"{"data": {"type": "inquiry", "id": "inq_1", "attributes": {"status": "approved", "reference-id": "user-1042"}}}"#;

/// An endpoint of Persona that asks that server after every inquiry.
async fn endpoint(world: &World, api: &Destination) -> EndpointView {
    let endpoint = world
        .endpoint("persona", EndpointPolicy::default(), Some(PERSONA_SECRET))
        .await;
    world.let_ask_at(&endpoint, &format!("http://{}", api.address)).await;
    let change = EndpointChange {
        refetch_event_types: Some(Some(vec!["inquiry.*".to_owned()])),
        ..EndpointChange::default()
    };
    let changed = world.app.operations.change_endpoint(&admin(), endpoint.id, change).await;
    changed.expect("changed")
}

async fn post(world: &World, endpoint: &EndpointView) -> WebhookId {
    receipt(world.app.post_signed(endpoint, &persona_event("evt_1")).await).await
}

fn seconds_until_due(world: &World, row: &RefetchRow) -> i64 {
    world.app.clock.now().micros_until(row.due_at.expect("it is tried again")) / 1_000_000
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_pass_is_tried_again_by_the_schedule_until_it_has_passed() {
    let world = World::start().await;
    let api = Destination::start(Script::status(503, &[], "")).await;
    let endpoint = endpoint(&world, &api).await;
    let id = post(&world, &endpoint).await;
    for (attempts, &delay) in (1..).zip(&DELAYS[..2]) {
        let row = world.put_off(id, attempts).await;
        assert_eq!((row.failure, row.status), (Some(Failure::Status), Some(503)));
        let (delay, due) = (i64::from(delay), seconds_until_due(&world, &row));
        assert!((delay..=delay + delay / 10).contains(&due), "after {attempts}: {due} s");
        world.turn(due + 1);
    }
    world.put_off(id, 3).await;
    assert_eq!(api.received().len(), 3);

    api.follow(Script::status(200, &[], RECORD));
    world.turn(3_600);
    let row = world.refetched(id).await;
    assert_eq!((row.state, row.attempts, row.failure), (RefetchState::Done, 4, None));
    assert_eq!(world.webhook(id).await.row.verdict, Verdict::Confirmed);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_pass_has_failed_in_the_end() {
    let world = World::start().await;
    let api = Destination::start(Script::status(500, &[], "")).await;
    let endpoint = endpoint(&world, &api).await;
    let id = post(&world, &endpoint).await;
    for attempts in 1..=5 {
        let row = world.put_off(id, attempts).await;
        world.turn(seconds_until_due(&world, &row) + 1);
    }
    let row = world.refetched(id).await;
    assert_eq!(
        (row.state, row.attempts, row.failure),
        (RefetchState::Failed, 6, Some(Failure::Status))
    );
    assert_eq!(api.received().len(), 6);
    assert!(world.records(id).await.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_behind_its_webhook_contradicts_only_when_it_stays_so() {
    const LATE: &str =
        r#"{"data": {"type": "inquiry", "id": "inq_1", "attributes": {"status": "pending", "reference-id": "user-1042"}}}"#;
    const ELSEWHERE: &str =
        r#"{"data": {"type": "inquiry", "id": "inq_1", "attributes": {"status": "declined", "reference-id": "user-1042"}}}"#;
    let world = World::start().await;
    let api = Destination::start(Script::status(200, &[], LATE)).await;
    let endpoint = endpoint(&world, &api).await;
    let id = post(&world, &endpoint).await;
    for (attempts, &delay) in (1..).zip(&DELAYS[..2]) {
        let row = world.put_off(id, attempts).await;
        let (delay, due) = (i64::from(delay), seconds_until_due(&world, &row));
        assert!((delay..=delay + delay / 10).contains(&due), "after {attempts}: {due} s");
        assert_eq!((row.failure, row.record.is_some()), (None, true), "what it said is kept");
        assert!(!world.webhook(id).await.row.contradicted);
        world.turn(due + 1);
    }
    let row = world.refetched(id).await;
    assert_eq!((row.state, row.attempts), (RefetchState::Done, 3));
    assert!(world.webhook(id).await.row.contradicted);
    let agrees: Vec<_> = world.records(id).await.iter().map(|row| row.agreement.agrees()).collect();
    assert_eq!(agrees, [Some(false), None, None]);

    // What is only a moment late confirms.
    let second = receipt(world.app.post_signed(&endpoint, &persona_event("evt_2")).await).await;
    let row = world.put_off(second, 1).await;
    api.follow(Script::status(200, &[], RECORD));
    world.turn(seconds_until_due(&world, &row) + 1);
    world.refetched(second).await;
    let webhook = world.webhook(second).await;
    assert_eq!((webhook.row.verdict, webhook.row.contradicted), (Verdict::Confirmed, false));

    // What is not late but something else contradicts at once.
    api.follow(Script::status(200, &[], ELSEWHERE));
    let third = receipt(world.app.post_signed(&endpoint, &persona_event("evt_3")).await).await;
    assert_eq!(world.refetched(third).await.attempts, 1);
    assert!(world.webhook(third).await.row.contradicted);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_asks_for_less_is_not_asked_before_it_wants() {
    let world = World::start().await;
    let api = Destination::start(Script::status(429, &["retry-after: 120"], "")).await;
    let endpoint = endpoint(&world, &api).await;
    let id = post(&world, &endpoint).await;
    let row = world.put_off(id, 1).await;
    assert_eq!((row.failure, row.status), (Some(Failure::RateLimited), Some(429)));
    assert_eq!(seconds_until_due(&world, &row), 120);

    // Nor for another webhook, which counts no try for that.
    api.follow(Script::status(200, &[], RECORD));
    let other = receipt(world.app.post_signed(&endpoint, &persona_event("evt_2")).await).await;
    world.turn(119);
    world.turn(1);
    let row = world.refetched(id).await;
    assert_eq!((row.state, row.attempts), (RefetchState::Done, 2));
    let row = world.refetched(other).await;
    assert_eq!((row.state, row.attempts), (RefetchState::Done, 1));
    let asked_at = [row.asked_at, world.refetched(id).await.asked_at];
    assert_eq!(asked_at, [Some(world.app.clock.now()); 2]);
    assert_eq!(api.received().len(), 3);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_was_asking_for_when_it_died_is_asked_for_by_another() {
    let mut world = World::start().await;
    world.stop_asking().await;
    let api = Destination::start(Script::status(200, &[], RECORD)).await;
    let endpoint = endpoint(&world, &api).await;
    let id = post(&world, &endpoint).await;
    assert_eq!(world.lease_and_die(&endpoint, 150).await, 1);
    world.start_asking();
    let second = receipt(world.app.post_signed(&endpoint, &persona_event("evt_2")).await).await;
    world.refetched(second).await;
    assert_eq!(world.refetches(id).await[0].state, RefetchState::Fetching, "the lease holds");
    world.turn(151);
    let row = world.refetched(id).await;
    assert_eq!((row.state, row.attempts), (RefetchState::Done, 1));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_ends_gives_back_what_it_was_asking_for() {
    let mut world = World::start().await;
    let api = Destination::start(Script::AnswerAndHang(Vec::new())).await;
    let endpoint = endpoint(&world, &api).await;
    let id = post(&world, &endpoint).await;
    api.until_received(1).await;
    world.stop_asking().await;
    let row = world.refetches(id).await.remove(0);
    assert_eq!((row.state, row.attempts), (RefetchState::Pending, 0));
    assert_eq!(row.due_at, Some(world.app.clock.now()));
    api.follow(Script::status(200, &[], RECORD));
    world.start_asking();
    assert_eq!(world.refetched(id).await.state, RefetchState::Done);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_slow_provider_delays_no_other() {
    let world = World::start().await;
    let slow = Destination::start(Script::AnswerAndHang(Vec::new())).await;
    let quick = Destination::start(Script::status(200, &[], RECORD)).await;
    let (slow_endpoint, quick_endpoint) = (endpoint(&world, &slow).await, endpoint(&world, &quick).await);
    for number in 0..5 {
        let event = persona_event(&format!("evt_{number}"));
        receipt(world.app.post_signed(&slow_endpoint, &event).await).await;
    }
    slow.until_received(4).await;
    let id = post(&world, &quick_endpoint).await;
    assert_eq!(world.refetched(id).await.state, RefetchState::Done);
    assert_eq!(slow.received().len(), 4, "no more at once");
    slow.follow(Script::status(200, &[], RECORD));
    drop(slow);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_is_archived_asks_for_nothing_any_more() {
    let world = World::start().await;
    let api = Destination::start(Script::status(503, &[], "")).await;
    let endpoint = endpoint(&world, &api).await;
    let id = post(&world, &endpoint).await;
    world.put_off(id, 1).await;
    world
        .app
        .operations
        .archive_endpoint(&admin(), endpoint.id)
        .await
        .expect("archived");
    world.turn(60);
    let row = world.refetched(id).await;
    assert_eq!((row.state, row.attempts), (RefetchState::Cancelled, 1));
    assert_eq!(api.received().len(), 1);
    world.end().await;
}
