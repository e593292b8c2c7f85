//! Deliveries of one subject in the order in which their webhooks arrived.

use hookproof::clock::Clock;
use hookproof::store::change::Change;
use hookproof::store::delivery::Destination as Stored;
use model::{AuditAction, DeliveryState, WebhookId};

use crate::destination::{Destination, Script};
use crate::world::{World, on_both};

on_both!(
    a_subjects_later_events_wait_for_its_earlier_ones,
    a_stuck_delivery_can_be_skipped,
);

fn in_order(destination: &mut Stored) {
    destination.ordered = true;
    destination.schedule = vec![0, 100];
}

fn received_ids(listener: &Destination) -> Vec<String> {
    let id = |request: &crate::destination::Received| request.header("webhook-id").expect("there").to_owned();
    listener.received().iter().map(id).collect()
}

fn ids(webhooks: &[WebhookId]) -> Vec<String> {
    webhooks.iter().map(ToString::to_string).collect()
}

async fn a_subjects_later_events_wait_for_its_earlier_ones(url: String) {
    let world = World::new(&url).await;
    let listener = Destination::start(Script::status(500, &[], "")).await;
    let destination = world.destination(&listener.http_url(), in_order).await;
    let first = world.arrive("user-1").await;
    world.recorded(1).await;
    let second = world.arrive("user-1").await;
    let third = world.arrive("user-1").await;
    listener.follow(Script::status(200, &[], ""));
    // Nobody else waits for them.
    let other = world.arrive("user-2").await;
    world.recorded(2).await;
    assert_eq!(world.state(other, destination).await, DeliveryState::Delivered);
    for waiting in [second, third] {
        assert_eq!(world.state(waiting, destination).await, DeliveryState::Pending);
    }
    world.turn(110);
    for enough in [3, 4, 5] {
        world.recorded(enough).await;
        // An attempt takes its milliseconds also where the clock stands still, and the next is due when it has ended.
        world.turn(1);
    }
    assert_eq!(received_ids(&listener), ids(&[first, other, first, second, third]));
    world.end().await;
}

async fn a_stuck_delivery_can_be_skipped(url: String) {
    let world = World::new(&url).await;
    let listener = Destination::start(Script::status(500, &[], "")).await;
    let destination = world.destination(&listener.http_url(), in_order).await;
    let stuck = world.arrive("user-1").await;
    world.recorded(1).await;
    world.turn(110);
    world.recorded(2).await;
    assert_eq!(world.state(stuck, destination).await, DeliveryState::Failed);
    let behind = world.arrive("user-1").await;
    listener.follow(Script::status(200, &[], ""));
    let delivery = world.delivery(stuck, destination).await.row.id;
    let cancel = Change::CancelDelivery(delivery, world.clock.now());
    world.change(cancel, AuditAction::DeliveryCancelled).await;
    world.recorded(3).await;
    assert_eq!(world.state(behind, destination).await, DeliveryState::Delivered);
    assert_eq!(received_ids(&listener), ids(&[stuck, stuck, behind]));
    world.end().await;
}
