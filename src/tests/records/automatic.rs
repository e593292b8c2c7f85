use hookproof::endpoints::{AddEndpoint, EndpointChange};
use hookproof::operation::OperationError;
use hookproof::providers::sandbox::{Attempt, Random, find};
use model::{EndpointPolicy, ProviderKey, RefetchState, RefetchTrigger, Verdict};
use rand::SeedableRng;
use serde_json::Value;

use crate::support::receipt;
use crate::world::{World, admin};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authento_is_asked_by_itself_after_its_four_events_and_after_no_others() {
    let world = World::start().await;
    let stand_ins = world.stand_ins().await;
    let told = stand_ins.tell(300).into_iter().find(|told| told.provider == "authento");
    let told: Value = serde_json::from_slice(&told.expect("one is told").body).expect("JSON");
    // One webhook of each type, all of one user: more in a second would be more than Authento allows.
    let body_of = |event: &str| {
        let mut body = told.clone();
        body["event"] = event.into();
        body.to_string()
    };
    let key = ProviderKey::new("authento");
    let stand_in = find(&key).expect("a stand-in");
    let keys = stand_in.make_keys(&mut Random::seed_from_u64(5));
    let endpoint = world.endpoint("authento", EndpointPolicy::default(), keys.registered()).await;
    world.let_ask(&endpoint, stand_ins.apis.access(&key).expect("served")).await;

    let post = async |event: &str| {
        let body = body_of(event);
        let now = hookproof::clock::Clock::now(&*world.app.clock);
        let headers = stand_in.sign(&keys, "", body.as_bytes(), Attempt::first(now));
        let request = world.app.client.post(&endpoint.url).headers(headers).body(body);
        receipt(request.send().await.expect("an answer")).await
    };
    for event in ["INIT", "PENDING", "PERMISSION_REVOKED"] {
        let id = post(event).await;
        assert_eq!(world.webhook(id).await.row.verdict, Verdict::Verified);
        assert!(world.refetches(id).await.is_empty(), "{event}");
    }
    for event in ["PERMISSION_GRANTED", "REVIEWED", "ON_HOLD", "INFO_UPDATED"] {
        let id = post(event).await;
        let refetch = world.refetched(id).await;
        assert_eq!(
            (refetch.state, refetch.trigger),
            (RefetchState::Done, RefetchTrigger::Automatic),
            "{event}: {refetch:?}"
        );
        assert_eq!(world.records(id).await.len(), 1);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_which_events_is_a_setting() {
    let world = World::start().await;
    let patterns = |patterns: &[&str]| Some(patterns.iter().map(|&pattern| pattern.to_owned()).collect::<Vec<_>>());
    let endpoint = world.endpoint("authento", EndpointPolicy::default(), None).await;
    assert_eq!(endpoint.refetch_event_types, None);
    let operations = &world.app.operations;
    let change = async |types| {
        let change = EndpointChange {
            refetch_event_types: Some(types),
            ..EndpointChange::default()
        };
        operations.change_endpoint(&admin(), endpoint.id, change).await
    };
    let changed = change(patterns(&["PERMISSION_*", "INIT"])).await.expect("changed");
    assert_eq!(changed.refetch_event_types, patterns(&["PERMISSION_*", "INIT"]));
    assert_eq!(change(None).await.expect("changed").refetch_event_types, None);
    let stored = change(patterns(&[])).await.expect("changed");
    assert_eq!(stored.refetch_event_types, patterns(&[]), "none is not the usual ones");
    for wrong in ["*_ADDED", " PERMISSION_*", ""] {
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
