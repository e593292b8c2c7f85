use std::time::UNIX_EPOCH;

use model::Timestamp;

/// When a destination wants to be asked again: the header `retry-after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So many seconds after the answer.
    Seconds(u32),
    At(Timestamp),
}

impl RetryAfter {
    /// Reads the header's value: seconds, or a date in one of the three forms that HTTP knows. `None` for anything else.
    pub fn read(value: &str) -> Option<Self> {
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // A number that does not fit means "very long".
            return Some(Self::Seconds(value.parse().unwrap_or(u32::MAX)));
        }
        let since_epoch = httpdate::parse_http_date(value).ok()?.duration_since(UNIX_EPOCH).ok()?;
        let micros = i64::try_from(since_epoch.as_micros()).ok()?;
        Timestamp::from_micros(micros).map(Self::At)
    }

    /// The time that is meant, never one before the answer.
    pub fn due(self, answered_at: Timestamp) -> Timestamp {
        match self {
            Self::Seconds(seconds) => answered_at.plus_seconds(seconds.into()),
            Self::At(time) => time.max(answered_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    #[test]
    fn seconds_and_dates_are_read_and_nothing_else() {
        let check = |value: &str, expected: Option<&str>| {
            let now = time("2026-11-20T12:00:00Z");
            let read = RetryAfter::read(value).map(|retry_after| retry_after.due(now));
            assert_eq!(read, expected.map(time), "{value:?}");
        };
        check("120", Some("2026-11-20T12:02:00Z"));
        check(" 0 ", Some("2026-11-20T12:00:00Z"));
        check("Fri, 20 Nov 2026 12:30:00 GMT", Some("2026-11-20T12:30:00Z"));
        check("Friday, 20-Nov-26 12:30:00 GMT", Some("2026-11-20T12:30:00Z"));
        check("Fri Nov 20 12:30:00 2026", Some("2026-11-20T12:30:00Z"));
        check("Fri, 20 Nov 2020 12:30:00 GMT", Some("2026-11-20T12:00:00Z"));
        check("", None);
        check("-5", None);
        check("1.5", None);
        check("+5", None);
        check("soon", None);
        check("2026-11-20T12:30:00Z", None);
    }

    #[test]
    fn a_number_beyond_all_bounds_is_a_long_time() {
        assert_eq!(
            RetryAfter::read("99999999999999999999999"),
            Some(RetryAfter::Seconds(u32::MAX))
        );
    }
}
