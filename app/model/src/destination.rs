use serde::{Deserialize, Serialize};

use crate::{DestinationId, EndpointId, Event, Failure, Outcome, Text, Timestamp, words};

words! {
    /// Why a destination gets nothing.
    DisabledReason, "reason" {
        /// A person paused it.
        Person = "person",
        /// It answered 410.
        Gone = "gone",
        /// It failed for days without one success.
        Failing = "failing",
    }
}

/// Since when and why a destination gets nothing. What arrives meanwhile waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disabled {
    pub reason: DisabledReason,
    pub at: Timestamp,
}

/// Which webhooks a destination takes; an empty list takes all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Subscription {
    pub endpoints: Vec<EndpointId>,
    /// Whole event types, or a beginning followed by `*`, such as `inquiry.*`.
    pub event_types: Vec<Text>,
    pub outcomes: Vec<Outcome>,
}

impl Subscription {
    /// Whether it takes a webhook of that endpoint with those events: one of them passes both lists. A webhook without events
    /// is taken where neither is narrowed.
    pub fn takes(&self, endpoint: EndpointId, events: &[Event]) -> bool {
        let any_event = self.event_types.is_empty() && self.outcomes.is_empty();
        (self.endpoints.is_empty() || self.endpoints.contains(&endpoint))
            && (any_event || events.iter().any(|event| self.takes_event(event)))
    }

    fn takes_event(&self, event: &Event) -> bool {
        (self.outcomes.is_empty() || self.outcomes.contains(&event.outcome))
            && (self.event_types.is_empty()
                || self
                    .event_types
                    .iter()
                    .any(|pattern| names_event_type(pattern.as_str(), &event.event_type)))
    }
}

/// Whether an event type is the pattern, or begins as the pattern does before its `*`.
pub fn names_event_type(pattern: &str, event_type: &Text) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => event_type.as_str().starts_with(beginning),
        None => pattern == event_type.as_str(),
    }
}

words! {
    /// How a destination does.
    HealthState, "health" {
        /// Its last attempt succeeded, or it had none.
        Good = "good",
        /// Attempts fail, and are still made.
        Failing = "failing",
        /// Nothing is sent for a while; then one attempt shows whether it is back.
        Down = "down",
    }
}

/// How a destination does, from its latest attempts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// Attempts that failed since the last one that succeeded.
    pub consecutive_failures: u32,
    /// The first of those failures.
    pub failing_since: Option<Timestamp>,
    pub last_failure: Option<Failure>,
    pub last_failure_at: Option<Timestamp>,
    pub last_success_at: Option<Timestamp>,
    /// Nothing is sent until then; after it, one attempt at a time until one succeeds.
    pub resume_at: Option<Timestamp>,
}

impl Health {
    /// Failures one after the other from which on a destination counts as down, and wants a person.
    pub const MANY_FAILURES: u32 = 5;

    /// Whether nothing is sent for a while only because it asked to be sent less.
    pub const fn is_slowed_down(&self) -> bool {
        self.resume_at.is_some() && !self.wants_person()
    }

    /// Whether it failed so often that it will hardly come back by itself. One failure is what retries are for.
    pub const fn wants_person(&self) -> bool {
        self.consecutive_failures >= Self::MANY_FAILURES
    }

    pub const fn state(&self) -> HealthState {
        match (self.resume_at, self.consecutive_failures) {
            (Some(_), _) => HealthState::Down,
            (None, 0) => HealthState::Good,
            (None, _) => HealthState::Failing,
        }
    }
}

/// A destination as lists and filters show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationSummary {
    pub id: DestinationId,
    pub name: String,
    pub url: String,
    pub disabled: Option<Disabled>,
    /// It is out of use for good: it has no page of its own, and nothing can be sent to it.
    pub archived: bool,
    pub health: Health,
    /// How many deliveries wait, counted up to 1,000.
    pub waiting: u32,
    /// How many failed for good, counted up to 1,000.
    pub failed: u32,
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(patterns: &[&str], event_type: &str, taken: bool) {
        let subscription = Subscription {
            event_types: patterns.iter().filter_map(|pattern| Text::new(pattern)).collect(),
            ..Subscription::default()
        };
        let event = Event {
            event_type: Text::new(event_type).expect("a text"),
            outcome: Outcome::Approved,
            subject: None,
            resource: None,
            provider_event_id: None,
            occurred_at: None,
        };
        let endpoint = EndpointId(uuid::Uuid::nil());
        assert_eq!(subscription.takes(endpoint, &[event]), taken, "{patterns:?} {event_type}");
    }

    #[test]
    fn a_destination_takes_the_event_types_that_it_names() {
        check(&[], "inquiry.approved", true);
        check(&["inquiry.approved"], "inquiry.approved", true);
        check(&["inquiry.approved"], "inquiry.approved2", false);
        check(&["inquiry.*"], "inquiry.approved", true);
        check(&["inquiry.*"], "inquiry-session.started", false);
        check(&["case.*", "*"], "inquiry.approved", true);
    }

    #[test]
    fn a_webhook_without_events_is_taken_where_events_are_not_narrowed() {
        let endpoint = EndpointId(uuid::Uuid::nil());
        let all = Subscription::default();
        assert!(all.takes(endpoint, &[]));
        let approved = Subscription {
            outcomes: vec![Outcome::Approved],
            ..Subscription::default()
        };
        assert!(!approved.takes(endpoint, &[]));
        let elsewhere = Subscription {
            endpoints: vec![EndpointId(uuid::Uuid::max())],
            ..Subscription::default()
        };
        assert!(!elsewhere.takes(endpoint, &[]));
    }

    #[test]
    fn a_destination_that_asks_to_be_sent_less_is_not_down() {
        fn check(consecutive_failures: u32, paused: bool, expected: (bool, bool)) {
            let health = Health {
                consecutive_failures,
                resume_at: paused.then(|| Timestamp::from_seconds(0).expect("in range")),
                ..Health::default()
            };
            assert_eq!((health.is_slowed_down(), health.wants_person()), expected);
        }
        check(0, false, (false, false));
        check(1, false, (false, false));
        check(1, true, (true, false));
        check(4, true, (true, false));
        check(5, true, (false, true));
        check(5, false, (false, true));
    }
}
