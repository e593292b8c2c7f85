//! What came of asking: the history, and what it does to the webhooks.

use model::{
    DeliveryState, EndpointId, Failure, Outcome, RefetchState, RefetchTrigger, Resource, Verdict, VolumeBucket, WebhookFilter,
    WebhookId,
};

use super::asking::{Asking, contradiction, resource};
use super::database::Database;
use super::world::{World, at, event, same_event, text};
use crate::providers::SameEvent;
use crate::store::change::{Change, SealedCredentials};
use crate::store::records::RefetchEnd;
use crate::store::reverify::NewVerdict;
use crate::store::{NewWebhook, StoreError};

pub async fn a_record_comes_back_as_it_was_answered(database: Database) {
    let asking = Asking::new(&database).await;
    let store = &asking.world().store;
    let (webhook, refetch) = asking.append(0).await;
    let mut record = asking.record(5, "inq_1", "");
    record.body = (0..=255).cycle().take(100_000).collect::<Vec<u8>>().into();
    (record.status, record.agreement) = (206, contradiction());
    let leased = asking.lease_one(1).await;
    assert!(asking.finish(leased, 2, RefetchEnd::Record(record.clone(), None)).await);

    let row = asking.refetches(webhook).await.remove(0);
    assert_eq!(
        (row.id, row.state, row.attempts, row.due_at),
        (refetch, RefetchState::Done, 1, None)
    );
    assert_eq!((row.asked_at, row.duration_ms, row.status), (Some(at(2)), Some(7), Some(206)));
    assert_eq!((row.failure, row.record), (None, Some(record.id)));
    assert_eq!(row.url.as_deref(), Some("https://example.com/inquiries/2"));

    let stored = store.stored_record(record.id).await.expect("an answer").expect("it is there");
    assert_eq!(stored.body, record.body);
    let row = &stored.row;
    assert_eq!(
        (row.id, row.webhook_id, row.endpoint_id),
        (record.id, webhook, asking.endpoint())
    );
    assert_eq!((&row.resource, row.fetched_at, row.size), (&record.resource, at(5), 100_000));
    assert_eq!((row.status, row.duration_ms, &row.agreement), (206, 7, &record.agreement));
    assert_eq!(row.url, "https://example.com/inquiries/2");
    assert_eq!(store.records_of(webhook).await.expect("records"), [stored.row]);
}

pub async fn records_of_an_object_make_its_history(database: Database) {
    let asking = Asking::new(&database).await;
    let store = &asking.world().store;
    let other_kind = Resource {
        kind: text("verification"),
        ..resource("a")
    };
    let mut records = Vec::new();
    for (seconds, resource) in [
        (0, resource("a")),
        (1, resource("b")),
        (2, other_kind),
        (3, resource("a")),
        (4, resource("a")),
    ] {
        asking.append(seconds).await;
        let leased = asking.lease_one(seconds).await;
        let mut record = asking.record(seconds, "a", &seconds.to_string());
        record.resource = resource;
        records.push(record.id);
        assert!(asking.finish(leased, seconds, RefetchEnd::Record(record, None)).await);
    }
    let history = async |most| {
        let rows = store
            .history(asking.endpoint(), &resource("a"), most)
            .await
            .expect("a history");
        rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(history(9).await, [records[4], records[3], records[0]]);
    assert_eq!(history(2).await, [records[4], records[3]]);
    let elsewhere = store.history(EndpointId(asking.world().id(at(0))), &resource("a"), 9).await;
    assert_eq!(elsewhere.expect("a history"), []);

    let mut before = Vec::new();
    for record in &records {
        let row = store
            .stored_record(*record)
            .await
            .expect("an answer")
            .expect("it is there")
            .row;
        let found = store.record_before(&row).await.expect("an answer");
        before.push(found.map(|found| (found.row.id, found.body)));
    }
    let expected = [
        None,
        None,
        None,
        Some((records[0], b"0".to_vec())),
        Some((records[3], b"3".to_vec())),
    ];
    assert_eq!(before, expected);
}

pub async fn what_failed_is_tried_again_or_not(database: Database) {
    let asking = Asking::new(&database).await;
    let (webhook, _) = asking.append(0).await;
    let leased = asking.lease_one(0).await;
    assert!(
        asking
            .finish(leased, 1, RefetchEnd::Again(Failure::RateLimited, at(30)))
            .await
    );
    let row = asking.refetches(webhook).await.remove(0);
    assert_eq!(
        (row.state, row.attempts, row.due_at),
        (RefetchState::Pending, 1, Some(at(30)))
    );
    assert_eq!(
        (row.failure, row.status, row.record),
        (Some(Failure::RateLimited), Some(500), None)
    );
    assert_eq!(row.trigger, RefetchTrigger::Automatic);
    assert_eq!(asking.leased(29, 9).await, []);
    let leased = asking.lease_one(30).await;
    assert_eq!(leased.1.attempts, 1);
    assert!(asking.finish(leased, 31, RefetchEnd::Failed(Failure::FirstByteTimeout)).await);
    let row = asking.refetches(webhook).await.remove(0);
    assert_eq!((row.state, row.attempts, row.due_at), (RefetchState::Failed, 2, None));
    assert_eq!((row.failure, row.asked_at), (Some(Failure::FirstByteTimeout), Some(at(31))));
    assert_eq!(asking.leased(1000, 9).await, []);
    assert_eq!(asking.world().store.records_of(webhook).await.expect("records"), []);
}

pub async fn a_record_that_is_late_is_kept_and_asked_for_again(database: Database) {
    let asking = Asking::new(&database).await;
    let (webhook, _) = asking.append(0).await;
    let leased = asking.lease_one(0).await;
    let late = asking.record(1, "inq_1", "{}");
    let end = RefetchEnd::RecordAndAgain(late.clone(), None, at(30));
    assert!(asking.finish(leased, 1, end).await);
    let row = asking.refetches(webhook).await.remove(0);
    assert_eq!(
        (row.state, row.attempts, row.due_at),
        (RefetchState::Pending, 1, Some(at(30)))
    );
    assert_eq!((row.failure, row.record), (None, Some(late.id)));
    assert_eq!(asking.leased(29, 9).await, []);

    let leased = asking.lease_one(30).await;
    let record = asking.record(31, "inq_1", "{}");
    assert!(asking.finish(leased, 31, RefetchEnd::Record(record.clone(), None)).await);
    let row = asking.refetches(webhook).await.remove(0);
    assert_eq!(
        (row.state, row.attempts, row.record),
        (RefetchState::Done, 2, Some(record.id))
    );
    let kept = asking.world().store.records_of(webhook).await.expect("records");
    let kept: Vec<_> = kept.iter().map(|row| row.id).collect();
    assert_eq!(kept, [record.id, late.id]);
}

pub async fn a_record_that_agrees_lets_its_webhook_go(database: Database) {
    let asking = Asking::new(&database).await;
    let destination = asking.forwarding.destination().await;
    let webhook = held(&asking, destination).await;
    let leased = asking.lease_one(0).await;
    let record = asking.record(5, "inq_1", "{}");
    let rejudged = asking.rejudged(webhook.id, Verdict::Confirmed, &record).await;
    let after = rejudged.after.clone();
    assert!(asking.finish(leased, 5, RefetchEnd::Record(record, Some(rejudged))).await);

    let detail = asking
        .world()
        .store
        .webhook(webhook.id)
        .await
        .expect("an answer")
        .expect("it is there");
    assert_eq!((detail.row.verdict, detail.row.contradicted), (Verdict::Confirmed, false));
    assert_eq!(detail.evidence, after.evidence);
    assert_eq!(asking.forwarding.leased(destination, 5).await, [webhook.deliveries[0].id]);
    assert_eq!(counts(asking.world()).await, [(Verdict::Confirmed, 1)]);
}

pub async fn a_record_that_contradicts_holds_its_webhook_until_one_agrees(database: Database) {
    let asking = Asking::new(&database).await;
    let destination = asking.forwarding.destination().await;
    let webhook = NewWebhook {
        refetch: asking.webhook(0).refetch,
        ..asking.forwarding.webhook_of(destination, 0, "user-1")
    };
    asking.world().append(std::slice::from_ref(&webhook)).await;
    let leased = asking.lease_one(0).await;
    let mut record = asking.record(5, "inq_1", "{}");
    record.agreement = contradiction();
    let rejudged = asking.rejudged(webhook.id, Verdict::Verified, &record).await;
    assert!(asking.finish(leased, 5, RefetchEnd::Record(record, Some(rejudged))).await);
    let delivery = webhook.deliveries[0].id;
    assert_eq!(asking.forwarding.state(delivery).await, DeliveryState::Held);
    let store = &asking.world().store;
    let row = store.webhook(webhook.id).await.expect("an answer").expect("it is there").row;
    assert_eq!((row.verdict, row.contradicted), (Verdict::Verified, true));
    assert!(asking.refetchable(webhook.id).await.contradicted);
    let resendable = store.resendable_of(&[webhook.id]).await.expect("an answer").remove(0);
    assert!(resendable.contradicted && !resendable.erased);
    let most = crate::store::reverify::Most {
        webhooks: 9,
        bytes: 1000,
    };
    let stored = store.stored_requests(asking.endpoint(), None, None, None, most).await;
    assert!(stored.expect("requests")[0].contradicted);
    let page = asking
        .world()
        .page(&WebhookFilter::default(), model::PageRequest { limit: 9, cursor: None })
        .await;
    assert!(page.items[0].contradicted);

    asking.ask(webhook.id, 10).await;
    let leased = asking.lease_one(10).await;
    let record = asking.record(11, "inq_1", "{}");
    let rejudged = asking.rejudged(webhook.id, Verdict::Confirmed, &record).await;
    assert!(asking.finish(leased, 11, RefetchEnd::Record(record, Some(rejudged))).await);
    assert_eq!(asking.forwarding.state(delivery).await, DeliveryState::Pending);
    assert!(!asking.refetchable(webhook.id).await.contradicted);
}

pub async fn what_changed_meanwhile_is_judged_anew(database: Database) {
    let asking = Asking::new(&database).await;
    let destination = asking.forwarding.destination().await;
    let webhook = held(&asking, destination).await;
    let leased = asking.lease_one(0).await;
    let record = asking.record(5, "inq_1", "{}");
    let good = asking.rejudged(webhook.id, Verdict::Confirmed, &record).await;
    let mut others = [good.clone(), good.clone(), good.clone()];
    others[0].before.verdict = Verdict::Verified;
    others[1].before.evidence.live_secrets += 1;
    others[2].before.contradicted = true;
    for other in others {
        let end = RefetchEnd::Record(record.clone(), Some(other));
        let error = asking.try_finish(leased, 5, end).await.expect_err("it changed");
        assert!(matches!(error, StoreError::Changed("webhook")), "{error:?}");
    }
    assert_eq!(asking.state(webhook.id).await, RefetchState::Fetching);
    assert_eq!(asking.world().store.records_of(webhook.id).await.expect("records"), []);
    assert_eq!(asking.forwarding.state(webhook.deliveries[0].id).await, DeliveryState::Held);
    assert!(asking.finish(leased, 5, RefetchEnd::Record(record, Some(good))).await);
    assert_eq!(
        asking.forwarding.state(webhook.deliveries[0].id).await,
        DeliveryState::Pending
    );
}

pub async fn what_is_confirmed_becomes_the_original(database: Database) {
    let asking = Asking::new(&database).await;
    let told = |seconds, verdict| NewWebhook {
        verdict,
        same_event: Some(same_event("a")),
        ..asking.webhook(seconds)
    };
    let webhooks = [told(0, Verdict::Invalid), told(1, Verdict::Invalid)];
    asking.world().append(&webhooks).await;
    // The second repeats the first and has no re-fetch: a person asks.
    asking.ask(webhooks[1].id, 0).await;
    let leased = asking.lease_one(0).await;
    assert_eq!(leased.1.webhook_id, webhooks[1].id);
    let record = asking.record(5, "inq_1", "{}");
    let rejudged = asking.rejudged(webhooks[1].id, Verdict::Confirmed, &record).await;
    assert_eq!(rejudged.before.duplicate_of, Some(webhooks[0].id));
    assert!(asking.finish(leased, 5, RefetchEnd::Record(record, Some(rejudged))).await);
    assert_eq!(asking.refetchable(webhooks[1].id).await.duplicate_of, None);
    let appended = asking.world().append(&[told(9, Verdict::Verified)]).await;
    assert_eq!(appended[0].duplicate_of, Some(webhooks[1].id));
}

pub async fn checking_again_asks_where_nobody_does(database: Database) {
    let asking = Asking::new(&database).await;
    let told = |seconds, event: &str| NewWebhook {
        same_event: Some(same_event(event)),
        refetch: None,
        ..asking.webhook(seconds)
    };
    let (plain, original, duplicate) = (told(0, "a"), told(1, "b"), told(2, "b"));
    let asked = asking.webhook(3);
    let webhooks = [&plain, &original, &duplicate, &asked];
    asking.world().append(&webhooks.map(Clone::clone)).await;
    let new = |webhook: &NewWebhook| NewVerdict {
        before: None,
        id: webhook.id,
        verdict: Verdict::Verified,
        evidence: webhook.evidence.clone(),
        contradicted: false,
        forwards: false,
        deliveries: Vec::new(),
        refetch: Some(asking.new_refetch(RefetchTrigger::Confirmation, 7)),
    };
    let new = webhooks.map(new);
    let store = &asking.world().store;
    for _ in 0..2 {
        store.set_verdicts(asking.endpoint(), &new, at(6)).await.expect("written");
    }
    for (webhook, expected) in [
        (&plain, new[0].refetch),
        (&original, new[1].refetch),
        (&duplicate, None),
        (&asked, asked.refetch),
    ] {
        let rows = asking.refetches(webhook.id).await;
        let found: Vec<_> = rows.iter().map(|row| row.id).collect();
        assert_eq!(found, expected.map(|refetch| refetch.id).as_slice());
    }
    let row = asking.refetches(plain.id).await.remove(0);
    assert_eq!(
        (row.trigger, row.due_at, row.created_at),
        (RefetchTrigger::Confirmation, Some(at(7)), at(6))
    );
}

pub async fn a_webhook_to_ask_for_is_read_with_its_events(database: Database) {
    let asking = Asking::new(&database).await;
    let webhook = NewWebhook {
        foreign_network: true,
        verdict: Verdict::Stale,
        events: vec![
            model::Event {
                resource: Some(resource("inq_1")),
                ..event("inquiry.approved", Outcome::Approved, Some("user-1"))
            },
            event("inquiry.completed", Outcome::Completed, None),
        ],
        ..asking.webhook(4)
    };
    asking.world().append(std::slice::from_ref(&webhook)).await;
    let found = asking.refetchable(webhook.id).await;
    assert_eq!(
        (found.id, found.endpoint_id, found.received_at),
        (webhook.id, asking.endpoint(), at(4))
    );
    assert_eq!((found.verdict, found.evidence), (webhook.verdict, webhook.evidence));
    assert_eq!((found.duplicate_of, found.foreign_network), (None, true));
    assert_eq!(
        (found.contradicted, found.erased_at, found.events),
        (false, None, webhook.events)
    );
    let nowhere = WebhookId(asking.world().id(at(0)));
    assert_eq!(asking.world().store.refetchable(nowhere).await.expect("an answer"), None);
}

pub async fn what_came_is_known_by_how_far_it_is_trusted(database: Database) {
    let world = World::new(&database).await;
    let (endpoint, other) = (world.endpoint("persona").await, world.endpoint("persona").await);
    let told = |endpoint, event: &str, verdict, event_type: &str| NewWebhook {
        verdict,
        same_event: Some(same_event(event)),
        events: vec![
            super::world::event("first", Outcome::Unknown, None),
            super::world::event(event_type, Outcome::Unknown, None),
        ],
        ..world.webhook(endpoint, 0)
    };
    world
        .append(&[
            told(endpoint, "verified", Verdict::Verified, "a"),
            told(endpoint, "invalid", Verdict::Invalid, "b"),
            told(other, "elsewhere", Verdict::Verified, "c"),
        ])
        .await;
    let events = ["elsewhere", "verified", "nowhere", "invalid", "verified"].map(same_event);
    let trust = Verdict::Verified.trust();
    let know = async |events: &[SameEvent], trust| world.store.have_come(endpoint, events, trust).await.expect("an answer");
    assert_eq!(know(&events, trust).await, [false, true, false, false, true]);
    assert_eq!(know(&events, 0).await, [false, true, false, true, true]);
    assert_eq!(know(&[], 0).await, [] as [bool; 0]);
    let types = ["c", "b", "nowhere", "a", "first"].map(text);
    let came = world.store.types_that_came(endpoint, &types).await.expect("types");
    assert_eq!(came, ["b", "a", "first"].map(text));
}

pub async fn what_was_erased_is_known_by_its_event(database: Database) {
    let world = World::new(&database).await;
    let (endpoint, other) = (world.endpoint("persona").await, world.endpoint("persona").await);
    let told = |endpoint, verdict, key| NewWebhook {
        verdict,
        same_event: Some(same_event(key)),
        ..world.webhook(endpoint, 0)
    };
    let webhooks = [
        told(endpoint, Verdict::Verified, "verified"),
        told(endpoint, Verdict::Invalid, "invalid"),
        told(endpoint, Verdict::Verified, "kept"),
        told(other, Verdict::Verified, "elsewhere"),
    ];
    world.append(&webhooks).await;
    let erased = [webhooks[0].id, webhooks[1].id, webhooks[3].id];
    world.store.erase(&text("user-1042"), &erased, at(1)).await.expect("erased");
    let events = ["kept", "verified", "elsewhere", "nowhere", "invalid"].map(same_event);
    let found = world.store.were_erased(endpoint, &events).await.expect("an answer");
    assert_eq!(found, [false, true, false, false, true]);
}

pub async fn what_was_made_of_a_list_says_so(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let webhooks = [false, true, false, true].map(|reconciled| NewWebhook {
        reconciled,
        ..world.webhook(endpoint, 0)
    });
    world.append(&webhooks).await;
    for webhook in &webhooks {
        let row = world
            .store
            .webhook(webhook.id)
            .await
            .expect("an answer")
            .expect("it is there")
            .row;
        assert_eq!(row.reconciled, webhook.reconciled);
    }
    // The connection is free for the next one.
    world.append(&[world.webhook(endpoint, 1)]).await;
}

pub async fn endpoints_with_credentials_are_known(database: Database) {
    let world = World::new(&database).await;
    let (endpoint, _) = (world.endpoint("persona").await, world.endpoint("persona").await);
    let known = async || world.store.endpoints_with_credentials().await.expect("an answer");
    assert_eq!(known().await, []);
    let credentials = SealedCredentials {
        sealed_value: world
            .key
            .seal(endpoint.0, crate::accounts::secrets::Purpose::Credentials, b"{}"),
        fields: vec!["api_key".to_owned()],
        base_url: None,
        token_url: None,
        set_at: at(0),
    };
    let version = async || world.store.configuration_version().await.expect("a version");
    let before = version().await;
    world.change(Change::SetCredentials(endpoint, Some(credentials))).await;
    assert_eq!((known().await, version().await), (vec![endpoint], before + 1));
    world.change(Change::SetCredentials(endpoint, None)).await;
    assert_eq!((known().await, version().await), (Vec::new(), before + 2));
}

/// An unsigned webhook whose delivery is held, appended with its re-fetch.
async fn held(asking: &Asking, destination: model::DestinationId) -> NewWebhook {
    let mut webhook = NewWebhook {
        verdict: Verdict::Unsigned,
        refetch: Some(asking.new_refetch(RefetchTrigger::Confirmation, 0)),
        ..asking.forwarding.webhook_of(destination, 0, "user-1")
    };
    webhook.deliveries[0].held = true;
    asking.world().append(std::slice::from_ref(&webhook)).await;
    webhook
}

/// Of the minute in which all arrived.
async fn counts(world: &World) -> Vec<(Verdict, u64)> {
    let volume = world.store.volume(&WebhookFilter::default(), at(-20), at(40), 1).await;
    let bucket: VolumeBucket = volume.expect("a volume").buckets.remove(0);
    bucket.counts
}
