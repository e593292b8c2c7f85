//! How fast a provider is asked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use model::{EndpointId, Timestamp};

/// The span in which no more requests are made than the provider allows in a second. A little longer than that: they do not
/// take equally long on their way, and it is when they arrive that counts.
const SPAN_MICROS: i64 = 1_100_000;

/// How long is waited after an answer of 429 that does not say how long.
const PAUSE_SECONDS: i64 = 5;

/// The longest pause that a provider can ask for, in seconds: whatever it says, it is asked again within the hour.
const LONGEST_PAUSE_SECONDS: i64 = 60 * 60;

/// What each endpoint was asked of late. Nothing here waits: whoever may not ask is told when to come back.
#[derive(Debug, Default)]
pub(super) struct Paces(Mutex<HashMap<EndpointId, Pace>>);

#[derive(Debug, Default)]
struct Pace {
    /// The requests of the last span, oldest first.
    asked: VecDeque<Timestamp>,
    /// Set when the provider says that it has enough.
    paused_until: Option<Timestamp>,
}

/// What an answer says of the pace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Allowance {
    /// The status was 429.
    pub is_used_up: bool,
    pub retry_at: Option<Timestamp>,
    /// How many requests are left until the reset.
    pub remaining: Option<u32>,
    pub reset_at: Option<Timestamp>,
}

impl Paces {
    /// Takes the right to make one request now. Otherwise the time at which there is one again.
    pub(super) fn take(&self, endpoint: EndpointId, per_second: u32, now: Timestamp) -> Result<(), Timestamp> {
        self.with(endpoint, |pace| {
            if let Some(until) = pace.paused_until.filter(|until| *until > now) {
                return Err(until);
            }
            // What lies ahead of a clock that was put back is forgotten with the rest.
            pace.asked.retain(|asked| *asked <= now && end_of_span(*asked) > now);
            match pace.asked.front() {
                Some(first) if pace.asked.len() >= per_second.max(1) as usize => Err(end_of_span(*first)),
                _ => {
                    pace.asked.push_back(now);
                    Ok(())
                }
            }
        })
    }

    /// Learns from an answer. Gives the time before which the endpoint is not asked again, if there is one.
    pub(super) fn learn(&self, endpoint: EndpointId, allowance: Allowance, now: Timestamp) -> Option<Timestamp> {
        let until = if allowance.is_used_up {
            let pause = || now.plus_seconds(PAUSE_SECONDS);
            allowance.retry_at.or(allowance.reset_at).unwrap_or_else(pause)
        } else if allowance.remaining == Some(0) {
            allowance.reset_at?
        } else {
            return None;
        };
        let until = until.clamp(now, now.plus_seconds(LONGEST_PAUSE_SECONDS));
        self.with(endpoint, |pace| pace.paused_until = Some(until));
        Some(until)
    }

    fn with<T>(&self, endpoint: EndpointId, act: impl FnOnce(&mut Pace) -> T) -> T {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(paces.entry(endpoint).or_default())
    }
}

fn end_of_span(asked: Timestamp) -> Timestamp {
    Timestamp::from_micros(asked.as_micros().saturating_add(SPAN_MICROS)).unwrap_or(asked)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(millis * 1000).expect("in range")
    }

    const ONE: EndpointId = EndpointId(Uuid::from_u128(1));
    const OTHER: EndpointId = EndpointId(Uuid::from_u128(2));

    #[test]
    fn no_second_has_more_requests_than_are_allowed_wherever_it_begins() {
        let paces = Paces::default();
        for millis in [0, 600, 999] {
            assert_eq!(paces.take(ONE, 3, at(millis)), Ok(()));
        }
        assert_eq!(paces.take(ONE, 3, at(999)), Err(at(1100)));
        assert_eq!(paces.take(OTHER, 3, at(999)), Ok(()), "another endpoint has its own");
        assert_eq!(paces.take(ONE, 3, at(1100)), Ok(()));
        assert_eq!(paces.take(ONE, 3, at(1101)), Err(at(1700)));
        assert_eq!(paces.take(ONE, 3, at(1700)), Ok(()));
    }

    #[test]
    fn a_clock_that_is_put_back_does_not_lock_anybody_out() {
        let paces = Paces::default();
        assert_eq!(paces.take(ONE, 1, at(1_000_000)), Ok(()));
        assert_eq!(paces.take(ONE, 1, at(0)), Ok(()));
    }

    #[test]
    fn a_provider_that_has_enough_is_left_alone_for_as_long_as_it_says() {
        let check = |allowance: Allowance, expected: Option<i64>| {
            let paces = Paces::default();
            let until = paces.learn(ONE, allowance, at(0));
            assert_eq!(until, expected.map(at), "{allowance:?}");
            let taken = paces.take(ONE, 5, at(0));
            assert_eq!(taken.err(), expected.map(at), "{allowance:?}");
            assert_eq!(paces.take(ONE, 5, at(expected.unwrap_or(0))), Ok(()));
        };
        let used_up = Allowance {
            is_used_up: true,
            ..Allowance::default()
        };
        let none_left = Allowance {
            remaining: Some(0),
            ..Allowance::default()
        };
        let reset_at = Some(at(53_000));
        check(Allowance::default(), None);
        check(used_up, Some(5_000));
        check(Allowance { reset_at, ..used_up }, Some(53_000));
        let retry_at = Some(at(7_000));
        check(
            Allowance {
                retry_at,
                reset_at,
                ..used_up
            },
            Some(7_000),
        );
        check(none_left, None);
        check(Allowance { reset_at, ..none_left }, Some(53_000));
        let remaining = Some(1);
        check(
            Allowance {
                remaining,
                reset_at,
                ..Allowance::default()
            },
            None,
        );
        let reset_at = Some(at(i64::from(u32::MAX) * 1000));
        check(Allowance { reset_at, ..none_left }, Some(3_600_000));
    }
}
