//! Personal data in a payload: masked, or shown for a while.

use model::Timestamp;

use super::{numbers::count, times::relative};

pub fn masked(values: u32, may_reveal: bool) -> String {
    let (values, them) = match values {
        1 => ("1 value with personal data is masked".to_owned(), "it"),
        _ => (
            format!("{} with personal data are masked", count(values.into(), "value", "values")),
            "them",
        ),
    };
    if may_reveal {
        format!("{values}. Revealing {them} is written into the audit log.")
    } else {
        format!("{values}. Revealing {them} takes the role operator.")
    }
}

pub fn revealed(until: Timestamp, now: Timestamp) -> String {
    format!("Personal data is shown to you; it is masked again {}.", relative(until, now))
}

/// Below the beginning of a long body.
pub const TRUNCATED: &str = "This is the beginning; the download has all of it.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_how_much_is_masked_and_who_may_reveal_it() {
        fn check(values: u32, may_reveal: bool, sentence: &str) {
            assert_eq!(masked(values, may_reveal), sentence);
        }
        check(
            1,
            true,
            "1 value with personal data is masked. Revealing it is written into the audit log.",
        );
        check(
            12,
            false,
            "12 values with personal data are masked. Revealing them takes the role operator.",
        );
    }

    #[test]
    fn it_is_said_until_when_it_is_shown() {
        let at = |text: &str| Timestamp::parse(text).expect("a time");
        assert_eq!(
            revealed(at("2025-11-20T07:30:00Z"), at("2025-11-20T07:18:00Z")),
            "Personal data is shown to you; it is masked again in 12 min."
        );
    }
}
