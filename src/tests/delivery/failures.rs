use std::time::Duration;

use bytes::Bytes;
use hookproof::delivery::{Answer, Client, Outgoing, Timeouts};
use model::Failure;
use tokio::net::{TcpSocket, TcpStream};

use crate::authority::{Authority, self_signed_server};
use crate::destination::{Destination, Script};
use crate::setup::{Names, SHORT, allowing, local_client, patient, post};

const OK: &str = "HTTP/1.1 200 OK\r\n";

fn bytes(parts: &[&str]) -> Vec<u8> {
    parts.concat().into_bytes()
}

async fn check(script: Script, timeouts: Timeouts, status: Option<u16>, failure: Failure) -> Answer {
    let described = format!("{script:?}");
    let destination = Destination::start(script).await;
    let answer = local_client(timeouts).send(post(&destination.http_url())).await;
    let shown: String = described.chars().take(200).collect();
    assert_eq!((answer.status, answer.failure), (status, Some(failure)), "{shown}");
    answer
}

fn first_byte_in_short() -> Timeouts {
    Timeouts {
        first_byte: SHORT,
        ..patient()
    }
}

fn whole_in(whole: Duration) -> Timeouts {
    Timeouts { whole, ..patient() }
}

#[tokio::test]
async fn a_destination_that_says_nothing_misses_the_first_byte() {
    check(Script::Deaf, first_byte_in_short(), None, Failure::FirstByteTimeout).await;
    check(
        Script::AnswerAndHang(Vec::new()),
        first_byte_in_short(),
        None,
        Failure::FirstByteTimeout,
    )
    .await;
    check(
        Script::AnswerAndHang(Vec::new()),
        whole_in(SHORT),
        None,
        Failure::FirstByteTimeout,
    )
    .await;
}

#[tokio::test]
async fn a_destination_that_does_not_even_read_misses_the_first_byte() {
    let destination = Destination::start(Script::Deaf).await;
    let request = Outgoing {
        body: Bytes::from(vec![b'x'; 32 * 1024 * 1024]),
        ..post(&destination.http_url())
    };
    let answer = local_client(first_byte_in_short()).send(request).await;
    assert_eq!((answer.status, answer.failure), (None, Some(Failure::FirstByteTimeout)));
}

#[tokio::test]
async fn an_answer_that_does_not_end_in_time_is_named_by_what_it_is() {
    // Long enough for the answer to begin on a busy machine.
    let whole = Duration::from_secs(1);
    let head = bytes(&[OK, "content-length: 100\r\n\r\n"]);
    check(
        Script::AnswerAndHang(head.clone()),
        whole_in(whole),
        Some(200),
        Failure::ResponseTimeout,
    )
    .await;
    check(
        Script::AnswerAndHang(bytes(&[OK])),
        whole_in(whole),
        None,
        Failure::ResponseTimeout,
    )
    .await;
    let slowly = |answer| Script::Trickle {
        answer,
        size: 1,
        pause: Duration::from_millis(50),
    };
    let whole_answer = [head, vec![b'x'; 100]].concat();
    check(slowly(whole_answer), whole_in(whole), None, Failure::ResponseTimeout).await;
    let early = Script::Endless {
        head: Vec::new(),
        again: b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(),
    };
    check(early, whole_in(whole), None, Failure::ResponseTimeout).await;
}

#[tokio::test]
async fn the_first_byte_has_come_when_the_rest_trickles() {
    let timeouts = Timeouts {
        first_byte: Duration::from_millis(500),
        whole: Duration::from_secs(1),
        ..patient()
    };
    let slowly = Script::Trickle {
        answer: bytes(&[OK, "x-long: ", &"x".repeat(1000), "\r\n\r\n"]),
        size: 10,
        pause: Duration::from_millis(20),
    };
    check(slowly, timeouts, None, Failure::ResponseTimeout).await;
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let endless = |head: &str, again: &str| Script::Endless {
        head: head.as_bytes().to_vec(),
        again: again.repeat(100).into_bytes(),
    };
    let line = "x-more: 0123456789012345678901234567890123456789\r\n";
    let chunk = "10\r\n0123456789abcdef\r\n";
    let chunked = bytes(&[OK, "transfer-encoding: chunked\r\n\r\n"]);
    let chunked = String::from_utf8(chunked).expect("text");
    check(endless(&chunked, chunk), patient(), Some(200), Failure::ResponseTooLarge).await;
    let until_closed = bytes(&[OK, "\r\n"]);
    let until_closed = String::from_utf8(until_closed).expect("text");
    check(
        endless(&until_closed, "spam "),
        patient(),
        Some(200),
        Failure::ResponseTooLarge,
    )
    .await;
    check(endless(OK, line), patient(), None, Failure::ResponseTooLarge).await;
    check(endless(OK, "x"), patient(), None, Failure::ResponseTooLarge).await;
    let announced = bytes(&[OK, "content-length: 1048577\r\n\r\n"]);
    check(
        Script::AnswerAndHang(announced),
        patient(),
        Some(200),
        Failure::ResponseTooLarge,
    )
    .await;
}

#[tokio::test]
async fn a_connection_that_ends_before_the_answer_does_is_named_so() {
    let closed = |answer: &[&str]| Script::AnswerAndClose(bytes(answer));
    let reset = |answer: &[&str]| Script::AnswerAndReset(bytes(answer));
    check(closed(&[]), patient(), None, Failure::ConnectionClosed).await;
    check(reset(&[]), patient(), None, Failure::ConnectionClosed).await;
    check(closed(&[OK, "x-half: "]), patient(), None, Failure::ConnectionClosed).await;
    check(
        closed(&[OK, "content-length: 9\r\n\r\nhalf"]),
        patient(),
        Some(200),
        Failure::ConnectionClosed,
    )
    .await;
    check(
        closed(&[OK, "transfer-encoding: chunked\r\n\r\n5\r\nhalf"]),
        patient(),
        Some(200),
        Failure::ConnectionClosed,
    )
    .await;
}

#[tokio::test]
async fn what_is_not_http_is_named_so() {
    let says = |answer: &str| Script::AnswerAndClose(answer.as_bytes().to_vec());
    check(
        says("garbage garbage garbage\r\n\r\n"),
        patient(),
        None,
        Failure::ProtocolError,
    )
    .await;
    check(says("SSH-2.0-OpenSSH_9.2p1\r\n"), patient(), None, Failure::ProtocolError).await;
    check(says("HTTP/2 200\r\n\r\n"), patient(), None, Failure::ProtocolError).await;
    check(says("HTTP/1.1 abc OK\r\n\r\n"), patient(), None, Failure::ProtocolError).await;
    check(
        says("HTTP/1.1 200 OK\r\nbad header\r\n\r\n"),
        patient(),
        None,
        Failure::ProtocolError,
    )
    .await;
    check(
        says("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"),
        patient(),
        None,
        Failure::ProtocolError,
    )
    .await;
    check(says("\u{0}\u{1}\u{2}"), patient(), None, Failure::ProtocolError).await;
    let wrong_chunk = says("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n");
    check(wrong_chunk, patient(), Some(200), Failure::ProtocolError).await;
}

#[tokio::test]
async fn the_body_of_an_answer_that_says_no_decides_nothing() {
    let half = Script::AnswerAndClose(bytes(&["HTTP/1.1 410 Gone\r\ncontent-length: 9\r\n\r\nhalf"]));
    let answer = check(half, patient(), Some(410), Failure::Status).await;
    assert_eq!(answer.response_body, "half");
    let endless = Script::Endless {
        head: bytes(&["HTTP/1.1 503 X\r\nretry-after: 7\r\n\r\n"]),
        again: vec![b'x'; 1000],
    };
    let answer = check(endless, patient(), Some(503), Failure::Status).await;
    assert!(answer.retry_after.is_some());
}

#[tokio::test]
async fn a_destination_that_does_not_listen_refuses() {
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = closed.local_addr().expect("it listens");
    drop(closed);
    let answer = local_client(patient()).send(post(&format!("http://{address}/"))).await;
    assert_eq!((answer.status, answer.failure), (None, Some(Failure::ConnectRefused)));
}

#[tokio::test]
async fn a_destination_that_takes_no_connection_is_given_up() {
    // Nobody accepts, and there is room for one that waits; Linux leaves the others without an answer.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
    let full = socket.listen(0).expect("it listens");
    let address = full.local_addr().expect("it listens");
    let mut waiting = Vec::new();
    while let Ok(connected) = tokio::time::timeout(SHORT, TcpStream::connect(address)).await {
        waiting.push(connected.expect("connected"));
    }
    let timeouts = Timeouts {
        connect: SHORT,
        ..patient()
    };
    let answer = local_client(timeouts).send(post(&format!("http://{address}/"))).await;
    assert_eq!((answer.status, answer.failure), (None, Some(Failure::ConnectTimeout)));
}

#[tokio::test]
async fn bad_tls_is_named_so() {
    let authority = Authority::new();
    let check = async |destination: Destination, timeouts: Timeouts, expected: Failure| {
        let names = Names::answering(&[&["127.0.0.1"]]);
        let client = Client::new(names, allowing(&["127.0.0.1/32"]), timeouts, &authority.trust());
        let answer = client.send(post(&destination.https_url("hooks.test"))).await;
        assert_eq!((answer.status, answer.failure), (None, Some(expected)));
        assert!(destination.received().is_empty(), "nothing is said to who is not trusted");
    };
    let ok = || Script::status(200, &[], "");
    let start = |config| Destination::start_tls(ok(), config);
    check(start(self_signed_server("hooks.test")).await, patient(), Failure::TlsFailed).await;
    check(
        start(Authority::new().server("hooks.test")).await,
        patient(),
        Failure::TlsFailed,
    )
    .await;
    check(start(authority.server("other.test")).await, patient(), Failure::TlsFailed).await;
    check(
        start(authority.late_server("hooks.test")).await,
        patient(),
        Failure::TlsFailed,
    )
    .await;
    let not_tls = Script::Blurt(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    check(Destination::start(not_tls).await, patient(), Failure::TlsFailed).await;
    check(
        Destination::start(Script::Blurt(Vec::new())).await,
        patient(),
        Failure::TlsFailed,
    )
    .await;
    let tls_in_short = Timeouts { tls: SHORT, ..patient() };
    check(Destination::start(Script::Deaf).await, tls_in_short, Failure::TlsTimeout).await;
}

#[tokio::test]
async fn what_breaks_after_the_handshake_is_named_as_over_plain_http() {
    let authority = Authority::new();
    let check = async |script: Script, status: Option<u16>, expected: Failure| {
        let destination = Destination::start_tls(script, authority.server("hooks.test")).await;
        let names = Names::answering(&[&["127.0.0.1"]]);
        let client = Client::new(names, allowing(&["127.0.0.1/32"]), first_byte_in_short(), &authority.trust());
        let answer = client.send(post(&destination.https_url("hooks.test"))).await;
        assert_eq!((answer.status, answer.failure), (status, Some(expected)));
    };
    check(Script::AnswerAndHang(Vec::new()), None, Failure::FirstByteTimeout).await;
    check(Script::AnswerAndClose(Vec::new()), None, Failure::ConnectionClosed).await;
    check(Script::AnswerAndReset(Vec::new()), None, Failure::ConnectionClosed).await;
    let half = bytes(&[OK, "content-length: 9\r\n\r\nhalf"]);
    check(Script::AnswerAndReset(half), Some(200), Failure::ConnectionClosed).await;
}
