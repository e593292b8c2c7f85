//! Instants and durations, in UTC.

use model::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long ago an instant is: `now`, `12 s ago`, `3 d ago`; `in 4 min` when it is still to come.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    match at.micros_until(now) / 1_000_000 {
        0 => "now".to_owned(),
        past @ 1.. => format!("{} ago", duration(past)),
        future => format!("in {}", duration(-future)),
    }
}

/// A number of seconds in the largest sensible unit, rounded down: `41 s`, `5 min`, `26 h`, `3 d`.
pub fn duration(seconds: i64) -> String {
    match seconds {
        ..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..172_800 => format!("{} h", seconds / HOUR),
        _ => format!("{} d", super::numbers::thousands((seconds / DAY).unsigned_abs())),
    }
}

/// A span of milliseconds: `41 ms`, `1.5 s`, `15 s`.
pub fn millis(millis: u32) -> String {
    match (millis, millis % 1_000 / 100) {
        (0, _) => "under 1 ms".to_owned(),
        (..1_000, _) => format!("{millis} ms"),
        (1_000..10_000, tenth @ 1..) => format!("{}.{tenth} s", millis / 1_000),
        _ => duration(i64::from(millis / 1_000)),
    }
}

/// A number of seconds in the largest unit that it is whole in: `0`, `66 s`, `5 min`, `1 d`.
pub fn exact(seconds: u32) -> String {
    const UNITS: [(u32, &str); 3] = [(86_400, "d"), (3_600, "h"), (60, "min")];
    if seconds == 0 {
        return "0".to_owned();
    }
    let unit = UNITS.into_iter().find(|(size, _)| seconds.is_multiple_of(*size));
    let (size, name) = unit.unwrap_or((1, "s"));
    format!("{} {name}", seconds / size)
}

/// To the second: `2025-11-20 07:18:05 UTC`.
pub fn absolute(at: Timestamp) -> String {
    let at = at.to_date_time();
    format!(
        "{}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// To the minute, for the edges of a chart: `20 Nov 07:18`.
pub fn short(at: Timestamp) -> String {
    let at = at.to_date_time();
    format!(
        "{} {:.3} {:02}:{:02}",
        at.day(),
        at.month().to_string(),
        at.hour(),
        at.minute()
    )
}

/// The day as a heading: `today`, `yesterday`, `18 November`, `18 November 2024` in another year.
pub fn day(at: Timestamp, now: Timestamp) -> String {
    let days = now.floor_to(DAY).as_seconds() / DAY - at.floor_to(DAY).as_seconds() / DAY;
    match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        _ => {
            let (at, now) = (at.to_date_time(), now.to_date_time());
            let year = if at.year() == now.year() {
                String::new()
            } else {
                format!(" {}", at.year())
            };
            format!("{} {}{year}", at.day(), at.month())
        }
    }
}

/// The month, for a label: `2025-11`.
pub fn month(at: Timestamp) -> String {
    let at = at.to_date_time();
    format!("{}-{:02}", at.year(), u8::from(at.month()))
}

/// As `<input type="datetime-local">` takes it, in UTC: `2025-11-20T07:18:05`.
pub fn input(at: Timestamp) -> String {
    at.to_rfc3339().trim_end_matches('Z').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    const NOW: &str = "2025-11-20T07:18:05Z";

    #[test]
    fn a_relative_time_takes_the_largest_sensible_unit() {
        fn check(at: &str, text: &str) {
            assert_eq!(relative(time(at), time(NOW)), text);
        }
        check("2025-11-20T07:18:04.5Z", "now");
        check("2025-11-20T07:17:53Z", "12 s ago");
        check("2025-11-20T07:17:05Z", "1 min ago");
        check("2025-11-19T05:18:05Z", "26 h ago");
        check("2025-11-17T07:18:05Z", "3 d ago");
        check("0001-01-01T00:00:00Z", "739,574 d ago");
        check("2025-11-20T07:22:05Z", "in 4 min");
    }

    #[test]
    fn a_span_is_told_as_exactly_as_it_matters() {
        for (span, text) in [
            (0, "under 1 ms"),
            (41, "41 ms"),
            (1_000, "1 s"),
            (1_540, "1.5 s"),
            (15_900, "15 s"),
            (61_000, "1 min"),
        ] {
            assert_eq!(millis(span), text);
        }
        for (seconds, text) in [
            (0, "0"),
            (5, "5 s"),
            (66, "66 s"),
            (300, "5 min"),
            (50_400, "14 h"),
            (86_400, "1 d"),
        ] {
            assert_eq!(exact(seconds), text);
        }
    }

    #[test]
    fn days_are_named_while_they_are_near() {
        fn check(at: &str, text: &str) {
            assert_eq!(day(time(at), time(NOW)), text);
        }
        check("2025-11-20T00:00:00Z", "today");
        check("2025-11-19T23:59:59Z", "yesterday");
        check("2025-11-18T23:59:59Z", "18 November");
        check("2024-11-18T12:00:00Z", "18 November 2024");
    }

    #[test]
    fn an_instant_is_written_in_utc() {
        let at = time("2025-01-02T09:18:05.25+02:00");
        assert_eq!(absolute(at), "2025-01-02 07:18:05 UTC");
        assert_eq!(short(at), "2 Jan 07:18");
        assert_eq!(month(at), "2025-01");
        assert_eq!(input(at), "2025-01-02T07:18:05.25");
    }
}
