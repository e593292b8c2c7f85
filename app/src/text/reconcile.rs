//! What a provider lists and what never arrived, or not in a form that can be trusted.

use model::{MissingEvent, ReconcileProgress, ReconcileState};

use super::{
    numbers::{count, thousands},
    times::short,
};

/// What the card is for.
pub fn meaning(provider: &str) -> String {
    format!(
        "{provider} keeps a list of its events. It is compared with the log: what it lists and what never came, or not in a \
         form that can be trusted, is shown here, and can be stored as if it had come."
    )
}

pub const FROM_HINT: &str = "By the provider's time, in UTC. Empty: the last 24 hours.";
pub const TO_HINT: &str = "In UTC. Empty: until now.";

pub fn no_credentials(provider: &str) -> String {
    format!("{provider} is only asked with credentials: add them first.")
}

/// How far it is, or how it ended, in a sentence.
pub fn progress(progress: &ReconcileProgress) -> String {
    let missing = progress.missing.len() as u64;
    let so_far = format!(
        "{} listed, {} of them here, {} missing",
        count(progress.listed, "event", "events"),
        thousands(progress.arrived),
        thousands(missing)
    );
    match progress.state {
        ReconcileState::Running => so_far,
        ReconcileState::Done if progress.listed == 0 => "Done: the provider lists nothing in that span.".to_owned(),
        ReconcileState::Done if missing == 0 && progress.other_types == 0 => {
            format!("Done: nothing is missing; {} came.", all(progress.listed))
        }
        ReconcileState::Done => format!("Done: {so_far}."),
        ReconcileState::Cancelled => format!("Cancelled: {so_far}."),
        ReconcileState::Failed => format!("It stopped early: {so_far}."),
    }
}

/// The span that is compared.
pub fn span(progress: &ReconcileProgress) -> String {
    format!("{} to {}", short(progress.from), short(progress.to))
}

/// Missing events that came all the same; `None` where there are none.
pub fn untrusted(progress: &ReconcileProgress) -> Option<String> {
    let did = if progress.untrusted == 1 {
        "did come, but in a webhook"
    } else {
        "did come, but in webhooks"
    };
    (progress.untrusted > 0).then(|| {
        format!(
            "{} of the missing {did} that cannot be trusted: with an invalid signature, say. What is stored is what the provider \
             itself tells.",
            thousands(progress.untrusted)
        )
    })
}

/// Beside a missing event that came all the same.
pub const CAME_UNTRUSTED: &str = "came, but cannot be trusted";

/// Events of types that never came; `None` where there are none.
pub fn other_types(progress: &ReconcileProgress) -> Option<String> {
    let are = if progress.other_types == 1 { "is" } else { "are" };
    (progress.other_types > 0).then(|| {
        format!(
            "{} {are} of types that never came to this endpoint, so the provider was most likely not asked to send them. They do not \
             count as missing.",
            count(progress.other_types, "event", "events")
        )
    })
}

/// Of a span in which more is missing than is kept.
pub fn not_all(progress: &ReconcileProgress) -> Option<String> {
    (progress.missing.len() >= ReconcileProgress::MOST_MISSING).then(|| {
        format!(
            "{} are missing, and the rest of the span was not compared. Store these, then compare it again.",
            count(progress.missing.len() as u64, "event", "events")
        )
    })
}

/// The button that stores what is missing.
pub fn store(missing: usize) -> String {
    format!("Store {}", count(missing as u64, "event", "events"))
}

/// What that does.
pub const STORE_MEANS: &str =
    "They go into the log as confirmed, marked as found by comparison, and are forwarded like the rest.";

/// How many were stored since; `None` before that.
pub fn stored(progress: &ReconcileProgress) -> Option<String> {
    (progress.stored > 0).then(|| {
        format!(
            "{} stored, and forwarded like the rest.",
            count(progress.stored, "event is", "events are")
        )
    })
}

/// An object as it stands in the list: `inquiry inq_1`; empty for none.
pub fn object(event: &MissingEvent) -> String {
    event
        .resource
        .as_ref()
        .map_or_else(String::new, |resource| format!("{} {}", resource.kind, resource.id))
}

/// Beneath the beginning of a long list.
pub fn and_more(more: usize) -> String {
    format!("and {} more", thousands(more as u64))
}

fn all(listed: u64) -> String {
    match listed {
        1 => "the one event that the provider lists".to_owned(),
        _ => format!("all {} events that the provider lists", thousands(listed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Text, Timestamp};

    fn at(state: ReconcileState, listed: u64, missing: usize, other_types: u64) -> ReconcileProgress {
        let time = |text: &str| Timestamp::parse(text).expect("a time");
        let event = MissingEvent {
            provider_event_id: Text::new("evt_1").expect("a text"),
            event_type: Text::new("inquiry.approved").expect("a text"),
            resource: None,
            created_at: time("2025-11-20T07:00:00Z"),
            came_untrusted: false,
        };
        ReconcileProgress {
            state,
            from: time("2025-11-19T07:18:00Z"),
            to: time("2025-11-20T07:18:00Z"),
            listed,
            arrived: listed - missing as u64 - other_types,
            untrusted: 0,
            other_types,
            missing: vec![event; missing],
            stored: 0,
            failure: None,
        }
    }

    #[test]
    fn it_is_said_how_far_the_comparison_is() {
        fn check(of: &ReconcileProgress, sentence: &str) {
            assert_eq!(progress(of), sentence);
        }
        use ReconcileState::{Cancelled, Done, Failed, Running};
        check(&at(Running, 120, 2, 0), "120 events listed, 118 of them here, 2 missing");
        check(
            &at(Done, 1_204, 1, 3),
            "Done: 1,204 events listed, 1,200 of them here, 1 missing.",
        );
        check(
            &at(Done, 1_204, 0, 0),
            "Done: nothing is missing; all 1,204 events that the provider lists came.",
        );
        check(&at(Done, 0, 0, 0), "Done: the provider lists nothing in that span.");
        check(
            &at(Cancelled, 1, 0, 0),
            "Cancelled: 1 event listed, 1 of them here, 0 missing.",
        );
        check(
            &at(Failed, 1, 1, 0),
            "It stopped early: 1 event listed, 0 of them here, 1 missing.",
        );
        assert_eq!(span(&at(Done, 0, 0, 0)), "19 Nov 07:18 to 20 Nov 07:18");
    }

    #[test]
    fn what_does_not_count_as_missing_is_explained() {
        assert_eq!(other_types(&at(ReconcileState::Done, 3, 0, 0)), None);
        let one = other_types(&at(ReconcileState::Done, 3, 0, 1)).expect("a sentence");
        assert!(one.starts_with("1 event is of types that never came"), "{one}");
    }

    #[test]
    fn what_came_without_being_trusted_is_not_said_to_have_never_come() {
        let none = at(ReconcileState::Done, 3, 2, 0);
        assert_eq!(untrusted(&none), None);
        let some = |untrusted| {
            super::untrusted(&ReconcileProgress {
                untrusted,
                ..none.clone()
            })
            .expect("a sentence")
        };
        assert!(
            some(1).starts_with("1 of the missing did come, but in a webhook that"),
            "{}",
            some(1)
        );
        assert!(
            some(2).starts_with("2 of the missing did come, but in webhooks that"),
            "{}",
            some(2)
        );
    }

    #[test]
    fn a_span_with_too_much_missing_says_so() {
        let most = ReconcileProgress::MOST_MISSING;
        assert_eq!(not_all(&at(ReconcileState::Done, most as u64, most - 1, 0)), None);
        assert!(not_all(&at(ReconcileState::Done, most as u64, most, 0)).is_some());
        assert_eq!(store(1), "Store 1 event");
        assert_eq!(store(most), "Store 1,000 events");
    }
}
