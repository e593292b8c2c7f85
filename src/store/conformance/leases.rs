use std::collections::BTreeSet;
use std::sync::Arc;

use model::{DeliveryId, DeliveryState, Disabled, DisabledReason, Failure, Trigger};
use tokio::sync::Barrier;

use super::database::Database;
use super::forwarding::{Forwarding, LEASE_SECONDS, finished, ids};
use super::world::at;
use crate::delivery::breaker;
use crate::store::change::Change;
use crate::store::delivery::{FinishedAttempt, Next};

pub async fn what_is_leased_is_what_came(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let webhook = forwarding.webhook_of(destination, 5, "user-1");
    let delivery = forwarding.append(webhook.clone()).await;
    let leased = forwarding.lease(destination, 5, 10).await.deliveries.remove(0);
    assert_eq!((leased.id, leased.webhook_id), (delivery, webhook.id));
    assert_eq!((leased.trigger, leased.position), (Trigger::Automatic, 0));
    assert_eq!(leased.provider.as_str(), "persona");
    assert_eq!(leased.event_type.as_ref(), Some(&webhook.events[0].event_type));
    assert_eq!((leased.verdict, leased.received_at), (webhook.verdict, webhook.received_at));
    assert_eq!((leased.headers, leased.body), (webhook.headers, webhook.body));
}

pub async fn the_longest_due_are_leased_first_and_nothing_before_its_time(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let (destination, other) = (forwarding.destination().await, forwarding.destination().await);
    let mut deliveries = Vec::new();
    for seconds in [30, 10, 20, 40] {
        deliveries.push(forwarding.deliver(destination, seconds).await);
    }
    forwarding.deliver(other, 5).await;
    let leased = forwarding.lease(destination, 9, 10).await;
    assert_eq!((ids(&leased), leased.next_due), (Vec::new(), Some(at(10))));
    let leased = forwarding.lease(destination, 30, 2).await;
    assert_eq!(
        (ids(&leased), leased.next_due),
        (vec![deliveries[1], deliveries[2]], Some(at(30)))
    );
    let leased = forwarding.lease(destination, 30, 2).await;
    assert_eq!((ids(&leased), leased.next_due), (vec![deliveries[0]], Some(at(40))));
    // Of those that others have the end of the lease is when something may be due again.
    let leased = forwarding.lease(destination, 40, 2).await;
    assert_eq!(
        (ids(&leased), leased.next_due),
        (vec![deliveries[3]], Some(at(30 + LEASE_SECONDS)))
    );
    assert_eq!(forwarding.lease(other, 40, 2).await.next_due, None);
}

pub async fn workers_that_lease_at_once_never_get_the_same(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let node = database.open().await;
    let destination = forwarding.destination().await;
    let webhooks: Vec<_> = (0..200).map(|_| forwarding.webhook(destination, 0)).collect();
    forwarding.world.append(&webhooks).await;
    let barrier = Arc::new(Barrier::new(8));
    let workers: Vec<_> = (0..8)
        .map(|worker| {
            let store = if worker % 2 == 0 { &forwarding.world.store } else { &node };
            let (store, barrier) = (Arc::clone(store), Arc::clone(&barrier));
            let requests: Vec<_> = (0..10).map(|_| forwarding.request(destination, 1, 5)).collect();
            tokio::spawn(async move {
                barrier.wait().await;
                let mut got = Vec::new();
                for request in requests {
                    got.extend(ids(&store.lease(&request).await.expect("leased")));
                }
                got
            })
        })
        .collect();
    let mut got = Vec::new();
    for worker in workers {
        got.extend(worker.await.expect("no panic"));
    }
    got.extend(forwarding.leased(destination, 1).await);
    let different: BTreeSet<_> = got.iter().copied().collect();
    assert_eq!((got.len(), different.len()), (200, 200));
}

pub async fn an_expired_lease_is_due_again_and_a_late_record_does_not_move_the_delivery(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let delivery = forwarding.deliver(destination, 0).await;
    let first = forwarding.lease(destination, 0, 1).await.deliveries.remove(0);
    assert_eq!(forwarding.leased(destination, LEASE_SECONDS - 1).await, []);
    let second = forwarding.lease(destination, LEASE_SECONDS, 1).await.deliveries.remove(0);
    assert_eq!((second.id, second.position), (delivery, 0));
    assert_ne!(first.lease, second.lease);

    forwarding.record(&[finished(destination, &first, 2, Next::Failed)]).await;
    let detail = forwarding.delivery(delivery).await;
    assert_eq!((detail.row.state, detail.row.attempts), (DeliveryState::Delivering, 1));
    assert_eq!(detail.attempts[0].failure, Some(Failure::Status));

    forwarding
        .record(&[finished(destination, &second, 61, Next::Delivered)])
        .await;
    // It took longer than the lease, and is told of after all.
    forwarding
        .record(&[finished(destination, &first, 3, Next::Again(at(9)))])
        .await;
    let detail = forwarding.delivery(delivery).await;
    assert_eq!((detail.row.state, detail.row.attempts), (DeliveryState::Delivered, 3));
    assert_eq!(
        (detail.row.last_status, detail.row.last_attempt_at),
        (Some(200), Some(at(61)))
    );
    let numbers: Vec<_> = detail.attempts.iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert!(detail.attempts.iter().all(|attempt| attempt.next_attempt_at.is_none()));
    assert_eq!(forwarding.leased(destination, 1000).await, []);
}

pub async fn a_lease_that_is_over_still_counts_while_nobody_else_has_the_delivery(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let delivery = forwarding.deliver(destination, 0).await;
    let leased = forwarding.lease(destination, 0, 1).await.deliveries.remove(0);
    forwarding
        .record(&[finished(destination, &leased, 2 * LEASE_SECONDS, Next::Delivered)])
        .await;
    assert_eq!(forwarding.state(delivery).await, DeliveryState::Delivered);
}

pub async fn what_is_given_back_is_due_at_once(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let deliveries = [
        forwarding.deliver(destination, 0).await,
        forwarding.deliver(destination, 1).await,
    ];
    let first = forwarding.lease(destination, 1, 10).await;
    let lease = first.deliveries[0].lease;
    forwarding
        .world
        .store
        .give_back(lease, &deliveries[1..], at(2))
        .await
        .expect("given back");
    let row = forwarding.delivery(deliveries[1]).await.row;
    assert_eq!(
        (row.state, row.attempts, row.next_attempt_at),
        (DeliveryState::Pending, 0, Some(at(2)))
    );
    assert_eq!(forwarding.leased(destination, 2).await, deliveries[1..]);
    // By then it is another's.
    forwarding
        .world
        .store
        .give_back(lease, &deliveries[1..], at(3))
        .await
        .expect("an answer");
    assert_eq!(forwarding.state(deliveries[1]).await, DeliveryState::Delivering);
}

pub async fn attempts_move_a_delivery_through_its_schedule(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let delivery = forwarding.deliver(destination, 0).await;
    for (position, (now, next)) in (0..).zip([(0, Next::Again(at(5))), (5, Next::Again(at(300))), (300, Next::Failed)]) {
        let leased = forwarding.lease(destination, now, 1).await.deliveries.remove(0);
        assert_eq!(leased.position, position);
        let mut attempt = finished(destination, &leased, now, next);
        attempt.attempt.response_headers = vec![("x-a".to_owned(), "1\u{0}".to_owned())];
        attempt.attempt.response_body = format!("answer {position}\u{0}");
        attempt.attempt.duration_ms = 7;
        forwarding.record(&[attempt]).await;
    }
    let detail = forwarding.delivery(delivery).await;
    let row = &detail.row;
    assert_eq!(
        (row.state, row.attempts, row.next_attempt_at),
        (DeliveryState::Failed, 3, None)
    );
    assert_eq!((row.last_status, row.last_failure), (Some(500), Some(Failure::Status)));
    assert_eq!((row.last_duration_ms, row.last_attempt_at), (Some(7), Some(at(300))));
    let planned: Vec<_> = detail.attempts.iter().map(|attempt| attempt.next_attempt_at).collect();
    assert_eq!(planned, [Some(at(5)), Some(at(300)), None]);
    assert_eq!(detail.attempts[1].response_body, "answer 1\u{fffd}");
    assert_eq!(detail.attempts[1].response_headers, [("x-a".to_owned(), "1\u{0}".to_owned())]);
    assert_eq!(forwarding.lease(destination, 1000, 1).await.next_due, None);
}

/// Fails attempts a second apart until the destination is down, and answers with what is due when it may be tried again.
async fn bring_down(forwarding: &Forwarding, destination: model::DestinationId, deliveries: &[DeliveryId]) -> i64 {
    for (seconds, delivery) in [0, 10, 20, 30, 40].into_iter().zip(deliveries) {
        let leased = forwarding.lease(destination, seconds, 1).await;
        assert_eq!(ids(&leased), [*delivery]);
        let attempt = finished(destination, &leased.deliveries[0], seconds, Next::Again(at(seconds + 1000)));
        forwarding.record(&[attempt]).await;
    }
    let health = forwarding.world.store.health().await.expect("health");
    let resume_at = health[0].1.resume_at.expect("it is down");
    resume_at.as_seconds() - at(0).as_seconds()
}

pub async fn one_probe_at_a_time_shows_whether_a_destination_is_back(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let node = database.open().await;
    let destination = forwarding.destination().await;
    let webhooks: Vec<_> = (0..9).map(|_| forwarding.webhook(destination, 0)).collect();
    forwarding.world.append(&webhooks).await;
    let deliveries: Vec<_> = webhooks.iter().map(|webhook| webhook.deliveries[0].id).collect();
    let resume = bring_down(&forwarding, destination, &deliveries).await;
    let leased = forwarding.lease(destination, resume - 1, 10).await;
    assert_eq!((ids(&leased), leased.health.resume_at), (Vec::new(), Some(at(resume))));
    assert_eq!(leased.next_due, Some(at(0)));

    // Of several that ask at once one gets the probe.
    let requests: Vec<_> = (0..4).map(|_| forwarding.request(destination, resume, 10)).collect();
    let stores = [&forwarding.world.store, &node];
    let asking = requests
        .iter()
        .zip(stores.into_iter().cycle())
        .map(|(request, store)| store.lease(request));
    let got = futures::future::join_all(asking).await;
    let got: Vec<_> = got
        .into_iter()
        .flat_map(|leased| leased.expect("leased").deliveries)
        .collect();
    assert_eq!(got.len(), 1);
    let health = forwarding.world.store.health().await.expect("health");
    assert_eq!(health[0].1.resume_at, Some(at(resume + LEASE_SECONDS)));
    // Nothing came of it: the next one may try.
    let again = forwarding.lease(destination, resume + LEASE_SECONDS, 10).await;
    assert_eq!(again.deliveries.len(), 1);
    forwarding
        .record(&[finished(
            destination,
            &again.deliveries[0],
            resume + LEASE_SECONDS,
            Next::Delivered,
        )])
        .await;
    assert!(forwarding.leased(destination, resume + LEASE_SECONDS).await.len() > 1);
}

pub async fn health_is_what_all_attempts_say_of_it(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    assert_eq!(forwarding.world.store.health().await.expect("health"), []);
    for seconds in 0..3 {
        forwarding.deliver(destination, seconds).await;
    }
    let leased = forwarding.lease(destination, 10, 10).await;
    let attempts: Vec<_> = (10..)
        .zip(&leased.deliveries)
        .map(|(seconds, delivery)| FinishedAttempt {
            outcome: breaker::Outcome::SlowDown {
                failure: Failure::Status,
                seconds: Some(90),
            },
            ..finished(destination, delivery, seconds, Next::Again(at(100)))
        })
        .collect();
    let health = forwarding.world.store.record(&attempts).await.expect("recorded");
    let known = model::Health {
        consecutive_failures: 3,
        failing_since: Some(at(10)),
        last_failure: Some(Failure::Status),
        last_failure_at: Some(at(12)),
        last_success_at: None,
        resume_at: Some(at(102)),
    };
    assert_eq!(health, [(destination, known)]);
    assert_eq!(forwarding.world.store.health().await.expect("health"), health);
}

pub async fn a_disabled_destination_gets_nothing_and_what_arrives_waits(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    forwarding.deliver(destination, 0).await;
    forwarding.attempt_all(destination, 0, Next::Delivered).await;
    let delivery = forwarding.deliver(destination, 0).await;
    let leased = forwarding.lease(destination, 0, 1).await.deliveries.remove(0);
    forwarding
        .record(&[finished(destination, &leased, 0, Next::Again(at(5)))])
        .await;
    let disabled = Disabled {
        reason: DisabledReason::Gone,
        at: at(1),
    };
    forwarding
        .world
        .change(Change::SetDestinationDisabled(destination, Some(disabled)))
        .await;
    let arrived = forwarding.deliver(destination, 2).await;
    let leased = forwarding.lease(destination, 100, 10).await;
    assert_eq!((ids(&leased), leased.next_due), (Vec::new(), None));
    let stored = forwarding
        .world
        .store
        .destination(destination)
        .await
        .expect("an answer")
        .expect("it is there");
    assert_eq!(stored.disabled, Some(disabled));

    forwarding
        .world
        .change(Change::SetDestinationDisabled(destination, None))
        .await;
    // Its failures are forgotten, but not when it last took something.
    let health = model::Health {
        last_success_at: Some(at(0)),
        ..model::Health::default()
    };
    assert_eq!(
        forwarding.world.store.health().await.expect("health"),
        [(destination, health)]
    );
    assert_eq!(forwarding.leased(destination, 100).await, [arrived, delivery]);
    forwarding.world.change(Change::ArchiveDestination(destination, at(9))).await;
    assert_eq!(forwarding.leased(destination, 1000).await, []);
}

pub async fn how_one_address_did_says_nothing_of_another(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    forwarding.deliver(destination, 0).await;
    forwarding.attempt_all(destination, 0, Next::Failed).await;
    let store = &forwarding.world.store;
    for (url, is_known) in [("https://example.com/hooks", true), ("https://example.org/hooks", false)] {
        let before = store.destination(destination).await.expect("an answer").expect("it is there");
        let mut after = Box::new(before.clone());
        (after.name, after.url) = (format!("now at {url}"), url.to_owned());
        let before = Box::new(before);
        forwarding.world.change(Change::UpdateDestination { before, after }).await;
        assert_eq!(store.health().await.expect("health").len(), usize::from(is_known), "{url}");
    }
}
