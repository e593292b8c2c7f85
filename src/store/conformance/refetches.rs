//! The queue of re-fetches.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Failure, RefetchId, RefetchState, RefetchTrigger, Verdict, WebhookId};
use tokio::sync::Barrier;
use uuid::Uuid;

use super::asking::{Asking, LEASE_SECONDS, ask};
use super::database::Database;
use super::world::{at, same_event};
use crate::store::change::Change;
use crate::store::records::RefetchEnd;
use crate::store::{NewWebhook, Store, StoreError};

pub async fn re_fetches_are_made_with_their_webhook(database: Database) {
    let asking = Asking::new(&database).await;
    let webhooks: Vec<_> = (0..75)
        .map(|number| NewWebhook {
            refetch: (number % 2 == 0).then(|| asking.new_refetch(RefetchTrigger::Confirmation, number + 5)),
            ..asking.webhook(number)
        })
        .collect();
    asking.world().append(&webhooks).await;
    for webhook in &webhooks {
        let rows = asking.refetches(webhook.id).await;
        assert_eq!(rows.len(), usize::from(webhook.refetch.is_some()));
        let (Some(row), Some(refetch)) = (rows.first(), webhook.refetch) else {
            continue;
        };
        assert_eq!(
            (row.id, row.webhook_id, row.endpoint_id),
            (refetch.id, webhook.id, asking.endpoint())
        );
        assert_eq!(
            (row.state, row.trigger, row.attempts),
            (RefetchState::Pending, refetch.trigger, 0)
        );
        assert_eq!((row.created_at, row.due_at), (webhook.received_at, Some(refetch.due_at)));
        assert_eq!(
            (row.asked_at, &row.url, row.duration_ms, row.status),
            (None, &None, None, None)
        );
        assert_eq!((row.failure, row.record), (None, None));
    }
}

pub async fn a_webhook_that_repeats_another_is_not_asked_for(database: Database) {
    let asking = Asking::new(&database).await;
    let told = |seconds, verdict| NewWebhook {
        verdict,
        same_event: Some(same_event("a")),
        ..asking.webhook(seconds)
    };
    let webhooks = [
        told(0, Verdict::Unsigned),
        told(1, Verdict::Unsigned),
        told(2, Verdict::Verified),
    ];
    asking.world().append(&webhooks).await;
    let counts = [
        asking.refetches(webhooks[0].id).await.len(),
        asking.refetches(webhooks[1].id).await.len(),
        asking.refetches(webhooks[2].id).await.len(),
    ];
    assert_eq!(counts, [1, 0, 1]);
}

pub async fn the_longest_due_go_first_and_those_that_a_person_waits_for_before_all(database: Database) {
    let asking = Asking::new(&database).await;
    let mut refetches = Vec::new();
    for seconds in [30, 10, 20, 40] {
        refetches.push(asking.append(seconds).await.1);
    }
    let (asked_for, _) = asking.append(50).await;
    let webhook = asking.world().webhook(asking.endpoint(), 0);
    asking.world().append(std::slice::from_ref(&webhook)).await;
    let made = asking.ask(webhook.id, 26).await;
    assert_eq!(asking.leased(9, 10).await, []);
    assert_eq!(asking.leased(25, 1).await, [refetches[1]]);
    assert_eq!(asking.leased(30, 2).await, [made, refetches[2]]);
    assert_eq!(asking.leased(30, 9).await, [refetches[0]]);
    asking.ask(asked_for, 31).await;
    let (_, leased) = asking.lease(40, 9).await;
    let triggers: Vec<_> = leased.iter().map(|refetch| refetch.trigger).collect();
    assert_eq!(triggers, [RefetchTrigger::Automatic, RefetchTrigger::Automatic]);
    assert_eq!((leased[0].webhook_id, leased[1].id), (asked_for, refetches[3]));
    assert_eq!(asking.leased(40, 9).await, []);
}

pub async fn what_is_asked_for_in_bulk_delays_nothing(database: Database) {
    let asking = Asking::new(&database).await;
    let causes = [
        RefetchTrigger::Bulk,
        RefetchTrigger::Bulk,
        RefetchTrigger::Automatic,
        RefetchTrigger::Confirmation,
    ];
    let webhooks = causes.map(|trigger| NewWebhook {
        refetch: Some(asking.new_refetch(trigger, 0)),
        ..asking.webhook(0)
    });
    asking.world().append(&webhooks).await;
    let [first, taken_over, automatic, confirmation] = webhooks.map(|webhook| (webhook.id, webhook.refetch.expect("one").id));
    asking.ask(taken_over.0, 20).await;
    let row = asking.refetches(taken_over.0).await.remove(0);
    // It is not put off.
    assert_eq!((row.trigger, row.due_at), (RefetchTrigger::Bulk, Some(at(0))));
    for (_, expected) in [taken_over, confirmation, automatic] {
        assert_eq!(asking.leased(20, 1).await, [expected]);
    }
    assert_eq!(asking.leased(20, 9).await, [first.1]);
}

/// A person's click must not end a confirmation that would have been tried again.
pub async fn what_a_person_takes_over_keeps_its_tries(database: Database) {
    let asking = Asking::new(&database).await;
    let webhook = NewWebhook {
        refetch: Some(asking.new_refetch(RefetchTrigger::Confirmation, 500)),
        ..asking.webhook(0)
    };
    asking.world().append(std::slice::from_ref(&webhook)).await;
    asking.ask(webhook.id, 10).await;
    let leased = asking.lease_one(10).await;
    assert_eq!(leased.1.trigger, RefetchTrigger::Confirmation);
    assert!(asking.finish(leased, 11, RefetchEnd::Again(Failure::Status, at(40))).await);
    // The person has their answer: it waits in its place again.
    let other = NewWebhook {
        refetch: Some(asking.new_refetch(RefetchTrigger::Confirmation, 30)),
        ..asking.webhook(1)
    };
    asking.world().append(std::slice::from_ref(&other)).await;
    assert_eq!(asking.lease_one(40).await.1.webhook_id, other.id);
    assert_eq!(asking.lease_one(40).await.1.webhook_id, webhook.id);
}

pub async fn workers_that_lease_re_fetches_at_once_never_get_the_same(database: Database) {
    let asking = Asking::new(&database).await;
    let node = database.open().await;
    let webhooks: Vec<_> = (0..200).map(|_| asking.webhook(0)).collect();
    asking.world().append(&webhooks).await;
    for webhook in &webhooks[..20] {
        asking.ask(webhook.id, 0).await;
    }
    let barrier = Arc::new(Barrier::new(8));
    let workers: Vec<_> = (0..8)
        .map(|worker| {
            let store = if worker % 2 == 0 { &asking.world().store } else { &node };
            let (store, barrier) = (Arc::clone(store), Arc::clone(&barrier));
            let requests: Vec<_> = (0..10).map(|_| asking.request(asking.endpoint(), 1, 4)).collect();
            tokio::spawn(async move {
                barrier.wait().await;
                let mut got = Vec::new();
                for request in requests {
                    got.extend(store.lease_refetches(&request).await.expect("leased"));
                }
                got
            })
        })
        .collect();
    let mut got = Vec::new();
    for worker in workers {
        got.extend(worker.await.expect("no panic").iter().map(|refetch| refetch.id));
    }
    got.extend(asking.leased(1, 1000).await);
    let different: BTreeSet<_> = got.iter().copied().collect();
    assert_eq!((got.len(), different.len()), (200, 200));
}

pub async fn a_re_fetch_whose_lease_ended_is_anothers(database: Database) {
    let asking = Asking::new(&database).await;
    let (webhook, refetch) = asking.append(0).await;
    let first = asking.lease_one(0).await;
    assert_eq!(asking.leased(LEASE_SECONDS - 1, 9).await, []);
    let second = asking.lease_one(LEASE_SECONDS).await;
    assert_eq!((second.1.id, second.1.attempts), (refetch, 0));

    let record = asking.record(1, "inq_1", "{}");
    assert!(!asking.finish(first, 1, RefetchEnd::Record(record, None)).await);
    assert_eq!(asking.world().store.records_of(webhook).await.expect("records"), []);
    assert_eq!(asking.state(webhook).await, RefetchState::Fetching);
    // It took longer than the lease, and nobody else has it.
    assert!(
        asking
            .finish(second, 2 * LEASE_SECONDS + 1, RefetchEnd::Failed(Failure::NotFound))
            .await
    );
    assert!(
        !asking
            .finish(second, 2 * LEASE_SECONDS + 1, RefetchEnd::Failed(Failure::NotFound))
            .await
    );
    let row = asking.refetches(webhook).await.remove(0);
    assert_eq!((row.state, row.attempts), (RefetchState::Failed, 1));
}

pub async fn a_re_fetch_that_is_given_back_is_due_then(database: Database) {
    let asking = Asking::new(&database).await;
    let refetches = [asking.append(0).await, asking.append(1).await];
    let (lease, _) = asking.lease(1, 9).await;
    let store = &asking.world().store;
    let given = [refetches[1].1];
    store.give_back_refetches(lease, &given, at(20)).await.expect("given back");
    let row = asking.refetches(refetches[1].0).await.remove(0);
    assert_eq!(
        (row.state, row.attempts, row.due_at),
        (RefetchState::Pending, 0, Some(at(20)))
    );
    assert_eq!(asking.refetches(refetches[0].0).await[0].due_at, None);
    assert_eq!(asking.leased(19, 9).await, []);
    assert_eq!(asking.leased(20, 9).await, given);
    // By then it is another's.
    store.give_back_refetches(lease, &given, at(21)).await.expect("an answer");
    assert_eq!(asking.state(refetches[1].0).await, RefetchState::Fetching);
}

pub async fn each_endpoint_has_a_queue_of_its_own(database: Database) {
    let asking = Asking::new(&database).await;
    let world = asking.world();
    let (other, third) = (world.endpoint("authento").await, world.endpoint("authento").await);
    let queues = async || world.store.refetch_queues().await.expect("queues");
    assert_eq!(queues().await, []);
    for (endpoint, seconds) in [(asking.endpoint(), 9), (asking.endpoint(), 5), (other, 7)] {
        let webhook = NewWebhook {
            endpoint_id: endpoint,
            ..asking.webhook(seconds)
        };
        world.append(&[webhook]).await;
    }
    assert_eq!(queues().await, [(asking.endpoint(), at(5)), (other, at(7))]);
    let request = asking.request(third, 100, 9);
    assert_eq!(world.store.lease_refetches(&request).await.expect("leased"), []);
    assert_eq!(asking.leased(5, 9).await.len(), 1);
    // The end of the lease is when something may be due again.
    assert_eq!(queues().await, [(asking.endpoint(), at(9)), (other, at(7))]);
    assert_eq!(asking.leased(9, 9).await.len(), 1);
    assert_eq!(queues().await, [(asking.endpoint(), at(5 + LEASE_SECONDS)), (other, at(7))]);
    world.change(Change::ArchiveEndpoint(third, at(9))).await;
    let late = NewWebhook {
        endpoint_id: third,
        ..asking.webhook(11)
    };
    // A node that did not know it yet let it in.
    world.append(&[late]).await;
    assert_eq!(queues().await.len(), 3);
}

pub async fn a_person_who_asks_takes_over_what_is_pending(database: Database) {
    let asking = Asking::new(&database).await;
    let (pending, its_own) = asking.append(30).await;
    let (under_way, leased) = asking.append(0).await;
    assert_eq!(asking.leased(0, 9).await, [leased]);
    let (ended, before) = asking.append(1).await;
    assert_eq!(asking.finish_all(1, Some(Failure::NotFound)).await, 1);

    let asked = [pending, under_way, ended].map(|webhook| asking.queued(webhook, 10));
    asking.world().change(ask(asked.to_vec(), 10)).await;
    let row = asking.refetches(pending).await.remove(0);
    assert_eq!(
        (row.id, row.trigger, row.due_at),
        (its_own, RefetchTrigger::Automatic, Some(at(10)))
    );
    let row = asking.refetches(under_way).await.remove(0);
    assert_eq!((row.state, row.trigger), (RefetchState::Fetching, RefetchTrigger::Automatic));
    let rows = asking.refetches(ended).await;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [asked[2].id, before]);
    assert_eq!((rows[0].state, rows[0].created_at), (RefetchState::Pending, at(10)));
    assert_eq!(rows[1].state, RefetchState::Failed);

    let (untouched, _) = asking.append(100).await;
    let nowhere = asking.queued(WebhookId(Uuid::nil()), 10);
    let error = asking
        .world()
        .refused(ask(vec![asking.queued(untouched, 10), nowhere], 10))
        .await;
    assert!(matches!(error, StoreError::Missing("webhook")), "{error:?}");
    assert_eq!(asking.refetches(untouched).await[0].trigger, RefetchTrigger::Automatic);
}

pub async fn of_people_who_ask_at_once_one_makes_a_re_fetch(database: Database) {
    let asking = Asking::new(&database).await;
    let node = database.open().await;
    let webhooks: Vec<_> = (0..10).map(|_| asking.world().webhook(asking.endpoint(), 0)).collect();
    asking.world().append(&webhooks).await;
    let entry = super::world::entry(model::AuditAction::Refetched);
    let changes: Vec<_> = (0..4)
        .map(|number| {
            let mut asked: Vec<_> = webhooks.iter().map(|webhook| asking.queued(webhook.id, number)).collect();
            if number % 2 == 0 {
                asked.reverse();
            }
            ask(asked, number)
        })
        .collect();
    let stores = [&asking.world().store, &node];
    let asked = changes
        .iter()
        .zip(stores.into_iter().cycle())
        .map(|(change, store)| store.change(change, &entry));
    for done in futures::future::join_all(asked).await {
        done.expect("the change is made");
    }
    for webhook in &webhooks {
        assert_eq!(asking.refetches(webhook.id).await.len(), 1);
    }
}

pub async fn nobody_asks_for_an_endpoint_that_is_archived(database: Database) {
    let asking = Asking::new(&database).await;
    let (under_way, _) = asking.append(0).await;
    let leased = asking.lease_one(0).await;
    let (pending, _) = asking.append(1).await;
    asking.world().change(Change::ArchiveEndpoint(asking.endpoint(), at(2))).await;
    for webhook in [under_way, pending] {
        let row = asking.refetches(webhook).await.remove(0);
        assert_eq!((row.state, row.due_at), (RefetchState::Cancelled, None));
    }
    assert_eq!(asking.leased(1000, 9).await, Vec::<RefetchId>::new());
    let record = asking.record(3, "inq_1", "{}");
    assert!(!asking.finish(leased, 3, RefetchEnd::Record(record.clone(), None)).await);
    assert_eq!(asking.world().store.stored_record(record.id).await.expect("an answer"), None);
    assert_eq!(asking.state(under_way).await, RefetchState::Cancelled);
}

pub async fn a_re_fetch_that_nobody_makes_is_cancelled_and_keeps_what_came_of_its_tries(database: Database) {
    let asking = Asking::new(&database).await;
    let (webhook, _) = asking.append(0).await;
    let first = asking.lease_one(0).await;
    assert!(
        asking
            .finish(first, 1, RefetchEnd::Again(Failure::ConnectRefused, at(5)))
            .await
    );
    let before = asking.refetches(webhook).await.remove(0);
    let second = asking.lease_one(5).await;
    assert!(asking.finish(second, 6, RefetchEnd::Cancelled).await);
    let after = asking.refetches(webhook).await.remove(0);
    assert_eq!((after.state, after.due_at), (RefetchState::Cancelled, None));
    assert_eq!(
        (after.attempts, after.asked_at, &after.url, after.failure),
        (1, Some(at(1)), &before.url, Some(Failure::ConnectRefused))
    );
    assert_eq!(asking.leased(1_000, 9).await, []);
    assert!(!asking.finish(second, 7, RefetchEnd::Cancelled).await, "it is at its end");
}

pub async fn re_fetches_meet_what_else_changes_webhooks_and_nobody_waits_in_a_circle(database: Database) {
    let asking = Asking::new(&database).await;
    let node = database.open().await;
    let destination = asking.forwarding.ordered_destination().await;
    let webhooks: Vec<_> = (0..40)
        .map(|_| NewWebhook {
            refetch: asking.webhook(0).refetch,
            ..asking.forwarding.webhook_of(destination, 0, "ada")
        })
        .collect();
    asking.world().append(&webhooks).await;
    let store = &asking.world().store;
    let finish = async |node: &dyn Store| {
        for _ in 0..30 {
            let request = asking.request(asking.endpoint(), 2, 4);
            for refetch in node.lease_refetches(&request).await.expect("leased") {
                let mut record = asking.record(3, "inq_1", "{}");
                record.agreement = super::asking::contradiction();
                let rejudged = asking.rejudged(refetch.webhook_id, Verdict::Verified, &record).await;
                let end = RefetchEnd::Record(record, Some(rejudged));
                let finished = asking.finished((request.lease, refetch), 3, end);
                match node.finish_refetch(&finished).await {
                    Ok(_) | Err(StoreError::Changed("webhook")) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    };
    let judge = async |node: &dyn Store| {
        for round in 0..8 {
            let new = |webhook: &NewWebhook| crate::store::reverify::NewVerdict {
                before: None,
                id: webhook.id,
                verdict: Verdict::Verified,
                evidence: webhook.evidence.clone(),
                contradicted: false,
                forwards: round % 2 == 0,
                deliveries: Vec::new(),
                refetch: Some(asking.new_refetch(RefetchTrigger::Confirmation, 1)),
            };
            let new: Vec<_> = webhooks.iter().map(new).collect();
            node.set_verdicts(asking.endpoint(), &new, at(5)).await.expect("written");
        }
    };
    let people_ask = async |node: &dyn Store| {
        let entry = super::world::entry(model::AuditAction::Refetched);
        for _ in 0..8 {
            let asked = webhooks[..30]
                .iter()
                .rev()
                .map(|webhook| asking.queued(webhook.id, 2))
                .collect();
            node.change(&ask(asked, 2), &entry).await.expect("asked");
        }
    };
    let erase = async |node: &dyn Store| {
        for webhook in &webhooks[30..] {
            let erased = node.erase(&super::world::text("ada"), &[webhook.id], at(6)).await;
            erased.expect("erased");
        }
    };
    tokio::join!(
        finish(&**store),
        finish(&*node),
        judge(&*node),
        judge(&**store),
        people_ask(&*node),
        erase(&**store)
    );
    for webhook in &webhooks[30..] {
        let open = asking
            .refetches(webhook.id)
            .await
            .into_iter()
            .filter(|row| row.state.is_open());
        assert_eq!(open.count(), 0);
    }
}
