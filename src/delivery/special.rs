//! Addresses that are not simply a host on the internet, after the registries of special-purpose addresses (RFC 6890 and
//! its successors) and the clouds' documentation of their metadata services.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What a special address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressKind {
    Unspecified,
    /// "This network", 0.0.0.0/8.
    ThisNetwork,
    Loopback,
    Private,
    /// Shared behind a provider's address translation, 100.64.0.0/10.
    CarrierGrade,
    LinkLocal,
    SiteLocal,
    /// Where a cloud tells a machine its credentials.
    Metadata,
    Multicast,
    Broadcast,
    Documentation,
    Benchmarking,
    /// For protocols between routers and for translation, 192.0.0.0/24 and `2001::/23` among them.
    ProtocolAssignment,
    Reserved,
    /// Discarded by every router.
    Discard,
    /// An IPv4 address written as IPv6.
    Mapped,
    /// The same in a form that is long obsolete.
    Compatible,
    /// An IPv4 address that a translator is to reach: NAT64 and its like.
    Translated,
    /// An IPv4 address that a tunnel is to reach: 6to4 and Teredo.
    Tunnelled,
}

impl fmt::Display for AddressKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "the unspecified address",
            Self::ThisNetwork => "an address of this network",
            Self::Loopback => "a loopback address",
            Self::Private => "a private address",
            Self::CarrierGrade => "a shared address behind a carrier's translation",
            Self::LinkLocal => "a link-local address",
            Self::SiteLocal => "a site-local address",
            Self::Metadata => "the address of a cloud's metadata",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "the broadcast address",
            Self::Documentation => "an address for documentation",
            Self::Benchmarking => "an address for benchmarks",
            Self::ProtocolAssignment => "an address that is set aside for protocols",
            Self::Reserved => "a reserved address",
            Self::Discard => "an address that is discarded",
            Self::Mapped => "an IPv4 address in an IPv6 one",
            Self::Compatible => "an IPv4 address in an obsolete IPv6 form",
            Self::Translated => "an IPv4 address behind a translator",
            Self::Tunnelled => "an IPv4 address behind a tunnel",
        })
    }
}

/// What is special about an address; `None` for a host on the internet.
pub(super) fn kind(address: IpAddr) -> Option<AddressKind> {
    let found = SPECIAL.iter().find(|(network, _)| network.contains(&address));
    match (found, address) {
        (Some((_, kind)), _) => Some(*kind),
        // Of IPv6 only this eighth is given out to hosts so far.
        (None, IpAddr::V6(address)) if !GLOBAL_UNICAST.contains(&address) => Some(AddressKind::Reserved),
        (None, _) => None,
    }
}

/// The IPv4 addresses that an IPv6 one leads to.
pub(super) fn embedded(address: IpAddr) -> impl Iterator<Item = Ipv4Addr> {
    let IpAddr::V6(address) = address else {
        return [None, None].into_iter().flatten();
    };
    let bits = address.to_bits();
    let at = |shift: u32| {
        Some(Ipv4Addr::from_bits(
            u32::try_from((bits >> shift) & 0xffff_ffff).unwrap_or_default(),
        ))
    };
    let found = match kind(IpAddr::V6(address)) {
        Some(AddressKind::Mapped | AddressKind::Compatible | AddressKind::Translated) => [at(0), None],
        Some(AddressKind::Tunnelled) if TEREDO.contains(&address) => {
            // The server's address, and the client's with all its bits turned.
            [at(64), at(0).map(|client| Ipv4Addr::from_bits(!client.to_bits()))]
        }
        Some(AddressKind::Tunnelled) => [at(80), None],
        _ => [None, None],
    };
    found.into_iter().flatten()
}

const GLOBAL_UNICAST: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const TEREDO: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32);

/// The first that contains an address says what it is, so the narrower stand before the wider.
#[rustfmt::skip] // A table reads best with a line for each row.
const SPECIAL: &[(IpNet, AddressKind)] = &[
    // AWS, Azure, Google Cloud and most others; AWS for containers; Alibaba Cloud; Azure's own; Oracle Cloud.
    (v4([169, 254, 169, 254], 32), AddressKind::Metadata),
    (v4([169, 254, 170, 2], 32), AddressKind::Metadata),
    (v4([169, 254, 170, 23], 32), AddressKind::Metadata),
    (v4([100, 100, 100, 200], 32), AddressKind::Metadata),
    (v4([168, 63, 129, 16], 32), AddressKind::Metadata),
    (v4([192, 0, 0, 192], 32), AddressKind::Metadata),
    (v4([0, 0, 0, 0], 32), AddressKind::Unspecified),
    (v4([0, 0, 0, 0], 8), AddressKind::ThisNetwork),
    (v4([10, 0, 0, 0], 8), AddressKind::Private),
    (v4([100, 64, 0, 0], 10), AddressKind::CarrierGrade),
    (v4([127, 0, 0, 0], 8), AddressKind::Loopback),
    (v4([169, 254, 0, 0], 16), AddressKind::LinkLocal),
    (v4([172, 16, 0, 0], 12), AddressKind::Private),
    (v4([192, 0, 0, 0], 24), AddressKind::ProtocolAssignment),
    (v4([192, 0, 2, 0], 24), AddressKind::Documentation),
    (v4([192, 88, 99, 0], 24), AddressKind::Reserved),
    (v4([192, 168, 0, 0], 16), AddressKind::Private),
    (v4([198, 18, 0, 0], 15), AddressKind::Benchmarking),
    (v4([198, 51, 100, 0], 24), AddressKind::Documentation),
    (v4([203, 0, 113, 0], 24), AddressKind::Documentation),
    (v4([224, 0, 0, 0], 4), AddressKind::Multicast),
    (v4([255, 255, 255, 255], 32), AddressKind::Broadcast),
    (v4([240, 0, 0, 0], 4), AddressKind::Reserved),
    // AWS, AWS for containers, Google Cloud.
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), AddressKind::Metadata),
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23], 128), AddressKind::Metadata),
    (v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), AddressKind::Metadata),
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), AddressKind::Unspecified),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), AddressKind::Loopback),
    (v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96), AddressKind::Mapped),
    (v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96), AddressKind::Translated),
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 96), AddressKind::Compatible),
    (v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96), AddressKind::Translated),
    (v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48), AddressKind::Translated),
    (v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64), AddressKind::Discard),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), AddressKind::Tunnelled),
    (v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), AddressKind::Benchmarking),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), AddressKind::ProtocolAssignment),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), AddressKind::Documentation),
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), AddressKind::Tunnelled),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), AddressKind::Documentation),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), AddressKind::Private),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), AddressKind::LinkLocal),
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), AddressKind::SiteLocal),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), AddressKind::Multicast),
];

const fn v4(address: [u8; 4], prefix: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::from_octets(address), prefix))
}

const fn v6(address: [u16; 8], prefix: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::from_segments(address), prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ipv4_addresses_in_an_ipv6_one_are_found() {
        let check = |address: &str, expected: &[&str]| {
            let address: IpAddr = address.parse().expect("an address");
            let found: Vec<_> = embedded(address).map(|address| address.to_string()).collect();
            assert_eq!(found, expected, "{address}");
        };
        check("::ffff:10.0.0.1", &["10.0.0.1"]);
        check("::10.0.0.1", &["10.0.0.1"]);
        check("::ffff:0:10.0.0.1", &["10.0.0.1"]);
        check("64:ff9b::10.0.0.1", &["10.0.0.1"]);
        check("64:ff9b:1::10.0.0.1", &["10.0.0.1"]);
        check("2002:a00:1::", &["10.0.0.1"]);
        check("2001:0:a00:1::f5ff:fffe", &["10.0.0.1", "10.0.0.1"]);
        check("2606:4700::a00:1", &[]);
        check("10.0.0.1", &[]);
    }

    #[test]
    fn hosts_on_the_internet_are_not_special() {
        for address in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
        ] {
            assert_eq!(kind(address.parse().expect("an address")), None, "{address}");
        }
        for address in ["2001:200::1", "2606:4700::1111", "2a00:1450::1", "2003::1"] {
            assert_eq!(kind(address.parse().expect("an address")), None, "{address}");
        }
    }
}
