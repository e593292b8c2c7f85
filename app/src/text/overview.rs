//! The overview: what needs a person.

use model::{HealthState, Timestamp};

use super::{
    destinations,
    numbers::{count, up_to},
};
use crate::view::Need;

/// What is the matter, what to know of it, and what the link that leads there says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    pub heading: String,
    pub detail: String,
    pub link: &'static str,
}

pub fn need(need: &Need, now: Timestamp) -> Matter {
    match need {
        Need::Failed { deliveries } => Matter {
            heading: format!("{} failed for good", deliveries_counted(*deliveries)),
            detail: "Every attempt of the schedule failed. Mend what is wrong, then try them again.".to_owned(),
            link: "Show the failed",
        },
        Need::Held { deliveries } => Matter {
            heading: format!("{} held", deliveries_counted(*deliveries)),
            detail: "These webhooks are not trusted. Find out why, then release or cancel them.".to_owned(),
            link: "Show the held",
        },
        Need::DestinationDisabled(destination) => Matter {
            heading: format!("{} gets nothing", destination.name),
            detail: destination
                .disabled
                .as_ref()
                .map(|disabled| destinations::disabled(disabled, now))
                .unwrap_or_default(),
            link: "Open the destination",
        },
        Need::DestinationFailing(destination) => Matter {
            heading: match destination.health.state() {
                HealthState::Down => format!("{} is down", destination.name),
                HealthState::Failing | HealthState::Good => format!("{} fails", destination.name),
            },
            detail: destinations::health(&destination.health, now),
            link: "Open the destination",
        },
        Need::EndpointWithoutSecret(endpoint) => Matter {
            heading: format!("{} has no secret", endpoint.name),
            detail: "Its webhooks cannot be checked, so they are held.".to_owned(),
            link: "Add the secret",
        },
        Need::SecretEndsSoon(endpoint) => Matter {
            heading: format!("A secret of {} ends soon", endpoint.name),
            detail: "Add the next one before it does, or webhooks will be found invalid.".to_owned(),
            link: "Rotate it",
        },
    }
}

fn deliveries_counted(number: u32) -> String {
    match number {
        1000.. => format!("{} deliveries", up_to(number)),
        _ => count(number.into(), "delivery", "deliveries"),
    }
}

pub const NOTHING: &str = "Nothing needs you";
pub const NOTHING_DETAIL: &str = "No delivery has failed or is held, no destination is down, and no secret is about to end.";
pub const NO_DESTINATION: &str = "Webhooks are stored and checked, and go nowhere yet.";
pub const FIRST_STEPS: &str = "First steps";
pub const STEP_ENDPOINT: &str = "Add an endpoint";
pub const STEP_ENDPOINT_NOTE: &str = "an address for one provider";
pub const STEP_PASTE: &str = "Give its address to the provider";
pub const STEP_PASTE_NOTE: &str = "and send the first webhook";
pub const STEP_DESTINATION: &str = "Add a destination";
pub const STEP_DESTINATION_NOTE: &str = "a service of yours that gets the webhooks";

/// How many deliveries wait for their next attempt.
pub fn waiting(number: u32) -> String {
    match number {
        0 => "No delivery waits.".to_owned(),
        1 => "1 delivery waits for its next attempt.".to_owned(),
        _ => format!("{} deliveries wait for their next attempt.", up_to(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_person_is_counted_as_far_as_it_is_known() {
        fn check(deliveries: u32, heading: &str) {
            let now = Timestamp::from_seconds(0).expect("in range");
            assert_eq!(need(&Need::Failed { deliveries }, now).heading, heading);
        }
        check(1, "1 delivery failed for good");
        check(12, "12 deliveries failed for good");
        check(1_000, "1,000+ deliveries failed for good");
    }

    #[test]
    fn what_waits_agrees_with_its_number() {
        assert_eq!(waiting(0), "No delivery waits.");
        assert_eq!(waiting(1), "1 delivery waits for its next attempt.");
        assert_eq!(waiting(1_000), "1,000+ deliveries wait for their next attempt.");
    }
}
