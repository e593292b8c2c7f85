//! Which addresses may be sent to. Pure: what a name resolves to is looked up elsewhere and judged here.
//!
//! An admin of the console must not be able to make the server reach what only the server can reach: its own machine, the
//! network that it stands in, the cloud's metadata. So a URL is written in the one plain way or not taken at all, and an
//! address is public or in a network that the configuration names.

use std::net::IpAddr;

use hyper::Uri;
use ipnet::IpNet;
use url::{Host, Url};

use super::special::{self, AddressKind};

/// The longest URL in bytes.
pub const MAX_URL_LENGTH: usize = 2048;

/// What the configuration allows beside public addresses and https.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedNetworks {
    /// Networks whose addresses are allowed whatever they are.
    pub networks: Vec<IpNet>,
    /// Whether plain http is allowed, to addresses in those networks.
    pub http: bool,
}

impl AllowedNetworks {
    /// Whether the configuration names a network that the address is in.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }

    fn some_plain_http(&self) -> bool {
        self.http && !self.networks.is_empty()
    }
}

/// A URL that can be sent to, as far as the URL alone tells: a name may still lead to an address that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedUrl {
    url: Url,
    uri: Uri,
}

impl CheckedUrl {
    pub fn url(&self) -> &Url {
        &self.url
    }

    pub fn uri(&self) -> &Uri {
        &self.uri
    }
}

/// Why a URL cannot be sent to. Each is a sentence that can stand beside a form's field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlProblem {
    #[error("the URL is longer than {MAX_URL_LENGTH} bytes")]
    TooLong,
    #[error("this is not a URL such as https://example.com/webhooks")]
    NotAUrl,
    #[error("only https:// can be sent to")]
    Scheme,
    #[error("plain http is not allowed: use https")]
    PlainHttp,
    #[error("a user name or password cannot be part of the URL: use a header instead")]
    UserInfo,
    #[error("the part after # is never sent: leave it out")]
    Fragment,
    /// The host is not written as it will be used.
    #[error("the host is written in an unusual way: write it as {plain}")]
    OddHost { plain: String },
    #[error("a host does not end with a full stop here")]
    TrailingDot,
    #[error("port 0 does not exist")]
    PortZero,
    #[error("{0}")]
    Address(#[from] AddressProblem),
}

/// Why an address cannot be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressProblem {
    #[error("{address} is {kind}, and no allowed network has it")]
    Special { address: IpAddr, kind: AddressKind },
    #[error("plain http goes to allowed networks only, and {address} is in none")]
    PlainHttp { address: IpAddr },
}

/// Reads a URL that webhooks are to be sent to. Takes only what cannot be read in two ways: what is checked here must be
/// what is connected to later.
pub fn check_url(text: &str, allowed: &AllowedNetworks) -> Result<CheckedUrl, UrlProblem> {
    if text.len() > MAX_URL_LENGTH {
        return Err(UrlProblem::TooLong);
    }
    let written = written_authority(text)?;
    let url = Url::parse(text).map_err(|_| UrlProblem::NotAUrl)?;
    if url.scheme() == "http" && !allowed.some_plain_http() {
        return Err(UrlProblem::PlainHttp);
    }
    if written.contains('@') {
        return Err(UrlProblem::UserInfo);
    }
    if url.fragment().is_some() {
        return Err(UrlProblem::Fragment);
    }
    let plain = url.host_str().ok_or(UrlProblem::NotAUrl)?;
    if !written_host(written).eq_ignore_ascii_case(plain) {
        return Err(UrlProblem::OddHost { plain: plain.to_owned() });
    }
    if plain.ends_with('.') {
        return Err(UrlProblem::TrailingDot);
    }
    if url.port() == Some(0) {
        return Err(UrlProblem::PortZero);
    }
    let address = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) | None => None,
    };
    if let Some(address) = address {
        check_target(address, url.scheme() == "http", allowed)?;
    }
    let uri = url.as_str().parse().map_err(|_| UrlProblem::NotAUrl)?;
    Ok(CheckedUrl { url, uri })
}

/// Judges one address that a name led to, or that stood in the URL. A form that carries an IPv4 address in an IPv6 one is
/// allowed only if both are.
pub fn check_address(address: IpAddr, allowed: &AllowedNetworks) -> Result<(), AddressProblem> {
    let refused = |kind| Err(AddressProblem::Special { address, kind });
    let is_allowed = allowed.contain(address);
    match special::kind(address) {
        Some(kind) if !is_allowed => return refused(kind),
        _ => {}
    }
    for embedded in special::embedded(address) {
        match special::kind(embedded.into()) {
            Some(kind) if !allowed.contain(embedded.into()) => return refused(kind),
            _ => {}
        }
    }
    Ok(())
}

/// Judges an address together with how it would be spoken to.
pub(super) fn check_target(address: IpAddr, is_plain_http: bool, allowed: &AllowedNetworks) -> Result<(), AddressProblem> {
    check_address(address, allowed)?;
    if is_plain_http && !(allowed.http && allowed.contain(address)) {
        return Err(AddressProblem::PlainHttp { address });
    }
    Ok(())
}

/// The authority as it is written, without what URL parsers forgive: white space and control characters anywhere,
/// backslashes, and any number of slashes.
fn written_authority(text: &str) -> Result<&str, UrlProblem> {
    if text.contains(|character: char| character.is_whitespace() || character.is_control() || character == '\\') {
        return Err(UrlProblem::NotAUrl);
    }
    let (scheme, rest) = text.split_once(':').ok_or(UrlProblem::NotAUrl)?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(UrlProblem::Scheme);
    }
    let rest = rest.strip_prefix("//").ok_or(UrlProblem::NotAUrl)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match &rest[..end] {
        "" => Err(UrlProblem::NotAUrl),
        authority => Ok(authority),
    }
}

/// The host of an authority that has no user info, without its port.
fn written_host(authority: &str) -> &str {
    let end = match authority.find(']') {
        Some(bracket) if authority.starts_with('[') => bracket + 1,
        _ => authority.find(':').unwrap_or(authority.len()),
    };
    &authority[..end]
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    fn allowing(networks: &[&str], http: bool) -> AllowedNetworks {
        let networks = networks.iter().map(|network| network.parse().expect("a network")).collect();
        AllowedNetworks { networks, http }
    }

    #[test]
    fn ordinary_urls_are_taken_as_they_are() {
        let check = |text: &str| {
            let checked = check_url(text, &AllowedNetworks::default()).expect(text);
            assert_eq!(checked.uri().host(), checked.url().host_str(), "{text}");
        };
        check("https://example.com");
        check("https://example.com/webhooks?team=kyc&x=%20");
        check("https://Hooks.Example.com:8443/");
        check("https://xn--bcher-kva.example/");
        check("https://8.8.8.8/");
        check("https://[2606:4700::1111]:444/");
        check("https://_hooks.internal-name.example/%2e%2e/a");
    }

    #[test]
    fn a_name_in_other_letters_is_refused_with_the_way_to_write_it() {
        let problem = check_url("https://bücher.example/", &AllowedNetworks::default()).expect_err("refused");
        assert_eq!(
            problem.to_string(),
            "the host is written in an unusual way: write it as xn--bcher-kva.example"
        );
    }

    #[test]
    fn an_allowed_network_lets_its_addresses_through_and_no_others() {
        let check = |networks: &[&str], address: &str, expected: bool| {
            let address: IpAddr = address.parse().expect("an address");
            let allowed = check_address(address, &allowing(networks, false)).is_ok();
            assert_eq!(allowed, expected, "{address} with {networks:?}");
        };
        check(&["10.1.0.0/16"], "10.1.2.3", true);
        check(&["10.1.0.0/16"], "10.2.2.3", false);
        check(&["10.1.0.0/16"], "169.254.169.254", false);
        check(&["::1/128"], "::1", true);
        // The form must be allowed, and the address in it: allowing a translator's network opens nothing behind it.
        check(&["64:ff9b::/96"], "64:ff9b::808:808", true);
        check(&["64:ff9b::/96"], "64:ff9b::a01:203", false);
        check(&["64:ff9b::/96", "10.0.0.0/8"], "64:ff9b::a01:203", true);
        check(&["::/0"], "::ffff:127.0.0.1", false);
        check(&["127.0.0.0/8"], "::ffff:127.0.0.1", false);
        check(&["::/0", "127.0.0.0/8"], "::ffff:127.0.0.1", true);
    }

    #[test]
    fn plain_http_goes_to_allowed_networks_only() {
        let check = |networks: &[&str], http: bool, url: &str, expected: Result<(), UrlProblem>| {
            assert_eq!(
                check_url(url, &allowing(networks, http)).map(|_| ()),
                expected,
                "{url} with {networks:?}"
            );
        };
        check(&["10.0.0.0/8"], true, "http://10.0.0.1:8080/", Ok(()));
        check(&["10.0.0.0/8"], true, "http://service.internal/", Ok(()));
        check(&["10.0.0.0/8"], false, "http://10.0.0.1:8080/", Err(UrlProblem::PlainHttp));
        check(&[], true, "http://service.internal/", Err(UrlProblem::PlainHttp));
        let address = IpAddr::from([8, 8, 8, 8]);
        check(
            &["10.0.0.0/8"],
            true,
            "http://8.8.8.8/",
            Err(AddressProblem::PlainHttp { address }.into()),
        );
    }

    proptest! {
        /// Whatever is taken, each of the parsers that it passes through sees the same host in it, and an address that it
        /// holds is one that is allowed.
        #[test]
        fn what_is_taken_means_one_thing(text in "(https?:)?/{0,3}[a-z0-9.:@\\[\\]%#?/\\\\ x-]{0,24}", address: Ipv4Addr) {
            for text in [text, format!("https://{address}/"), format!("https://{}", u32::from(address))] {
                let Ok(checked) = check_url(&text, &AllowedNetworks::default()) else {
                    continue;
                };
                prop_assert_eq!(checked.uri().host(), checked.url().host_str());
                prop_assert_eq!(checked.uri().port_u16().unwrap_or(443), checked.url().port_or_known_default().unwrap_or(0));
                prop_assert!(text.to_ascii_lowercase().contains(checked.url().host_str().unwrap_or("none")));
                if let Some(Host::Ipv4(address)) = checked.url().host() {
                    prop_assert_eq!(special::kind(address.into()), None);
                }
            }
        }
    }
}
