//! Several destinations beside each other, several workers on one database, and workers that end.

use std::collections::HashMap;
use std::time::Duration;

use hookproof::clock::Clock;
use hookproof::store::change::Change;
use hookproof::store::delivery::{Destination as Stored, LeaseRequest};
use model::{AuditAction, DeliveryState, Subscription};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use uuid::Uuid;

use crate::destination::{Destination, Script};
use crate::world::{World, on, on_both};

on_both!(
    a_dead_destination_does_not_delay_a_healthy_one,
    a_worker_that_was_stopped_goes_on_when_it_is_started_again,
    what_a_worker_had_when_it_was_killed_is_delivered_when_its_lease_ends,
    an_attempt_under_way_is_recorded_before_the_worker_ends,
    an_attempt_is_recorded_when_the_database_takes_it_again,
    a_changed_destination_is_sent_to_as_it_is_now,
    a_webhook_goes_to_those_who_take_it,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_never_send_one_delivery_at_once() {
    on(crate::database::Backend::Postgres, |url| async move {
        const WEBHOOKS: usize = 120;
        let world = World::new(&url).await;
        let answer = Script::Trickle {
            answer: b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec(),
            size: 30,
            pause: Duration::from_millis(5),
        };
        let listener = Destination::start(answer).await;
        let destination = world.destination(&listener.http_url(), |_| {}).await;
        let other = world.beside(&url).await;
        let mut webhooks = Vec::new();
        for number in 0..WEBHOOKS {
            let node = if number % 2 == 0 { &world } else { &other };
            webhooks.push(node.arrive(&format!("user-{number}")).await);
        }
        while world.attempts() + other.attempts() < WEBHOOKS as u64 {
            tokio::select! {
                () = world.recorded(world.attempts() + 1) => {}
                () = other.recorded(other.attempts() + 1) => {}
            }
        }
        let mut times = HashMap::new();
        for request in listener.received() {
            *times
                .entry(request.header("webhook-id").expect("there").to_owned())
                .or_insert(0) += 1;
        }
        assert_eq!(times.len(), WEBHOOKS);
        assert!(times.values().all(|times| *times == 1), "{times:?}");
        assert!(world.attempts() > 0 && other.attempts() > 0);
        for webhook in webhooks {
            assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivered);
        }
        other.end().await;
        world.end().await;
    })
    .await;
}

async fn a_dead_destination_does_not_delay_a_healthy_one(url: String) {
    let world = World::new(&url).await;
    let dead = Destination::start(Script::Deaf).await;
    let healthy = Destination::start(Script::status(200, &[], "")).await;
    let to_dead = world.destination(&dead.http_url(), |_| {}).await;
    let to_healthy = world.destination(&healthy.http_url(), |_| {}).await;
    let mut webhooks = Vec::new();
    for number in 0..50 {
        webhooks.push(world.arrive(&format!("user-{number}")).await);
    }
    world.recorded(50).await;
    let mut under_way = 0;
    for webhook in webhooks {
        assert_eq!(world.state(webhook, to_healthy).await, DeliveryState::Delivered);
        under_way += u32::from(world.state(webhook, to_dead).await == DeliveryState::Delivering);
    }
    assert!(
        under_way <= world.stored(to_dead).await.concurrency,
        "{under_way} are under way"
    );
    // Those that hang would be waited for.
    drop(dead);
    world.end().await;
}

async fn a_worker_that_was_stopped_goes_on_when_it_is_started_again(url: String) {
    let mut world = World::new(&url).await;
    let listener = Destination::start(Script::status(200, &[], "")).await;
    let destination = world.destination(&listener.http_url(), |_| {}).await;
    let before = world.arrive("user-1").await;
    world.recorded(1).await;
    world.stop_worker().await;
    let meanwhile = world.arrive("user-2").await;
    assert_eq!(world.state(meanwhile, destination).await, DeliveryState::Pending);
    world.start_worker();
    world.recorded(1).await;
    for webhook in [before, meanwhile] {
        assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivered);
    }
    assert_eq!(listener.received().len(), 2);
    world.end().await;
}

async fn what_a_worker_had_when_it_was_killed_is_delivered_when_its_lease_ends(url: String) {
    let mut world = World::new(&url).await;
    let listener = Destination::start(Script::status(200, &[], "")).await;
    world.stop_worker().await;
    let destination = world.destination(&listener.http_url(), |_| {}).await;
    let webhook = world.arrive("user-1").await;
    // Another worker took it and was never heard of again.
    let now = world.clock.now();
    let request = LeaseRequest {
        destination,
        now,
        until: now.plus_seconds(45),
        lease: Uuid::from_u128(1),
        most: 10,
    };
    let leased = world.store.lease(&request).await.expect("leased");
    assert_eq!(leased.deliveries.len(), 1);
    world.start_worker();
    let other = world.arrive("user-2").await;
    world.recorded(1).await;
    assert_eq!(world.state(other, destination).await, DeliveryState::Delivered);
    assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivering);
    world.turn(45);
    world.recorded(2).await;
    assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivered);
    world.end().await;
}

async fn an_attempt_under_way_is_recorded_before_the_worker_ends(url: String) {
    let mut world = World::new(&url).await;
    let slow = Script::Trickle {
        answer: b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec(),
        size: 10,
        pause: Duration::from_millis(50),
    };
    let listener = Destination::start(slow).await;
    let destination = world.destination(&listener.http_url(), |_| {}).await;
    let webhook = world.arrive("user-1").await;
    listener.until_received(1).await;
    assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivering);
    world.stop_worker().await;
    assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivered);
    world.end().await;
}

async fn an_attempt_is_recorded_when_the_database_takes_it_again(url: String) {
    let world = World::new(&url).await;
    let listener = Destination::start(Script::status(200, &[], "")).await;
    let destination = world.destination(&listener.http_url(), |_| {}).await;
    execute(&url, "alter table attempts rename to attempts_elsewhere").await;
    let webhook = world.arrive("user-1").await;
    listener.until_received(1).await;
    assert_eq!(world.attempts(), 0);
    execute(&url, "alter table attempts_elsewhere rename to attempts").await;
    world.recorded(1).await;
    assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivered);
    assert_eq!(listener.received().len(), 1);
    world.end().await;
}

/// Does something to the database that no part of the product does.
async fn execute(url: &str, sql: &str) {
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.expect("the database opens");
        connection.execute(sql).await.map(drop)
    } else {
        let mut connection = PgConnection::connect(url).await.expect("the database opens");
        connection.execute(sql).await.map(drop)
    }
    .expect("the statement succeeds");
}

async fn a_changed_destination_is_sent_to_as_it_is_now(url: String) {
    let world = World::new(&url).await;
    let before = Destination::start(Script::status(500, &[], "")).await;
    let after = Destination::start(Script::status(200, &[], "")).await;
    let destination = world.destination(&before.http_url(), |_| {}).await;
    let webhook = world.arrive("user-1").await;
    world.recorded(1).await;
    let stored = world.stored(destination).await;
    let moved = Change::UpdateDestination {
        before: Box::new(stored.clone()),
        after: Box::new(Stored {
            url: after.http_url(),
            ..stored
        }),
    };
    world.change(moved, AuditAction::DestinationChanged).await;
    world.turn(6);
    world.recorded(2).await;
    assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivered);
    assert_eq!((before.received().len(), after.received().len()), (1, 1));
    world.end().await;
}

async fn a_webhook_goes_to_those_who_take_it(url: String) {
    let world = World::new(&url).await;
    let listener = Destination::start(Script::status(200, &[], "")).await;
    let wants = |event_type: &str| {
        let subscription = Subscription {
            event_types: model::Text::new(event_type).into_iter().collect(),
            ..Subscription::default()
        };
        move |destination: &mut Stored| destination.subscription = subscription
    };
    let inquiries = world.destination(&listener.http_url(), wants("inquiry.*")).await;
    world.destination(&listener.http_url(), wants("case.*")).await;
    let webhook = world.arrive("user-1").await;
    world.recorded(1).await;
    assert_eq!(world.state(webhook, inquiries).await, DeliveryState::Delivered);
    let row = world.store.webhook(webhook).await.expect("read").expect("there").row;
    assert_eq!(row.delivery.map(|delivery| delivery.destinations), Some(1));
    world.end().await;
}
