use std::collections::HashSet;

use hookproof::endpoints::EndpointView;
use hookproof::providers::api::EventQuery;
use hookproof::providers::sandbox::{Attempt, Keys, Random, StandIn, find};
use model::{EndpointPolicy, OnUntrusted, ProviderKey, ReconcileState, Text, Verdict};
use rand::SeedableRng;
use serde_json::Value;

use crate::asking::noon;
use crate::stand_ins::StandIns;
use crate::support::receipt;
use crate::world::{World, admin, operator};

struct Persona {
    stand_in: &'static dyn StandIn,
    keys: Keys,
    endpoint: EndpointView,
}

impl Persona {
    async fn new(world: &World, stand_ins: &StandIns) -> Self {
        let key = ProviderKey::new("persona");
        let stand_in = find(&key).expect("a stand-in");
        let keys = stand_in.make_keys(&mut Random::seed_from_u64(5));
        let endpoint = world.endpoint("persona", EndpointPolicy::default(), keys.registered()).await;
        world.let_ask(&endpoint, stand_ins.apis.access(&key).expect("served")).await;
        Self {
            stand_in,
            keys,
            endpoint,
        }
    }

    async fn post(&self, world: &World, body: &[u8]) {
        let now = hookproof::clock::Clock::now(&*world.app.clock);
        let headers = self.stand_in.sign(&self.keys, "", body, Attempt::first(now));
        let request = world.app.client.post(&self.endpoint.url).headers(headers);
        receipt(request.body(body.to_vec()).send().await.expect("an answer")).await;
    }
}

fn id_and_type(event: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&event["data"]["id"]), text(&event["data"]["attributes"]["name"]))
}

/// The ids of all that the stand-in lists, with their types.
async fn all_listed(stand_ins: &StandIns) -> Vec<(String, Vec<u8>)> {
    let (client, access) = (stand_ins.client(), stand_ins.access("persona"));
    let list = access.api.event_list().expect("it keeps one");
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let query = EventQuery {
            after: after.as_deref(),
            ..EventQuery::default()
        };
        let page = client.fetch(&access, &list.ask(&query)).await.expect("a page");
        let page = list.read(&page.body).expect("a list");
        listed.extend(page.events.into_iter().map(|event| (event.id.to_string(), event.body)));
        after = page.next;
        if after.is_none() {
            return listed;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_provider_never_sent_is_found_and_stored_and_forwarded_once() {
    let world = World::start().await;
    let stand_ins = world.stand_ins().await;
    let told = stand_ins.tell(900);
    let persona = Persona::new(&world, &stand_ins).await;
    let (receiver, _) = world.receiver().await;
    let mut sent = HashSet::new();
    for told in told.iter().filter(|told| told.provider == "persona") {
        persona.post(&world, &told.body).await;
        let body: Value = serde_json::from_slice(&told.body).expect("JSON");
        sent.insert(id_and_type(&body));
    }
    receiver.until_received(sent.len()).await;
    let types: HashSet<_> = sent.iter().map(|(_, name)| name.clone()).collect();
    let listed = all_listed(&stand_ins).await;
    let is_dropped = |(id, _): &&(String, Vec<u8>)| !sent.iter().any(|(known, _)| known == id);
    let dropped: Vec<_> = listed.iter().filter(is_dropped).collect();
    let type_of = |body: &[u8]| id_and_type(&serde_json::from_slice(body).expect("JSON")).1;
    let (expected, other): (Vec<_>, Vec<_>) = dropped.into_iter().partition(|(_, body)| types.contains(&type_of(body)));
    assert!(expected.len() >= 3, "some were dropped: {}", expected.len());

    let operations = &world.app.operations;
    let (actor, id) = (operator(), persona.endpoint.id);
    let refused = operations.store_missing(&actor, id).await.expect_err("nothing was compared");
    assert_eq!(refused.to_string(), "nothing was compared yet, or not to the end");
    world.turn(10);
    let found = operations.reconcile(&actor, id, Some(noon()), None).await.expect("compared");
    assert_eq!((found.state, &found.failure), (ReconcileState::Done, &None));
    assert_eq!(found.listed, listed.len() as u64);
    assert_eq!(found.arrived, sent.len() as u64);
    assert_eq!(found.other_types, other.len() as u64);
    assert_eq!(found.untrusted, 0);
    let missing: Vec<_> = found
        .missing
        .iter()
        .map(|event| event.provider_event_id.to_string())
        .collect();
    let ids: Vec<_> = expected.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(missing, ids, "the newest first");

    // One arrives after all before it is stored, and whoever stores the rest presses twice.
    let late = &expected[0].1;
    persona.post(&world, late).await;
    let (first, second) = tokio::join!(operations.store_missing(&actor, id), operations.store_missing(&actor, id));
    let stored = ids.len() as u64 - 1;
    let mut counts = [first.expect("stored"), second.expect("stored")];
    counts.sort_unstable();
    assert_eq!(counts, [0, stored]);
    let all = sent.len() + ids.len();
    receiver.until_received(all).await;
    let bodies: HashSet<_> = receiver.received().into_iter().map(|received| received.body).collect();
    assert_eq!(
        (bodies.len(), receiver.received().len()),
        (all, all),
        "each was forwarded once"
    );
    for (_, body) in &expected {
        assert!(bodies.contains(body), "as the provider lists it, byte for byte");
    }
    let log = world.app.log().await;
    let reconciled: Vec<_> = log.iter().filter(|row| row.reconciled).collect();
    assert_eq!(reconciled.len() as u64, stored);
    assert!(
        reconciled
            .iter()
            .all(|row| row.verdict == Verdict::Confirmed && row.duplicate_of.is_none())
    );
    let progress = operations.reconcile_progress(&actor, id).await.expect("read").expect("there");
    assert_eq!(progress.stored, stored);

    world.turn(10);
    let again = operations.reconcile(&actor, id, Some(noon()), None).await.expect("compared");
    assert_eq!((again.missing.len(), again.arrived), (0, all as u64));
    // Should one of them come after all, it is the same event again.
    persona.post(&world, &expected[1].1).await;
    let newest = world.app.log().await.remove(0);
    assert!(newest.duplicate_of.is_some());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_span_is_compared_and_what_is_not_trusted_has_not_come() {
    let world = World::start().await;
    let stand_ins = world.stand_ins().await;
    let told = stand_ins.tell(300);
    let persona = Persona::new(&world, &stand_ins).await;
    let events: Vec<_> = told.iter().filter(|told| told.provider == "persona").collect();
    let [one, others @ ..] = events.as_slice() else {
        panic!("none was told");
    };
    for told in others {
        persona.post(&world, &told.body).await;
    }
    // Somebody knows of the event and cannot sign it.
    receipt(world.app.post(&persona.endpoint.url, &[], one.body.clone()).await).await;
    let body: Value = serde_json::from_slice(&one.body).expect("JSON");
    let at = body["data"]["attributes"]["created-at"].as_str().expect("a time");
    let at = model::Timestamp::parse(at).expect("a time");

    let operations = &world.app.operations;
    let (actor, id) = (operator(), persona.endpoint.id);
    let until_then = operations
        .reconcile(&actor, id, Some(noon()), Some(at))
        .await
        .expect("compared");
    let (one_id, _) = id_and_type(&body);
    let has_it = |found: &model::ReconcileProgress| {
        let mut ids = found.missing.iter().map(|event| event.provider_event_id.as_str());
        ids.any(|found| found == one_id)
    };
    assert!(!has_it(&until_then), "the end is excluded");
    world.turn(2);
    let with_it = operations
        .reconcile(&actor, id, Some(at), Some(at.plus_seconds(1)))
        .await
        .expect("compared");
    assert!(has_it(&with_it));
    let missing: Vec<_> = with_it.missing.iter().filter(|event| event.came_untrusted).collect();
    assert_eq!((missing.len(), with_it.untrusted), (1, 1), "it came, but cannot be trusted");
    assert_eq!(missing[0].provider_event_id.as_str(), one_id);
    operations.store_missing(&actor, id).await.expect("stored");
    let stored = world.app.log().await.into_iter().find(|row| row.reconciled).expect("stored");
    assert_eq!((stored.verdict, stored.duplicate_of), (Verdict::Confirmed, None));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_erased_does_not_come_back_from_the_providers_list() {
    let world = World::start().await;
    let stand_ins = world.stand_ins().await;
    let told = stand_ins.tell(900);
    let persona = Persona::new(&world, &stand_ins).await;
    let subject_of = |body: &[u8]| {
        let body: Value = serde_json::from_slice(body).expect("JSON");
        let subject = &body["data"]["attributes"]["payload"]["data"]["attributes"]["reference-id"];
        subject.as_str().map(ToOwned::to_owned)
    };
    let told: Vec<_> = told.into_iter().filter(|told| told.provider == "persona").collect();
    // Of one person one event never came, of a type that came otherwise.
    let event_of = |body: &[u8]| id_and_type(&serde_json::from_slice(body).expect("JSON"));
    let of_subject = |subject: &String| {
        let of_them = told.iter().filter(|told| subject_of(&told.body).as_ref() == Some(subject));
        of_them.map(|told| event_of(&told.body)).collect::<HashSet<_>>()
    };
    let mut subjects = told.iter().filter_map(|told| subject_of(&told.body));
    let somebody = subjects.find(|subject| of_subject(subject).len() > 2).expect("somebody");
    let of_them = of_subject(&somebody);
    let came_to_others = |event_type: &str| {
        let mut others = told.iter().filter(|told| subject_of(&told.body).as_ref() != Some(&somebody));
        others.any(|told| event_of(&told.body).1 == event_type)
    };
    let last = of_them.iter().find(|(_, event_type)| came_to_others(event_type));
    let last_id = last.expect("one").0.clone();
    for told in told.iter().filter(|told| event_of(&told.body).0 != last_id) {
        persona.post(&world, &told.body).await;
    }
    world.turn(10);
    let operations = &world.app.operations;
    let (actor, id) = (operator(), persona.endpoint.id);
    let compare = async || operations.reconcile(&actor, id, Some(noon()), None).await.expect("compared");
    let has_last = |found: &model::ReconcileProgress| {
        let mut missing = found.missing.iter();
        missing.any(|event| event.provider_event_id.as_str() == last_id)
    };
    assert!(has_last(&compare().await));

    // What was found before is forgotten with them.
    let subject = Text::new(&somebody).expect("a text");
    operations.erase_subject(&admin(), &subject).await.expect("erased");
    assert!(operations.store_missing(&actor, id).await.is_err());
    assert_eq!(operations.reconcile_progress(&actor, id).await.expect("read"), None);

    // What came and was erased is not missing; what never came may be stored, as when it came by itself.
    world.turn(10);
    let found = compare().await;
    assert!(has_last(&found));
    let is_of_them = |event: &&model::MissingEvent| {
        let mut ids = of_them.iter().map(|(id, _)| id.as_str());
        ids.any(|id| id == event.provider_event_id.as_str())
    };
    let back = found.missing.iter().filter(is_of_them);
    assert_eq!(back.count(), 1);

    // Nor is it kept for ever.
    world.turn(60 * 60 + 1);
    let refused = operations.store_missing(&actor, id).await.expect_err("forgotten");
    assert_eq!(refused.to_string(), "what was found is not kept any more: compare again");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_while_the_missing_are_stored_stops_nothing() {
    let world = World::start().await;
    let stand_ins = world.stand_ins().await;
    let told = stand_ins.tell(900);
    let persona = Persona::new(&world, &stand_ins).await;
    // Of each type one came, so that the rest of them is missed.
    let mut types = HashSet::new();
    for told in told.iter().filter(|told| told.provider == "persona") {
        if types.insert(id_and_type(&serde_json::from_slice(&told.body).expect("JSON")).1) {
            persona.post(&world, &told.body).await;
        }
    }
    world.turn(10);
    let operations = &world.app.operations;
    let (actor, id) = (operator(), persona.endpoint.id);
    let found = operations.reconcile(&actor, id, Some(noon()), None).await.expect("compared");
    assert!(found.missing.len() > 3);

    // They leave at once.
    let storing = operations.store_missing(&actor, id);
    let left = tokio::time::timeout(std::time::Duration::ZERO, storing).await;
    assert!(left.is_err(), "it is not done yet");
    let stored = async {
        loop {
            let progress = operations.reconcile_progress(&actor, id).await.expect("read");
            if progress.is_some_and(|progress| progress.stored == found.missing.len() as u64) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_mins(1), stored).await;
    in_time.expect("they are stored all the same");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_refuses_leaves_nothing_to_store() {
    let world = World::start().await;
    let stand_ins = world.stand_ins().await;
    let persona = Persona::new(&world, &stand_ins).await;
    world
        .let_ask_at(&persona.endpoint, &format!("{}/persona/api/v1", stand_ins.base()))
        .await;
    let operations = &world.app.operations;
    let (actor, id) = (operator(), persona.endpoint.id);
    let failed = operations.reconcile(&actor, id, None, None).await.expect("compared");
    assert_eq!(failed.state, ReconcileState::Failed);
    let why = failed.failure.expect("a sentence");
    assert!(why.starts_with("The provider does not take the credentials. "), "{why}");
    assert!(operations.store_missing(&actor, id).await.is_err());
    let policy = EndpointPolicy {
        on_untrusted: OnUntrusted::Hold,
        ..EndpointPolicy::default()
    };
    let pleenk = world.endpoint("authento", policy, None).await;
    let refused = operations
        .reconcile(&actor, pleenk.id, None, None)
        .await
        .expect_err("no list");
    assert_eq!(refused.to_string(), "Authento keeps no list of its events");
    world.end().await;
}
