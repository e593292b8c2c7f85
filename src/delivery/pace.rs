use std::num::NonZeroU32;
use std::sync::Arc;

use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use model::Timestamp;

use crate::clock::{Clock, ClockOfLimits};

type Limiter = RateLimiter<NotKeyed, InMemoryState, ClockOfLimits, NoOpMiddleware<std::time::Duration>>;

/// How many requests per second go to a destination.
pub(super) struct Pace {
    clock: ClockOfLimits,
    /// Of the rate that it was made for.
    limiter: Option<(u32, Limiter)>,
}

impl Pace {
    pub fn new(clock: &Arc<dyn Clock>) -> Self {
        Self {
            clock: ClockOfLimits(Arc::clone(clock)),
            limiter: None,
        }
    }

    /// Counts one request; `Err` says when it can go out.
    pub fn admit(&mut self, rate: Option<u32>, now: Timestamp) -> Result<(), Timestamp> {
        let Some(per_second) = rate.and_then(NonZeroU32::new) else {
            return Ok(());
        };
        let made_for = self.limiter.as_ref().map(|(rate, _)| *rate);
        if made_for != rate {
            let limiter = RateLimiter::direct_with_clock(Quota::per_second(per_second), self.clock.clone());
            self.limiter = Some((per_second.get(), limiter));
        }
        let (_, limiter) = self.limiter.as_ref().expect("it was just made");
        limiter.check().map_err(|not_until| {
            let wait = not_until.wait_time_from(governor::clock::Clock::now(&self.clock));
            let micros = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
            Timestamp::from_micros(now.as_micros().saturating_add(micros).saturating_add(1)).unwrap_or(now)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn so_many_requests_go_out_in_a_second_and_the_next_when_it_is_told() {
        let noon = Timestamp::parse("2025-11-20T12:00:00Z").expect("a time");
        let clock = ManualClock::at(noon);
        let mut pace = Pace::new(&(Arc::clone(&clock) as Arc<dyn Clock>));
        let mut admitted = |rate| {
            let now = clock.now();
            (0..100).take_while(|_| pace.admit(rate, now).is_ok()).count()
        };
        assert_eq!(admitted(None), 100);
        assert_eq!(admitted(Some(5)), 5);
        clock.advance_seconds(1);
        assert_eq!(admitted(Some(5)), 5);
        // Another rate counts from when it is set.
        assert_eq!(admitted(Some(20)), 20);
        let then = pace.admit(Some(20), clock.now()).expect_err("refused");
        clock.set(then);
        assert!(pace.admit(Some(20), then).is_ok());
    }
}
