//! When a destination is left alone.

use hookproof::clock::Clock;
use hookproof::store::delivery::{Destination as Stored, LeaseRequest};
use model::{DeliveryState, DestinationId, HealthState, Timestamp};
use uuid::Uuid;

use crate::destination::{Destination, Script};
use crate::world::{World, on_both};

on_both!(
    a_destination_that_asks_for_a_pause_gets_it,
    a_destination_that_is_down_is_left_alone_until_one_attempt_succeeds,
    so_many_requests_go_out_in_a_second_as_the_destination_allows,
);

fn patient(destination: &mut Stored) {
    destination.schedule = vec![0; 50];
}

/// Asserts that nobody may send anything at that time.
async fn nothing_is_sent(world: &World, destination: DestinationId, now: Timestamp) {
    let request = LeaseRequest {
        destination,
        ordered: false,
        now,
        until: now.plus_seconds(45),
        lease: Uuid::from_u128(1),
        most: 10,
    };
    let leased = world.store.lease(&request).await.expect("asked");
    assert_eq!(leased.deliveries.len(), 0);
    assert!(leased.next_due.is_some_and(|due| due <= now), "something waits");
}

async fn a_destination_that_asks_for_a_pause_gets_it(url: String) {
    let world = World::new(&url).await;
    let listener = Destination::start(Script::status(429, &["retry-after: 60"], "")).await;
    let destination = world.destination(&listener.http_url(), patient).await;
    let first = world.arrive("user-1").await;
    world.recorded(1).await;
    let second = world.arrive("user-2").await;
    listener.follow(Script::status(200, &[], ""));
    world.turn(59);
    nothing_is_sent(&world, destination, world.clock.now()).await;
    world.turn(2);
    world.recorded(3).await;
    for webhook in [first, second] {
        assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivered);
    }
    assert_eq!(world.health(destination).await.state(), HealthState::Good);
    world.end().await;
}

async fn a_destination_that_is_down_is_left_alone_until_one_attempt_succeeds(url: String) {
    let world = World::new(&url).await;
    let listener = Destination::start(Script::status(500, &[], "")).await;
    let destination = world.destination(&listener.http_url(), patient).await;
    let began_at = world.clock.now();
    // Each failure makes its delivery due again at once, so that there is always something to send.
    let webhook = world.arrive("user-1").await;
    world.recorded(5).await;
    while world.health(destination).await.state() != HealthState::Down {
        let attempts = world.attempts();
        world.turn(2);
        world.recorded(attempts + 1).await;
    }
    let health = world.health(destination).await;
    let failing_for = began_at.micros_until(world.clock.now()) / 1_000_000;
    assert!((30..40).contains(&failing_for), "down after {failing_for} s");
    let resume_at = health.resume_at.expect("down");
    nothing_is_sent(&world, destination, resume_at.plus_seconds(-1)).await;

    // Half open: one attempt, which fails.
    let before = world.attempts();
    world.turn_to(resume_at);
    world.recorded(before + 1).await;
    let health = world.health(destination).await;
    let later = health.resume_at.expect("still down");
    assert!(world.clock.now().plus_seconds(55) < later, "the pause doubles");
    nothing_is_sent(&world, destination, later.plus_seconds(-1)).await;

    // And one that succeeds.
    listener.follow(Script::status(200, &[], ""));
    let next = world.arrive("user-2").await;
    world.turn_to(later);
    world.recorded(before + 3).await;
    assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivered);
    assert_eq!(world.state(next, destination).await, DeliveryState::Delivered);
    assert_eq!(world.health(destination).await.state(), HealthState::Good);
    world.end().await;
}

async fn so_many_requests_go_out_in_a_second_as_the_destination_allows(url: String) {
    let world = World::new(&url).await;
    let listener = Destination::start(Script::status(200, &[], "")).await;
    let limited = |destination: &mut Stored| destination.rate_limit = Some(3);
    let destination = world.destination(&listener.http_url(), limited).await;
    let mut webhooks = Vec::new();
    for number in 0..7 {
        webhooks.push(world.arrive(&format!("user-{number}")).await);
    }
    for enough in [3, 6] {
        world.recorded(enough).await;
        assert_eq!(listener.received().len() as u64, enough);
        world.turn(1);
    }
    world.recorded(7).await;
    for webhook in webhooks {
        assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivered);
    }
    world.end().await;
}
