use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Who sent a request: the nearest address that is not one of our proxies.
///
/// Only a trusted proxy's headers are believed, read from the last hop backwards. Where `Forwarded` and
/// `X-Forwarded-For` are both there and do not say the same, one of them came from the sender, and the proxy's address
/// stands.
pub fn peer_address(socket: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let socket = socket.to_canonical();
    if !is_trusted(socket, trusted) {
        return socket;
    }
    let forwarded = sender(hops(headers, "forwarded", forwarded_for), trusted);
    let x_forwarded_for = sender(hops(headers, "x-forwarded-for", address), trusted);
    let sender = match (headers.contains_key("forwarded"), headers.contains_key("x-forwarded-for")) {
        (true, true) => forwarded.filter(|sender| x_forwarded_for == Some(*sender)),
        (true, false) => forwarded,
        (false, _) => x_forwarded_for,
    };
    sender.unwrap_or(socket)
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// The hops of a list header, the nearest last. A hop that cannot be read is `None`.
fn hops(headers: &HeaderMap, name: &str, read: fn(&str) -> Option<IpAddr>) -> Vec<Option<IpAddr>> {
    headers
        .get_all(name)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .map(|hop| read(hop.trim()))
        .collect()
}

/// The last hop that is not a proxy of ours; `None` when it cannot be read or there is none.
fn sender(hops: Vec<Option<IpAddr>>, trusted: &[IpNet]) -> Option<IpAddr> {
    hops.into_iter()
        .rev()
        .find(|hop| hop.is_none_or(|address| !is_trusted(address, trusted)))
        .flatten()
}

/// `for=192.0.2.1`, `for="[2001:db8::1]:4711"` within an element of `Forwarded` (RFC 7239).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))
        .and_then(|(_, value)| address(value.trim().trim_matches('"')))
}

/// An address with or without a port and brackets.
fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()))
        .or_else(|_| text.trim_start_matches('[').trim_end_matches(']').parse())
        .map(|address| address.to_canonical())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(socket: &str, headers: &[(&'static str, &'static str)], peer: &str) {
        let trusted = ["10.0.0.0/8", "::1/128"].map(|network| network.parse().expect("a network"));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a value"));
        }
        let found = peer_address(socket.parse().expect("an address"), &map, &trusted);
        assert_eq!(found.to_string(), peer, "from {socket} with {headers:?}");
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        check("203.0.113.9", &[], "203.0.113.9");
        check("203.0.113.9", &[("x-forwarded-for", "192.0.2.1")], "203.0.113.9");
        check("10.0.0.1", &[("x-forwarded-for", "192.0.2.1")], "192.0.2.1");
        check("::ffff:10.0.0.1", &[("x-forwarded-for", "192.0.2.1")], "192.0.2.1");
    }

    #[test]
    fn what_the_sender_wrote_before_the_last_foreign_hop_is_not_believed() {
        check(
            "10.0.0.1",
            &[("x-forwarded-for", "198.51.100.1, 192.0.2.1, 10.2.3.4")],
            "192.0.2.1",
        );
        check(
            "10.0.0.1",
            &[("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "192.0.2.1")],
            "192.0.2.1",
        );
        check("10.0.0.1", &[("x-forwarded-for", "192.0.2.1, nonsense")], "10.0.0.1");
    }

    #[test]
    fn the_standard_header_is_read_in_all_its_forms() {
        check(
            "::1",
            &[("forwarded", "for=192.0.2.1;proto=https, for=\"10.0.0.7:99\"")],
            "192.0.2.1",
        );
        check(
            "::1",
            &[("forwarded", "proto=https;For=\"[2001:db8::1]:4711\"")],
            "2001:db8::1",
        );
        check("::1", &[("forwarded", "for=_hidden")], "::1");
    }

    #[test]
    fn two_headers_that_disagree_prove_nothing() {
        check(
            "10.0.0.1",
            &[("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "192.0.2.1")],
            "192.0.2.1",
        );
        check(
            "10.0.0.1",
            &[("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "192.0.2.2")],
            "10.0.0.1",
        );
        check(
            "10.0.0.1",
            &[("forwarded", "for=_hidden"), ("x-forwarded-for", "192.0.2.2")],
            "10.0.0.1",
        );
        check(
            "10.0.0.1",
            &[("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "unknown")],
            "10.0.0.1",
        );
    }
}
