//! What names lead to: every address is judged, and the one that was judged is the one that is connected to.

use hookproof::delivery::{AddressKind, AddressProblem, AllowedNetworks, Client, SystemResolver, Timeouts, Trust, check_address};
use model::Failure;

use crate::destination::{Destination, Script};
use crate::setup::{Names, allowing, patient, post};

#[tokio::test]
async fn a_name_that_leads_anywhere_but_to_the_internet_is_refused_and_said_why() {
    async fn check(answer: &[&str], refused: &str, expected: AddressKind) {
        let nothing = AllowedNetworks::default();
        let refused = refused.parse().expect("an address");
        let problem = check_address(refused, &nothing).expect_err("refused");
        let kind = match problem {
            AddressProblem::Special { kind, .. } => kind,
            AddressProblem::PlainHttp { .. } => panic!("{problem}"),
        };
        assert_eq!(kind, expected, "{refused}");
        let client = Client::new(Names::answering(&[answer]), nothing, patient(), &Trust::only([]));
        let answered = client.send(post("https://hooks.test/")).await;
        assert_eq!(answered.failure, Some(Failure::AddressNotAllowed), "{answer:?}");
    }
    async fn one(address: &str, expected: AddressKind) {
        check(&[address], address, expected).await;
    }
    one("0.0.0.0", AddressKind::Unspecified).await;
    one("0.1.2.3", AddressKind::ThisNetwork).await;
    one("127.0.0.1", AddressKind::Loopback).await;
    one("127.255.255.254", AddressKind::Loopback).await;
    one("10.0.0.1", AddressKind::Private).await;
    one("172.16.0.1", AddressKind::Private).await;
    one("172.31.255.255", AddressKind::Private).await;
    one("192.168.1.1", AddressKind::Private).await;
    one("100.64.0.1", AddressKind::CarrierGrade).await;
    one("100.127.255.255", AddressKind::CarrierGrade).await;
    one("100.100.100.200", AddressKind::Metadata).await;
    one("169.254.169.254", AddressKind::Metadata).await;
    one("169.254.170.2", AddressKind::Metadata).await;
    one("168.63.129.16", AddressKind::Metadata).await;
    one("169.254.1.1", AddressKind::LinkLocal).await;
    one("192.0.0.1", AddressKind::ProtocolAssignment).await;
    one("192.0.2.1", AddressKind::Documentation).await;
    one("198.51.100.1", AddressKind::Documentation).await;
    one("203.0.113.1", AddressKind::Documentation).await;
    one("192.88.99.1", AddressKind::Reserved).await;
    one("198.18.0.1", AddressKind::Benchmarking).await;
    one("198.19.255.255", AddressKind::Benchmarking).await;
    one("224.0.0.1", AddressKind::Multicast).await;
    one("239.255.255.250", AddressKind::Multicast).await;
    one("240.0.0.1", AddressKind::Reserved).await;
    one("255.255.255.255", AddressKind::Broadcast).await;
    one("::", AddressKind::Unspecified).await;
    one("::1", AddressKind::Loopback).await;
    one("::7f00:1", AddressKind::Compatible).await;
    one("::ffff:127.0.0.1", AddressKind::Mapped).await;
    one("::ffff:169.254.169.254", AddressKind::Mapped).await;
    one("::ffff:8.8.8.8", AddressKind::Mapped).await;
    one("::ffff:0:10.0.0.1", AddressKind::Translated).await;
    one("64:ff9b::7f00:1", AddressKind::Translated).await;
    one("64:ff9b::a9fe:a9fe", AddressKind::Translated).await;
    one("64:ff9b:1::a00:1", AddressKind::Translated).await;
    one("2002:7f00:1::", AddressKind::Tunnelled).await;
    one("2002:a9fe:a9fe::1", AddressKind::Tunnelled).await;
    one("2001:0:4136:e378:8000:63bf:80ff:fffe", AddressKind::Tunnelled).await;
    one("2001:2::1", AddressKind::Benchmarking).await;
    one("2001:10::1", AddressKind::ProtocolAssignment).await;
    one("2001:db8::1", AddressKind::Documentation).await;
    one("3fff::1", AddressKind::Documentation).await;
    one("100::1", AddressKind::Discard).await;
    one("5f00::1", AddressKind::Reserved).await;
    one("4000::1", AddressKind::Reserved).await;
    one("fc00::1", AddressKind::Private).await;
    one("fd12:3456:789a::1", AddressKind::Private).await;
    one("fd00:ec2::254", AddressKind::Metadata).await;
    one("fd20:ce::254", AddressKind::Metadata).await;
    one("fe80::1", AddressKind::LinkLocal).await;
    one("fec0::1", AddressKind::SiteLocal).await;
    one("ff02::1", AddressKind::Multicast).await;
    check(&["8.8.8.8", "10.0.0.1"], "10.0.0.1", AddressKind::Private).await;
    check(&["127.0.0.1", "8.8.8.8"], "127.0.0.1", AddressKind::Loopback).await;
    check(&["2606:4700::1111", "::1"], "::1", AddressKind::Loopback).await;
}

#[tokio::test]
async fn a_name_that_answers_differently_the_second_time_gains_nothing() {
    // 127.0.0.1 is allowed, in the place of a public address, and 127.0.0.2 is what must not be reached.
    let allowed = Destination::start(Script::AnswerAndClose(b"HTTP/1.1 204 X\r\n\r\n".to_vec())).await;
    let port = allowed.address.port();
    let trap = Destination::start_on(([127, 0, 0, 2], port).into(), Script::status(200, &[], ""), None).await;
    let names = Names::answering(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let client = Client::new(names.clone(), allowing(&["127.0.0.1/32"]), patient(), &Trust::only([]));
    let url = format!("http://rebinding.test:{port}/");

    let first = client.send(post(&url)).await;
    assert_eq!((first.status, first.failure), (Some(204), None));
    assert_eq!(names.asked(), ["rebinding.test"], "checking and connecting share one look-up");
    let second = client.send(post(&url)).await;
    assert_eq!((second.status, second.failure), (None, Some(Failure::AddressNotAllowed)));
    assert_eq!(names.asked().len(), 2);
    assert_eq!((allowed.connections(), trap.connections()), (1, 0));
}

#[tokio::test]
async fn a_connection_that_is_kept_stays_with_the_address_it_was_made_to() {
    let allowed = Destination::start(Script::status(200, &[], "")).await;
    let port = allowed.address.port();
    let trap = Destination::start_on(([127, 0, 0, 2], port).into(), Script::status(200, &[], ""), None).await;
    let names = Names::answering(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let client = Client::new(names.clone(), allowing(&["127.0.0.1/32"]), patient(), &Trust::only([]));
    let url = format!("http://rebinding.test:{port}/");
    for _ in 0..3 {
        assert_eq!(client.send(post(&url)).await.failure, None);
    }
    assert_eq!(names.asked().len(), 1);
    assert_eq!((allowed.connections(), trap.connections()), (1, 0));
}

#[tokio::test]
async fn nothing_is_connected_to_when_one_of_several_addresses_is_not_allowed() {
    let destination = Destination::start(Script::status(200, &[], "")).await;
    let port = destination.address.port();
    let trap = Destination::start_on(([127, 0, 0, 2], port).into(), Script::status(200, &[], ""), None).await;
    let names = Names::answering(&[&["127.0.0.1", "127.0.0.2"]]);
    let client = Client::new(names, allowing(&["127.0.0.1/32"]), patient(), &Trust::only([]));
    let answer = client.send(post(&format!("http://both.test:{port}/"))).await;
    assert_eq!(answer.failure, Some(Failure::AddressNotAllowed));
    assert_eq!((destination.connections(), trap.connections()), (0, 0));
}

#[tokio::test]
async fn plain_http_by_name_goes_to_allowed_networks_only() {
    let check = async |address: &str, http: bool, expected: Failure| {
        let allowed = AllowedNetworks {
            http,
            ..allowing(&["10.0.0.0/8"])
        };
        let client = Client::new(Names::answering(&[&[address]]), allowed, patient(), &Trust::only([]));
        let answer = client.send(post("http://hooks.test/")).await;
        assert_eq!(answer.failure, Some(expected), "{address}");
    };
    check("8.8.8.8", true, Failure::AddressNotAllowed).await;
    check("127.0.0.1", true, Failure::AddressNotAllowed).await;
    check("10.0.0.1", false, Failure::UrlNotAllowed).await;
}

/// `localhost` is in every hosts file.
#[tokio::test]
async fn what_the_systems_own_resolver_finds_is_judged_like_anything_else() {
    let destination = Destination::start(Script::status(200, &[], "")).await;
    let resolver = std::sync::Arc::new(SystemResolver);
    let url = format!("https://localhost:{}/", destination.address.port());
    let client = Client::new(resolver, AllowedNetworks::default(), Timeouts::default(), &Trust::only([]));
    assert_eq!(client.send(post(&url)).await.failure, Some(Failure::AddressNotAllowed));
    assert_eq!(destination.connections(), 0);
}
