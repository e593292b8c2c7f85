use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use model::Timestamp;

use super::limit::MOST_KEYS;
use crate::store::accounts::Digest;

/// For how long further refusals of the same kind are only counted.
const QUIET_SECONDS: i64 = 60;

/// Whom a refused sign-in was for, where it came from, and at which step it ended.
pub type Refused = (Digest, IpAddr, &'static str);

/// Which refused sign-ins the audit log has just been told of, so that nobody fills it by guessing.
#[derive(Default)]
pub struct Refusals(Mutex<HashMap<Refused, Told>>);

struct Told {
    at: Timestamp,
    left_out: u32,
}

impl Refusals {
    /// Whether this one is to be written down, and then how many were left out since the one before; `None` when it is left
    /// out itself.
    pub fn note(&self, refused: Refused, now: Timestamp) -> Option<u32> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = told.get_mut(&refused)
            && now < before.at.plus_seconds(QUIET_SECONDS)
        {
            before.left_out += 1;
            return None;
        }
        if told.len() >= MOST_KEYS {
            told.retain(|_, told| now < told.at.plus_seconds(QUIET_SECONDS));
        }
        // More than that within a minute: each of the others is written once more at the worst.
        if told.len() >= MOST_KEYS {
            told.clear();
        }
        let before = told.insert(refused, Told { at: now, left_out: 0 });
        Some(before.map_or(0, |before| before.left_out))
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn one_a_minute_is_written_and_says_how_many_were_not() {
        let refusals = Refusals::default();
        let noon = Timestamp::parse("2025-11-20T12:00:00Z").expect("a time");
        let address = Ipv4Addr::LOCALHOST.into();
        let check = |account: u8, step: &'static str, seconds: i64, expected: Option<u32>| {
            let refused = (Digest([account; 32]), address, step);
            let noted = refusals.note(refused, noon.plus_seconds(seconds));
            assert_eq!(noted, expected, "{account} {step} {seconds}");
        };
        check(1, "password", 0, Some(0));
        check(1, "password", 1, None);
        check(1, "password", 59, None);
        check(2, "password", 59, Some(0));
        check(1, "code", 59, Some(0));
        check(1, "password", 60, Some(2));
        check(1, "password", 61, None);
        check(1, "password", 600, Some(1));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let refusals = Refusals::default();
        let noon = Timestamp::parse("2025-11-20T12:00:00Z").expect("a time");
        for number in 0..=MOST_KEYS as u64 {
            let mut account = [0; 32];
            account[..8].copy_from_slice(&number.to_be_bytes());
            let refused = (Digest(account), Ipv4Addr::LOCALHOST.into(), "password");
            assert_eq!(refusals.note(refused, noon), Some(0));
        }
        assert_eq!(refusals.0.lock().expect("not poisoned").len(), 1);
    }
}
