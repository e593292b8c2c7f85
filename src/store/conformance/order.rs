use std::sync::Arc;

use model::{DeliveryState, DestinationId, Trigger};
use tokio::sync::Barrier;

use super::database::Database;
use super::forwarding::{Forwarding, LEASE_SECONDS, finished, ids, resend_of, retry_of};
use super::world::at;
use crate::store::change::Change;
use crate::store::delivery::{Destination, Next};

pub async fn later_ones_of_a_subject_wait_for_earlier_ones(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    let first = forwarding.deliver_of(destination, 0, "a").await;
    let second = forwarding.deliver_of(destination, 0, "a").await;
    let third = forwarding.deliver_of(destination, 0, "a").await;
    let other = forwarding.deliver_of(destination, 0, "b").await;
    // Without a subject there is nothing to wait for.
    let nobody = [
        forwarding.deliver(destination, 0).await,
        forwarding.deliver(destination, 0).await,
    ];
    let leased = forwarding.lease(destination, 0, 10).await;
    assert_eq!(ids(&leased), [first, other, nobody[0], nobody[1]]);
    let parked = forwarding.delivery(second).await.row;
    assert_eq!((parked.state, parked.next_attempt_at), (DeliveryState::Pending, None));
    assert!(parked.waits_for_earlier);
    assert!(!forwarding.delivery(first).await.row.waits_for_earlier);

    // A failure that is tried again holds the others back; a success lets the next one go, and only the next.
    forwarding
        .record(&[finished(destination, &leased.deliveries[0], 1, Next::Again(at(5)))])
        .await;
    assert_eq!(forwarding.leased(destination, 4).await, []);
    let again = forwarding.lease(destination, 5, 10).await;
    assert_eq!(ids(&again), [first]);
    forwarding
        .record(&[finished(destination, &again.deliveries[0], 6, Next::Delivered)])
        .await;
    assert_eq!(
        (forwarding.due_at(second).await, forwarding.due_at(third).await),
        (Some(at(6)), None)
    );
    assert_eq!(forwarding.attempt_all(destination, 6, Next::Delivered).await, [second, third]);
}

pub async fn a_failed_one_holds_the_later_ones_back_until_it_is_skipped_or_retried(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    for (subject, skip) in [("a", true), ("b", false)] {
        let stuck = forwarding.deliver_of(destination, 0, subject).await;
        let later = forwarding.deliver_of(destination, 0, subject).await;
        assert_eq!(forwarding.attempt_all(destination, 0, Next::Failed).await, [stuck]);
        assert_eq!(forwarding.leased(destination, 1000).await, []);
        if skip {
            forwarding.world.change(Change::CancelDelivery(stuck, at(9))).await;
            assert_eq!(forwarding.attempt_all(destination, 9, Next::Delivered).await, [later]);
        } else {
            forwarding.world.change(retry_of(stuck, at(9))).await;
            assert_eq!(forwarding.attempt_all(destination, 9, Next::Delivered).await, [stuck, later]);
        }
    }
}

pub async fn a_retry_that_is_held_lets_the_next_one_go(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    let stuck = forwarding.deliver_of(destination, 0, "a").await;
    let later = forwarding.deliver_of(destination, 0, "a").await;
    assert_eq!(forwarding.attempt_all(destination, 0, Next::Failed).await, [stuck]);
    assert_eq!(forwarding.leased(destination, 1000).await, []);
    let held = Change::RetryDelivery {
        delivery: stuck,
        held: true,
        at: at(9),
    };
    forwarding.world.change(held).await;
    let row = forwarding.delivery(stuck).await.row;
    assert_eq!(
        (row.state, row.next_attempt_at, row.trigger),
        (DeliveryState::Held, None, Trigger::Automatic)
    );
    assert_eq!(forwarding.attempt_all(destination, 9, Next::Delivered).await, [later]);
    let webhooks = vec![forwarding.webhook_id(stuck).await];
    forwarding.world.change(Change::Release { webhooks, at: at(10) }).await;
    let leased = forwarding.lease(destination, 10, 1).await.deliveries.remove(0);
    assert_eq!((leased.id, leased.position), (stuck, 0));
}

pub async fn whatever_takes_the_first_one_away_lets_the_next_one_go(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    for (subject, state) in [("a", DeliveryState::Pending), ("b", DeliveryState::Delivering)] {
        let first = forwarding.deliver_of(destination, 0, subject).await;
        let second = forwarding.deliver_of(destination, 0, subject).await;
        let leased = forwarding.lease(destination, 0, 10).await;
        assert_eq!(ids(&leased), [first]);
        if state != DeliveryState::Delivering {
            let again = finished(destination, &leased.deliveries[0], 1, Next::Again(at(500)));
            forwarding.record(&[again]).await;
        }
        assert_eq!(forwarding.state(first).await, state);
        forwarding.world.change(Change::CancelDelivery(first, at(2))).await;
        assert_eq!(forwarding.attempt_all(destination, 2, Next::Delivered).await, [second]);
        assert_eq!(forwarding.state(first).await, DeliveryState::Cancelled);
    }
}

pub async fn a_failed_one_that_is_resent_keeps_its_place(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    let first = forwarding.deliver_of(destination, 0, "a").await;
    let second = forwarding.deliver_of(destination, 0, "a").await;
    forwarding.attempt_all(destination, 0, Next::Failed).await;
    let webhook = forwarding.webhook_id(first).await;
    // Cancelled before it was tried, it has failed as it had before.
    forwarding.resend(forwarding.queued(webhook, destination, 1), 1).await;
    assert_eq!(forwarding.state(first).await, DeliveryState::Pending);
    forwarding.world.change(Change::CancelDelivery(first, at(1))).await;
    assert_eq!(forwarding.state(first).await, DeliveryState::Failed);
    assert_eq!(forwarding.leased(destination, 1).await, []);

    forwarding.resend(forwarding.queued(webhook, destination, 2), 2).await;
    assert_eq!(forwarding.attempt_all(destination, 2, Next::Delivered).await, [first, second]);
    let row = forwarding.delivery(first).await.row;
    assert_eq!((row.state, row.attempts), (DeliveryState::Delivered, 2));

    // What is not trusted any more waits for a person, and holds nothing back.
    let third = forwarding.deliver_of(destination, 3, "a").await;
    let fourth = forwarding.deliver_of(destination, 3, "a").await;
    assert_eq!(forwarding.attempt_all(destination, 3, Next::Failed).await, [third]);
    let mut held = forwarding.queued(forwarding.webhook_id(third).await, destination, 4);
    held.held = true;
    forwarding.resend(held, 4).await;
    assert_eq!(forwarding.state(third).await, DeliveryState::Held);
    assert_eq!(forwarding.leased(destination, 4).await, [fourth]);
}

pub async fn held_and_cancelled_ones_hold_nothing_back(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    let mut forged = forwarding.webhook_of(destination, 0, "a");
    forged.deliveries[0].held = true;
    let forged_webhook = forged.id;
    let held = forwarding.append(forged).await;
    let cancelled = forwarding.deliver_of(destination, 0, "a").await;
    forwarding.world.change(Change::CancelDelivery(cancelled, at(0))).await;
    let later = forwarding.deliver_of(destination, 0, "a").await;
    assert_eq!(forwarding.leased(destination, 0).await, [later]);
    // Released, it goes although a later one is under way.
    let webhooks = vec![forged_webhook];
    forwarding.world.change(Change::Release { webhooks, at: at(1) }).await;
    assert_eq!(forwarding.leased(destination, 1).await, [held]);
}

pub async fn a_lease_that_is_over_does_not_overtake(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    let first = forwarding.deliver_of(destination, 0, "a").await;
    forwarding.attempt_all(destination, 0, Next::Failed).await;
    forwarding.world.change(Change::CancelDelivery(first, at(0))).await;
    let second = forwarding.deliver_of(destination, 1, "a").await;
    assert_eq!(forwarding.leased(destination, 1).await, [second]);
    forwarding.world.change(retry_of(first, at(2))).await;
    assert_eq!(
        forwarding.attempt_all(destination, 1 + LEASE_SECONDS, Next::Delivered).await,
        [first, second]
    );
}

pub async fn a_million_of_one_subject_does_not_hide_the_others(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    let mut webhooks: Vec<_> = (0..2000).map(|_| forwarding.webhook_of(destination, 0, "a")).collect();
    webhooks.push(forwarding.webhook_of(destination, 1, "b"));
    forwarding.world.append(&webhooks).await;
    let mut got = Vec::new();
    let mut rounds = 0;
    // A lane asks again at once as long as some were parked.
    loop {
        let leased = forwarding.lease(destination, 1, 10).await;
        got.extend(ids(&leased));
        rounds += 1;
        if !leased.parked {
            break;
        }
    }
    assert_eq!(got, [webhooks[0].deliveries[0].id, webhooks[2000].deliveries[0].id]);
    assert!((2..=4).contains(&rounds), "{rounds} leases");
}

pub async fn those_that_were_parked_go_when_order_does_not_matter_any_more(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    let mut deliveries = Vec::new();
    for _ in 0..3 {
        deliveries.push(forwarding.deliver_of(destination, 0, "a").await);
    }
    assert_eq!(forwarding.leased(destination, 0).await, deliveries[..1]);
    set_ordered(&forwarding, destination, false).await;
    let leased = forwarding.lease(destination, 1, 10).await;
    assert_eq!((ids(&leased), leased.next_due), (Vec::new(), Some(at(1))));
    assert_eq!(forwarding.leased(destination, 1).await, deliveries[1..]);
}

pub async fn those_that_were_parked_are_woken_whatever_the_destination_wants_meanwhile(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    let first = forwarding.deliver_of(destination, 0, "a").await;
    let second = forwarding.deliver_of(destination, 0, "a").await;
    let leased = forwarding.lease(destination, 0, 10).await;
    assert_eq!(ids(&leased), [first]);
    set_ordered(&forwarding, destination, false).await;
    forwarding
        .record(&[finished(destination, &leased.deliveries[0], 1, Next::Delivered)])
        .await;
    set_ordered(&forwarding, destination, true).await;
    assert_eq!(forwarding.leased(destination, 1).await, [second]);
}

async fn set_ordered(forwarding: &Forwarding, destination: DestinationId, ordered: bool) {
    let before = forwarding
        .world
        .store
        .destination(destination)
        .await
        .expect("an answer")
        .expect("it is there");
    let after = Destination {
        ordered,
        ..before.clone()
    };
    let (before, after) = (Box::new(before), Box::new(after));
    forwarding.world.change(Change::UpdateDestination { before, after }).await;
}

pub async fn a_retry_takes_the_place_of_a_parked_one_and_still_waits(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    let first = forwarding.deliver_of(destination, 0, "a").await;
    let second = forwarding.deliver_of(destination, 0, "a").await;
    let leased = forwarding.lease(destination, 0, 10).await;
    assert_eq!(ids(&leased), [first]);
    forwarding.world.change(retry_of(second, at(1))).await;
    assert_eq!(forwarding.leased(destination, 1).await, []);
    forwarding
        .record(&[finished(destination, &leased.deliveries[0], 2, Next::Delivered)])
        .await;
    let leased = forwarding.lease(destination, 2, 10).await;
    assert_eq!((ids(&leased), leased.deliveries[0].trigger), (vec![second], Trigger::Manual));
}

/// Parking and waking must not miss each other, on whichever nodes they happen.
pub async fn nothing_stays_parked_when_workers_and_people_meet(database: Database) {
    let forwarding = Arc::new(Forwarding::new(&database).await);
    let node = database.open().await;
    let destination = forwarding.ordered_destination().await;
    let subjects = ["a", "b", "c"];
    let mut webhooks = Vec::new();
    for _ in 0..40 {
        webhooks.extend(subjects.map(|subject| forwarding.webhook_of(destination, 0, subject)));
    }
    forwarding.world.append(&webhooks).await;
    let barrier = Arc::new(Barrier::new(5));
    let mut running = Vec::new();
    for worker in 0..4 {
        let store = if worker % 2 == 0 { &forwarding.world.store } else { &node };
        let (store, barrier, forwarding) = (Arc::clone(store), Arc::clone(&barrier), Arc::clone(&forwarding));
        running.push(tokio::spawn(async move {
            barrier.wait().await;
            for _ in 0..60 {
                let leased = store.lease(&forwarding.request(destination, 1, 2)).await.expect("leased");
                let attempts: Vec<_> = leased
                    .deliveries
                    .iter()
                    .map(|delivery| finished(destination, delivery, 1, Next::Delivered))
                    .collect();
                store.record(&attempts).await.expect("recorded");
            }
        }));
    }
    let skipped: Vec<_> = webhooks.iter().step_by(7).map(|webhook| webhook.deliveries[0].id).collect();
    let people = Arc::clone(&forwarding);
    running.push(tokio::spawn(async move {
        barrier.wait().await;
        for delivery in skipped {
            // Some are delivered by then.
            _ = people.world.try_change(&Change::CancelDelivery(delivery, at(1))).await;
        }
    }));
    for running in running {
        running.await.expect("no panic");
    }
    // Whatever is left goes one after the other; nothing is stuck.
    forwarding.attempt_all(destination, 1 + LEASE_SECONDS, Next::Delivered).await;
    assert_eq!(forwarding.deliveries("state=pending&state=delivering&state=failed").await, []);
}

pub async fn a_resend_of_a_parked_one_does_not_overtake(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    let first = forwarding.deliver_of(destination, 0, "a").await;
    let second = forwarding.deliver_of(destination, 0, "a").await;
    assert_eq!(forwarding.leased(destination, 0).await, [first]);
    let queued = forwarding.queued(forwarding.webhook_id(second).await, destination, 1);
    forwarding.world.change(resend_of(queued, 1)).await;
    assert_eq!(forwarding.leased(destination, 1).await, []);
    assert!(forwarding.delivery(second).await.row.waits_for_earlier);
}
