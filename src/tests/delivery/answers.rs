use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookproof::delivery::{Answer, Client, KEPT_OF_ANSWER, Outgoing, RetryAfter};
use hyper::HeaderMap;
use model::{Failure, Timestamp};

use crate::authority::Authority;
use crate::destination::{Destination, Script};
use crate::setup::{Names, allowing, local_client, patient, post};

async fn answer_to(script: Script) -> Answer {
    let destination = Destination::start(script).await;
    let answer = local_client(patient()).send(post(&destination.http_url())).await;
    assert_eq!(destination.received().len(), 1);
    answer
}

#[tokio::test]
async fn two_hundreds_are_delivered_and_the_rest_is_not() {
    async fn check(status: u16, failure: Option<Failure>) {
        let answer = answer_to(Script::status(status, &[], "")).await;
        assert_eq!((answer.status, answer.failure), (Some(status), failure));
    }
    check(200, None).await;
    check(201, None).await;
    check(299, None).await;
    check(301, Some(Failure::Redirect)).await;
    check(302, Some(Failure::Redirect)).await;
    check(308, Some(Failure::Redirect)).await;
    check(400, Some(Failure::Status)).await;
    check(410, Some(Failure::Status)).await;
    check(429, Some(Failure::Status)).await;
    check(500, Some(Failure::Status)).await;
    check(503, Some(Failure::Status)).await;
    check(999, Some(Failure::Status)).await;
}

#[tokio::test]
async fn answers_without_a_body_or_of_unknown_length_are_whole() {
    async fn check(bytes: &str, status: u16, body: &str) {
        let answer = answer_to(Script::AnswerAndClose(bytes.as_bytes().to_vec())).await;
        assert_eq!((answer.status, answer.failure), (Some(status), None), "{bytes:?}");
        assert_eq!(answer.response_body, body);
    }
    check("HTTP/1.1 204 No Content\r\n\r\n", 204, "").await;
    check(
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nuntil it closes",
        200,
        "until it closes",
    )
    .await;
    check("HTTP/1.0 200 OK\r\n\r\nold", 200, "old").await;
    check(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        200,
        "abcde",
    )
    .await;
    check(
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        200,
        "ok",
    )
    .await;
}

#[tokio::test]
async fn the_request_is_sent_as_it_is() {
    let destination = Destination::start(Script::status(200, &[], "")).await;
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", "1".parse().expect("a value"));
    let request = Outgoing {
        headers,
        body: Bytes::from_static(b"{\"a\": \"\xff\"}\n"),
        ..post(&destination.http_url())
    };
    local_client(patient()).send(request).await;
    let received = &destination.received()[0];
    assert_eq!(received.line, "POST /webhooks?of=tests");
    assert_eq!(received.body, b"{\"a\": \"\xff\"}\n");
    let mut names: Vec<_> = received.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-length", "host", "webhook-id"]);
    assert_eq!(received.header("host"), Some(destination.address.to_string().as_str()));
}

#[tokio::test]
async fn an_answer_is_kept_with_its_headers_and_the_beginning_of_its_body() {
    let answer = answer_to(Script::status(500, &["X-Request-Id: 7", "x-odd: caf\u{e9}"], "it broke")).await;
    assert_eq!(answer.response_body, "it broke");
    let headers = [("x-request-id", "7"), ("x-odd", "caf\u{e9}"), ("content-length", "8")];
    assert_eq!(
        answer.response_headers,
        headers.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );

    let long = answer_to(Script::status(200, &[], &"0123456789".repeat(10_000))).await;
    assert_eq!((long.failure, long.response_body.len()), (None, KEPT_OF_ANSWER));
}

#[tokio::test]
async fn retry_after_is_read_as_seconds_and_as_a_date() {
    async fn check(line: &str, expected: Option<RetryAfter>) {
        let answer = answer_to(Script::status(429, &[line], "")).await;
        assert_eq!(answer.retry_after, expected, "{line}");
    }
    check("retry-after: 120", Some(RetryAfter::Seconds(120))).await;
    let time = Timestamp::parse("2030-01-02T03:04:05Z").expect("a time");
    check("Retry-After: Wed, 02 Jan 2030 03:04:05 GMT", Some(RetryAfter::At(time))).await;
    check("retry-after: later", None).await;
    check("x-retry: 5", None).await;
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Destination::start(Script::status(200, &[], "")).await;
    let location = format!("location: {}", other.http_url());
    let answer = answer_to(Script::status(302, &[&location], "")).await;
    assert_eq!((answer.status, answer.failure), (Some(302), Some(Failure::Redirect)));
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_trusted_destination_is_spoken_to_over_tls() {
    let authority = Authority::new();
    let destination = Destination::start_tls(Script::status(200, &[], "ok"), authority.server("hooks.test")).await;
    let names = Names::answering(&[&["127.0.0.1"]]);
    let client = Client::new(names, allowing(&["127.0.0.1/32"]), patient(), &authority.trust());
    let answer = client.send(post(&destination.https_url("hooks.test"))).await;
    assert_eq!((answer.status, answer.failure), (Some(200), None));
    assert_eq!(
        destination.received()[0].header("host"),
        Some(&*format!("hooks.test:{}", destination.address.port()))
    );
}

#[tokio::test]
async fn the_time_that_an_attempt_took_is_told() {
    let pause = Duration::from_millis(30);
    let trickle = Script::Trickle {
        answer: b"HTTP/1.1 204 X\r\n\r\n".to_vec(),
        size: 9,
        pause,
    };
    let answer = answer_to(trickle).await;
    assert!(answer.failure.is_none() && answer.duration >= pause, "{answer:?}");
}

#[tokio::test]
async fn clones_of_a_client_send_at_the_same_time() {
    let destination = Destination::start(Script::status(200, &[], "")).await;
    let client = local_client(patient());
    let url: Arc<str> = destination.http_url().into();
    let sending = (0..20).map(|_| {
        let (client, url) = (client.clone(), url.clone());
        tokio::spawn(async move { client.send(post(&url)).await.failure })
    });
    for sent in sending.collect::<Vec<_>>() {
        assert_eq!(sent.await.expect("no panic"), None);
    }
    assert_eq!(destination.received().len(), 20);
}
