//! What of a destination's settings can be taken: the same for a new destination and for a changed one.

use std::collections::BTreeSet;

use model::{EndpointId, Subscription};

use crate::delivery::check_url;
use crate::endpoints::{is_name, is_pattern};
use crate::operation::{Errors, OperationError, Operations};
use crate::store::delivery::Destination;

/// How many requests are under way at once to a destination that says nothing of it.
pub const DEFAULT_CONCURRENCY: u32 = 10;

const MOST_CONCURRENCY: u32 = 200;
const MOST_ATTEMPTS: usize = 30;
const LONGEST_DELAY_SECONDS: u32 = 7 * 24 * 60 * 60;
/// How many endpoints, event types or outcomes a destination can name.
const MOST_NAMED: usize = 100;

impl Operations {
    /// Finds everything that cannot be taken, so that a form names all of it at once.
    pub(super) async fn check_settings(&self, destination: &Destination, errors: &mut Errors) -> Result<(), OperationError> {
        if !is_name(&destination.name) {
            errors.add("name", "it is empty or has characters that cannot be shown");
        }
        if let Err(problem) = check_url(&destination.url, &self.forwarding.allowed) {
            errors.add("url", problem.to_string());
        }
        let known = self
            .store
            .endpoints()
            .await?
            .into_iter()
            .map(|endpoint| endpoint.id)
            .collect();
        check_subscription(&destination.subscription, &known, errors);
        if !(1..=MOST_CONCURRENCY).contains(&destination.concurrency) {
            errors.add("concurrency", format!("it is not a number from 1 to {MOST_CONCURRENCY}"));
        }
        if destination.rate_limit == Some(0) {
            errors.add("rate_limit", "it must be at least 1 request per second");
        }
        check_schedule(&destination.schedule, errors);
        Ok(())
    }
}

fn check_subscription(subscription: &Subscription, known: &BTreeSet<EndpointId>, errors: &mut Errors) {
    let Subscription {
        endpoints,
        event_types,
        outcomes,
    } = subscription;
    for endpoint in endpoints.iter().filter(|endpoint| !known.contains(endpoint)) {
        errors.add("endpoints", format!("there is no endpoint {endpoint}"));
    }
    for pattern in event_types.iter().filter(|pattern| !is_pattern(pattern.as_str())) {
        let message = format!("`{pattern}` is neither an event type nor the beginning of one followed by `*`");
        errors.add("event_types", message);
    }
    for (field, named) in [
        ("endpoints", endpoints.len()),
        ("event_types", event_types.len()),
        ("outcomes", outcomes.len()),
    ] {
        if named > MOST_NAMED {
            errors.add(field, format!("there are more than {MOST_NAMED}"));
        }
    }
}

fn check_schedule(schedule: &[u32], errors: &mut Errors) {
    if !(1..=MOST_ATTEMPTS).contains(&schedule.len()) {
        errors.add("schedule", format!("it needs from 1 to {MOST_ATTEMPTS} attempts"));
    }
    if schedule.iter().any(|seconds| *seconds > LONGEST_DELAY_SECONDS) {
        errors.add("schedule", "an attempt comes more than 7 days after the one before");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::schedule;

    fn named(errors: Errors) -> Vec<String> {
        match errors.none_or_invalid() {
            Ok(()) => Vec::new(),
            Err(OperationError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn an_event_type_is_whole_or_a_beginning() {
        let check = |pattern: &str, expected: bool| {
            assert_eq!(is_pattern(pattern), expected, "{pattern}");
        };
        check("inquiry.approved", true);
        check("inquiry.*", true);
        check("*", true);
        check("*.approved", false);
        check("inquiry.**", false);
        check(" inquiry.*", false);
    }

    #[test]
    fn a_schedule_has_an_attempt_and_an_end() {
        let check = |schedule: &[u32], expected: &[&str]| {
            let mut errors = Errors::default();
            check_schedule(schedule, &mut errors);
            assert_eq!(named(errors), expected, "{schedule:?}");
        };
        check(&[0], &[]);
        check(schedule::DEFAULT, &[]);
        for (_, preset) in crate::destinations::presets() {
            check(&preset, &[]);
        }
        check(&[], &["schedule"]);
        check(&[0; MOST_ATTEMPTS], &[]);
        check(&[0; MOST_ATTEMPTS + 1], &["schedule"]);
        check(&[0, LONGEST_DELAY_SECONDS], &[]);
        check(&[0, LONGEST_DELAY_SECONDS + 1], &["schedule"]);
    }

    #[test]
    fn endpoints_that_are_not_there_are_named() {
        let (there, gone) = (EndpointId(uuid::Uuid::nil()), EndpointId(uuid::Uuid::max()));
        let subscription = Subscription {
            endpoints: vec![there, gone],
            ..Subscription::default()
        };
        let mut errors = Errors::default();
        check_subscription(&subscription, &BTreeSet::from([there]), &mut errors);
        assert_eq!(named(errors), ["endpoints"]);
    }
}
