//! One person over all providers.

use model::{SubjectEvent, Timestamp};

use super::{numbers::count, states::State, times::duration};
use crate::view::Erasing;

pub const MEANING: &str = "A subject is your own reference for a person, as the providers echo it. Its page has everything that any of \
                           them told of it.";

pub fn none_yet() -> State {
    State {
        heading: "No subjects yet",
        advice: "Once webhooks come that name a person, those of the newest ones stand here.".to_owned(),
    }
}

/// Nothing tells of the subject.
pub fn not_found() -> State {
    State {
        heading: "Nothing tells of this subject",
        advice: "It must be written exactly as the provider echoes it. What was erased is found no more.".to_owned(),
    }
}

/// Of a provider that said nothing that counts.
pub const NO_PRESENT: &str = "no outcome that can be trusted";
pub const NO_PRESENT_WHY: &str = "Its events only update something, repeat others, or are not trusted.";

/// A webhook may be this late without a word of it.
const LATE_SECONDS: i64 = 10 * 60;

/// How long after it happened an event came, where that is worth a word: `came 3 h later`.
pub fn late(event: &SubjectEvent) -> Option<String> {
    let seconds = event.event.occurred_at?.micros_until(event.received_at) / 1_000_000;
    (seconds >= LATE_SECONDS).then(|| format!("came {} later", duration(seconds)))
}

/// Whose own time an event is ordered by: what it is without one.
pub fn time_of(event: &SubjectEvent) -> Timestamp {
    event.event.occurred_at.unwrap_or(event.received_at)
}

pub const NO_TIME_OF_ITS_OWN: &str = "by arrival: the event has no time of its own";
pub const ORDER: &str = "By the time at which they happened, as the provider says.";
pub const OLDER_ARE_LEFT_OUT: &str = "Older events are left out here; the log has all of them.";

pub const ERASING_TAKES: &str = "Erasing takes away, of all providers and for good:";

/// What that is, line by line.
pub fn erasing(erasing: &Erasing) -> Vec<String> {
    let mut lines = vec![
        format!(
            "the bodies, headers and fields of {}",
            count(erasing.webhooks, "webhook", "webhooks")
        ),
        format!("{} of the providers", count(erasing.records, "record", "records")),
        format!("what was answered to {}", count(erasing.deliveries, "delivery", "deliveries")),
    ];
    if erasing.shared > 0 {
        let tells = if erasing.shared == 1 { "tells" } else { "tell" };
        lines.push(format!(
            "{} of the webhooks {tells} of other subjects too: these lose it with this one",
            super::numbers::thousands(erasing.shared)
        ));
    }
    lines
}

pub const ERASING_STAYS: &str = "The rows stay, with when they came, their verdicts and where they went, and so does a line in the audit \
                                 log that does not name the subject. It cannot be undone, and backups are not touched.";

pub const ERASING_MISSES: &str = "Webhooks that name no subject are only reached through an object that they share, at the same \
                                  endpoint, with one that names this subject. What a provider told whose webhooks never name one, as \
                                  Case Keeper's, is not reached and stays.";

/// The button that erases, which names the thing.
pub fn erase(subject: &str) -> String {
    format!("Erase {subject} for good")
}

pub fn type_it(subject: &str) -> String {
    format!("To confirm, type the subject: {subject}")
}

pub const TYPED_OTHERWISE: &str = "this is not the subject as it is written above: nothing was erased";

#[cfg(test)]
mod tests {
    use super::*;
    use model::{EndpointId, Event, Outcome, ProviderKey, Text, Verdict, WebhookId};
    use uuid::Uuid;

    fn event(occurred_at: Option<&str>, received_at: &str) -> SubjectEvent {
        let time = |text: &str| Timestamp::parse(text).expect("a time");
        SubjectEvent {
            webhook_id: WebhookId(Uuid::nil()),
            endpoint_id: EndpointId(Uuid::nil()),
            provider: ProviderKey::new("persona"),
            received_at: time(received_at),
            verdict: Verdict::Verified,
            contradicted: false,
            foreign_network: false,
            duplicate: false,
            event: Event {
                event_type: Text::new("inquiry.approved").expect("a text"),
                outcome: Outcome::Approved,
                subject: None,
                resource: None,
                provider_event_id: None,
                occurred_at: occurred_at.map(time),
            },
        }
    }

    #[test]
    fn an_event_that_came_late_says_how_late() {
        fn check(occurred_at: Option<&str>, received_at: &str, word: Option<&str>) {
            assert_eq!(late(&event(occurred_at, received_at)).as_deref(), word);
        }
        let happened = Some("2025-11-20T04:00:00Z");
        check(happened, "2025-11-20T07:10:00Z", Some("came 3 h later"));
        check(happened, "2025-11-20T04:09:59Z", None);
        check(happened, "2025-11-20T03:00:00Z", None);
        check(None, "2025-11-20T07:10:00Z", None);
    }

    #[test]
    fn it_is_said_what_erasing_takes_away() {
        let all = Erasing {
            webhooks: 12,
            records: 1,
            deliveries: 24,
            shared: 1,
        };
        assert_eq!(
            erasing(&all),
            [
                "the bodies, headers and fields of 12 webhooks",
                "1 record of the providers",
                "what was answered to 24 deliveries",
                "1 of the webhooks tells of other subjects too: these lose it with this one",
            ]
        );
        assert_eq!(erasing(&Erasing { shared: 0, ..all }).len(), 3);
    }
}
