use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use hookproof::delivery::{Client, Resolve, Timeouts, Trust};
use model::Failure;

use crate::destination::{Destination, Script};
use crate::setup::{Names, SHORT, allowing, local_client, patient, post};

fn ok() -> Script {
    Script::status(200, &[], "ok")
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let destination = Destination::start(ok()).await;
    let client = local_client(patient());
    for _ in 0..5 {
        assert_eq!(client.send(post(&destination.http_url())).await.failure, None);
    }
    assert_eq!((destination.received().len(), destination.connections()), (5, 1));
}

#[tokio::test]
async fn a_connection_that_is_never_idle_ends_all_the_same() {
    let destination = Destination::start(ok()).await;
    let client = local_client(Timeouts {
        connection: SHORT,
        ..patient()
    });
    let began = std::time::Instant::now();
    let mut requests = 0;
    while began.elapsed() < SHORT * 2 {
        assert_eq!(client.send(post(&destination.http_url())).await.failure, None);
        requests += 1;
    }
    assert!(
        (2..requests).contains(&destination.connections()),
        "{} for {requests}",
        destination.connections()
    );
}

#[tokio::test]
async fn a_connection_whose_answer_was_cut_off_is_not_used_again() {
    let endless = Script::Endless {
        head: b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        again: vec![b'x'; 1000],
    };
    let destination = Destination::start(endless).await;
    let client = local_client(patient());
    assert_eq!(
        client.send(post(&destination.http_url())).await.failure,
        Some(Failure::ResponseTooLarge)
    );
    destination.follow(ok());
    assert_eq!(client.send(post(&destination.http_url())).await.failure, None);
    assert_eq!(destination.connections(), 2);
}

#[tokio::test]
async fn a_connection_on_which_an_answer_was_given_up_is_closed() {
    let check = async |answer: &str, timeouts: Timeouts, expected: Failure| {
        let destination = Destination::start(Script::AnswerAndHang(answer.as_bytes().to_vec())).await;
        let client = local_client(timeouts);
        assert_eq!(client.send(post(&destination.http_url())).await.failure, Some(expected));
        destination.was_given_up(1).await;
    };
    let first_byte = Timeouts {
        first_byte: SHORT,
        ..patient()
    };
    check("", first_byte, Failure::FirstByteTimeout).await;
    let whole = Timeouts {
        whole: SHORT * 10,
        ..patient()
    };
    check("HTTP/1.1 200 OK\r\n", whole, Failure::ResponseTimeout).await;
    check(
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",
        whole,
        Failure::ResponseTimeout,
    )
    .await;
    let large = "HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n";
    check(large, patient(), Failure::ResponseTooLarge).await;
}

#[tokio::test]
async fn each_request_on_a_connection_has_its_own_time_for_the_first_byte() {
    let destination = Destination::start(ok()).await;
    let client = local_client(Timeouts {
        first_byte: SHORT * 10,
        ..patient()
    });
    assert_eq!(client.send(post(&destination.http_url())).await.failure, None);
    tokio::time::sleep(SHORT * 11).await;
    assert_eq!(client.send(post(&destination.http_url())).await.failure, None);
    destination.follow(Script::AnswerAndHang(Vec::new()));
    assert_eq!(
        client.send(post(&destination.http_url())).await.failure,
        Some(Failure::FirstByteTimeout)
    );
    assert_eq!(destination.connections(), 1);
}

#[tokio::test]
async fn the_next_address_is_tried_when_one_refuses() {
    let destination = Destination::start(ok()).await;
    let names = Names::answering(&[&["127.0.0.2", "127.0.0.1"]]);
    let client = Client::new(names, allowing(&["127.0.0.0/8"]), patient(), &Trust::only([]));
    let url = format!("http://hooks.test:{}/", destination.address.port());
    assert_eq!(client.send(post(&url)).await.failure, None);
}

#[tokio::test]
async fn an_ipv6_address_in_the_url_is_connected_to_and_not_looked_up() {
    let names = Names::answering(&[]);
    let client = Client::new(names.clone(), allowing(&["::1/128"]), patient(), &Trust::only([]));
    let failure = client.send(post("http://[::1]:1/")).await.failure;
    // The latter on a machine without IPv6.
    assert!(
        matches!(failure, Some(Failure::ConnectRefused | Failure::ConnectFailed)),
        "{failure:?}"
    );
    assert!(names.asked().is_empty());
}

#[tokio::test]
async fn a_name_without_an_address_or_an_answer_is_named_so() {
    struct Hanging;

    #[async_trait]
    impl Resolve for Hanging {
        async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            std::future::pending().await
        }
    }

    async fn check(resolver: Arc<dyn Resolve>, timeouts: Timeouts, expected: Failure) {
        let client = Client::new(resolver, allowing(&[]), timeouts, &Trust::only([]));
        let answer = client.send(post("https://hooks.test/")).await;
        assert_eq!((answer.status, answer.failure), (None, Some(expected)));
    }
    check(Names::answering(&[]), patient(), Failure::DnsFailed).await;
    check(Names::answering(&[&[]]), patient(), Failure::DnsFailed).await;
    let dns_in_short = Timeouts { dns: SHORT, ..patient() };
    check(Arc::new(Hanging), dns_in_short, Failure::DnsTimeout).await;
}
