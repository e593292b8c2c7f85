use std::sync::Arc;

use model::{DeliveryId, DeliveryState, DestinationId, Trigger, WebhookId};
use uuid::Uuid;

use super::database::Database;
use super::forwarding::{Forwarding, LEASE_SECONDS, finished, ids, resend_of, retry_of};
use super::world::{at, same_event};
use crate::store::change::Change;
use crate::store::delivery::{Next, QueuedDelivery};
use crate::store::{NewWebhook, StoreError};

pub async fn deliveries_are_made_with_their_webhook(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let (one, other) = (forwarding.destination().await, forwarding.destination().await);
    let mut webhooks: Vec<_> = (0..300).map(|_| forwarding.webhook_of(one, 3, "user-1")).collect();
    let mut held = forwarding.new_delivery(other, 3);
    held.held = true;
    webhooks[7].deliveries.push(held);
    forwarding.world.append(&webhooks).await;
    assert_eq!(forwarding.deliveries("").await.len(), 301);
    let row = forwarding.delivery(webhooks[7].deliveries[0].id).await.row;
    assert_eq!((row.webhook_id, row.destination_id), (webhooks[7].id, one));
    assert_eq!((row.state, row.next_attempt_at), (DeliveryState::Pending, Some(at(3))));
    assert_eq!((row.created_at, row.received_at), (at(3), at(3)));
    assert_eq!((row.attempts, row.trigger), (0, Trigger::Automatic));
    assert_eq!(row.destination_name, "orders");
    assert_eq!(row.event_type.as_ref(), Some(&webhooks[7].events[0].event_type));
    assert_eq!(row.outcome, Some(webhooks[7].events[0].outcome));
    assert_eq!(row.subject, webhooks[7].events[0].subject);
    let row = forwarding.delivery(held.id).await.row;
    assert_eq!(
        (row.state, row.next_attempt_at, row.waits_for_earlier),
        (DeliveryState::Held, None, false)
    );
    let nothing = forwarding.world.store.delivery(DeliveryId(Uuid::nil())).await;
    assert_eq!(nothing.expect("an answer"), None);
}

pub async fn a_webhook_that_repeats_another_is_not_delivered(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let of_event = |event: &str| NewWebhook {
        same_event: Some(same_event(event)),
        ..forwarding.webhook(destination, 0)
    };
    let batch = [of_event("a"), of_event("a"), of_event("b")];
    forwarding.world.append(&batch).await;
    forwarding.world.append(&[of_event("b"), of_event("a")]).await;
    let expected = [batch[0].deliveries[0].id, batch[2].deliveries[0].id];
    assert_eq!(forwarding.deliveries("").await, expected);

    // However many nodes take the same event in at the same instant.
    let node = database.open().await;
    for round in 0..10 {
        let appending: Vec<_> = (0..4)
            .map(|number| {
                let store = if number % 2 == 0 { &forwarding.world.store } else { &node };
                let (store, webhook) = (Arc::clone(store), of_event(&format!("round {round}")));
                tokio::spawn(async move { store.append(&[webhook]).await })
            })
            .collect();
        for appending in appending {
            appending.await.expect("no panic").expect("appended");
        }
        assert_eq!(forwarding.deliveries("").await.len(), 3 + round);
    }
}

pub async fn a_resend_takes_over_what_is_pending_and_makes_what_is_not_there(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let delivery = forwarding.deliver(destination, 0).await;
    let webhook = forwarding.webhook_id(delivery).await;
    let leased = forwarding.lease(destination, 0, 1).await.deliveries.remove(0);

    // While it is under way nothing changes.
    forwarding.resend(forwarding.queued(webhook, destination, 1), 1).await;
    assert_eq!(forwarding.deliveries("").await, [delivery]);
    assert_eq!(forwarding.state(delivery).await, DeliveryState::Delivering);

    // The manual attempt takes the place of the scheduled one, and the schedule goes on from where it was.
    forwarding
        .record(&[finished(destination, &leased, 1, Next::Again(at(500)))])
        .await;
    forwarding.resend(forwarding.queued(webhook, destination, 2), 2).await;
    let leased = forwarding.lease(destination, 2, 1).await.deliveries.remove(0);
    assert_eq!((leased.id, leased.trigger, leased.position), (delivery, Trigger::Manual, 1));
    forwarding
        .record(&[finished(destination, &leased, 2, Next::Again(at(600)))])
        .await;
    let row = forwarding.delivery(delivery).await.row;
    assert_eq!((row.trigger, row.next_attempt_at), (Trigger::Automatic, Some(at(600))));

    // At its end another is made.
    for (seconds, next) in [(600, Next::Delivered), (700, Next::Failed)] {
        forwarding.attempt_all(destination, seconds, next).await;
        let queued = forwarding.queued(webhook, destination, seconds);
        forwarding.resend(queued, seconds).await;
        let row = forwarding.delivery(queued.id).await.row;
        assert_eq!((row.state, row.next_attempt_at), (DeliveryState::Pending, Some(at(seconds))));
        assert_eq!((row.trigger, row.created_at, row.attempts), (Trigger::Manual, at(seconds), 0));
    }
    // What failed is nobody's worry any more.
    let states = [DeliveryState::Delivered, DeliveryState::Cancelled, DeliveryState::Pending];
    let mut found = Vec::new();
    for delivery in forwarding.deliveries("").await {
        found.push(forwarding.state(delivery).await);
    }
    assert_eq!(found, states);
}

pub async fn what_a_cancelled_one_stood_in_for_counts_as_failed_again(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let failed = forwarding.deliver(destination, 0).await;
    assert_eq!(forwarding.attempt_all(destination, 0, Next::Failed).await, [failed]);
    let webhook = forwarding.webhook_id(failed).await;
    let again = async |seconds| {
        let queued = forwarding.queued(webhook, destination, seconds);
        forwarding.resend(queued, seconds).await;
        assert_eq!(forwarding.state(failed).await, DeliveryState::Cancelled);
        queued.id
    };
    // A person cancels what stands in for it, or what waits for the destination is.
    let second = again(1).await;
    forwarding.world.change(Change::CancelDelivery(second, at(2))).await;
    assert_eq!(forwarding.state(failed).await, DeliveryState::Failed);
    assert_eq!(forwarding.leased(destination, 3).await, []);
    forwarding.world.change(Change::CancelDelivery(failed, at(3))).await;
    forwarding.world.change(retry_of(second, at(3))).await;
    forwarding.world.change(Change::CancelDelivery(second, at(3))).await;
    assert_eq!(
        forwarding.state(failed).await,
        DeliveryState::Cancelled,
        "a person skipped it"
    );

    let later = forwarding.deliver(destination, 4).await;
    assert_eq!(forwarding.attempt_all(destination, 4, Next::Failed).await, [later]);
    let webhook = forwarding.webhook_id(later).await;
    let third = forwarding.queued(webhook, destination, 5);
    forwarding.resend(third, 5).await;
    let cancelled = forwarding.world.store.cancel_waiting(destination, at(6), 10).await;
    assert_eq!(cancelled.expect("cancelled"), 1);
    assert_eq!(forwarding.state(later).await, DeliveryState::Failed);

    // One that was tried, or is being tried, is what counts.
    let fourth = forwarding.queued(webhook, destination, 7);
    forwarding.resend(fourth, 7).await;
    assert_eq!(
        forwarding.attempt_all(destination, 7, Next::Again(at(100))).await,
        [fourth.id]
    );
    forwarding.world.change(Change::CancelDelivery(fourth.id, at(8))).await;
    assert_eq!(forwarding.state(later).await, DeliveryState::Cancelled);
}

pub async fn a_resend_of_what_is_not_trusted_is_held(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let webhook = forwarding.world.webhook(forwarding.endpoint, 0);
    forwarding.world.append(std::slice::from_ref(&webhook)).await;
    let held = QueuedDelivery {
        held: true,
        ..forwarding.queued(webhook.id, destination, 1)
    };
    forwarding.resend(held, 1).await;
    let row = forwarding.delivery(held.id).await.row;
    assert_eq!(
        (row.state, row.next_attempt_at, row.trigger),
        (DeliveryState::Held, None, Trigger::Automatic)
    );
    // It is left alone.
    forwarding.resend(forwarding.queued(webhook.id, destination, 2), 2).await;
    assert_eq!(forwarding.deliveries("").await, [held.id]);
    assert_eq!(forwarding.state(held.id).await, DeliveryState::Held);
}

pub async fn nothing_is_resent_when_one_of_the_webhooks_is_not_there(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let webhook = forwarding.world.webhook(forwarding.endpoint, 0);
    forwarding.world.append(std::slice::from_ref(&webhook)).await;
    let nothing = WebhookId(forwarding.world.id(at(0)));
    let error = forwarding
        .world
        .refused(Change::Resend {
            deliveries: [webhook.id, nothing].map(|id| forwarding.queued(id, destination, 1)).to_vec(),
            trigger: Trigger::Manual,
            at: at(1),
        })
        .await;
    assert!(matches!(error, StoreError::Missing("webhook")), "{error:?}");
    assert_eq!(forwarding.deliveries("").await, []);
}

pub async fn of_resends_at_once_one_delivery_is_made(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let node = database.open().await;
    let destination = forwarding.destination().await;
    for round in 1..=10 {
        let webhook = forwarding.world.webhook(forwarding.endpoint, round);
        forwarding.world.append(std::slice::from_ref(&webhook)).await;
        let resending: Vec<_> = (0..4)
            .map(|number| {
                let store = if number % 2 == 0 { &forwarding.world.store } else { &node };
                let change = resend_of(forwarding.queued(webhook.id, destination, round), round);
                let (store, entry) = (Arc::clone(store), super::world::entry(model::AuditAction::Resent));
                tokio::spawn(async move { store.change(&change, &entry).await })
            })
            .collect();
        for resending in resending {
            resending.await.expect("no panic").expect("resent");
        }
        let made = forwarding.deliveries(&format!("webhook={}", webhook.id)).await;
        assert_eq!(made.len(), 1, "round {round}");
    }
}

pub async fn what_is_held_waits_for_a_release(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let (held, pending) = (
        forwarding.hold(destination, 0).await,
        forwarding.deliver(destination, 0).await,
    );
    assert_eq!(forwarding.attempt_all(destination, 1, Next::Delivered).await, [pending]);
    let webhooks = vec![forwarding.webhook_id(held).await, forwarding.webhook_id(pending).await];
    let release = Change::Release { webhooks, at: at(2) };
    forwarding.world.change(release.clone()).await;
    let leased = forwarding.lease(destination, 2, 10).await;
    assert_eq!((ids(&leased), leased.deliveries[0].trigger), (vec![held], Trigger::Released));
    let error = forwarding.world.refused(release).await;
    assert!(matches!(error, StoreError::Missing("held delivery")), "{error:?}");
}

/// A delivery in that state, and the state itself once more.
async fn delivery_that_is(forwarding: &Forwarding, destination: DestinationId, state: DeliveryState) -> DeliveryId {
    let delivery = match state {
        DeliveryState::Held => forwarding.hold(destination, 0).await,
        _ => forwarding.deliver(destination, 0).await,
    };
    match state {
        DeliveryState::Held => {}
        DeliveryState::Pending => _ = forwarding.attempt_all(destination, 0, Next::Again(at(900))).await,
        DeliveryState::Delivering => _ = forwarding.leased(destination, 0).await,
        DeliveryState::Delivered => _ = forwarding.attempt_all(destination, 0, Next::Delivered).await,
        DeliveryState::Failed => _ = forwarding.attempt_all(destination, 0, Next::Failed).await,
        DeliveryState::Cancelled => forwarding.world.change(Change::CancelDelivery(delivery, at(0))).await,
    }
    assert_eq!(forwarding.state(delivery).await, state);
    delivery
}

pub async fn a_retry_is_due_at_once_unless_the_delivery_is_held_or_under_way(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    // The position in the schedule afterwards; `None` where it is refused.
    for (state, position) in [
        (DeliveryState::Pending, Some(1)),
        (DeliveryState::Delivered, Some(0)),
        (DeliveryState::Failed, Some(0)),
        (DeliveryState::Cancelled, Some(0)),
        (DeliveryState::Held, None),
        (DeliveryState::Delivering, None),
    ] {
        let destination = forwarding.destination().await;
        let delivery = delivery_that_is(&forwarding, destination, state).await;
        let retry = retry_of(delivery, at(5));
        let Some(position) = position else {
            let error = forwarding.world.refused(retry).await;
            assert!(
                matches!(error, StoreError::Conflict("an open delivery of this webhook")),
                "{error:?}"
            );
            assert_eq!(forwarding.state(delivery).await, state);
            continue;
        };
        forwarding.world.change(retry).await;
        let leased = forwarding.lease(destination, 5, 1).await.deliveries.remove(0);
        assert_eq!(
            (leased.id, leased.trigger, leased.position),
            (delivery, Trigger::Manual, position),
            "{state}"
        );
        forwarding
            .record(&[finished(destination, &leased, 5, Next::Again(at(700)))])
            .await;
        let row = forwarding.delivery(delivery).await.row;
        assert_eq!((row.trigger, row.next_attempt_at), (Trigger::Automatic, Some(at(700))));
    }
}

pub async fn a_retry_is_refused_while_another_delivery_of_the_webhook_is_open(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let delivery = delivery_that_is(&forwarding, destination, DeliveryState::Delivered).await;
    let webhook = forwarding.webhook_id(delivery).await;
    let queued = forwarding.queued(webhook, destination, 1);
    forwarding.resend(queued, 1).await;
    let error = forwarding.world.refused(retry_of(delivery, at(2))).await;
    assert!(
        matches!(error, StoreError::Conflict("an open delivery of this webhook")),
        "{error:?}"
    );
    forwarding.world.change(Change::CancelDelivery(queued.id, at(3))).await;
    forwarding.world.change(retry_of(delivery, at(4))).await;
    let error = forwarding.world.refused(retry_of(DeliveryId(Uuid::nil()), at(4))).await;
    assert!(matches!(error, StoreError::Missing("delivery")), "{error:?}");
}

pub async fn a_cancelled_delivery_does_not_come_back(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    for state in DeliveryState::ALL {
        let destination = forwarding.destination().await;
        let delivery = delivery_that_is(&forwarding, destination, *state).await;
        let cancel = Change::CancelDelivery(delivery, at(1));
        if matches!(state, DeliveryState::Delivered | DeliveryState::Cancelled) {
            let error = forwarding.world.refused(cancel).await;
            assert!(matches!(error, StoreError::Conflict("an end of this delivery")), "{error:?}");
            continue;
        }
        forwarding.world.change(cancel).await;
        assert_eq!(forwarding.state(delivery).await, DeliveryState::Cancelled);
        assert_eq!(forwarding.leased(destination, 10 * LEASE_SECONDS).await, []);
    }
    let error = forwarding
        .world
        .refused(Change::CancelDelivery(DeliveryId(Uuid::nil()), at(4)))
        .await;
    assert!(matches!(error, StoreError::Missing("delivery")), "{error:?}");
}

pub async fn the_attempt_of_a_delivery_that_was_cancelled_meanwhile_is_kept(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    for next in [Next::Delivered, Next::Failed, Next::Again(at(9))] {
        let destination = forwarding.destination().await;
        let delivery = forwarding.deliver(destination, 0).await;
        let leased = forwarding.lease(destination, 0, 1).await.deliveries.remove(0);
        forwarding.world.change(Change::CancelDelivery(delivery, at(1))).await;
        forwarding.record(&[finished(destination, &leased, 1, next)]).await;
        let detail = forwarding.delivery(delivery).await;
        assert_eq!((detail.row.state, detail.attempts.len()), (DeliveryState::Cancelled, 1));
        assert_eq!(forwarding.leased(destination, 1000).await, []);
    }
}

pub async fn what_waits_for_a_destination_is_cancelled_in_portions(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let (destination, other) = (forwarding.destination().await, forwarding.destination().await);
    let (held, abandoned) = (
        forwarding.hold(destination, 0).await,
        forwarding.deliver(destination, 0).await,
    );
    forwarding.leased(destination, 0).await;
    for seconds in 0..5 {
        forwarding.deliver(destination, seconds).await;
    }
    let elsewhere = forwarding.deliver(other, 0).await;
    let under_way = forwarding.lease(destination, LEASE_SECONDS - 1, 1).await;
    let mut counts = Vec::new();
    loop {
        let count = forwarding.world.store.cancel_waiting(destination, at(LEASE_SECONDS), 2).await;
        counts.push(count.expect("cancelled"));
        if counts.ends_with(&[0]) {
            break;
        }
    }
    // Four that wait, and one whose lease is over; what is under way goes on.
    assert_eq!(counts, [2, 2, 1, 0]);
    assert_eq!(forwarding.state(abandoned).await, DeliveryState::Cancelled);
    assert_eq!(forwarding.state(ids(&under_way)[0]).await, DeliveryState::Delivering);
    assert_eq!(forwarding.state(held).await, DeliveryState::Held);
    assert_eq!(forwarding.state(elsewhere).await, DeliveryState::Pending);

    let archive = Change::ArchiveDestination(destination, at(LEASE_SECONDS));
    forwarding.world.change(archive).await;
    let store = &forwarding.world.store;
    let open = store.archived_with_open_deliveries().await;
    assert_eq!(open.expect("a list"), [destination]);
    // What is held, or under way, can go nowhere any more.
    let count = store.cancel_waiting(destination, at(LEASE_SECONDS), 3).await;
    assert_eq!(count.expect("cancelled"), 2);
    for delivery in [held, ids(&under_way)[0]] {
        assert_eq!(forwarding.state(delivery).await, DeliveryState::Cancelled);
    }
    // An attempt that fails by then does not bring it back.
    let failed = finished(destination, &under_way.deliveries[0], LEASE_SECONDS, Next::Again(at(500)));
    forwarding.record(&[failed]).await;
    assert_eq!(store.archived_with_open_deliveries().await.expect("a list"), []);
}
