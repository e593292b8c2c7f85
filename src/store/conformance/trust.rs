use model::Verdict::{self, Invalid, Verified};
use model::{DeliveryId, DeliveryState, Evidence, Trigger, WebhookId};

use super::database::Database;
use super::forwarding::{Forwarding, LEASE_SECONDS, finished, ids, retry_of};
use super::world::{at, same_event};
use crate::store::NewWebhook;
use crate::store::change::Change;
use crate::store::delivery::{NewDelivery, NewResend, Next, ResendStep};
use crate::store::reverify::{Most, NewVerdict};

async fn judge(forwarding: &Forwarding, webhook: WebhookId, verdict: Verdict) {
    judge_at(forwarding, webhook, verdict, 5).await;
}

async fn judge_at(forwarding: &Forwarding, webhook: WebhookId, verdict: Verdict, seconds: i64) {
    let new = NewVerdict {
        before: None,
        id: webhook,
        verdict,
        evidence: Evidence::default(),
        contradicted: false,
        forwards: verdict == Verified,
        deliveries: Vec::new(),
        refetch: None,
    };
    let judged = forwarding
        .world
        .store
        .set_verdicts(forwarding.endpoint, &[new], at(seconds))
        .await;
    judged.expect("the verdict is written");
}

async fn contradict(forwarding: &Forwarding, delivery: DeliveryId) {
    let new = NewVerdict {
        before: None,
        id: forwarding.webhook_id(delivery).await,
        verdict: Verified,
        evidence: Evidence::default(),
        contradicted: true,
        forwards: false,
        deliveries: Vec::new(),
        refetch: None,
    };
    let judged = forwarding.world.store.set_verdicts(forwarding.endpoint, &[new], at(5)).await;
    judged.expect("the verdict is written");
}

async fn judge_delivery(forwarding: &Forwarding, delivery: DeliveryId, verdict: Verdict) {
    judge(forwarding, forwarding.webhook_id(delivery).await, verdict).await;
}

pub async fn what_is_trusted_after_all_goes_by_itself(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let held = forwarding.hold(destination, 5).await;
    judge_delivery(&forwarding, held, Invalid).await;
    assert_eq!(forwarding.state(held).await, DeliveryState::Held);
    judge_delivery(&forwarding, held, Verified).await;
    let leased = forwarding.lease(destination, 5, 1).await;
    assert_eq!((ids(&leased), leased.deliveries[0].trigger), (vec![held], Trigger::Automatic));
}

pub async fn what_is_not_trusted_any_more_is_held_unless_it_is_out_or_was_released(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    // Out already: one attempt was made.
    let tried = forwarding.deliver(destination, 0).await;
    forwarding.attempt_all(destination, 0, Next::Again(at(500))).await;
    let under_way = forwarding.deliver(destination, 1).await;
    forwarding.leased(destination, 1).await;
    let waits = forwarding.deliver(destination, 2).await;
    let released = forwarding.hold(destination, 3).await;
    let webhooks = vec![forwarding.webhook_id(released).await];
    forwarding.world.change(Change::Release { webhooks, at: at(3) }).await;
    for (delivery, state) in [
        (tried, DeliveryState::Pending),
        (under_way, DeliveryState::Delivering),
        (waits, DeliveryState::Held),
        (released, DeliveryState::Pending),
    ] {
        judge_delivery(&forwarding, delivery, Invalid).await;
        let row = forwarding.delivery(delivery).await.row;
        assert_eq!(row.state, state);
        assert_eq!(row.next_attempt_at.is_some(), state == DeliveryState::Pending);
    }
    judge_delivery(&forwarding, waits, Verified).await;
    assert_eq!(forwarding.due_at(waits).await, Some(at(2)));
    // Whoever leased it is gone: nothing went out.
    judge_at(
        &forwarding,
        forwarding.webhook_id(under_way).await,
        Invalid,
        1 + LEASE_SECONDS,
    )
    .await;
    assert_eq!(forwarding.state(under_way).await, DeliveryState::Held);
    assert_eq!(forwarding.due_at(under_way).await, None);
}

pub async fn what_is_contradicted_is_not_tried_again_unless_it_was_released(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let tried = forwarding.deliver(destination, 0).await;
    let released = forwarding.hold(destination, 0).await;
    let webhooks = vec![forwarding.webhook_id(released).await];
    forwarding.world.change(Change::Release { webhooks, at: at(0) }).await;
    assert_eq!(forwarding.attempt_all(destination, 0, Next::Again(at(500))).await.len(), 2);
    let under_way = forwarding.deliver(destination, 1).await;
    let leased = forwarding.lease(destination, 1, 9).await;
    for delivery in [tried, released, under_way] {
        contradict(&forwarding, delivery).await;
    }
    assert_eq!(forwarding.state(tried).await, DeliveryState::Held);
    assert_eq!(forwarding.state(released).await, DeliveryState::Pending);
    assert_eq!(forwarding.state(under_way).await, DeliveryState::Delivering);

    let attempt = finished(destination, &leased.deliveries[0], 2, Next::Again(at(500)));
    forwarding.world.store.record(&[attempt]).await.expect("recorded");
    let detail = forwarding.delivery(under_way).await;
    assert_eq!((detail.row.state, detail.row.next_attempt_at), (DeliveryState::Held, None));
    assert_eq!(detail.attempts[0].next_attempt_at, None);
    assert_eq!(
        forwarding.attempt_all(destination, 500, Next::Again(at(900))).await,
        [released]
    );
    assert_eq!(forwarding.state(released).await, DeliveryState::Pending);
}

/// Whoever asked had read it before the record came.
pub async fn what_is_contradicted_is_held_however_it_is_asked_for(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destinations = [forwarding.destination().await, forwarding.ordered_destination().await];
    for (destination, seconds) in destinations.into_iter().zip([0, 100]) {
        let [retried, resent] = [
            forwarding.deliver(destination, seconds).await,
            forwarding.deliver(destination, seconds).await,
        ];
        forwarding.attempt_all(destination, seconds, Next::Failed).await;
        for delivery in [retried, resent] {
            contradict(&forwarding, delivery).await;
            assert_eq!(forwarding.state(delivery).await, DeliveryState::Failed);
        }
        forwarding.world.change(retry_of(retried, at(seconds + 1))).await;
        assert_eq!(forwarding.state(retried).await, DeliveryState::Held);
        let queued = forwarding.queued(forwarding.webhook_id(resent).await, destination, seconds + 1);
        forwarding.resend(queued, seconds + 1).await;
        assert_eq!(forwarding.leased(destination, seconds + 90).await, []);
    }
}

pub async fn what_was_released_is_not_held_again_however_it_is_asked_for(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    for resends in [false, true] {
        let released = forwarding.hold(destination, 3).await;
        let webhook = forwarding.webhook_id(released).await;
        let webhooks = vec![webhook];
        forwarding.world.change(Change::Release { webhooks, at: at(3) }).await;
        if resends {
            forwarding.resend(forwarding.queued(webhook, destination, 4), 4).await;
        } else {
            forwarding.world.change(retry_of(released, at(4))).await;
        }
        judge(&forwarding, webhook, Invalid).await;
        let row = forwarding.delivery(released).await.row;
        assert_eq!(
            (row.state, row.trigger),
            (DeliveryState::Pending, Trigger::Released),
            "{resends}"
        );
    }
}

pub async fn what_repeats_another_by_now_is_not_let_go(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let told = |second, verdict, held| {
        let mut webhook = NewWebhook {
            verdict,
            same_event: Some(same_event("a")),
            ..forwarding.webhook(destination, second)
        };
        webhook.deliveries[0].held = held;
        webhook
    };
    let forged = told(0, Invalid, true);
    let genuine = told(1, Verified, false);
    forwarding.world.append(&[forged.clone(), genuine.clone()]).await;
    judge(&forwarding, forged.id, Verified).await;
    let row = forwarding
        .world
        .store
        .webhook(forged.id)
        .await
        .expect("an answer")
        .expect("it is there")
        .row;
    assert_eq!(row.duplicate_of, Some(genuine.id));
    assert_eq!(forwarding.state(forged.deliveries[0].id).await, DeliveryState::Held);
    assert_eq!(forwarding.leased(destination, 5).await, [genuine.deliveries[0].id]);
}

pub async fn what_repeats_no_other_any_more_gets_the_deliveries_that_it_never_had(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let told = |second, event: &str| NewWebhook {
        verdict: Invalid,
        same_event: Some(same_event(event)),
        ..forwarding.webhook_of(destination, second, "user-1")
    };
    // Twice a forged one came first; of the second pair a person had the later one sent.
    let [forged, genuine, forged_too, resent] = [told(0, "a"), told(1, "a"), told(2, "b"), told(3, "b")];
    forwarding
        .world
        .append(&[forged.clone(), genuine.clone(), forged_too.clone(), resent.clone()])
        .await;
    let by_hand = forwarding.queued(resent.id, destination, 4);
    forwarding.resend(by_hand, 4).await;
    assert_eq!(forwarding.deliveries(&format!("webhook={}", genuine.id)).await, []);

    let verdict = |webhook: &NewWebhook, verdict, second| NewVerdict {
        before: None,
        id: webhook.id,
        verdict,
        evidence: Evidence::default(),
        contradicted: false,
        forwards: verdict == Verified,
        deliveries: vec![forwarding.new_delivery(destination, second)],
        refetch: None,
    };
    let judged = [
        verdict(&forged, Invalid, 5),
        verdict(&genuine, Verified, 5),
        verdict(&resent, Verified, 5),
    ];
    // Once more changes nothing.
    for _ in 0..2 {
        let done = forwarding.world.store.set_verdicts(forwarding.endpoint, &judged, at(5)).await;
        done.expect("the verdicts are written");
        let expected = [judged[1].deliveries[0].id];
        assert_eq!(forwarding.deliveries(&format!("webhook={}", genuine.id)).await, expected);
        assert_eq!(forwarding.deliveries(&format!("webhook={}", resent.id)).await, [by_hand.id]);
        assert_eq!(
            forwarding.deliveries(&format!("webhook={}", forged.id)).await,
            [forged.deliveries[0].id]
        );
    }
    let row = forwarding.delivery(judged[1].deliveries[0].id).await.row;
    assert_eq!((row.state, row.trigger), (DeliveryState::Pending, Trigger::Automatic));
    assert_eq!((row.created_at, row.next_attempt_at), (at(5), Some(at(5))));
    assert_eq!(row.subject, genuine.events[0].subject);
}

pub async fn what_repeats_no_other_any_more_and_does_not_go_by_itself_is_held(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let told = |second| NewWebhook {
        verdict: Invalid,
        same_event: Some(same_event("a")),
        ..forwarding.webhook(destination, second)
    };
    let (first, second) = (told(0), told(1));
    forwarding.world.append(&[first, second.clone()]).await;
    let held = NewDelivery {
        held: true,
        ..forwarding.new_delivery(destination, 5)
    };
    let new = NewVerdict {
        before: None,
        id: second.id,
        verdict: Verified,
        evidence: Evidence::default(),
        contradicted: false,
        forwards: false,
        deliveries: vec![held],
        refetch: None,
    };
    let judged = forwarding.world.store.set_verdicts(forwarding.endpoint, &[new], at(5)).await;
    judged.expect("the verdict is written");
    let row = forwarding.delivery(held.id).await.row;
    assert_eq!((row.state, row.next_attempt_at), (DeliveryState::Held, None));
}

pub async fn holding_one_lets_the_next_of_its_subject_go(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.ordered_destination().await;
    let mut later = forwarding.webhook_of(destination, 0, "a");
    later.deliveries[0].due_at = at(100);
    let first = forwarding.append(later).await;
    let second = forwarding.deliver_of(destination, 1, "a").await;
    assert_eq!(forwarding.leased(destination, 2).await, []);
    judge_delivery(&forwarding, first, Invalid).await;
    assert_eq!(forwarding.leased(destination, 2).await, [second]);
}

pub async fn a_bulk_resend_does_not_wait_for_what_is_held_by_now(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let webhook = forwarding.world.webhook(forwarding.endpoint, 0);
    forwarding.world.append(std::slice::from_ref(&webhook)).await;
    let resend = NewResend {
        id: model::ResendId(forwarding.world.id(at(1))),
        action: model::BulkAction::Resend,
        filter: String::new(),
        destination_id: None,
        count: 1,
        last: webhook.id,
        created_at: at(1),
        created_by: "a@example.com".to_owned(),
    };
    forwarding.world.change(Change::AddResend(resend.clone())).await;
    let step = ResendStep {
        id: resend.id,
        queued: vec![forwarding.queued(webhook.id, destination, 1)],
        released: Vec::new(),
        refetches: Vec::new(),
        after: Some(webhook.id),
        finished: true,
        at: at(1),
    };
    assert!(
        forwarding
            .world
            .store
            .continue_resend(&step, at(60))
            .await
            .expect("an answer")
    );
    judge(&forwarding, webhook.id, Invalid).await;
    assert_eq!(forwarding.state(step.queued[0].id).await, DeliveryState::Held);
    let resend = forwarding
        .world
        .store
        .resend(resend.id)
        .await
        .expect("an answer")
        .expect("it is there");
    assert_eq!((resend.state, resend.deliveries), (model::ResendState::Done, 0));
}

pub async fn what_is_checked_again_says_whether_something_waits(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    forwarding.hold(destination, 0).await;
    forwarding.deliver(destination, 1).await;
    forwarding.attempt_all(destination, 1, Next::Delivered).await;
    forwarding.deliver(destination, 2).await;
    let foreign = NewWebhook {
        foreign_network: true,
        ..forwarding.world.webhook(forwarding.endpoint, 3)
    };
    forwarding.world.append(&[foreign]).await;
    let most = Most {
        webhooks: 10,
        bytes: 100,
    };
    let stored = forwarding
        .world
        .store
        .stored_requests(forwarding.endpoint, None, None, None, most)
        .await;
    let stored = stored.expect("requests");
    let waits: Vec<_> = stored.iter().map(|stored| (stored.waits, stored.foreign_network)).collect();
    assert_eq!(waits, [(true, false), (false, false), (true, false), (false, true)]);
}
