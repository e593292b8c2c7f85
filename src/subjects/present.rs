//! What providers say of a subject by now. Events come late, twice, out of order and from impostors; none of that may turn the
//! outcome back.

use std::collections::BTreeMap;

use model::{Outcome, PresentOutcome, SubjectEvent, Timestamp, Verdict, WebhookId};

/// The present outcome for each provider that said one and can be believed, by the providers' keys. Of a provider that said
/// nothing that counts there is none.
pub fn present(events: &[SubjectEvent]) -> Vec<PresentOutcome> {
    let mut latest = BTreeMap::new();
    for event in events.iter().filter(|event| counts(event)) {
        let newest = latest.entry(event.provider.as_str()).or_insert(event);
        // Of two events of one webhook at one instant the later one in it counts.
        if order(event) >= order(newest) {
            *newest = event;
        }
    }
    let outcome = |event: &SubjectEvent| PresentOutcome {
        provider: event.provider.clone(),
        outcome: event.event.outcome,
        event_type: event.event.event_type.clone(),
        webhook_id: event.webhook_id,
        at: happened_at(event),
    };
    latest.into_values().map(outcome).collect()
}

/// When the event happened, by the provider's time where it is known, otherwise when it came.
pub fn happened_at(event: &SubjectEvent) -> Timestamp {
    event.event.occurred_at.unwrap_or(event.received_at)
}

/// By the events' own time; of two at one instant, the one that came later is later.
pub(super) fn order(event: &SubjectEvent) -> (Timestamp, Timestamp, WebhookId) {
    (happened_at(event), event.received_at, event.webhook_id)
}

/// Whether the event says an outcome, and nothing speaks against it.
fn counts(event: &SubjectEvent) -> bool {
    let tells = !matches!(event.event.outcome, Outcome::Updated | Outcome::Unknown);
    let is_trusted = matches!(event.verdict, Verdict::Verified | Verdict::Confirmed | Verdict::Unsigned);
    tells && is_trusted && !event.contradicted && !event.foreign_network && !event.duplicate
}

#[cfg(test)]
mod tests {
    use model::{EndpointId, Event, ProviderKey, Text};
    use uuid::Uuid;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::parse("2025-11-20T12:00:00Z")
            .expect("a time")
            .plus_seconds(minute * 60)
    }

    /// A verified event that happened and came in those minutes; the webhook's id follows from when it came.
    fn event(provider: &'static str, outcome: Outcome, happened: Option<i64>, came: i64) -> SubjectEvent {
        SubjectEvent {
            webhook_id: WebhookId(Uuid::from_u128(u128::try_from(came).expect("after noon"))),
            endpoint_id: EndpointId(Uuid::nil()),
            provider: ProviderKey::new(provider),
            received_at: at(came),
            verdict: Verdict::Verified,
            contradicted: false,
            foreign_network: false,
            duplicate: false,
            event: Event {
                event_type: Text::new(&format!("is.{outcome}")).expect("a text"),
                outcome,
                subject: Text::new("user-1042"),
                resource: None,
                provider_event_id: None,
                occurred_at: happened.map(at),
            },
        }
    }

    /// The expected outcomes as `provider outcome at-minute`. Whatever order the events are given in, the answer is the same.
    fn check(events: &[SubjectEvent], expected: &[&str]) {
        let said = |events: &[SubjectEvent]| {
            let minute = |time: Timestamp| at(0).micros_until(time) / 60_000_000;
            let line = |one: PresentOutcome| format!("{} {} {}", one.provider, one.outcome, minute(one.at));
            present(events).into_iter().map(line).collect::<Vec<_>>()
        };
        let mut turned = events.to_vec();
        for _ in 0..events.len().max(1) {
            assert_eq!(said(&turned), expected, "{turned:?}");
            let one = turned.len().min(1);
            turned.rotate_left(one);
        }
    }

    use Outcome::{Approved, Declined, NeedsReview, Pending, Unknown, Updated};

    #[test]
    fn the_latest_by_its_own_time_counts_and_not_the_one_that_came_last() {
        check(&[], &[]);
        check(&[event("persona", Pending, Some(1), 1)], &["persona pending 1"]);
        // Out of order, and late.
        check(
            &[
                event("persona", Approved, Some(5), 6),
                event("persona", Pending, Some(1), 7),
                event("persona", NeedsReview, Some(3), 600),
            ],
            &["persona approved 5"],
        );
        // Without a time of its own an event happened when it came.
        check(
            &[event("authento", Approved, None, 4), event("authento", Declined, Some(3), 9)],
            &["authento approved 4"],
        );
    }

    #[test]
    fn of_two_at_one_instant_the_one_that_came_later_counts() {
        check(
            &[event("persona", Approved, Some(5), 6), event("persona", Declined, Some(5), 7)],
            &["persona declined 5"],
        );
    }

    #[test]
    fn what_says_no_outcome_leaves_the_one_that_was_said() {
        check(
            &[
                event("persona", Approved, Some(1), 1),
                event("persona", Updated, Some(2), 2),
                event("persona", Unknown, Some(3), 3),
            ],
            &["persona approved 1"],
        );
        check(&[event("persona", Updated, Some(2), 2)], &[]);
    }

    #[test]
    fn what_is_not_trusted_does_not_count() {
        let genuine = event("persona", Approved, Some(1), 1);
        let later = || event("persona", Declined, Some(2), 2);
        let ignored = [
            SubjectEvent {
                duplicate: true,
                ..later()
            },
            SubjectEvent {
                contradicted: true,
                ..later()
            },
            SubjectEvent {
                foreign_network: true,
                ..later()
            },
        ];
        for event in ignored {
            check(&[genuine.clone(), event.clone()], &["persona approved 1"]);
            check(&[event], &[]);
        }
        for &verdict in Verdict::ALL {
            let event = SubjectEvent { verdict, ..later() };
            let counts = matches!(verdict, Verdict::Verified | Verdict::Confirmed | Verdict::Unsigned);
            let expected = if counts { "persona declined 2" } else { "persona approved 1" };
            check(&[genuine.clone(), event], &[expected]);
        }
    }

    #[test]
    fn each_provider_says_its_own() {
        check(
            &[
                event("pleenk", Declined, Some(9), 9),
                event("authento", Approved, Some(2), 2),
                event("authento", Pending, Some(1), 3),
                SubjectEvent {
                    verdict: Verdict::Invalid,
                    ..event("persona", Approved, Some(4), 4)
                },
            ],
            &["authento approved 2", "pleenk declined 9"],
        );
    }
}
