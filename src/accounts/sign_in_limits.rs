//! How often someone may try to come in.
//!
//! Promises:
//! - a stranger who guesses passwords gets a few tries at once and then one every so often, be it at one account, at many
//!   from one address, or at one from many addresses;
//! - nobody is kept out for ever: every allowance refills, one address, or one network of IPv6, alone cannot use up what an
//!   account has for all addresses, and a browser that the user signed in with before ([`Device`]) has an allowance of its
//!   own;
//! - what is remembered is bounded, and a flood of names or addresses neither keeps anyone out nor makes it forget whom it
//!   slows down.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use model::{Timestamp, UserId};

use super::device::Device;
use super::limit::Limit;
use super::passwords::Line;
use super::refusals::Refusals;
use super::unguessable::digest;
use crate::clock::Clock;
use crate::operation::OperationError;
use crate::store::accounts::Digest;

/// Where a try comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub address: IpAddr,
    /// A browser in which a user was signed in before.
    pub device: Option<(UserId, Device)>,
}

impl Origin {
    /// Where a try at an account waits for its hash; `user` is whose it is, if there is such an account.
    pub fn line(&self, user: Option<UserId>) -> Line {
        match self.device_of(user) {
            Some(_) => Line::Known,
            None => Line::Strangers,
        }
    }

    /// The browser, if it is this user's.
    fn device_of(&self, user: Option<UserId>) -> Option<Device> {
        let (owner, device) = self.device?;
        (Some(owner) == user).then_some(device)
    }
}

/// Counts the tries.
pub struct SignInLimits {
    addresses: Limit<IpAddr>,
    sites: Limit<Ipv6Addr>,
    accounts_from_addresses: Limit<(Digest, IpAddr)>,
    accounts_from_sites: Limit<(Digest, Ipv6Addr)>,
    accounts: Limit<Digest>,
    devices: Limit<Device>,
    codes: Limit<UserId>,
    codes_of_devices: Limit<Device>,
    refusals: Refusals,
}

impl std::fmt::Debug for SignInLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInLimits")
    }
}

impl SignInLimits {
    pub fn new(clock: &Arc<dyn Clock>) -> Self {
        Self {
            addresses: Limit::new(30, 5, clock),
            sites: Limit::new(60, 3, clock),
            accounts_from_addresses: Limit::new(5, 60, clock),
            accounts_from_sites: Limit::new(10, 45, clock),
            // More than one address or site gets: so none of them can use it up.
            accounts: Limit::new(20, 30, clock),
            devices: Limit::new(10, 30, clock),
            // Whoever gets as far as the second step knows the password; six digits can be guessed, given tries enough.
            codes: Limit::new(5, 300, clock),
            codes_of_devices: Limit::new(5, 60, clock),
            refusals: Refusals::default(),
        }
    }

    /// Counts a password that is tried for an account; `user` is whose it is, if there is such an account.
    pub fn count_password(&self, email: &str, user: Option<UserId>, origin: &Origin) -> Result<(), OperationError> {
        if let Some(device) = origin.device_of(user) {
            return self.devices.count(&device);
        }
        let account = digest(email);
        self.count_address(origin)?;
        self.accounts_from_addresses.count(&(account, network(origin.address)))?;
        if let Some(site) = site(origin.address) {
            self.accounts_from_sites.count(&(account, site))?;
        }
        self.accounts.count(&account)
    }

    /// Counts a code that is tried in the second step.
    pub fn count_code(&self, user: UserId, origin: &Origin) -> Result<(), OperationError> {
        match origin.device_of(Some(user)) {
            Some(device) => self.codes_of_devices.count(&device),
            None => self.codes.count(&user),
        }
    }

    /// Counts a one-time link that is tried.
    pub fn count_link(&self, origin: &Origin) -> Result<(), OperationError> {
        self.count_address(origin)
    }

    fn count_address(&self, origin: &Origin) -> Result<(), OperationError> {
        self.addresses.count(&network(origin.address))?;
        site(origin.address).map_or(Ok(()), |site| self.sites.count(&site))
    }

    /// Whether a refused try is to be written down, and then how many like it were left out before; `None` when it is left
    /// out itself.
    pub(super) fn note_refusal(&self, email: &str, origin: &Origin, step: &'static str, now: Timestamp) -> Option<u32> {
        let refused = (digest(email), network(origin.address), step);
        self.refusals.note(refused, now)
    }
}

/// Who is behind an address: of IPv6 the network of 64 bits, which is what one customer has at the least.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => first_bits(address, 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// The network of 48 bits that an address of IPv6 is in, which is what one customer has at the most: 65,536 of the others.
fn site(address: IpAddr) -> Option<Ipv6Addr> {
    match address.to_canonical() {
        IpAddr::V6(address) => Some(first_bits(address, 48)),
        IpAddr::V4(_) => None,
    }
}

fn first_bits(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits)))
}

#[cfg(test)]
mod tests {
    use model::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::accounts::device;
    use crate::accounts::secrets::SealingKey;
    use crate::clock::ManualClock;

    const ADA: UserId = UserId(Uuid::from_u128(1));

    fn limits() -> (Arc<ManualClock>, SignInLimits) {
        let clock = ManualClock::at(Timestamp::parse("2025-11-20T12:00:00Z").expect("a time"));
        let limits = SignInLimits::new(&(Arc::clone(&clock) as Arc<dyn Clock>));
        (clock, limits)
    }

    fn from(address: &str) -> Origin {
        Origin {
            address: address.parse().expect("an address"),
            device: None,
        }
    }

    /// How many of `tries` are let through.
    fn admitted(tries: u32, mut one: impl FnMut(u32) -> Result<(), OperationError>) -> usize {
        (0..tries).filter(|&number| one(number).is_ok()).count()
    }

    #[test]
    fn an_account_can_be_tried_five_times_from_one_address_and_then_once_a_minute() {
        let (clock, limits) = limits();
        let one = |_| limits.count_password("ada@example.com", Some(ADA), &from("192.0.2.1"));
        assert_eq!(admitted(20, one), 5);
        let refused = one(0);
        assert!(
            matches!(refused, Err(OperationError::Throttled { seconds: 60 })),
            "{refused:?}"
        );
        clock.advance_seconds(60);
        assert_eq!(admitted(20, one), 1);
    }

    #[test]
    fn one_address_cannot_use_up_what_an_account_has_for_all() {
        let (clock, limits) = limits();
        for _ in 0..60 {
            admitted(30, |_| {
                limits.count_password("ada@example.com", Some(ADA), &from("192.0.2.1"))
            });
            clock.advance_seconds(60);
        }
        assert_eq!(
            admitted(5, |_| limits.count_password("ada@example.com", Some(ADA), &from("192.0.2.2"))),
            5
        );
    }

    #[test]
    fn many_addresses_share_what_an_account_has() {
        let (_, limits) = limits();
        let each = |number| limits.count_password("ada@example.com", None, &from(&format!("192.0.2.{number}")));
        assert_eq!(admitted(200, each), 20);
        // One who owns a network of IPv6 is one sender.
        let each = |number| limits.count_password("bob@example.com", None, &from(&format!("2001:db8::{number}")));
        assert_eq!(admitted(200, each), 5);
        // So is, for a little more, one who owns many of them; and others can still try that account.
        let each = |number| limits.count_password("eve@example.com", None, &from(&format!("2001:db9:0:{number:x}::1")));
        assert_eq!(admitted(200, each), 10);
        let each = |number| limits.count_password("eve@example.com", None, &from(&format!("2001:dba::{number}")));
        assert_eq!(admitted(200, each), 5);
    }

    #[test]
    fn one_address_gets_thirty_tries_over_all_accounts() {
        let (_, limits) = limits();
        let each = |number| limits.count_password(&format!("{number}@example.com"), None, &from("192.0.2.1"));
        assert_eq!(admitted(200, each), 30);
    }

    #[test]
    fn strangers_cannot_keep_out_a_browser_that_is_known() {
        let (_, limits) = limits();
        for number in 0..200 {
            let _ = limits.count_password("ada@example.com", Some(ADA), &from(&format!("192.0.2.{number}")));
            let _ = limits.count_code(ADA, &from("192.0.2.1"));
        }
        let key = SealingKey::new([1; 32]);
        let known = Origin {
            device: device::read(&key, &device::mark(&key, ADA)),
            ..from("192.0.2.1")
        };
        assert!(
            limits
                .count_password("ada@example.com", Some(ADA), &from("192.0.2.1"))
                .is_err()
        );
        assert_eq!(
            admitted(20, |_| limits.count_password("ada@example.com", Some(ADA), &known)),
            10
        );
        assert_eq!(admitted(20, |_| limits.count_code(ADA, &known)), 5);
        // It helps with the account that it is of, and with no other.
        let other = UserId(Uuid::from_u128(2));
        assert_eq!(
            admitted(20, |_| limits.count_password("bob@example.com", Some(other), &known)),
            5
        );
    }

    #[test]
    fn the_second_step_has_a_limit_whatever_the_address() {
        let (clock, limits) = limits();
        let each = |number| limits.count_code(ADA, &from(&format!("192.0.2.{number}")));
        assert_eq!(admitted(100, each), 5);
        clock.advance_seconds(300);
        assert_eq!(admitted(100, each), 1);
    }
}
