//! Days of a schedule in milliseconds.

use hookproof::delivery::schedule;
use hookproof::store::delivery::Destination as Stored;
use model::{AuditAction, DeliveryState, DisabledReason, Failure};
use tokio::net::TcpListener;

use crate::destination::{Destination, Script};
use crate::world::{World, on_both};

/// As Persona retries its own.
const LONGER_THAN_FIVE_DAYS: [u32; 9] = [0, 3, 66, 731, 4_098, 15_627, 46_658, 117_651, 262_146];

on_both!(
    a_delivery_that_always_fails_is_tried_along_the_whole_schedule,
    a_destination_that_fails_for_five_days_is_disabled,
    what_failed_is_delivered_by_a_later_attempt,
);

async fn a_delivery_that_always_fails_is_tried_along_the_whole_schedule(url: String) {
    let world = World::new(&url).await;
    let listener = Destination::start(Script::status(500, &[], "not today")).await;
    let destination = world.destination(&listener.http_url(), |_| {}).await;
    let webhook = world.arrive("user-1").await;
    for attempt in 1..schedule::DEFAULT.len() as u64 {
        world.recorded(attempt).await;
        let row = world.delivery(webhook, destination).await.row;
        assert_eq!(row.state, DeliveryState::Pending);
        world.turn_to(row.next_attempt_at.expect("one more"));
    }
    world.recorded(schedule::DEFAULT.len() as u64).await;

    let delivery = world.delivery(webhook, destination).await;
    assert_eq!(
        (delivery.row.state, delivery.row.next_attempt_at),
        (DeliveryState::Failed, None)
    );
    assert_eq!(delivery.attempts.len(), schedule::DEFAULT.len());
    for (pair, &delay) in delivery.attempts.windows(2).zip(&schedule::DEFAULT[1..]) {
        let waited = pair[0].started_at.micros_until(pair[1].started_at);
        let delay = i64::from(delay) * 1_000_000;
        assert!(
            (delay..=delay + delay / 10).contains(&waited),
            "{waited} µs instead of {delay}"
        );
        assert_eq!(pair[0].next_attempt_at, Some(pair[1].started_at));
        assert_eq!(pair[1].failure, Some(Failure::Status));
    }
    let last = delivery.attempts.last().expect("some");
    assert_eq!((last.number, last.next_attempt_at), (10, None));
    assert_eq!(world.stored(destination).await.disabled, None);
    world.end().await;
}

async fn a_destination_that_fails_for_five_days_is_disabled(url: String) {
    let world = World::new(&url).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let closed = listener.local_addr().expect("an address");
    drop(listener);
    let for_long = |destination: &mut Stored| destination.schedule = LONGER_THAN_FIVE_DAYS.to_vec();
    let destination = world.destination(&format!("http://{closed}/"), for_long).await;
    let webhook = world.arrive("user-1").await;
    for attempt in 1..LONGER_THAN_FIVE_DAYS.len() as u64 {
        world.recorded(attempt).await;
        assert_eq!(world.stored(destination).await.disabled, None, "after {attempt} attempts");
        let row = world.delivery(webhook, destination).await.row;
        world.turn_to(row.next_attempt_at.expect("one more"));
    }
    world.until_disabled(destination).await;
    let disabled = world.stored(destination).await.disabled.expect("disabled");
    assert_eq!(disabled.reason, DisabledReason::Failing);
    assert_eq!(world.state(webhook, destination).await, DeliveryState::Failed);
    let log = world
        .store
        .audit(&model::AuditFilter::default(), None, 1)
        .await
        .expect("read");
    assert_eq!(log.items[0].action, AuditAction::DestinationDisabled);
    world.end().await;
}

async fn what_failed_is_delivered_by_a_later_attempt(url: String) {
    let world = World::new(&url).await;
    let listener = Destination::start(Script::status(500, &[], "")).await;
    let destination = world.destination(&listener.http_url(), |_| {}).await;
    let webhook = world.arrive("user-1").await;
    world.recorded(1).await;
    listener.follow(Script::status(200, &[], ""));
    world.turn(6);
    world.recorded(2).await;
    let delivery = world.delivery(webhook, destination).await;
    let statuses: Vec<_> = delivery.attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(
        (delivery.row.state, statuses),
        (DeliveryState::Delivered, vec![Some(500), Some(200)])
    );
    world.end().await;
}
