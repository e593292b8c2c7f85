//! Numbers, counts and sizes.

/// With a comma between thousands: `12,408`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 webhook`, `12,408 webhooks`.
pub fn count(number: u64, one: &str, several: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { several })
}

/// A number that was counted no further than 1,000: `412`, `1,000+`.
pub fn up_to(number: u32) -> String {
    match number {
        1_000.. => "1,000+".to_owned(),
        _ => number.to_string(),
    }
}

/// A share with one decimal, or `None` of nothing. Only the whole is `100 %`: 9,999 of 10,000 is `99.9 %`.
pub fn percent(part: u64, whole: u64) -> Option<String> {
    let per_mille = u128::from(part) * 1000 / u128::from((whole > 0).then_some(whole)?);
    Some(match (per_mille / 10, per_mille % 10) {
        (whole, 0) => format!("{whole} %"),
        (whole, tenth) => format!("{whole}.{tenth} %"),
    })
}

/// A size in the largest sensible unit: `912 B`, `3.1 kB`, `1.0 MB`.
pub fn bytes(size: u64) -> String {
    match size {
        0..1_000 => format!("{size} B"),
        1_000..1_000_000 => format!("{}.{} kB", size / 1_000, size % 1_000 / 100),
        _ => format!("{}.{} MB", thousands(size / 1_000_000), size % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_408, "12,408"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn a_count_agrees_with_its_noun() {
        assert_eq!(count(1, "webhook", "webhooks"), "1 webhook");
        assert_eq!(count(0, "webhook", "webhooks"), "0 webhooks");
    }

    #[test]
    fn what_was_not_counted_to_the_end_says_so() {
        assert_eq!(up_to(999), "999");
        assert_eq!(up_to(1_000), "1,000+");
    }

    #[test]
    fn a_share_is_never_rounded_up_to_all() {
        fn check(part: u64, whole: u64, text: Option<&str>) {
            assert_eq!(percent(part, whole).as_deref(), text);
        }
        check(992, 1000, Some("99.2 %"));
        check(9_999_999, 10_000_000, Some("99.9 %"));
        check(7, 7, Some("100 %"));
        check(0, 7, Some("0 %"));
        check(0, 0, None);
        check(u64::MAX, u64::MAX, Some("100 %"));
    }

    #[test]
    fn sizes_take_the_largest_sensible_unit() {
        for (size, text) in [
            (912, "912 B"),
            (3_149, "3.1 kB"),
            (999_999, "999.9 kB"),
            (1_048_576, "1.0 MB"),
        ] {
            assert_eq!(bytes(size), text);
        }
    }
}
