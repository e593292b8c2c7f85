//! Time and randomness, as parameters: whoever needs them is given a [`Clock`] or an [`Ids`], so that tests are exact.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use model::Timestamp;
use uuid::{ContextV7, Uuid};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::from_date_time(time::OffsetDateTime::now_utc()).expect("the machine's clock is between the years 1 and 9999")
    }
}

/// A clock that stands still until a test turns it.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub fn at(time: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(time.as_micros())))
    }

    pub fn set(&self, time: Timestamp) {
        self.0.store(time.as_micros(), Ordering::SeqCst);
    }

    pub fn advance_seconds(&self, seconds: i64) {
        self.set(self.now().plus_seconds(seconds));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst)).expect("only timestamps are ever stored")
    }
}

/// A clock as rate limiters read it.
#[derive(Clone)]
pub(crate) struct ClockOfLimits(pub(crate) Arc<dyn Clock>);

impl governor::clock::Clock for ClockOfLimits {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now().as_micros()).unwrap_or(0))
    }
}

/// Makes ids: UUIDs v7 that sort in the order in which they were made, also within a millisecond.
#[derive(Default)]
pub struct Ids(Mutex<ContextV7>);

impl Ids {
    /// An id that carries `now`.
    pub fn next(&self, now: Timestamp) -> Uuid {
        let context = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let seconds = u64::try_from(now.as_seconds()).unwrap_or(0);
        let nanos = u32::try_from(now.as_micros().rem_euclid(1_000_000) * 1000).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, seconds, nanos))
    }
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_in_one_instant_sort_in_the_order_in_which_they_were_made() {
        let ids = Ids::default();
        let now = SystemClock.now();
        let made: Vec<_> = (0..1000).map(|_| ids.next(now)).collect();
        assert!(made.is_sorted_by(|earlier, later| earlier < later));
    }
}
