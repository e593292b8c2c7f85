//! What the provider says about its own delivery of a webhook.

use model::{DeliveryNotes, Timestamp};

use super::{numbers::count, times::relative};

/// Sentences such as "Persona counts 2 tries, the first 1 h ago. Without a 200 it will try 6 more times."; none where the
/// provider is silent. A count of one or none tells no person anything, because it may or may not include this try.
pub fn delivery(notes: &DeliveryNotes, provider: &str, now: Timestamp) -> Vec<String> {
    let first = notes
        .first_attempted_at
        .map_or_else(String::new, |at| format!(", the first {}", relative(at, now)));
    let made = notes
        .attempts_made
        .filter(|made| *made > 1)
        .map(|made| format!("{provider} counts {}{first}.", count(made.into(), "try", "tries")));
    let (at_start, within) = if made.is_some() { ("It", "it") } else { (provider, provider) };
    let left = notes.attempts_left.map(|left| match left {
        0 => format!("{at_start} will not try again."),
        _ => format!(
            "Without a 200 {within} will try {}.",
            count(left.into(), "more time", "more times")
        ),
    });
    [made, left].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(made: Option<u32>, left: Option<u32>, first: Option<&str>, sentences: &str) {
        let at = |text: &str| Timestamp::parse(text).expect("a time");
        let notes = DeliveryNotes {
            attempts_made: made,
            attempts_left: left,
            first_attempted_at: first.map(at),
        };
        assert_eq!(delivery(&notes, "Persona", at("2025-11-20T07:18:00Z")).join(" "), sentences);
    }

    #[test]
    fn delivery_notes_say_only_what_the_provider_told() {
        let first = Some("2025-11-20T06:18:00Z");
        check(None, None, None, "");
        check(
            Some(2),
            Some(6),
            first,
            "Persona counts 2 tries, the first 1 h ago. Without a 200 it will try 6 more times.",
        );
        check(
            Some(3),
            Some(1),
            None,
            "Persona counts 3 tries. Without a 200 it will try 1 more time.",
        );
        check(Some(8), Some(0), None, "Persona counts 8 tries. It will not try again.");
        check(Some(3), None, first, "Persona counts 3 tries, the first 1 h ago.");
        check(None, Some(0), None, "Persona will not try again.");
    }

    #[test]
    fn a_count_that_may_be_this_try_alone_is_left_out() {
        let first = Some("2025-11-20T06:18:00Z");
        check(Some(0), Some(7), first, "Without a 200 Persona will try 7 more times.");
        check(Some(1), Some(6), first, "Without a 200 Persona will try 6 more times.");
        check(Some(1), None, first, "");
        check(None, None, first, "");
    }
}
