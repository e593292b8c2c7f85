//! When a delivery is tried again. Pure.

use model::{DeliveryId, Timestamp};
use uuid::Uuid;

use super::breaker::{LONGEST_RETRY_AFTER_SECONDS, Outcome};
use crate::store::delivery::Next;

/// Seconds before each attempt, unless the destination has a schedule of its own: ten attempts within three and a half days.
pub const DEFAULT: &[u32] = &[0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// An attempt later by at most this part of its delay, so that what failed together does not come again together.
const JITTER_PARTS: u64 = 10;

/// What becomes of a delivery whose attempt at `position` of the schedule ended `now` with this outcome.
///
/// The next attempt is not made before the destination wants it, as far as that wish counts.
pub fn next_after(delivery: DeliveryId, schedule: &[u32], position: u32, outcome: Outcome, now: Timestamp) -> Next {
    let wish = match outcome {
        Outcome::Succeeded => return Next::Delivered,
        Outcome::Failed(_) => None,
        Outcome::SlowDown { seconds, .. } => seconds,
    };
    let following = position.saturating_add(1);
    let Some(&delay) = usize::try_from(following).ok().and_then(|following| schedule.get(following)) else {
        return Next::Failed;
    };
    let scheduled = later(now, with_jitter(delivery.0, following, delay));
    let wished = wish.map(|seconds| now.plus_seconds(seconds.clamp(0, LONGEST_RETRY_AFTER_SECONDS)));
    Next::Again(wished.map_or(scheduled, |wished| wished.max(scheduled)))
}

/// The delay, which is in seconds, in microseconds and up to a tenth longer. It follows from what is delayed and the position
/// alone, so that it is the same on every node and in every test.
pub(crate) fn with_jitter(delayed: Uuid, position: u32, delay: u32) -> i64 {
    let micros = u64::from(delay) * 1_000_000;
    let most = micros / JITTER_PARTS;
    let longer = scattered(delayed, position) % (most + 1);
    i64::try_from(micros + longer).unwrap_or(i64::MAX)
}

/// A number that neighbours do not share: the last step of `SplitMix64`.
fn scattered(delayed: Uuid, position: u32) -> u64 {
    let (high, low) = delayed.as_u64_pair();
    let mixed = (high ^ low.rotate_left(32)).wrapping_add(u64::from(position).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn later(time: Timestamp, micros: i64) -> Timestamp {
    // What does not fit lies after the year 9999, and is never due either way.
    Timestamp::from_micros(time.as_micros().saturating_add(micros)).unwrap_or_else(|| time.plus_seconds(i64::MAX))
}

#[cfg(test)]
mod tests {
    use model::Failure;

    use super::*;

    const FAILED: Outcome = Outcome::Failed(Failure::ConnectRefused);

    fn noon() -> Timestamp {
        Timestamp::parse("2025-11-20T12:00:00Z").expect("a time")
    }

    fn slow_down(seconds: Option<i64>) -> Outcome {
        Outcome::SlowDown {
            failure: Failure::Status,
            seconds,
        }
    }

    /// The seconds until the next attempt of any delivery lie between these.
    fn check(schedule: &[u32], position: u32, outcome: Outcome, expected: Option<(i64, i64)>) {
        for number in 0..200 {
            let next = next_after(DeliveryId(Uuid::from_u128(number)), schedule, position, outcome, noon());
            match (next, expected) {
                (Next::Again(at), Some((least, most))) => {
                    let micros = noon().micros_until(at);
                    let in_span = (least * 1_000_000..=most * 1_000_000).contains(&micros);
                    assert!(in_span, "{micros} µs after attempt {position} of {schedule:?}");
                }
                (next, expected) => assert_eq!((next, expected), (Next::Failed, None), "after {position} of {schedule:?}"),
            }
        }
    }

    #[test]
    fn after_each_failure_the_next_attempt_follows_within_a_tenth_of_its_delay() {
        for schedule in [DEFAULT, &[0, 3, 66, 731, 262_146]] {
            for (position, &delay) in (0..).zip(&schedule[1..]) {
                let delay = i64::from(delay);
                check(schedule, position, FAILED, Some((delay, delay + delay / 10 + 1)));
            }
        }
        check(&[0, 0], 0, FAILED, Some((0, 0)));
    }

    #[test]
    fn after_the_last_attempt_of_the_schedule_a_delivery_has_failed() {
        check(DEFAULT, 9, FAILED, None);
        check(&[0], 0, FAILED, None);
        check(&[0], u32::MAX, FAILED, None);
        check(&[0], 0, slow_down(Some(60)), None);
    }

    #[test]
    fn the_later_of_the_schedule_and_the_destinations_wish_counts() {
        check(DEFAULT, 0, slow_down(Some(120)), Some((120, 120)));
        check(DEFAULT, 1, slow_down(Some(120)), Some((300, 330)));
        check(DEFAULT, 0, slow_down(None), Some((5, 6)));
        check(DEFAULT, 0, slow_down(Some(-5)), Some((5, 6)));
        check(DEFAULT, 0, slow_down(Some(i64::MAX)), Some((3_600, 3_600)));
    }

    #[test]
    fn what_succeeded_is_delivered_wherever_in_the_schedule() {
        for position in [0, 9, 100] {
            let next = next_after(DeliveryId(Uuid::nil()), DEFAULT, position, Outcome::Succeeded, noon());
            assert_eq!(next, Next::Delivered);
        }
    }

    #[test]
    fn what_failed_together_does_not_come_again_together_but_the_same_everywhere() {
        let again = |number| next_after(DeliveryId(Uuid::from_u128(number)), DEFAULT, 2, FAILED, noon());
        let times: std::collections::HashSet<_> = (0..1_000)
            .map(|number| match again(number) {
                Next::Again(at) => at.as_seconds(),
                next => panic!("{next:?}"),
            })
            .collect();
        assert!(times.len() > 150, "1,000 deliveries come in {} of 180 seconds", times.len());
        assert_eq!(again(7), again(7));
    }
}
