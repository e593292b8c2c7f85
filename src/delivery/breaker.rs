//! When a destination is left alone: what its attempts say of it, and how much may be sent to it. Pure.

use model::{Failure, Health, Timestamp};

/// Failures one after the other that make a destination count as down, when they span at least [`DOWN_AFTER_SECONDS`].
const DOWN_AFTER: u32 = 5;
const DOWN_AFTER_SECONDS: i64 = 30;

/// How long a destination that is down is left alone at first; doubled with each further failure.
const FIRST_PAUSE_SECONDS: i64 = 30;

/// The same for one that asks to be sent less, without saying how long.
const FIRST_SLOW_DOWN_SECONDS: i64 = 5;

const LONGEST_PAUSE_SECONDS: i64 = 10 * 60;

/// The longest that a destination's own wish counts for.
pub const LONGEST_RETRY_AFTER_SECONDS: i64 = 60 * 60;

/// Without one success for so long, a destination is disabled.
const DISABLED_AFTER_SECONDS: i64 = 5 * 24 * 60 * 60;

/// What an attempt says of its destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Succeeded,
    Failed(Failure),
    /// It wants less: 429, 502, 503 or 504, with the seconds of `Retry-After` where it gave any.
    SlowDown {
        failure: Failure,
        seconds: Option<i64>,
    },
}

/// How much may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    All,
    /// One attempt, which shows whether it is back.
    Probe,
    /// Nothing until then.
    NothingUntil(Timestamp),
}

pub fn allowance(health: &Health, now: Timestamp) -> Allowance {
    match health.resume_at {
        None => Allowance::All,
        Some(resume_at) if resume_at <= now => Allowance::Probe,
        Some(resume_at) => Allowance::NothingUntil(resume_at),
    }
}

/// The health after an attempt that ended `now`.
pub fn after(health: &Health, outcome: Outcome, now: Timestamp) -> Health {
    let (failure, wish) = match outcome {
        Outcome::Succeeded => {
            return Health {
                last_failure: health.last_failure,
                last_failure_at: health.last_failure_at,
                last_success_at: Some(now),
                ..Health::default()
            };
        }
        Outcome::Failed(failure) => (failure, None),
        Outcome::SlowDown { failure, seconds } => (failure, Some(seconds)),
    };
    let failing_since = health.failing_since.unwrap_or(now);
    let failures = health.consecutive_failures.saturating_add(1);
    let is_down = failures >= DOWN_AFTER && failing_since.micros_until(now) >= DOWN_AFTER_SECONDS * 1_000_000;
    let pause = match wish {
        Some(Some(seconds)) => Some(seconds.clamp(1, LONGEST_RETRY_AFTER_SECONDS)),
        Some(None) => Some(doubled(FIRST_SLOW_DOWN_SECONDS, failures - 1)),
        None if is_down => Some(doubled(FIRST_PAUSE_SECONDS, failures.saturating_sub(DOWN_AFTER))),
        // It was to be seen whether it is back, and it is not.
        None if health.resume_at.is_some() => Some(doubled(FIRST_SLOW_DOWN_SECONDS, failures - 1)),
        None => None,
    };
    Health {
        consecutive_failures: failures,
        failing_since: Some(failing_since),
        last_failure: Some(failure),
        last_failure_at: Some(now),
        last_success_at: health.last_success_at,
        resume_at: pause.map(|seconds| now.plus_seconds(seconds)),
    }
}

/// Whether it failed for so long that only a person should turn it on again.
pub fn has_failed_for_good(health: &Health, now: Timestamp) -> bool {
    let for_long = |since: Timestamp| since.micros_until(now) >= DISABLED_AFTER_SECONDS * 1_000_000;
    health.failing_since.is_some_and(for_long)
}

fn doubled(first: i64, times: u32) -> i64 {
    let factor = 1_i64.checked_shl(times.min(32)).unwrap_or(i64::MAX);
    first.saturating_mul(factor).min(LONGEST_PAUSE_SECONDS)
}
