use std::collections::HashMap;

use hookproof::endpoints::{AddEndpoint, EndpointChange};
use hookproof::operation::OperationError;
use hookproof::providers::sandbox::{Attempt, Random, find};
use model::{EndpointPolicy, ProviderKey, RefetchState, RefetchTrigger, Verdict, WebhookId};
use rand::SeedableRng;
use serde_json::Value;

use crate::support::receipt;
use crate::world::{World, admin};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authento_is_asked_by_itself_after_its_four_events_and_after_no_others() {
    let world = World::start().await;
    let stand_ins = world.stand_ins().await;
    // One webhook of each type: more in a second would be more than Authento allows.
    let mut bodies = HashMap::new();
    for told in stand_ins.tell(1_500) {
        if told.provider == "authento" {
            let body: Value = serde_json::from_slice(&told.body).expect("JSON");
            let event = body["event"].as_str().expect("an event").to_owned();
            bodies.entry(event).or_insert(told.body);
        }
    }
    let key = ProviderKey::new("authento");
    let stand_in = find(&key).expect("a stand-in");
    let keys = stand_in.make_keys(&mut Random::seed_from_u64(5));
    let endpoint = world.endpoint("authento", EndpointPolicy::default(), keys.registered()).await;
    world.let_ask(&endpoint, stand_ins.apis.access(&key).expect("served")).await;

    let mut posted = HashMap::<String, WebhookId>::new();
    for (event, body) in &bodies {
        let headers = stand_in.sign(
            &keys,
            "",
            body,
            Attempt::first(hookproof::clock::Clock::now(&*world.app.clock)),
        );
        let request = world.app.client.post(&endpoint.url).headers(headers).body(body.clone());
        let id = receipt(request.send().await.expect("an answer")).await;
        posted.insert(event.clone(), id);
    }
    for event in ["PERMISSION_GRANTED", "REVIEWED", "ON_HOLD", "INFO_UPDATED"] {
        let id = posted.remove(event).expect("it was told");
        let refetch = world.refetched(id).await;
        assert_eq!(
            (refetch.state, refetch.trigger),
            (RefetchState::Done, RefetchTrigger::Automatic),
            "{event}: {refetch:?}"
        );
        assert_eq!(world.records(id).await.len(), 1);
    }
    assert!(posted.len() >= 3, "there are others: {posted:?}");
    for (event, id) in posted {
        assert!(world.refetches(id).await.is_empty(), "{event}");
        assert_eq!(world.webhook(id).await.row.verdict, Verdict::Verified);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_which_events_is_a_setting() {
    let world = World::start().await;
    let patterns = |patterns: &[&str]| Some(patterns.iter().map(|&pattern| pattern.to_owned()).collect::<Vec<_>>());
    let endpoint = world.endpoint("persona", EndpointPolicy::default(), None).await;
    assert_eq!(endpoint.refetch_event_types, None);
    let operations = &world.app.operations;
    let change = async |types| {
        let change = EndpointChange {
            refetch_event_types: Some(types),
            ..EndpointChange::default()
        };
        operations.change_endpoint(&admin(), endpoint.id, change).await
    };
    let changed = change(patterns(&["inquiry.*", "case.created"])).await.expect("changed");
    assert_eq!(changed.refetch_event_types, patterns(&["inquiry.*", "case.created"]));
    assert_eq!(change(None).await.expect("changed").refetch_event_types, None);
    let stored = change(patterns(&[])).await.expect("changed");
    assert_eq!(stored.refetch_event_types, patterns(&[]), "none is not the usual ones");
    for wrong in ["*.approved", " inquiry.*", ""] {
        let refused = change(patterns(&[wrong])).await.expect_err("refused");
        let OperationError::Invalid(errors) = refused else {
            panic!("{refused}");
        };
        assert_eq!(errors[0].field, "refetch_event_types");
    }
    let nobody_to_ask = AddEndpoint {
        refetch_event_types: patterns(&["*"]),
        ..AddEndpoint::plain("peleza", "peleza test", None)
    };
    let refused = operations.add_endpoint(&admin(), nobody_to_ask).await.expect_err("refused");
    assert!(matches!(refused, OperationError::Invalid(_)), "{refused}");
    world.end().await;
}
