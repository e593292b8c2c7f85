use hookproof::clock::{Clock, ManualClock};
use model::Failure;

use crate::asking::{access, client, client_at};
use crate::destination::{Destination, Script};
use crate::setup::patient;
use crate::stand_ins::StandIns;

const TOKEN: &str = "/openid-connect/token";

#[tokio::test]
async fn a_token_is_kept_until_it_ends_and_then_renewed() {
    let stand_ins = StandIns::start().await;
    let (client, access) = (stand_ins.client(), stand_ins.access("case_keeper"));
    let ask = async || client.fetch(&access, "/verifications/v1").await.expect_err("unknown").failure;
    for _ in 0..3 {
        assert_eq!(ask().await, Failure::NotFound);
    }
    assert_eq!(stand_ins.asked(TOKEN), 1);
    // It lives for 300 s, and has to last until the request arrives.
    stand_ins.clock.advance_seconds(269);
    assert_eq!(ask().await, Failure::NotFound);
    assert_eq!(stand_ins.asked(TOKEN), 1);
    stand_ins.clock.advance_seconds(1);
    assert_eq!(ask().await, Failure::NotFound);
    assert_eq!(stand_ins.asked(TOKEN), 2);
}

#[tokio::test]
async fn those_who_need_a_token_at_once_ask_for_one() {
    let stand_ins = StandIns::start().await;
    let (client, access) = (stand_ins.client(), stand_ins.access("case_keeper"));
    let ask = || client.fetch(&access, "/verifications/v1");
    let (one, two, three) = tokio::join!(ask(), ask(), ask());
    for answer in [one, two, three] {
        assert_eq!(answer.expect_err("unknown").failure, Failure::NotFound);
    }
    assert_eq!(stand_ins.asked(TOKEN), 1);
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_replaced_once() {
    let stand_ins = StandIns::start().await;
    let here = ManualClock::at(stand_ins.clock.now());
    let (client, access) = (client_at(&here, patient()), stand_ins.access("case_keeper"));
    let ask = async || client.fetch(&access, "/verifications/v1").await.expect_err("unknown").failure;
    assert_eq!(ask().await, Failure::NotFound);
    // There it has ended, and here nobody knows.
    stand_ins.clock.advance_seconds(301);
    assert_eq!(ask().await, Failure::NotFound);
    assert_eq!((stand_ins.asked(TOKEN), stand_ins.asked("/verifications/v1")), (2, 3));
}

#[tokio::test]
async fn a_provider_that_refuses_every_token_is_not_asked_for_ever() {
    let token = || Script::status(200, &[], r#"{"access_token": "t", "expires_in": 300}"#);
    let record = Script::status(200, &[], r#"{"id": "v1"}"#);
    let refusal = || Script::status(401, &[], "{}");
    let destination = Destination::start(refusal()).await;
    let (client, _) = client();
    let access = access("case_keeper", &format!("http://{}", destination.address));
    let ask = async || {
        client
            .fetch(&access, "/verifications/v1")
            .await
            .map(|_| ())
            .map_err(|error| error.failure)
    };

    // A token that was given just now need not be replaced.
    destination.follow_in_turn([token(), refusal()]);
    assert_eq!(ask().await, Err(Failure::Unauthorized));
    assert_eq!(destination.received().len(), 2);

    // The one that is kept is.
    destination.follow_in_turn([record, refusal(), token(), refusal()]);
    assert_eq!(ask().await, Ok(()));
    assert_eq!(ask().await, Err(Failure::Unauthorized));
    let lines: Vec<_> = destination.received().into_iter().map(|request| request.line).collect();
    let (ask, renew) = ("GET /verifications/v1", "POST /token");
    assert_eq!(lines, [renew, ask, ask, ask, renew, ask]);
}

#[tokio::test]
async fn other_credentials_are_asked_with_another_token() {
    let stand_ins = StandIns::start().await;
    let client = stand_ins.client();
    let mut access = stand_ins.access("case_keeper");
    let refused = async |access: &_| client.fetch(access, "/verifications/v1").await.expect_err("refused").failure;
    assert_eq!(refused(&access).await, Failure::NotFound);
    access.credentials.insert("client_secret".to_owned(), "another".into());
    assert_eq!(
        refused(&access).await,
        Failure::Unauthorized,
        "the token of before is not used"
    );
}

#[tokio::test]
async fn an_address_that_gives_no_token_is_named_so() {
    let check = async |script: Script, expected: Failure| {
        let destination = Destination::start(script).await;
        let access = access("case_keeper", &format!("http://{}", destination.address));
        let failed = client().0.fetch(&access, "/verifications/v1").await.expect_err("no token");
        assert_eq!(failed.failure, expected);
        assert_eq!(failed.url, format!("http://{}/token", destination.address));
        let received = destination.received();
        assert_eq!(received[0].header("content-type"), Some("application/x-www-form-urlencoded"));
        assert_eq!(
            String::from_utf8_lossy(&received[0].body),
            "grant_type=client_credentials&client_id=our-client_id&client_secret=our-client_secret"
        );
        assert!(!format!("{failed:?}").contains("our-"), "credentials are not told");
    };
    check(Script::status(200, &[], "<html>"), Failure::TokenFailed).await;
    check(
        Script::status(200, &[], r#"{"error": "invalid_scope"}"#),
        Failure::TokenFailed,
    )
    .await;
    check(Script::status(404, &[], ""), Failure::TokenFailed).await;
    check(Script::status(500, &[], ""), Failure::TokenFailed).await;
    check(Script::status(401, &[], "{}"), Failure::Unauthorized).await;
    check(Script::status(429, &[], "{}"), Failure::RateLimited).await;
    check(Script::AnswerAndClose(Vec::new()), Failure::ConnectionClosed).await;
}
