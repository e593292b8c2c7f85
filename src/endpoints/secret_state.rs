use model::{SecretState, Timestamp};

/// How long before its end a secret is worth a warning.
const SOON_SECONDS: i64 = 14 * 24 * 60 * 60;

/// Whether a secret of that window is accepted at `now`.
pub fn secret_state(not_before: Option<Timestamp>, expires_at: Option<Timestamp>, now: Timestamp) -> SecretState {
    if expires_at.is_some_and(|until| until <= now) {
        SecretState::Ended
    } else if not_before.is_some_and(|from| now < from) {
        SecretState::NotYet
    } else if expires_at.is_some_and(|until| until <= now.plus_seconds(SOON_SECONDS)) {
        SecretState::EndsSoon
    } else {
        SecretState::Live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_live_from_its_first_instant_until_before_its_last_and_warns_two_weeks_ahead() {
        let now = Timestamp::parse("2025-11-20T12:00:00Z").expect("a time");
        let at = |seconds: Option<i64>| seconds.map(|seconds| now.plus_seconds(seconds));
        let check = |not_before: Option<i64>, expires_at: Option<i64>, expected: SecretState| {
            let state = secret_state(at(not_before), at(expires_at), now);
            assert_eq!(state, expected, "{not_before:?} to {expires_at:?}");
        };
        check(None, None, SecretState::Live);
        check(Some(0), None, SecretState::Live);
        check(Some(1), None, SecretState::NotYet);
        check(Some(1), Some(2), SecretState::NotYet);
        check(None, Some(SOON_SECONDS + 1), SecretState::Live);
        check(None, Some(SOON_SECONDS), SecretState::EndsSoon);
        check(None, Some(1), SecretState::EndsSoon);
        check(None, Some(0), SecretState::Ended);
        check(Some(-9), Some(-1), SecretState::Ended);
    }
}
