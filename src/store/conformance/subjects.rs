//! Everything of one person.

use model::{EndpointId, Event, Outcome, Resource, Timestamp, Verdict, WebhookId};

use super::asking::{Asking, resource};
use super::database::Database;
use super::world::{World, at, event, same_event, text};
use crate::store::NewWebhook;
use crate::store::records::RefetchEnd;
use crate::store::subjects::{OfSubject, SubjectSize};

/// An event of an object, of the subject if of any.
pub fn of_object(object: &str, subject: Option<&str>) -> Event {
    Event {
        resource: Some(resource(object)),
        provider_event_id: Some(text(&format!("evt-{object}"))),
        ..event("inquiry.approved", Outcome::Approved, subject)
    }
}

pub fn telling(world: &World, endpoint: EndpointId, seconds: i64, events: &[Event]) -> NewWebhook {
    NewWebhook {
        events: events.to_vec(),
        ..world.webhook(endpoint, seconds)
    }
}

pub async fn recent_subjects_are_told_once_each(database: Database) {
    let world = World::new(&database).await;
    let (persona, authento) = (world.endpoint("persona").await, world.endpoint("authento").await);
    assert_eq!(world.store.recent_subjects(9).await.expect("subjects"), []);
    let webhooks = [
        telling(&world, persona, 0, &[event("a", Outcome::Pending, Some("ada"))]),
        telling(&world, persona, 1, &[event("a", Outcome::Pending, Some("eve"))]),
        telling(&world, persona, 2, &[event("a", Outcome::Pending, None)]),
        telling(
            &world,
            authento,
            3,
            &[
                event("a", Outcome::Pending, None),
                event("b", Outcome::Approved, Some("ada")),
                event("c", Outcome::Declined, Some("ada")),
            ],
        ),
    ];
    world.append(&webhooks).await;
    let recent = async |most| world.store.recent_subjects(most).await.expect("subjects");
    let found = recent(9).await;
    let subjects: Vec<_> = found.iter().map(|found| found.subject.as_str()).collect();
    assert_eq!(subjects, ["ada", "eve"]);
    assert_eq!(recent(1).await, found[..1]);
    let ada = &found[0];
    assert_eq!((ada.provider.as_str(), ada.webhook_id), ("authento", webhooks[3].id));
    assert_eq!((ada.received_at, ada.outcome), (at(3), Some(Outcome::Approved)));

    // What cannot be believed is heard of, and says no outcome.
    let forged = |seconds, subject| NewWebhook {
        verdict: Verdict::Invalid,
        ..telling(&world, persona, seconds, &[event("a", Outcome::Declined, Some(subject))])
    };
    world.append(&[forged(4, "ada"), forged(5, "mallory")]).await;
    let found = recent(9).await;
    let told: Vec<_> = found
        .iter()
        .map(|found| (found.subject.as_str(), found.received_at, found.outcome))
        .collect();
    let expected = [
        ("mallory", at(5), None),
        ("ada", at(4), Some(Outcome::Approved)),
        ("eve", at(1), Some(Outcome::Pending)),
    ];
    assert_eq!(told, expected);
}

pub async fn the_newest_events_of_a_subject_come_with_their_webhooks(database: Database) {
    let world = World::new(&database).await;
    let (persona, authento) = (world.endpoint("persona").await, world.endpoint("authento").await);
    let full = Event {
        occurred_at: Some(at(-100)),
        ..of_object("a", Some("ada"))
    };
    let webhooks = [
        telling(&world, persona, 0, std::slice::from_ref(&full)),
        NewWebhook {
            verdict: Verdict::Stale,
            foreign_network: true,
            ..telling(
                &world,
                authento,
                1,
                &[of_object("b", Some("eve")), of_object("a", Some("ada"))],
            )
        },
        NewWebhook {
            same_event: Some(same_event("a")),
            ..telling(&world, persona, 2, &[of_object("a", Some("ada"))])
        },
        NewWebhook {
            same_event: Some(same_event("a")),
            ..telling(&world, persona, 3, &[of_object("a", Some("ada"))])
        },
    ];
    world.append(&webhooks).await;
    let events = async |most| {
        let mut events = world.store.subject_events(&text("ada"), most).await.expect("events");
        events.sort_by_key(|event| event.webhook_id);
        events
    };
    let found = events(9).await;
    let ids: Vec<_> = found.iter().map(|event| event.webhook_id).collect();
    assert_eq!(ids, webhooks.iter().map(|webhook| webhook.id).collect::<Vec<_>>());
    assert_eq!((&found[0].event, found[0].received_at), (&full, at(0)));
    assert_eq!((found[0].endpoint_id, found[0].provider.as_str()), (persona, "persona"));
    assert_eq!((found[0].verdict, found[0].foreign_network), (Verdict::Verified, false));
    assert_eq!((found[0].contradicted, found[0].duplicate), (false, false));
    assert_eq!((found[1].verdict, found[1].foreign_network), (Verdict::Stale, true));
    assert_eq!((found[2].duplicate, found[3].duplicate), (false, true));
    let newest: Vec<_> = events(2).await.iter().map(|event| event.webhook_id).collect();
    assert_eq!(newest, ids[2..]);
}

pub async fn records_of_a_subject_are_found(database: Database) {
    let asking = Asking::new(&database).await;
    let mut records = Vec::new();
    for (seconds, subject) in [(0, "ada"), (1, "eve"), (2, "ada")] {
        let webhook = NewWebhook {
            events: vec![of_object("a", Some(subject))],
            ..asking.webhook(seconds)
        };
        asking.world().append(&[webhook]).await;
        let record = asking.record(seconds, "a", "{}");
        records.push(record.id);
        let leased = asking.lease_one(seconds).await;
        assert!(asking.finish(leased, seconds, RefetchEnd::Record(record, None)).await);
    }
    let found = async |most| {
        let store = &asking.world().store;
        let rows = store.subject_records(&text("ada"), most).await.expect("records");
        rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(found(9).await, [records[2], records[0]]);
    assert_eq!(found(1).await, [records[2]]);
}

pub async fn what_is_to_be_erased_of_a_subject_is_found_to_its_end(database: Database) {
    let asking = Asking::new(&database).await;
    let (world, here) = (asking.world(), asking.endpoint());
    let there = world.endpoint("persona").await;
    let destination = asking.forwarding.destination().await;
    let other_kind = Event {
        resource: Some(Resource {
            kind: text("case"),
            ..resource("a")
        }),
        ..of_object("a", None)
    };
    let (ada, eve) = (Some("ada"), Some("eve"));
    let found = [
        // Tell of its objects and name nobody.
        telling(world, here, 0, &[of_object("a", None)]),
        telling(world, here, 9, &[of_object("unrelated", None), of_object("b", None)]),
        telling(world, there, 9, &[of_object("c", None)]),
        // Name it.
        NewWebhook {
            deliveries: vec![asking.forwarding.new_delivery(destination, 1)],
            ..telling(world, here, 1, &[of_object("a", ada)])
        },
        telling(world, here, 2, &[of_object("x", ada), of_object("b", None)]),
        telling(
            world,
            there,
            3,
            &[of_object("shared", eve), of_object("c", ada), of_object("d", None)],
        ),
        telling(world, there, 4, &[event("nothing.more", Outcome::Unknown, ada)]),
    ];
    let others = [
        // The same object elsewhere, another object, another kind of object, another subject's.
        telling(world, there, 0, &[of_object("a", None)]),
        telling(world, here, 0, &[of_object("y", None)]),
        telling(world, here, 0, &[other_kind]),
        telling(world, here, 5, &[of_object("a", eve)]),
        telling(world, there, 5, &[of_object("shared", None)]),
        // Of an object that may be the other's.
        telling(world, there, 5, &[of_object("d", None)]),
        world.webhook(here, 0),
    ];
    world.append(&found).await;
    world.append(&others).await;
    asking.ask(found[4].id, 5).await;
    assert_eq!(asking.finish_all(5, None).await, 1);

    let size = async || world.store.subject_size(&text("ada")).await.expect("a size");
    let expected = SubjectSize {
        webhooks: 7,
        records: 1,
        deliveries: 1,
        shared: 1,
    };
    assert_eq!(size().await, expected);
    let next = async |most| world.store.of_subject(&text("ada"), most).await.expect("webhooks");
    let ids = |webhooks: &[NewWebhook]| webhooks.iter().map(|webhook| webhook.id).collect::<Vec<_>>();
    let all = next(7).await;
    assert_eq!((sorted(all.webhooks), all.has_more), (sorted(ids(&found)), false));
    // In portions those that nothing else leads to go first.
    let mut erased = Vec::new();
    for (most, has_more) in [(2, true), (2, true), (2, true), (2, false)] {
        let portion = next(most).await;
        assert_eq!(portion.has_more, has_more);
        erase(world, &portion, at(10)).await;
        erased.extend(portion.webhooks);
    }
    assert_eq!(sorted(erased), sorted(ids(&found)));
    assert_eq!((next(9).await, size().await), (OfSubject::default(), SubjectSize::default()));
    let eves = world.store.subject_events(&text("eve"), 9).await.expect("events");
    assert_eq!(eves.len(), 2);
    assert!(eves.iter().all(|event| event.event.resource.is_some()));
    assert_eq!(world.store.subject_events(&text("ada"), 9).await.expect("events"), []);
}

pub async fn endpoints_are_told_by_name_archived_or_not(database: Database) {
    let world = World::new(&database).await;
    let (persona, archived) = (world.endpoint("persona").await, world.endpoint("authento").await);
    world
        .change(crate::store::change::Change::ArchiveEndpoint(archived, at(1)))
        .await;
    let nowhere = EndpointId(world.id(at(0)));
    let names = world
        .store
        .endpoint_names(&[archived, nowhere, persona])
        .await
        .expect("names");
    let expected = [
        (persona, "persona in production".to_owned()),
        (archived, "authento in production".to_owned()),
    ];
    assert_eq!(names, expected);
    assert_eq!(world.store.endpoint_names(&[]).await.expect("names"), []);
}

async fn erase(world: &World, portion: &OfSubject, at: Timestamp) {
    let erased = world.store.erase(&text("ada"), &portion.webhooks, at).await;
    erased.expect("erased");
}

fn sorted(mut ids: Vec<WebhookId>) -> Vec<WebhookId> {
    ids.sort_unstable();
    ids
}
