//! What the provider says about its own delivery of a webhook.

use model::{DeliveryNotes, Timestamp};

use super::{numbers::count, times::relative};

/// Sentences such as "Persona will try 6 more times unless it is answered with 200."; none where the provider is silent.
pub fn delivery(notes: &DeliveryNotes, provider: &str, now: Timestamp) -> Vec<String> {
    let made = notes.attempts_made.map(|made| match made {
        0 => format!("This is {provider}'s first try."),
        _ => format!("{provider} had tried {} before.", count(made.into(), "time", "times")),
    });
    let first = notes.first_attempted_at.filter(|_| notes.attempts_made != Some(0));
    let first = first.map(|at| format!("The first try was {}.", relative(at, now)));
    let left = notes.attempts_left.map(|left| match left {
        0 => format!("{provider} will not try again."),
        _ => format!(
            "Without a 200, {provider} will try {}.",
            count(left.into(), "more time", "more times")
        ),
    });
    [made, first, left].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_notes_say_only_what_the_provider_told() {
        fn check(made: Option<u32>, left: Option<u32>, sentences: &[&str]) {
            let notes = DeliveryNotes {
                attempts_made: made,
                attempts_left: left,
                first_attempted_at: None,
            };
            assert_eq!(
                delivery(&notes, "Persona", Timestamp::from_seconds(0).expect("in range")),
                sentences
            );
        }
        check(None, None, &[]);
        check(
            Some(0),
            Some(7),
            &[
                "This is Persona's first try.",
                "Without a 200, Persona will try 7 more times.",
            ],
        );
        check(
            Some(1),
            Some(1),
            &[
                "Persona had tried 1 time before.",
                "Without a 200, Persona will try 1 more time.",
            ],
        );
        check(None, Some(0), &["Persona will not try again."]);
    }

    #[test]
    fn the_first_try_is_told_only_when_there_was_one_before() {
        let at = Timestamp::from_seconds(0).expect("in range");
        let mut notes = DeliveryNotes {
            attempts_made: Some(2),
            attempts_left: None,
            first_attempted_at: Some(at),
        };
        let now = at.plus_seconds(69);
        assert_eq!(
            delivery(&notes, "Persona", now),
            ["Persona had tried 2 times before.", "The first try was 1 min ago."]
        );
        notes.attempts_made = Some(0);
        assert_eq!(delivery(&notes, "Persona", now), ["This is Persona's first try."]);
    }
}
