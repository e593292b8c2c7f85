//! What goes wrong when a person asks the provider again has a name on the re-fetch, and is never taken for an answer.

use hookproof::delivery::Timeouts;
use hookproof::endpoints::EndpointView;
use hookproof::operation::OperationError;
use model::{EndpointPolicy, Failure, RefetchRow, RefetchState, RefetchTrigger, Verdict, WebhookId};

use crate::authority::self_signed_server;
use crate::destination::{Destination, Script};
use crate::setup::{SHORT, patient};
use crate::support::{PERSONA_SECRET, persona_event, receipt};
use crate::world::{World, operator};

/// An endpoint of Persona with a webhook that nothing was asked about.
async fn webhook(world: &World) -> (EndpointView, WebhookId) {
    let endpoint = world
        .endpoint("persona", EndpointPolicy::default(), Some(PERSONA_SECRET))
        .await;
    let id = receipt(world.app.post_signed(&endpoint, &persona_event("evt_1")).await).await;
    (endpoint, id)
}

async fn check_at(world: &World, base_url: &str, status: Option<u16>, failure: Failure) -> RefetchRow {
    let (endpoint, id) = webhook(world).await;
    world.let_ask_at(&endpoint, base_url).await;
    let row = world.app.operations.refetch(&operator(), id).await.expect("asked");
    assert_eq!(
        (row.state, row.trigger, row.failure, row.status),
        (RefetchState::Failed, RefetchTrigger::Manual, Some(failure), status),
        "{row:?}"
    );
    assert_eq!((row.attempts, row.record), (1, None));
    assert!(
        world.records(id).await.is_empty(),
        "nothing is stored as if it were an answer"
    );
    let untouched = world.webhook(id).await;
    assert_eq!((untouched.row.verdict, untouched.evidence.record), (Verdict::Verified, None));
    assert!(world.page_tells(id, failure, status).await, "{failure} is not on the page");
    row
}

async fn check(world: &World, script: Script, status: u16, failure: Failure) -> RefetchRow {
    let api = Destination::start(script).await;
    let base_url = format!("http://{}", api.address);
    let row = check_at(world, &base_url, Some(status), failure).await;
    assert_eq!(row.url, Some(format!("{base_url}/inquiries/inq_1")));
    row
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_are_named() {
    let world = World::start().await;
    let status = |status| Script::status(status, &[], "{}");
    check(&world, status(401), 401, Failure::Unauthorized).await;
    check(&world, status(403), 403, Failure::Forbidden).await;
    check(&world, status(404), 404, Failure::NotFound).await;
    check(&world, status(429), 429, Failure::RateLimited).await;
    check(&world, status(500), 500, Failure::Status).await;
    check(&world, Script::status(302, &["location: /"], ""), 302, Failure::Redirect).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_are_none_are_named() {
    let world = World::start().await;
    check(&world, Script::status(200, &[], "<html>"), 200, Failure::BadAnswer).await;
    check(&world, Script::status(200, &[], r#"{"errors": []}"#), 200, Failure::BadAnswer).await;
    let mut fifty_megabytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    fifty_megabytes.resize(50 * 1024 * 1024, b' ');
    check(
        &world,
        Script::AnswerAndClose(fifty_megabytes),
        200,
        Failure::ResponseTooLarge,
    )
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_is_named() {
    let impatient = Timeouts {
        first_byte: SHORT,
        ..patient()
    };
    let world = World::start_with(impatient).await;
    let api = Destination::start(Script::AnswerAndHang(Vec::new())).await;
    check_at(&world, &format!("http://{}", api.address), None, Failure::FirstByteTimeout).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_connection_is_named() {
    let world = World::start().await;
    let server = self_signed_server("127.0.0.1");
    let api = Destination::start_tls(Script::status(200, &[], "{}"), server).await;
    check_at(&world, &format!("https://{}", api.address), None, Failure::TlsFailed).await;
    let gone = api.address;
    drop(api);
    check_at(&world, &format!("http://{gone}"), None, Failure::ConnectRefused).await;
    check_at(&world, "http://10.0.0.1", None, Failure::AddressNotAllowed).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_asked_is_refused() {
    let world = World::start().await;
    let (_, id) = webhook(&world).await;
    let operations = &world.app.operations;
    let refused = operations.refetch(&operator(), id).await.expect_err("no credentials");
    assert!(matches!(refused, OperationError::Unprocessable(_)), "{refused}");
    assert!(world.refetches(id).await.is_empty());

    let peleza = world.endpoint("peleza", EndpointPolicy::default(), None).await;
    let id = receipt(world.app.post(&peleza.url, &[], "{}").await).await;
    let refused = operations.refetch(&operator(), id).await.expect_err("no API");
    assert!(matches!(refused, OperationError::Conflict(_)), "{refused}");

    let case_keeper = world.endpoint("case_keeper", EndpointPolicy::default(), None).await;
    world.let_ask_at(&case_keeper, "http://127.0.0.1:9").await;
    let id = receipt(
        world
            .app
            .post(&case_keeper.url, &[], r#"{"key": "verification.created"}"#)
            .await,
    )
    .await;
    let refused = operations.refetch(&operator(), id).await.expect_err("nothing to ask for");
    assert!(matches!(refused, OperationError::Conflict(_)), "{refused}");

    let viewer = hookproof::operation::Actor {
        role: Some(model::Role::Viewer),
        ..operator()
    };
    let refused = operations.refetch(&viewer, id).await.expect_err("not for viewers");
    assert!(matches!(refused, OperationError::Forbidden { .. }), "{refused}");
    world.end().await;
}
