//! How often someone may try to come in.
//!
//! Promises:
//! - a stranger who guesses passwords gets a few tries at once and then one every so often, be it at one account, at many
//!   from one address, or at one from many addresses;
//! - nobody is kept out for ever: every allowance refills, one address alone cannot use up what an account has for all
//!   addresses, and a browser that the user signed in with before ([`Device`]) has an allowance of its own;
//! - what is remembered is bounded.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use model::UserId;

use super::device::Device;
use super::unguessable::digest;
use crate::clock::Clock;
use crate::operation::OperationError;
use crate::store::accounts::Digest;

/// How many keys a limit remembers before it forgets those whose allowance is full again, and refuses when that is not
/// enough.
const MOST_KEYS: usize = 20_000;
/// How long it waits before it looks for such keys again.
const PAUSE_SECONDS: i64 = 10;

/// Where a try comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub address: IpAddr,
    /// A browser in which a user was signed in before.
    pub device: Option<(UserId, Device)>,
}

impl Origin {
    /// The browser, if it is this user's.
    fn device_of(&self, user: Option<UserId>) -> Option<Device> {
        let (owner, device) = self.device?;
        (Some(owner) == user).then_some(device)
    }
}

/// Counts the tries.
pub struct SignInLimits {
    addresses: Limit<IpAddr>,
    accounts_from_addresses: Limit<(Digest, IpAddr)>,
    accounts: Limit<Digest>,
    devices: Limit<Device>,
    codes: Limit<UserId>,
    codes_of_devices: Limit<Device>,
}

impl std::fmt::Debug for SignInLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInLimits")
    }
}

impl SignInLimits {
    pub fn new(clock: &Arc<dyn Clock>) -> Self {
        let limit = |burst, refill_seconds| quota(burst, refill_seconds);
        Self {
            addresses: Limit::new(limit(30, 5), clock),
            accounts_from_addresses: Limit::new(limit(5, 60), clock),
            // More than one address gets: so one address cannot use it up.
            accounts: Limit::new(limit(20, 30), clock),
            devices: Limit::new(limit(10, 30), clock),
            // Whoever gets as far as the second step knows the password; six digits can be guessed, given tries enough.
            codes: Limit::new(limit(5, 300), clock),
            codes_of_devices: Limit::new(limit(5, 60), clock),
        }
    }

    /// Counts a password that is tried for an account; `user` is whose it is, if there is such an account.
    pub fn count_password(&self, email: &str, user: Option<UserId>, origin: &Origin) -> Result<(), OperationError> {
        if let Some(device) = origin.device_of(user) {
            return self.devices.count(&device);
        }
        let (account, address) = (digest(email), network(origin.address));
        self.addresses.count(&address)?;
        self.accounts_from_addresses.count(&(account, address))?;
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
        self.addresses.count(&network(origin.address))
    }
}

/// A limit for each key.
struct Limit<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, ClockOfLimits, NoOpMiddleware<Duration>>,
    clock: ClockOfLimits,
    tidied_at: AtomicI64,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(quota: Quota, clock: &Arc<dyn Clock>) -> Self {
        let clock = ClockOfLimits(Arc::clone(clock));
        Self {
            limiter: RateLimiter::hashmap_with_clock(quota, clock.clone()),
            tidied_at: AtomicI64::new(clock.0.now().as_seconds()),
            clock,
        }
    }

    fn count(&self, key: &K) -> Result<(), OperationError> {
        self.tidy()?;
        self.limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(GovernorClock::now(&self.clock));
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            OperationError::Throttled { seconds: seconds.max(1) }
        })
    }

    fn tidy(&self) -> Result<(), OperationError> {
        if self.limiter.len() < MOST_KEYS {
            return Ok(());
        }
        let now = self.clock.0.now().as_seconds();
        if now - self.tidied_at.load(Ordering::Relaxed) >= PAUSE_SECONDS {
            self.tidied_at.store(now, Ordering::Relaxed);
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        if self.limiter.len() < MOST_KEYS {
            Ok(())
        } else {
            Err(OperationError::Throttled {
                seconds: PAUSE_SECONDS.unsigned_abs(),
            })
        }
    }
}

fn quota(burst: u32, refill_seconds: u64) -> Quota {
    Quota::with_period(Duration::from_secs(refill_seconds))
        .expect("the period is not zero")
        .allow_burst(NonZeroU32::new(burst).expect("the burst is not zero"))
}

/// Who is behind an address: of IPv6 the network of 64 bits, which is what one customer has at the least.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// Our clock as the limiters read it.
#[derive(Clone)]
struct ClockOfLimits(Arc<dyn Clock>);

impl GovernorClock for ClockOfLimits {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now().as_micros()).unwrap_or(0))
    }
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

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten_once_it_is_full_again() {
        let (clock, limits) = limits();
        let most = u32::try_from(MOST_KEYS).expect("few");
        let user = |number: u32| UserId(Uuid::from_u128(number.into()));
        let each = |number| limits.count_code(user(number), &from("192.0.2.1"));
        assert_eq!(admitted(most + 100, each), MOST_KEYS);
        clock.advance_seconds(601);
        assert!(each(most + 1).is_ok());
        assert_eq!(limits.codes.limiter.len(), 1);
    }
}
