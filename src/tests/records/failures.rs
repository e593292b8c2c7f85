use std::sync::Arc;

use hookproof::clock::{Clock, ManualClock};
use hookproof::delivery::{AllowedNetworks, Client, Timeouts};
use hookproof::records::{MAX_RECORD, RecordClient, Unanswered};
use model::Failure;

use crate::asking::{access, client, client_with, noon};
use crate::authority::{Authority, self_signed_server};
use crate::destination::{Destination, Script};
use crate::setup::{Names, SHORT, allowing, patient};

const PATH: &str = "/inquiries/inq_1";
const RECORD: &str = r#"{"data": {"type": "inquiry", "id": "inq_1"}}"#;

async fn check_with(timeouts: Timeouts, script: Script, status: Option<u16>, failure: Failure) -> Unanswered {
    let shown: String = format!("{script:?}").chars().take(200).collect();
    let destination = Destination::start(script).await;
    let access = access("persona", &format!("http://{}", destination.address));
    let failed = client_with(timeouts).0.fetch(&access, PATH).await.expect_err("no record");
    assert_eq!((failed.failure, failed.status), (failure, status), "{shown}");
    assert_eq!(failed.url, format!("http://{}{PATH}", destination.address));
    assert!(!format!("{failed:?}{failed}").contains("our-"), "credentials are not told");
    failed
}

async fn check(script: Script, status: Option<u16>, failure: Failure) {
    check_with(patient(), script, status, failure).await;
}

#[tokio::test]
async fn an_answer_that_says_no_is_named_by_what_it_says() {
    check(Script::status(500, &[], RECORD), Some(500), Failure::Status).await;
    check(Script::status(400, &[], RECORD), Some(400), Failure::Status).await;
    check(Script::status(401, &[], RECORD), Some(401), Failure::Unauthorized).await;
    check(Script::status(403, &[], RECORD), Some(403), Failure::Forbidden).await;
    check(Script::status(404, &[], RECORD), Some(404), Failure::NotFound).await;
    check(Script::status(429, &[], RECORD), Some(429), Failure::RateLimited).await;
    let elsewhere = Script::status(302, &["location: https://elsewhere.example/"], RECORD);
    check(elsewhere, Some(302), Failure::Redirect).await;
}

#[tokio::test]
async fn what_is_not_a_record_is_none() {
    let says = |body: &str| Script::status(200, &[], body);
    check(says("<html>"), Some(200), Failure::BadAnswer).await;
    check(says(""), Some(200), Failure::BadAnswer).await;
    check(says("{}"), Some(200), Failure::BadAnswer).await;
    check(says(r#"{"data": null}"#), Some(200), Failure::BadAnswer).await;
    check(says(r#"{"data": {"id": "inq_1"}"#), Some(200), Failure::BadAnswer).await;
    check(
        says(&format!("{{\"data\": {}", "[".repeat(100_000))),
        Some(200),
        Failure::BadAnswer,
    )
    .await;
    check(Script::status(204, &[], ""), Some(204), Failure::BadAnswer).await;
}

#[tokio::test]
async fn whoever_says_nothing_or_not_all_of_it_in_time_is_given_up() {
    let first_byte_in_short = Timeouts {
        first_byte: SHORT,
        ..patient()
    };
    check_with(first_byte_in_short, Script::Deaf, None, Failure::FirstByteTimeout).await;
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec();
    let whole_in_a_second = Timeouts {
        whole: std::time::Duration::from_secs(1),
        ..patient()
    };
    let hangs = Script::AnswerAndHang(half.clone());
    check_with(whole_in_a_second, hangs, Some(200), Failure::ResponseTimeout).await;
    check(Script::AnswerAndClose(half), Some(200), Failure::ConnectionClosed).await;
}

#[tokio::test]
async fn an_answer_of_50_megabytes_is_not_read() {
    const FIFTY_MEGABYTES: usize = 50 * 1024 * 1024;
    let announced = format!("HTTP/1.1 200 OK\r\ncontent-length: {FIFTY_MEGABYTES}\r\n\r\n");
    let mut answer = announced.into_bytes();
    answer.resize(answer.len() + FIFTY_MEGABYTES, b' ');
    check(Script::AnswerAndClose(answer), Some(200), Failure::ResponseTooLarge).await;
    let mut unannounced = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    unannounced.resize(FIFTY_MEGABYTES, b' ');
    check(Script::AnswerAndClose(unannounced), Some(200), Failure::ResponseTooLarge).await;
}

#[tokio::test]
async fn a_record_may_be_as_long_as_it_may_be() {
    let with_length = |length: usize| {
        let filling = length - RECORD.len();
        Script::status(200, &[], &format!("{RECORD}{}", " ".repeat(filling)))
    };
    let destination = Destination::start(with_length(MAX_RECORD)).await;
    let access = access("persona", &format!("http://{}", destination.address));
    let answered = client().0.fetch(&access, PATH).await.expect("a record");
    assert_eq!(answered.body.len(), MAX_RECORD);
    check(with_length(MAX_RECORD + 1), Some(200), Failure::ResponseTooLarge).await;
}

#[tokio::test]
async fn a_connection_that_is_closed_before_an_answer_is_tried_once_more() {
    let closes = || Script::AnswerAndClose(Vec::new());
    let destination = Destination::start(closes()).await;
    let access = access("persona", &format!("http://{}", destination.address));
    let (client, _) = client();
    let failed = client.fetch(&access, PATH).await.expect_err("closed");
    assert_eq!((failed.failure, failed.status), (Failure::ConnectionClosed, None));
    assert_eq!(destination.received().len(), 2);

    destination.follow_in_turn([closes(), Script::status(200, &[], RECORD)]);
    assert!(client.fetch(&access, PATH).await.is_ok());
    assert_eq!(destination.received().len(), 4);

    // What began to answer is not asked again.
    destination.follow(Script::AnswerAndClose(
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec(),
    ));
    assert!(client.fetch(&access, PATH).await.is_err());
    assert_eq!(destination.received().len(), 5);
}

#[tokio::test]
async fn bad_tls_is_named_so_and_no_credentials_are_sent() {
    let authority = Authority::new();
    let check = async |server, expected: Failure| {
        let destination = Destination::start_tls(Script::status(200, &[], RECORD), server).await;
        let names = Names::answering(&[&["127.0.0.1"]]);
        let http = Client::new(names, allowing(&["127.0.0.1/32"]), patient(), &authority.trust());
        let client = RecordClient::new(http, ManualClock::at(noon()) as Arc<dyn Clock>);
        let access = access("persona", &format!("https://api.test:{}", destination.address.port()));
        let failed = client.fetch(&access, PATH).await.expect_err("not trusted");
        assert_eq!((failed.failure, failed.status), (expected, None));
        assert!(destination.received().is_empty());
    };
    check(self_signed_server("api.test"), Failure::TlsFailed).await;
    check(authority.server("other.test"), Failure::TlsFailed).await;
    check(authority.late_server("api.test"), Failure::TlsFailed).await;
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_not_asked() {
    let destination = Destination::start(Script::status(200, &[], RECORD)).await;
    let check = async |provider: &str, allowed: AllowedNetworks, base: &str, expected: Failure| {
        let http = Client::new(Arc::new(Names::default()), allowed, patient(), &Authority::new().trust());
        let client = RecordClient::new(http, ManualClock::at(noon()) as Arc<dyn Clock>);
        let failed = client.fetch(&access(provider, base), PATH).await.expect_err("not allowed");
        assert_eq!(failed.failure, expected, "{provider} at {base}");
    };
    let base = format!("http://{}", destination.address);
    check("persona", allowing(&["10.0.0.0/8"]), &base, Failure::AddressNotAllowed).await;
    check("persona", AllowedNetworks::default(), &base, Failure::UrlNotAllowed).await;
    // The address that gives tokens is judged like any other.
    check("case_keeper", allowing(&["10.0.0.0/8"]), &base, Failure::AddressNotAllowed).await;
    check(
        "persona",
        allowing(&["127.0.0.0/8"]),
        "not an address",
        Failure::UrlNotAllowed,
    )
    .await;
    let with_query = format!("{base}/?to=elsewhere");
    check("persona", allowing(&["127.0.0.0/8"]), &with_query, Failure::UrlNotAllowed).await;
    assert!(destination.received().is_empty());
}

#[tokio::test]
async fn without_credentials_nothing_is_asked() {
    let destination = Destination::start(Script::status(200, &[], RECORD)).await;
    for provider in ["persona", "authento", "case_keeper"] {
        let mut access = access(provider, &format!("http://{}", destination.address));
        access.credentials.clear();
        let failed = client().0.fetch(&access, PATH).await.expect_err("no credentials");
        assert_eq!((failed.failure, failed.status), (Failure::NoCredentials, None), "{provider}");
    }
    assert!(destination.received().is_empty());
}
