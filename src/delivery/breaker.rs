//! When a destination is left alone: what its attempts say of it, and how much may be sent to it. Pure.
//!
//! Pauses double by themselves, because each is as long as the destination has been failing: they count no attempts, of which
//! there may be many under way at once when it goes down.

use model::{Failure, Health, Timestamp};

/// Failures one after the other that make a destination count as down, when they span at least [`DOWN_AFTER_SECONDS`].
pub const DOWN_AFTER: u32 = Health::MANY_FAILURES;
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

/// How far the clocks of nodes may be apart without a pause being taken for one that no clock of today began.
const CLOCKS_APART_SECONDS: i64 = 60;

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

impl Outcome {
    /// What an answer says. `retry_after` is what it asked for, in seconds from then on.
    pub const fn of(status: Option<u16>, failure: Option<Failure>, retry_after: Option<i64>) -> Self {
        match (failure, status) {
            (None, _) => Self::Succeeded,
            (Some(failure @ Failure::Status), Some(429 | 502 | 503 | 504)) => Self::SlowDown {
                failure,
                seconds: retry_after,
            },
            (Some(failure), _) => Self::Failed(failure),
        }
    }
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
        // No pause is that long: the clock was turned back since it began.
        Some(resume_at) if now.plus_seconds(LONGEST_RETRY_AFTER_SECONDS + CLOCKS_APART_SECONDS) < resume_at => Allowance::Probe,
        Some(resume_at) => Allowance::NothingUntil(resume_at),
    }
}

/// The health after an attempt that began at `began_at` and ended `now`.
///
/// Of attempts that were under way together, the first that fails may begin a pause. The others began before it and know
/// nothing of it: their failures do not shorten it, and their successes do not end it.
pub fn after(health: &Health, outcome: Outcome, began_at: Timestamp, now: Timestamp) -> Health {
    // What failed long after now did so by a clock that was turned back since.
    let long_after_now = now.plus_seconds(CLOCKS_APART_SECONDS);
    let is_news = (health.last_failure_at).is_none_or(|failed_at| failed_at <= began_at || long_after_now < failed_at);
    let (failure, wish) = match outcome {
        Outcome::Succeeded => {
            return Health {
                last_failure: health.last_failure,
                last_failure_at: health.last_failure_at,
                last_success_at: Some(now),
                resume_at: health.resume_at.filter(|_| !is_news),
                ..Health::default()
            };
        }
        Outcome::Failed(failure) => (failure, None),
        Outcome::SlowDown { failure, seconds } => (failure, Some(seconds)),
    };
    let failing_since = health.failing_since.unwrap_or(now);
    let failing_for = failing_since.micros_until(now) / 1_000_000;
    let failures = health.consecutive_failures.saturating_add(1);
    let is_down = failures >= DOWN_AFTER && failing_for >= DOWN_AFTER_SECONDS;
    let slow_down = (failing_for + FIRST_SLOW_DOWN_SECONDS).clamp(FIRST_SLOW_DOWN_SECONDS, LONGEST_PAUSE_SECONDS);
    let pause = match wish {
        Some(Some(seconds)) => Some(seconds.clamp(1, LONGEST_RETRY_AFTER_SECONDS)),
        Some(None) => Some(slow_down),
        None if is_down => Some(failing_for.clamp(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)),
        // It was to be seen whether it is back, and it is not.
        None if health.resume_at.is_some() => Some(slow_down),
        None => None,
    };
    let resume_at = pause.map(|seconds| now.plus_seconds(seconds));
    Health {
        consecutive_failures: failures,
        failing_since: Some(failing_since),
        last_failure: Some(failure),
        last_failure_at: Some(now),
        last_success_at: health.last_success_at,
        resume_at: if is_news { resume_at } else { resume_at.max(health.resume_at) },
    }
}

/// Whether it failed for so long that only a person should turn it on again. A few failures with days of silence between them
/// are not enough.
pub fn has_failed_for_good(health: &Health, now: Timestamp) -> bool {
    let for_long = |since: Timestamp| since.micros_until(now) >= DISABLED_AFTER_SECONDS * 1_000_000;
    health.consecutive_failures >= DOWN_AFTER && health.failing_since.is_some_and(for_long)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Outcome = Outcome::Failed(Failure::ConnectRefused);
    const SLOW_DOWN: Outcome = Outcome::SlowDown {
        failure: Failure::Status,
        seconds: None,
    };

    const fn slow_down_for(seconds: i64) -> Outcome {
        Outcome::SlowDown {
            failure: Failure::Status,
            seconds: Some(seconds),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse("2025-11-20T12:00:00Z")
            .expect("a time")
            .plus_seconds(seconds)
    }

    /// The health after attempts that took no time, each at its second.
    fn health(attempts: &[(i64, Outcome)]) -> Health {
        attempts.iter().fold(Health::default(), |health, (second, outcome)| {
            after(&health, *outcome, at(*second), at(*second))
        })
    }

    /// Until which second nothing is sent after these attempts.
    fn check(attempts: &[(i64, Outcome)], resume_at: Option<i64>) {
        assert_eq!(health(attempts).resume_at, resume_at.map(at), "{attempts:?}");
    }

    #[test]
    fn a_destination_is_left_alone_after_five_failures_that_span_half_a_minute() {
        check(&[(0, FAILED), (10, FAILED), (20, FAILED), (30, FAILED)], None);
        check(&[(0, FAILED); 50], None);
        let five = [(0, FAILED), (10, FAILED), (20, FAILED), (29, FAILED), (30, FAILED)];
        check(&five, Some(60));
        check(&[(0, FAILED), (0, FAILED), (0, FAILED), (0, FAILED), (31, FAILED)], Some(62));
        assert_eq!(health(&five).state(), model::HealthState::Down);
    }

    #[test]
    fn a_success_in_between_begins_the_count_anew() {
        let attempts = [
            (0, FAILED),
            (10, FAILED),
            (20, Outcome::Succeeded),
            (30, FAILED),
            (40, FAILED),
            (50, FAILED),
            (59, FAILED),
        ];
        check(&attempts, None);
        assert_eq!(health(&attempts).failing_since, Some(at(30)));
        assert_eq!(health(&attempts).last_success_at, Some(at(20)));
    }

    #[test]
    fn the_pause_doubles_with_each_probe_that_fails_up_to_ten_minutes() {
        let mut attempts = vec![(0, FAILED), (0, FAILED), (0, FAILED), (0, FAILED), (30, FAILED)];
        for pause in [30, 60, 120, 240, 480, 600, 600] {
            let last = attempts.last().expect("some").0;
            check(&attempts, Some(last + pause));
            attempts.push((last + pause, FAILED));
        }
    }

    #[test]
    fn many_failures_at_once_do_not_make_the_pause_longer() {
        let mut attempts = vec![(0, FAILED); 500];
        attempts.extend([(30, FAILED); 500]);
        check(&attempts, Some(60));
    }

    #[test]
    fn one_success_ends_the_pause_and_forgets_the_failures() {
        let mut attempts = vec![(0, FAILED), (0, FAILED), (0, FAILED), (0, FAILED), (30, FAILED)];
        attempts.push((60, Outcome::Succeeded));
        let expected = Health {
            last_failure: Some(Failure::ConnectRefused),
            last_failure_at: Some(at(30)),
            last_success_at: Some(at(60)),
            ..Health::default()
        };
        assert_eq!(health(&attempts), expected);
    }

    #[test]
    fn a_destination_that_wants_less_gets_nothing_for_as_long_as_it_says() {
        check(&[(0, slow_down_for(60))], Some(60));
        check(&[(0, slow_down_for(0))], Some(1));
        check(&[(0, slow_down_for(-5))], Some(1));
        check(&[(0, slow_down_for(7_200))], Some(3_600));
    }

    #[test]
    fn without_a_word_how_long_it_is_five_seconds_and_then_twice_as_long_each_time() {
        let mut attempts = vec![(0, SLOW_DOWN)];
        for pause in [5, 10, 20, 40, 80, 160, 320, 600, 600] {
            let last = attempts.last().expect("some").0;
            check(&attempts, Some(last + pause));
            attempts.push((last + pause, SLOW_DOWN));
        }
        check(&[(0, SLOW_DOWN), (5, FAILED)], Some(15));
    }

    #[test]
    fn attempts_that_were_under_way_when_a_pause_began_neither_shorten_nor_end_it() {
        let paused = health(&[(10, slow_down_for(60))]);
        let check = |outcome, began_at, resume_at: Option<i64>| {
            let health = after(&paused, outcome, at(began_at), at(12));
            assert_eq!(
                health.resume_at,
                resume_at.map(at),
                "{outcome:?} of an attempt that began at {began_at}"
            );
        };
        check(Outcome::Succeeded, 9, Some(70));
        check(FAILED, 9, Some(70));
        check(slow_down_for(5), 9, Some(70));
        check(slow_down_for(90), 9, Some(102));
        // Those that began afterwards know better.
        check(Outcome::Succeeded, 11, None);
        check(slow_down_for(5), 11, Some(17));
    }

    #[test]
    fn after_a_pause_one_attempt_shows_whether_it_is_back() {
        let check = |resume_at: Option<i64>, expected| {
            let health = Health {
                resume_at: resume_at.map(at),
                ..Health::default()
            };
            assert_eq!(allowance(&health, at(0)), expected);
        };
        check(None, Allowance::All);
        check(Some(1), Allowance::NothingUntil(at(1)));
        check(Some(0), Allowance::Probe);
        check(Some(-1), Allowance::Probe);
        check(Some(3_660), Allowance::NothingUntil(at(3_660)));
        check(Some(3_661), Allowance::Probe);
    }

    #[test]
    fn a_pause_that_a_clock_began_which_was_turned_back_since_ends_with_the_next_attempt() {
        let paused = health(&[(86_400, slow_down_for(60))]);
        assert_eq!(allowance(&paused, at(0)), Allowance::Probe);
        assert_eq!(after(&paused, Outcome::Succeeded, at(0), at(1)).resume_at, None);
        assert_eq!(after(&paused, slow_down_for(5), at(0), at(1)).resume_at, Some(at(6)));
    }

    #[test]
    fn five_days_of_nothing_but_failures_are_for_good() {
        let days = |days: i64| days * 24 * 60 * 60;
        let check = |attempts: &[(i64, Outcome)], now, expected| {
            assert_eq!(has_failed_for_good(&health(attempts), at(now)), expected, "{attempts:?}");
        };
        let each_day: Vec<_> = (0..=5).map(|day| (days(day), FAILED)).collect();
        check(&each_day, days(5), true);
        check(&each_day, days(5) - 1, false);
        check(&[(0, FAILED), (days(6), FAILED)], days(6), false);
        check(&[], days(9), false);
        let mut with_success = each_day;
        with_success.insert(1, (1, Outcome::Succeeded));
        check(&with_success, days(5), false);
    }

    #[test]
    fn an_answer_says_whether_its_destination_wants_less() {
        let check = |status, failure, retry_after, expected| assert_eq!(Outcome::of(status, failure, retry_after), expected);
        check(Some(204), None, None, Outcome::Succeeded);
        check(Some(204), None, Some(60), Outcome::Succeeded);
        for status in [429, 502, 503, 504] {
            check(Some(status), Some(Failure::Status), Some(60), slow_down_for(60));
            check(Some(status), Some(Failure::Status), None, SLOW_DOWN);
        }
        check(Some(500), Some(Failure::Status), Some(60), Outcome::Failed(Failure::Status));
        check(Some(302), Some(Failure::Redirect), None, Outcome::Failed(Failure::Redirect));
        check(None, Some(Failure::DnsFailed), None, Outcome::Failed(Failure::DnsFailed));
    }
}
