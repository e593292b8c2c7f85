//! When a provider that did not answer is asked again. Pure.

use model::{Failure, RefetchId, RefetchTrigger, Timestamp};

use super::Unanswered;
use crate::delivery::breaker::LONGEST_RETRY_AFTER_SECONDS;
use crate::delivery::schedule::with_jitter;

/// Seconds before each further try of what may pass by itself.
pub const DELAYS: &[u32] = &[30, 300, 1_800, 7_200, 18_000];

/// How often a record that is not there is looked for again: what was told a moment ago may not be there yet.
const TRIES_OF_MISSING: u32 = 1;

/// When the provider is asked again for what it did not answer `now`, after `attempts` earlier tries; `None` when it has failed.
/// Not before the provider wants it, as far as that wish counts.
pub(super) fn next_try(
    refetch: RefetchId,
    trigger: RefetchTrigger,
    attempts: u32,
    unanswered: &Unanswered,
    now: Timestamp,
) -> Option<Timestamp> {
    if trigger == RefetchTrigger::Manual || attempts >= most_retries(unanswered) {
        return None;
    }
    let &delay = usize::try_from(attempts).ok().and_then(|attempts| DELAYS.get(attempts))?;
    let scheduled = with_jitter(refetch.0, attempts, delay);
    let scheduled = Timestamp::from_micros(now.as_micros().saturating_add(scheduled)).unwrap_or(now);
    let latest = now.plus_seconds(LONGEST_RETRY_AFTER_SECONDS);
    Some((unanswered.retry_at).map_or(scheduled, |wished| wished.min(latest).max(scheduled)))
}

/// How often a record that is behind its webhook is looked for again before that counts.
const TRIES_OF_LATE: u32 = 2;

/// When the provider is asked again that is not yet as far as its webhook, after `attempts` earlier tries; `None` when what it says
/// counts by now.
pub(super) fn next_look(refetch: RefetchId, trigger: RefetchTrigger, attempts: u32, now: Timestamp) -> Option<Timestamp> {
    let is_by_itself = matches!(trigger, RefetchTrigger::Automatic | RefetchTrigger::Confirmation);
    if !is_by_itself || attempts >= TRIES_OF_LATE {
        return None;
    }
    let &delay = usize::try_from(attempts).ok().and_then(|attempts| DELAYS.get(attempts))?;
    Timestamp::from_micros(now.as_micros().saturating_add(with_jitter(refetch.0, attempts, delay)))
}

impl Unanswered {
    /// Whether it makes sense to ask again.
    pub(super) fn may_pass(&self) -> bool {
        most_retries(self) > 0 && self.failure != Failure::NotFound
    }
}

/// How often it makes sense to ask again after such a failure.
fn most_retries(unanswered: &Unanswered) -> u32 {
    let all = u32::try_from(DELAYS.len()).unwrap_or(u32::MAX);
    match (unanswered.failure, unanswered.status) {
        (
            Failure::DnsFailed
            | Failure::DnsTimeout
            | Failure::ConnectRefused
            | Failure::ConnectFailed
            | Failure::ConnectTimeout
            | Failure::TlsFailed
            | Failure::TlsTimeout
            | Failure::ConnectionClosed
            | Failure::ProtocolError
            | Failure::FirstByteTimeout
            | Failure::ResponseTimeout
            | Failure::RateLimited,
            _,
        )
        | (Failure::Status, Some(500..)) => all,
        // Whoever refuses to give a token refuses the credentials.
        (Failure::TokenFailed, status) => {
            let is_refused = status.is_some_and(|status| (300..500).contains(&status));
            if is_refused { 0 } else { all }
        }
        (Failure::NotFound, _) => TRIES_OF_MISSING,
        (
            Failure::Status
            | Failure::Unauthorized
            | Failure::Forbidden
            | Failure::NoCredentials
            | Failure::BadAnswer
            | Failure::ResponseTooLarge
            | Failure::UrlNotAllowed
            | Failure::AddressNotAllowed
            | Failure::Redirect,
            _,
        ) => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;

    fn noon() -> Timestamp {
        Timestamp::parse("2025-11-20T12:00:00Z").expect("a time")
    }

    fn unanswered(failure: Failure, status: Option<u16>) -> Unanswered {
        Unanswered {
            failure,
            url: "https://api.test/inquiries/inq_1".to_owned(),
            asked_at: noon(),
            duration: Duration::ZERO,
            status,
            retry_at: None,
        }
    }

    fn tried_again(trigger: RefetchTrigger, attempts: u32, unanswered: &Unanswered) -> Option<i64> {
        let id = RefetchId(Uuid::from_u128(0x5bd1_e995));
        let again = next_try(id, trigger, attempts, unanswered, noon())?;
        Some(noon().micros_until(again) / 1_000_000)
    }

    #[test]
    fn what_may_pass_by_itself_is_tried_six_times_within_a_day() {
        for trigger in [RefetchTrigger::Automatic, RefetchTrigger::Confirmation, RefetchTrigger::Bulk] {
            for (failure, status) in [
                (Failure::FirstByteTimeout, None),
                (Failure::ConnectRefused, None),
                (Failure::ConnectionClosed, Some(200)),
                (Failure::DnsFailed, None),
                (Failure::Status, Some(500)),
                (Failure::Status, Some(503)),
                (Failure::RateLimited, Some(429)),
                (Failure::TokenFailed, Some(502)),
                (Failure::TokenFailed, Some(200)),
            ] {
                let failed = unanswered(failure, status);
                for (attempts, &delay) in (0..).zip(DELAYS) {
                    let delay = i64::from(delay);
                    let again = tried_again(trigger, attempts, &failed).expect("tried again");
                    assert!(
                        (delay..=delay + delay / 10).contains(&again),
                        "{failure} after {attempts}: {again} s"
                    );
                }
                assert_eq!(tried_again(trigger, 5, &failed), None, "{failure}");
            }
        }
    }

    #[test]
    fn what_asking_again_does_not_change_has_failed_at_once() {
        let check = |failure, status| {
            let failed = unanswered(failure, status);
            assert_eq!(
                tried_again(RefetchTrigger::Automatic, 0, &failed),
                None,
                "{failure} {status:?}"
            );
        };
        check(Failure::Unauthorized, Some(401));
        check(Failure::Forbidden, Some(403));
        check(Failure::NoCredentials, None);
        check(Failure::BadAnswer, Some(200));
        check(Failure::ResponseTooLarge, Some(200));
        check(Failure::AddressNotAllowed, None);
        check(Failure::UrlNotAllowed, None);
        check(Failure::Redirect, Some(302));
        check(Failure::Status, Some(422));
        check(Failure::TokenFailed, Some(400));
    }

    #[test]
    fn what_is_not_there_is_looked_for_once_more() {
        let missing = unanswered(Failure::NotFound, Some(404));
        let again = tried_again(RefetchTrigger::Automatic, 0, &missing).expect("once more");
        assert!((30..=33).contains(&again));
        assert_eq!(tried_again(RefetchTrigger::Automatic, 1, &missing), None);
    }

    #[test]
    fn a_record_that_is_late_is_looked_for_twice_more_unless_a_person_asks() {
        let id = RefetchId(Uuid::from_u128(0x5bd1_e995));
        let check = |trigger, attempts, expected: Option<i64>| {
            let again = next_look(id, trigger, attempts, noon()).map(|again| noon().micros_until(again) / 1_000_000);
            let (found, delay) = (again.unwrap_or_default(), expected.unwrap_or_default());
            assert_eq!(again.is_some(), expected.is_some(), "{trigger} after {attempts}");
            assert!(
                (delay..=delay + delay / 10).contains(&found),
                "{trigger} after {attempts}: {found} s"
            );
        };
        for trigger in [RefetchTrigger::Automatic, RefetchTrigger::Confirmation] {
            check(trigger, 0, Some(30));
            check(trigger, 1, Some(300));
            check(trigger, 2, None);
        }
        check(RefetchTrigger::Manual, 0, None);
        check(RefetchTrigger::Bulk, 0, None);
    }

    #[test]
    fn a_person_who_waits_is_told_after_the_first_try() {
        let failed = unanswered(Failure::FirstByteTimeout, None);
        assert_eq!(tried_again(RefetchTrigger::Manual, 0, &failed), None);
    }

    #[test]
    fn the_later_of_the_schedule_and_the_providers_wish_counts() {
        let wished = |seconds| Unanswered {
            retry_at: Some(noon().plus_seconds(seconds)),
            ..unanswered(Failure::RateLimited, Some(429))
        };
        assert_eq!(tried_again(RefetchTrigger::Bulk, 0, &wished(120)), Some(120));
        assert!(tried_again(RefetchTrigger::Bulk, 1, &wished(120)).is_some_and(|again| again >= 300));
        assert_eq!(tried_again(RefetchTrigger::Bulk, 0, &wished(1_000_000)), Some(3_600));
    }
}
