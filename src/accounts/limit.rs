use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};

use crate::clock::{Clock, ClockOfLimits};
use crate::operation::OperationError;

/// How many keys a limit remembers before it forgets half of them.
pub const MOST_KEYS: usize = 20_000;

/// An allowance for each key: a burst at once, and then one more every so often.
pub struct Limit<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, Table<K>, ClockOfLimits, NoOpMiddleware<Duration>>,
    clock: ClockOfLimits,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    pub fn new(burst: u32, refill_seconds: u64, clock: &Arc<dyn Clock>) -> Self {
        let quota = Quota::with_period(Duration::from_secs(refill_seconds))
            .expect("the period is not zero")
            .allow_burst(NonZeroU32::new(burst).expect("the burst is not zero"));
        let clock = ClockOfLimits(Arc::clone(clock));
        Self {
            limiter: RateLimiter::new(quota, Table::default(), clock.clone()),
            clock,
        }
    }

    /// Counts one; `Throttled` when the key's allowance is used up.
    pub fn count(&self, key: &K) -> Result<(), OperationError> {
        self.limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(GovernorClock::now(&self.clock));
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            OperationError::Throttled { seconds: seconds.max(1) }
        })
    }
}

/// For each key the moment at which its allowance is full again.
///
/// When there are too many keys, the half that is full soonest is forgotten: whoever sends many keys with few tries each
/// neither keeps others out, nor makes it forget one that was tried often.
struct Table<K>(Mutex<HashMap<K, Nanos>>);

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Hash + Eq + Clone> StateStore for Table<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut full_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (measured, then) = measure(full_at.get(key).copied())?;
        if full_at.len() >= MOST_KEYS && !full_at.contains_key(key) {
            forget_half(&mut full_at);
        }
        full_at.insert(key.clone(), then);
        Ok(measured)
    }
}

fn forget_half<K: Hash + Eq + Clone>(full_at: &mut HashMap<K, Nanos>) {
    let mut keys: Vec<_> = full_at.iter().map(|(key, full_at)| (*full_at, key.clone())).collect();
    let half = keys.len() / 2;
    keys.select_nth_unstable_by_key(half, |(full_at, _)| *full_at);
    for (_, key) in &keys[..half] {
        full_at.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn however_many_keys_come_none_is_refused_for_it_and_one_that_is_used_up_stays_so() {
        let clock = ManualClock::at(Timestamp::parse("2025-11-20T12:00:00Z").expect("a time"));
        let limit = Limit::new(2, 60, &(clock as Arc<dyn Clock>));
        assert!(limit.count(&usize::MAX).is_ok() && limit.count(&usize::MAX).is_ok());
        for key in 0..3 * MOST_KEYS {
            assert!(limit.count(&key).is_ok(), "{key}");
        }
        assert!(limit.count(&usize::MAX).is_err());
        let table = limit.limiter.into_state_store();
        assert!(table.0.lock().expect("not poisoned").len() <= MOST_KEYS);
    }
}
