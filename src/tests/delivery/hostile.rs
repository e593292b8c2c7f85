//! URLs that try to be read in two ways, or lead where only the server can go.

use hookproof::delivery::{AddressKind, AddressProblem, AllowedNetworks, Client, Trust, UrlProblem, check_url};
use model::Failure;

use crate::setup::{Names, patient, post};

/// What is wrong with a URL, without what it repeats of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    TooLong,
    NotAUrl,
    Scheme,
    PlainHttp,
    UserInfo,
    Fragment,
    OddHost,
    TrailingDot,
    PortZero,
    Address(AddressKind),
}

fn wrong(problem: &UrlProblem) -> Wrong {
    match problem {
        UrlProblem::TooLong => Wrong::TooLong,
        UrlProblem::NotAUrl => Wrong::NotAUrl,
        UrlProblem::Scheme => Wrong::Scheme,
        UrlProblem::PlainHttp | UrlProblem::Address(AddressProblem::PlainHttp { .. }) => Wrong::PlainHttp,
        UrlProblem::UserInfo => Wrong::UserInfo,
        UrlProblem::Fragment => Wrong::Fragment,
        UrlProblem::OddHost { .. } => Wrong::OddHost,
        UrlProblem::TrailingDot => Wrong::TrailingDot,
        UrlProblem::PortZero => Wrong::PortZero,
        UrlProblem::Address(AddressProblem::Special { kind, .. }) => Wrong::Address(*kind),
    }
}

#[tokio::test]
async fn hostile_urls_are_refused_for_what_they_are() {
    let names = Names::answering(&[&["127.0.0.1"]]);
    let client = Client::new(names.clone(), AllowedNetworks::default(), patient(), &Trust::only([]));
    let check = async |url: &str, expected: Wrong| {
        let problem = check_url(url, &AllowedNetworks::default()).expect_err(url);
        assert_eq!(wrong(&problem), expected, "{url}");
        let failure = match expected {
            Wrong::Address(_) => Failure::AddressNotAllowed,
            _ => Failure::UrlNotAllowed,
        };
        assert_eq!(client.send(post(url)).await.failure, Some(failure), "{url}");
    };

    check("", Wrong::NotAUrl).await;
    check("example.com", Wrong::NotAUrl).await;
    check("//example.com/", Wrong::NotAUrl).await;
    check("https:", Wrong::NotAUrl).await;
    check("https://", Wrong::NotAUrl).await;
    check("https:///example.com/", Wrong::NotAUrl).await;
    check("https:example.com/", Wrong::NotAUrl).await;
    check("https:/example.com/", Wrong::NotAUrl).await;
    check("https:\\\\example.com\\", Wrong::NotAUrl).await;
    check("https://127.0.0.1\\@example.com/", Wrong::NotAUrl).await;
    check("https://example.com\\@127.0.0.1/", Wrong::NotAUrl).await;
    check(" https://example.com/", Wrong::NotAUrl).await;
    check("https://exam\tple.com/", Wrong::NotAUrl).await;
    check("https://example.com/\r\nx-injected: 1", Wrong::NotAUrl).await;
    check("https://example.com/ HTTP/1.1", Wrong::NotAUrl).await;
    check("https://example.com:99999/", Wrong::NotAUrl).await;
    check("https://example.com:https/", Wrong::NotAUrl).await;
    check("https://[::1/", Wrong::NotAUrl).await;
    check("https://[fe80::1%25eth0]/", Wrong::NotAUrl).await;
    check("https://256.256.256.256/", Wrong::NotAUrl).await;
    check("https://exa<mple.com/", Wrong::NotAUrl).await;
    check(&format!("https://example.com/{}", "a".repeat(2048)), Wrong::TooLong).await;

    check("ftp://example.com/", Wrong::Scheme).await;
    check("file:///etc/passwd", Wrong::Scheme).await;
    check("gopher://127.0.0.1:25/_HELO", Wrong::Scheme).await;
    check("data:text/plain,hello", Wrong::Scheme).await;
    check("javascript:alert(1)", Wrong::Scheme).await;
    check("unix:/var/run/docker.sock", Wrong::Scheme).await;
    check("ws://example.com/", Wrong::Scheme).await;
    check("localhost:8080/", Wrong::Scheme).await;
    check("http://example.com/", Wrong::PlainHttp).await;
    check("HTTP://example.com/", Wrong::PlainHttp).await;

    check("https://user@example.com/", Wrong::UserInfo).await;
    check("https://user:password@example.com/", Wrong::UserInfo).await;
    check("https://example.com@127.0.0.1/", Wrong::UserInfo).await;
    check("https://@127.0.0.1/", Wrong::UserInfo).await;
    check("https://:@example.com/", Wrong::UserInfo).await;
    check("https://example.com:443@127.0.0.1:8443/", Wrong::UserInfo).await;
    check("https://example.com/#fragment", Wrong::Fragment).await;
    check("https://example.com#@127.0.0.1/", Wrong::Fragment).await;
    check("https://example.com/#", Wrong::Fragment).await;
    check("https://example.com:0/", Wrong::PortZero).await;
    check("https://example.com:00000/", Wrong::PortZero).await;

    check("https://0177.0.0.1/", Wrong::OddHost).await;
    check("https://0x7f.0.0.1/", Wrong::OddHost).await;
    check("https://0x7F000001/", Wrong::OddHost).await;
    check("https://2130706433/", Wrong::OddHost).await;
    check("https://017700000001/", Wrong::OddHost).await;
    check("https://127.1/", Wrong::OddHost).await;
    check("https://127.0.1/", Wrong::OddHost).await;
    check("https://0/", Wrong::OddHost).await;
    check("https://127.0.0.1./", Wrong::OddHost).await;
    check("https://0127.0.0.1/", Wrong::OddHost).await;
    check("https://169.254.43518/", Wrong::OddHost).await;
    check("https://%31%32%37.0.0.1/", Wrong::OddHost).await;
    check("https://localhos%74/", Wrong::OddHost).await;
    check("https://１２７.0.0.1/", Wrong::OddHost).await;
    check("https://127。0。0。1/", Wrong::OddHost).await;
    check("https://ⓛocalhost/", Wrong::OddHost).await;
    check("https://exam\u{ad}ple.com/", Wrong::OddHost).await;
    check("https://[0:0:0:0:0:0:0:1]/", Wrong::OddHost).await;
    check("https://[::ffff:127.0.0.1]/", Wrong::OddHost).await;
    check("https://[0:0:0:0:0:ffff:7f00:1]/", Wrong::OddHost).await;
    check("https://example.com./", Wrong::TrailingDot).await;
    check("https://localhost./", Wrong::TrailingDot).await;

    check("https://127.0.0.1/", Wrong::Address(AddressKind::Loopback)).await;
    check("https://127.0.0.1:443/", Wrong::Address(AddressKind::Loopback)).await;
    check("https://0.0.0.0/", Wrong::Address(AddressKind::Unspecified)).await;
    check("https://10.0.0.1:8443/", Wrong::Address(AddressKind::Private)).await;
    check("https://192.168.0.1/", Wrong::Address(AddressKind::Private)).await;
    check(
        "https://169.254.169.254/latest/meta-data/",
        Wrong::Address(AddressKind::Metadata),
    )
    .await;
    check("https://100.64.0.1/", Wrong::Address(AddressKind::CarrierGrade)).await;
    check("https://[::1]/", Wrong::Address(AddressKind::Loopback)).await;
    check("https://[::]/", Wrong::Address(AddressKind::Unspecified)).await;
    check("https://[::ffff:7f00:1]/", Wrong::Address(AddressKind::Mapped)).await;
    check("https://[::7f00:1]/", Wrong::Address(AddressKind::Compatible)).await;
    check("https://[64:ff9b::a9fe:a9fe]/", Wrong::Address(AddressKind::Translated)).await;
    check("https://[2002:7f00:1::]/", Wrong::Address(AddressKind::Tunnelled)).await;
    check("https://[fe80::1]/", Wrong::Address(AddressKind::LinkLocal)).await;
    check("https://[fd00:ec2::254]/", Wrong::Address(AddressKind::Metadata)).await;
    check("https://[fc00::1]/", Wrong::Address(AddressKind::Private)).await;
    check("https://[ff02::1]/", Wrong::Address(AddressKind::Multicast)).await;
    assert!(names.asked().is_empty(), "what is refused is not even looked up");
}
