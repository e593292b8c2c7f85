//! Erasing a subject: what is left, what is not any more, and what cannot be done then.

use model::{
    BulkAction, DeliveryState, Failure, Outcome, RefetchState, ResendId, ResendState, Timestamp, Trigger, Verdict, WebhookDetail,
    WebhookId,
};

use super::asking::{Asking, ask, contradiction};
use super::database::Database;
use super::forwarding::{Forwarding, finished, resend_of, retry_of};
use super::subjects::{of_object, telling};
use super::world::{World, at, event, same_event, text};
use crate::store::change::Change;
use crate::store::delivery::{NewResend, Next, ResendStep};
use crate::store::records::RefetchEnd;
use crate::store::reverify::{Most, NewVerdict};
use crate::store::{NewWebhook, StoreError};

async fn erase(world: &World, subject: &str, webhooks: &[WebhookId], at: Timestamp) {
    world.store.erase(&text(subject), webhooks, at).await.expect("erased");
}

async fn detail(world: &World, webhook: WebhookId) -> WebhookDetail {
    let detail = world.store.webhook(webhook).await.expect("an answer");
    detail.expect("it is there")
}

pub async fn what_stays_of_an_erased_webhook_says_that_it_came(database: Database) {
    let asking = Asking::new(&database).await;
    let world = asking.world();
    let webhook = NewWebhook {
        refetch: Some(asking.new_refetch(model::RefetchTrigger::Automatic, 1)),
        parse_error: Some("not a date: `ada`".to_owned()),
        same_event: Some(same_event("a")),
        ..telling(
            world,
            asking.endpoint(),
            1,
            &[
                of_object("a", Some("ada")),
                of_object("b", None),
                model::Event {
                    occurred_at: Some(at(-5)),
                    ..of_object("c", Some("eve"))
                },
            ],
        )
    };
    world.append(std::slice::from_ref(&webhook)).await;
    let leased = asking.lease_one(1).await;
    let mut record = asking.record(2, "a", "{}");
    record.agreement = contradiction();
    let rejudged = asking.rejudged(webhook.id, Verdict::Verified, &record).await;
    assert!(
        asking
            .finish(leased, 2, RefetchEnd::Record(record.clone(), Some(rejudged)))
            .await
    );
    let before = detail(world, webhook.id).await;

    erase(world, "ada", &[webhook.id], at(10)).await;
    let after = detail(world, webhook.id).await;
    assert_eq!(after.row.erased_at, Some(at(10)));
    assert_eq!(
        (after.row.received_at, after.row.size),
        (before.row.received_at, before.row.size)
    );
    assert_eq!((after.row.verdict, after.row.contradicted), (Verdict::Verified, true));
    assert_eq!(
        (after.headers, after.parse_error, after.peer),
        (Vec::new(), None, before.peer)
    );
    assert_eq!(world.store.body(webhook.id).await.expect("an answer"), Some(Vec::new()));
    let kept: Vec<_> = after
        .events
        .iter()
        .map(|event| (event.event_type.as_str(), event.outcome))
        .collect();
    assert_eq!(kept, [("inquiry.approved", Outcome::Approved); 3]);
    for (event, is_kept) in after.events.iter().zip([false, false, true]) {
        assert_eq!(
            (event.resource.is_some(), event.provider_event_id.is_some()),
            (is_kept, is_kept)
        );
        assert_eq!(event.subject.is_some(), is_kept);
    }
    assert_eq!(after.events[2], webhook.events[2]);
    let evidence = after.evidence.record.expect("what the record came to stays");
    assert_eq!(evidence.record, None);
    let model::Agreement::Contradicts(quoted) = evidence.agreement else {
        panic!("{:?}", evidence.agreement)
    };
    assert_eq!(
        (quoted.path.as_str(), quoted.webhook, quoted.record),
        ("/data/attributes/status", String::new(), String::new())
    );
    assert_eq!(world.store.stored_record(record.id).await.expect("an answer"), None);
    let row = asking.refetches(webhook.id).await.remove(0);
    assert_eq!((row.state, row.url, row.record), (RefetchState::Done, None, None));
    assert!(world.store.resendable_of(&[webhook.id]).await.expect("an answer")[0].erased);
    assert_eq!(asking.refetchable(webhook.id).await.erased_at, Some(at(10)));

    // Again changes nothing.
    erase(world, "ada", &[webhook.id], at(11)).await;
    assert_eq!(detail(world, webhook.id).await.row.erased_at, Some(at(10)));
    // It still is what a repetition repeats.
    let again = NewWebhook {
        id: world.webhook(asking.endpoint(), 20).id,
        refetch: None,
        ..webhook.clone()
    };
    assert_eq!(world.append(&[again]).await[0].duplicate_of, Some(webhook.id));
}

pub async fn what_is_on_its_way_is_cancelled_when_it_is_erased(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let world = &forwarding.world;
    let (destination, in_order) = (forwarding.destination().await, forwarding.ordered_destination().await);
    let mut deliveries = Vec::new();
    for (seconds, next) in [(0, Next::Delivered), (1, Next::Failed), (2, Next::Again(at(500)))] {
        deliveries.push(forwarding.deliver_of(destination, seconds, "ada").await);
        forwarding.attempt_all(destination, seconds, next).await;
    }
    deliveries.push(forwarding.deliver_of(destination, 3, "ada").await);
    let under_way = forwarding.lease(destination, 3, 1).await.deliveries.remove(0);
    let mut held = forwarding.webhook_of(destination, 4, "ada");
    held.deliveries[0].held = true;
    deliveries.push(forwarding.append(held).await);
    // It names another too, whose later deliveries wait for it.
    let mut shared = forwarding.webhook_of(in_order, 5, "eve");
    shared.events.push(event("b", Outcome::Approved, Some("ada")));
    deliveries.push(forwarding.append(shared).await);
    let waiting = forwarding.deliver_of(in_order, 6, "eve").await;
    forwarding.attempt_all(in_order, 6, Next::Failed).await;
    assert_eq!(forwarding.leased(in_order, 100).await, []);

    let mut webhooks = Vec::new();
    for delivery in &deliveries {
        webhooks.push(forwarding.webhook_id(*delivery).await);
    }
    erase(world, "ada", &webhooks, at(10)).await;
    for (delivery, state) in deliveries
        .iter()
        .zip([DeliveryState::Delivered].into_iter().chain([DeliveryState::Cancelled; 5]))
    {
        let row = forwarding.delivery(*delivery).await.row;
        assert_eq!((row.state, row.next_attempt_at), (state, None));
    }
    assert_eq!(forwarding.leased(destination, 1000).await, []);
    assert_eq!(forwarding.leased(in_order, 10).await, [waiting]);

    // What was answered to the one that was under way is not kept, only that it was made.
    let mut attempt = finished(destination, &under_way, 4, Next::Delivered);
    attempt.attempt.response_body = "hello ada".to_owned();
    attempt.attempt.response_headers = vec![("x-name".to_owned(), "ada".to_owned())];
    forwarding.record(&[attempt]).await;
    let late = forwarding.delivery(under_way.id).await;
    assert_eq!((late.row.state, late.attempts.len()), (DeliveryState::Cancelled, 1));
    assert_eq!(
        (late.attempts[0].response_body.as_str(), late.attempts[0].status),
        ("", Some(200))
    );
    assert_eq!(late.attempts[0].response_headers, []);
}

pub async fn bulk_jobs_do_not_wait_for_what_is_erased(database: Database) {
    let asking = Asking::new(&database).await;
    let world = asking.world();
    let destination = asking.forwarding.destination().await;
    let webhooks = [0, 1].map(|seconds| telling(world, asking.endpoint(), seconds, &[of_object("a", Some("ada"))]));
    world.append(&webhooks).await;
    let mut ids = Vec::new();
    for action in [BulkAction::Resend, BulkAction::Refetch] {
        let new = NewResend {
            id: ResendId(world.id(at(100))),
            action,
            filter: "subject=ada&verdict=verified".to_owned(),
            destination_id: None,
            count: 2,
            last: webhooks[1].id,
            created_at: at(100),
            created_by: "a@example.com".to_owned(),
        };
        let step = ResendStep {
            id: new.id,
            queued: Vec::new(),
            released: Vec::new(),
            refetches: Vec::new(),
            after: Some(webhooks[1].id),
            finished: true,
            at: at(101),
        };
        let step = match action {
            BulkAction::Refetch => ResendStep {
                refetches: webhooks.iter().map(|webhook| asking.queued(webhook.id, 101)).collect(),
                ..step
            },
            _ => ResendStep {
                queued: webhooks
                    .iter()
                    .map(|webhook| asking.forwarding.queued(webhook.id, destination, 101))
                    .collect(),
                ..step
            },
        };
        ids.push(new.id);
        world.change(Change::AddResend(new)).await;
        assert!(world.store.continue_resend(&step, at(160)).await.expect("gone on with"));
    }
    let under_way = asking.lease_one(101).await;
    erase(world, "ada", &[webhooks[0].id], at(102)).await;
    for id in &ids {
        let resend = world.store.resend(*id).await.expect("an answer").expect("it is there");
        assert_eq!((resend.state, resend.deliveries), (ResendState::Running, 1));
        // Not everything that is verified.
        assert_eq!(resend.filter, "verdict=verified&subject=erased");
    }
    assert_eq!(asking.state(webhooks[0].id).await, RefetchState::Cancelled);
    assert!(!asking.finish(under_way, 103, RefetchEnd::Failed(Failure::NotFound)).await);
    erase(world, "ada", &[webhooks[1].id], at(104)).await;
    for id in &ids {
        let resend = world.store.resend(*id).await.expect("an answer").expect("it is there");
        assert_eq!((resend.state, resend.deliveries), (ResendState::Done, 0));
    }
}

pub async fn nothing_is_done_any_more_with_what_is_erased(database: Database) {
    let asking = Asking::new(&database).await;
    let (world, forwarding) = (asking.world(), &asking.forwarding);
    let destination = forwarding.destination().await;
    let delivery = forwarding.deliver_of(destination, 0, "ada").await;
    forwarding.attempt_all(destination, 0, Next::Delivered).await;
    let webhook = forwarding.webhook_id(delivery).await;
    let other = forwarding.destination().await;
    erase(world, "ada", &[webhook], at(10)).await;

    for change in [
        resend_of(forwarding.queued(webhook, other, 11), 11),
        retry_of(delivery, at(11)),
        ask(vec![asking.queued(webhook, 11)], 11),
    ] {
        let error = world.refused(change).await;
        assert!(matches!(error, StoreError::Missing("webhook")), "{error:?}");
    }
    let error = world
        .refused(Change::Release {
            webhooks: vec![webhook],
            at: at(11),
        })
        .await;
    assert!(matches!(error, StoreError::Missing("held delivery")), "{error:?}");

    // Nor by a bulk job, nor by checking again what was read before.
    let new = NewResend {
        id: ResendId(world.id(at(100))),
        action: BulkAction::Resend,
        filter: String::new(),
        destination_id: None,
        count: 1,
        last: webhook,
        created_at: at(100),
        created_by: "a@example.com".to_owned(),
    };
    let step = ResendStep {
        id: new.id,
        queued: vec![forwarding.queued(webhook, other, 101)],
        released: vec![webhook],
        refetches: vec![asking.queued(webhook, 101)],
        after: Some(webhook),
        finished: true,
        at: at(101),
    };
    world.change(Change::AddResend(new)).await;
    assert!(world.store.continue_resend(&step, at(160)).await.expect("gone on with"));
    let resend = world.store.resend(step.id).await.expect("an answer").expect("it is there");
    assert_eq!((resend.state, resend.deliveries), (ResendState::Done, 0));
    let most = Most {
        webhooks: 9,
        bytes: 1000,
    };
    let stored = world.store.stored_requests(asking.endpoint(), None, None, None, most).await;
    assert!(stored.expect("requests").is_empty());
    let new = NewVerdict {
        before: None,
        id: webhook,
        verdict: Verdict::Invalid,
        evidence: model::Evidence::default(),
        contradicted: true,
        forwards: true,
        deliveries: vec![forwarding.new_delivery(other, 12)],
        refetch: Some(asking.new_refetch(model::RefetchTrigger::Confirmation, 12)),
    };
    world
        .store
        .set_verdicts(asking.endpoint(), &[new], at(12))
        .await
        .expect("an answer");
    let replaced = [(webhook, b"x-name: ada\r\n".to_vec())];
    world
        .store
        .replace_headers(asking.endpoint(), &replaced)
        .await
        .expect("an answer");
    let after = detail(world, webhook).await;
    assert_eq!(
        (after.row.verdict, after.row.contradicted, after.headers),
        (Verdict::Verified, false, Vec::new())
    );
    assert_eq!(asking.refetches(webhook).await, []);
    assert_eq!(forwarding.deliveries(&format!("webhook={webhook}")).await, [delivery]);
    assert_eq!(forwarding.state(delivery).await, DeliveryState::Delivered);
}

pub async fn what_comes_again_after_it_was_erased_is_erased_at_once(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let world = &forwarding.world;
    let told = |seconds, subject, id| NewWebhook {
        same_event: Some(same_event(id)),
        parse_error: Some(format!("not a date: `{subject}`")),
        body: bytes::Bytes::from_static(b"{\"name\": \"ada\"}"),
        ..telling(world, forwarding.endpoint, seconds, &[of_object("a", Some(subject))])
    };
    let (first, other) = (told(0, "ada", "a"), told(0, "eve", "b"));
    world.append(&[first.clone(), other.clone()]).await;
    erase(world, "ada", &[first.id], at(10)).await;

    let (again, other_again, new) = (told(20, "ada", "a"), told(20, "eve", "b"), told(20, "bob", "c"));
    world.append(&[again.clone(), other_again.clone(), new.clone()]).await;
    let stored = detail(world, again.id).await;
    assert_eq!(
        (stored.row.duplicate_of, stored.row.erased_at),
        (Some(first.id), Some(at(20)))
    );
    assert_eq!((stored.headers, stored.parse_error, stored.row.size), (Vec::new(), None, 15));
    let event = &stored.events[0];
    assert_eq!(
        (&event.subject, &event.resource, &event.provider_event_id),
        (&None, &None, &None)
    );
    let body = world.store.body(again.id).await.expect("an answer");
    assert!(body.is_none_or(|body| body.is_empty()));
    assert!(
        world
            .store
            .of_subject(&text("ada"), 9)
            .await
            .expect("found")
            .webhooks
            .is_empty()
    );
    // Nothing else is.
    for kept in [other_again.id, new.id] {
        let kept = detail(world, kept).await;
        assert_eq!(kept.row.erased_at, None);
        assert!(kept.events[0].subject.is_some());
    }
}

pub async fn what_is_sent_again_while_it_is_erased_leaves_nothing_open(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let node = database.open().await;
    let destination = forwarding.destination().await;
    let entry = super::world::entry(model::AuditAction::Resent);
    for round in 0..20 {
        let webhook = telling(&forwarding.world, forwarding.endpoint, round, &[of_object("a", Some("ada"))]);
        forwarding.world.append(std::slice::from_ref(&webhook)).await;
        let change = Change::Resend {
            deliveries: vec![forwarding.queued(webhook.id, destination, round)],
            trigger: Trigger::Manual,
            at: at(round),
        };
        let subject = text("ada");
        let erased = [webhook.id];
        let (resent, erased) = tokio::join!(
            node.change(&change, &entry),
            forwarding.world.store.erase(&subject, &erased, at(100))
        );
        erased.expect("erased");
        assert!(matches!(resent, Ok(()) | Err(StoreError::Missing("webhook"))), "{resent:?}");
    }
    assert_eq!(forwarding.deliveries("state=held&state=pending&state=delivering").await, []);
    let left = forwarding.leased(destination, 1000).await;
    assert_eq!(left, []);
    for delivery in forwarding.deliveries("").await {
        assert_eq!(forwarding.delivery(delivery).await.row.subject, None);
    }
}
