use hookproof::endpoints::EndpointChange;
use hookproof::providers::{self, Request};
use model::{
    Agreement, DeliveryState, EndpointPolicy, Failure, ProviderKey, RefetchState, RefetchTrigger, Timestamp, Verdict, WebhookId,
};
use serde_json::{Value, json};

use crate::destination::{Destination, Script};
use crate::stand_ins::StandIns;
use crate::support::{PERSONA_SECRET, persona_event, receipt};
use crate::world::{CONFIRM_FIRST, World, admin, operator};

fn noon() -> Timestamp {
    crate::asking::noon()
}

/// A webhook of Case Keeper's stand-in of that type.
fn told(stand_ins: &StandIns, key: &str) -> Vec<u8> {
    let told = stand_ins.tell(400).into_iter();
    let mut of_type = told.filter(|told| {
        let body: Value = serde_json::from_slice(&told.body).unwrap_or_default();
        told.provider == "case_keeper" && body["key"] == key
    });
    of_type.next().expect("it is told").body
}

fn webhook_of(key: &str, verification: &str) -> String {
    json!({"key": key, "data": {"id": verification, "ref": "user-1042"}}).to_string()
}

const TOKEN: &str = r#"{"access_token": "t", "expires_in": 300, "token_type": "Bearer"}"#;

/// An API of Case Keeper that answers with this record.
async fn api_with(record: &Value) -> Destination {
    let api = Destination::start(Script::status(200, &[], TOKEN)).await;
    api.follow_in_turn([Script::status(200, &[], TOKEN), answer(record)]);
    api
}

fn answer(record: &Value) -> Script {
    Script::status(200, &[], &record.to_string())
}

async fn post(world: &World, url: &str, body: impl Into<reqwest::Body>) -> WebhookId {
    receipt(world.app.post(url, &[("content-type", "application/json")], body).await).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unsigned_webhook_is_confirmed_by_the_provider_and_then_forwarded_byte_for_byte() {
    let world = World::start().await;
    let stand_ins = world.stand_ins().await;
    let body = told(&stand_ins, "verification.verified");
    let endpoint = world.endpoint("case_keeper", CONFIRM_FIRST, None).await;
    let access = stand_ins.apis.access(&endpoint.provider).expect("it is served");
    world.let_ask(&endpoint, access).await;
    let (receiver, _) = world.receiver().await;

    let id = post(&world, &endpoint.url, body.clone()).await;
    let refetch = world.refetched(id).await;
    assert_eq!(
        (refetch.state, refetch.trigger, refetch.attempts, refetch.failure),
        (RefetchState::Done, RefetchTrigger::Confirmation, 1, None)
    );
    receiver.until_received(1).await;
    assert_eq!(receiver.received()[0].body, body);
    assert_eq!(receiver.received()[0].header("webhook-id"), Some(id.to_string().as_str()));

    let webhook = world.webhook(id).await;
    assert_eq!(webhook.row.verdict, Verdict::Confirmed);
    let says = webhook.evidence.record.expect("it rests on the record");
    assert_eq!((says.record, says.agreement), (refetch.record, Agreement::Agrees));
    let records = world.records(id).await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].url, refetch.url.expect("told"));
    let stored = world
        .app
        .store
        .stored_record(records[0].id)
        .await
        .expect("read")
        .expect("there");
    let stored: Value = serde_json::from_slice(&stored.body).expect("JSON");
    let sent: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(stored["id"], sent["data"]["id"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_record_contradicts_is_held_until_a_later_record_agrees() {
    let world = World::start().await;
    let api = api_with(&json!({"id": "v1", "status": "rejected"})).await;
    let endpoint = world.endpoint("case_keeper", CONFIRM_FIRST, None).await;
    world.let_ask_at(&endpoint, &format!("http://{}", api.address)).await;
    let (receiver, _) = world.receiver().await;

    let id = post(&world, &endpoint.url, webhook_of("verification.verified", "v1")).await;
    assert_eq!(world.refetched(id).await.state, RefetchState::Done);
    let webhook = world.webhook(id).await;
    assert_eq!((webhook.row.verdict, webhook.row.contradicted), (Verdict::Unsigned, true));
    let says = webhook.evidence.record.expect("the record").agreement;
    let Agreement::Contradicts(contradiction) = says else {
        panic!("{says:?}");
    };
    assert_eq!(
        (contradiction.path.as_str(), contradiction.record.as_str()),
        ("/status", "rejected")
    );
    assert_eq!(world.delivery(id).await.state, DeliveryState::Held);

    // A policy that lets go what is unsigned does not let go what is contradicted.
    let on_its_word = EndpointChange {
        confirm_before_forwarding: Some(false),
        forward_unsigned: Some(true),
        ..EndpointChange::default()
    };
    let operations = &world.app.operations;
    operations
        .change_endpoint(&admin(), endpoint.id, on_its_word)
        .await
        .expect("changed");
    operations.reverify(&admin(), endpoint.id, None, None).await.expect("checked");
    assert_eq!(world.delivery(id).await.state, DeliveryState::Held);
    assert!(world.webhook(id).await.row.contradicted);
    assert!(receiver.received().is_empty());

    api.follow(answer(&json!({"id": "v1", "status": "verified"})));
    let again = operations.refetch(&operator(), id).await.expect("asked");
    assert_eq!((again.state, again.trigger), (RefetchState::Done, RefetchTrigger::Manual));
    receiver.until_received(1).await;
    let webhook = world.webhook(id).await;
    assert_eq!((webhook.row.verdict, webhook.row.contradicted), (Verdict::Confirmed, false));
    assert_eq!(world.records(id).await.len(), 2, "both records stay");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_webhook_is_not_confirmed_by_the_record_of_another() {
    let world = World::start().await;
    let api = api_with(&json!({"id": "v2", "status": "verified"})).await;
    let endpoint = world.endpoint("case_keeper", CONFIRM_FIRST, None).await;
    world.let_ask_at(&endpoint, &format!("http://{}", api.address)).await;
    let (receiver, _) = world.receiver().await;
    let forged = post(&world, &endpoint.url, webhook_of("verification.verified", "v1")).await;
    assert_eq!(world.refetched(forged).await.state, RefetchState::Done);
    let webhook = world.webhook(forged).await;
    assert_eq!((webhook.row.verdict, webhook.row.contradicted), (Verdict::Unsigned, true));
    assert_eq!(world.delivery(forged).await.state, DeliveryState::Held);

    // Nor by the provider's not knowing it.
    let stand_ins = world.stand_ins().await;
    let access = stand_ins.apis.access(&endpoint.provider).expect("it is served");
    world.let_ask(&endpoint, access).await;
    let unknown = post(&world, &endpoint.url, webhook_of("verification.verified", "v3")).await;
    let put_off = world.put_off(unknown, 1).await;
    assert_eq!(put_off.failure, Some(Failure::NotFound));
    world.turn(40);
    let refetch = world.refetched(unknown).await;
    assert_eq!((refetch.state, refetch.attempts), (RefetchState::Failed, 2));
    assert_eq!(world.delivery(unknown).await.state, DeliveryState::Held);
    assert!(receiver.received().is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_wrongly_signed_stays_invalid_and_takes_no_genuine_ones_place() {
    let world = World::start().await;
    let record =
        json!({"data": {"type": "inquiry", "id": "inq_1", "attributes": {"status": "approved", "reference-id": "user-1042"}}});
    let api = Destination::start(answer(&record)).await;
    let endpoint = world
        .endpoint("persona", EndpointPolicy::default(), Some(PERSONA_SECRET))
        .await;
    world.let_ask_at(&endpoint, &format!("http://{}", api.address)).await;
    let (receiver, _) = world.receiver().await;

    // Whoever knows an id writes the rest as they like; no state is told, so that none is wrong.
    let genuine = persona_event("evt_1");
    let mut forged: Value = serde_json::from_str(&genuine).expect("JSON");
    forged["data"]["attributes"]["name"] = json!("inquiry.updated-tags");
    forged["data"]["attributes"]["payload"]["data"]["attributes"] = json!({"status": "approved", "name-first": "Mallory"});
    let wrongly_signed = [("persona-signature", "t=1763640000,v1=00")];
    let forged = receipt(world.app.post(&endpoint.url, &wrongly_signed, forged.to_string()).await).await;
    assert_eq!(world.webhook(forged).await.row.verdict, Verdict::Invalid);

    world.app.operations.refetch(&operator(), forged).await.expect("asked");
    let webhook = world.webhook(forged).await;
    assert_eq!((webhook.row.verdict, webhook.row.contradicted), (Verdict::Invalid, false));
    let says = webhook.evidence.record.expect("it is noted").agreement;
    assert_eq!(says, Agreement::AgreesButForSubject);
    assert_eq!(world.delivery(forged).await.state, DeliveryState::Held);

    let first = receipt(world.app.post_signed(&endpoint, &genuine).await).await;
    let webhook = world.webhook(first).await;
    assert_eq!((webhook.row.verdict, webhook.row.duplicate_of), (Verdict::Verified, None));
    receiver.until_received(1).await;
    assert_eq!(receiver.received()[0].body, genuine.as_bytes());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_credentials_a_webhook_waits_and_its_page_says_why() {
    let world = World::start().await;
    let stand_ins = world.stand_ins().await;
    let body = told(&stand_ins, "verification.verified");
    let endpoint = world.endpoint("case_keeper", CONFIRM_FIRST, None).await;
    let (receiver, _) = world.receiver().await;
    let id = post(&world, &endpoint.url, body).await;
    let refetch = world.refetched(id).await;
    assert_eq!(
        (refetch.state, refetch.failure),
        (RefetchState::Failed, Some(Failure::NoCredentials))
    );
    assert_eq!(world.delivery(id).await.state, DeliveryState::Held);
    assert!(world.page_tells(id, Failure::NoCredentials, None).await);

    // Once there are some, checking again asks for what waits.
    let access = stand_ins.apis.access(&endpoint.provider).expect("it is served");
    world.let_ask(&endpoint, access).await;
    world
        .app
        .operations
        .reverify(&admin(), endpoint.id, None, None)
        .await
        .expect("checked");
    receiver.until_received(1).await;
    assert_eq!(world.webhook(id).await.row.verdict, Verdict::Confirmed);
    // What is confirmed is not asked for again.
    world
        .app
        .operations
        .reverify(&admin(), endpoint.id, None, None)
        .await
        .expect("checked");
    assert_eq!(world.refetches(id).await.len(), 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_webhook_again_asks_for_nothing() {
    let world = World::start().await;
    let api = api_with(&json!({"id": "v1", "status": "verified"})).await;
    let endpoint = world.endpoint("case_keeper", CONFIRM_FIRST, None).await;
    world.let_ask_at(&endpoint, &format!("http://{}", api.address)).await;
    let body = webhook_of("verification.verified", "v1");
    let first = post(&world, &endpoint.url, body.clone()).await;
    world.refetched(first).await;
    let second = post(&world, &endpoint.url, body).await;
    assert_eq!(world.webhook(second).await.row.duplicate_of, Some(first));
    assert!(world.refetches(second).await.is_empty());
    world.end().await;
}

#[test]
fn the_events_of_these_tests_are_read_as_they_are_meant() {
    let provider = providers::find(&ProviderKey::new("case_keeper")).expect("a provider");
    let body = webhook_of("verification.verified", "v1");
    let request = Request {
        headers: &axum::http::HeaderMap::new(),
        body: body.as_bytes(),
        received_at: noon(),
    };
    let event = provider.parse(&request).events.pop().expect("an event");
    assert_eq!(event.resource.expect("a verification").id.as_str(), "v1");
}
