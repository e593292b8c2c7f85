//! When a destination is left alone.

use hookproof::clock::Clock;
use hookproof::store::delivery::{Destination as Stored, LeaseRequest};
use model::{DeliveryFilter, DeliveryState, DestinationId, HealthState, Timestamp};
use uuid::Uuid;

use crate::destination::{Destination, Script};
use crate::world::{World, on_both};

on_both!(
    a_destination_that_asks_for_a_pause_gets_it,
    a_destination_that_is_down_is_left_alone_until_one_attempt_succeeds,
    what_waits_does_not_run_through_its_schedule_against_a_wall,
    so_many_requests_go_out_in_a_second_as_the_destination_allows,
    what_was_leased_and_not_begun_is_given_back,
);

fn patient(destination: &mut Stored) {
    destination.schedule = vec![0; 50];
}

/// Asserts that nobody may send anything at that time.
async fn nothing_is_sent(world: &World, destination: DestinationId, now: Timestamp) {
    let request = LeaseRequest {
        destination,
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

async fn what_waits_does_not_run_through_its_schedule_against_a_wall(url: String) {
    let world = World::new(&url).await;
    let failing = Destination::start(Script::status(500, &[], "")).await;
    let healthy = Destination::start(Script::status(200, &[], "")).await;
    let to_failing = world.destination(&failing.http_url(), |_| {}).await;
    let concurrency = u64::from(world.stored(to_failing).await.concurrency);
    world.destination(&healthy.http_url(), |_| {}).await;
    for number in 0..100 {
        world.arrive(&format!("user-{number}")).await;
    }
    // All that the healthy one gets, and as many failures as it takes to see that the other one fails.
    healthy.until_received(100).await;
    world.recorded(100 + 5).await;
    for second in 0..3 {
        let most = 100 + 4 + concurrency + second;
        assert!(world.attempts() <= most, "{} attempts", world.attempts());
        let before = world.attempts();
        world.turn(1);
        world.recorded(before + 1).await;
    }
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

async fn what_was_leased_and_not_begun_is_given_back(url: String) {
    let mut world = World::new(&url).await;
    let listener = Destination::start(Script::status(200, &[], "")).await;
    let limited = |destination: &mut Stored| destination.rate_limit = Some(3);
    let destination = world.destination(&listener.http_url(), limited).await;
    for number in 0..7 {
        world.arrive(&format!("user-{number}")).await;
    }
    world.recorded(3).await;
    // By now one more may go out, and those behind it are leased with it.
    let a_third_later = world.clock.now().as_micros() + 400_000;
    world.turn_to(Timestamp::from_micros(a_third_later).expect("a time"));
    world.recorded(4).await;
    world.stop_worker().await;
    let count = async |state| {
        let filter = DeliveryFilter {
            states: vec![state],
            destinations: vec![destination],
            ..DeliveryFilter::default()
        };
        world.store.count_deliveries(&filter, 10).await.expect("counted")
    };
    assert_eq!(count(DeliveryState::Delivered).await, 4);
    assert_eq!(count(DeliveryState::Pending).await, 3);
    world.end().await;
}
