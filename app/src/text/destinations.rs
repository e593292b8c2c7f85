//! Destinations: how they do, and their settings.

use model::{DestinationSummary, Disabled, DisabledReason, Health, HealthState, Timestamp};

use super::{
    failures,
    numbers::{count, up_to},
    states::State,
    times::{duration, exact, relative},
    words::Meaning,
};

/// In a word, with its meaning.
pub const fn health_word(destination: &DestinationSummary) -> (&'static str, Meaning) {
    match (&destination.disabled, destination.health.state()) {
        (Some(disabled), _) => match disabled.reason {
            DisabledReason::Person => ("paused", Meaning::Neutral),
            DisabledReason::Gone => ("gone", Meaning::Bad),
            DisabledReason::Failing => ("given up", Meaning::Bad),
        },
        (None, HealthState::Good) => match destination.health.last_success_at {
            Some(_) => ("healthy", Meaning::Good),
            None => ("not used yet", Meaning::Neutral),
        },
        (None, HealthState::Failing) => ("failing", Meaning::Attention),
        (None, HealthState::Down) if destination.health.is_slowed_down() => ("slowed down", Meaning::Attention),
        (None, HealthState::Down) => ("down", Meaning::Bad),
    }
}

/// How it does, in a sentence.
pub fn health(health: &Health, now: Timestamp) -> String {
    let last = health
        .last_failure
        .map(|failure| format!(": {}", failures::short(failure, None)))
        .unwrap_or_default();
    let failures = match (health.consecutive_failures, health.failing_since) {
        (..=1, at) => {
            let when = at.map(|at| format!(" {}", relative(at, now))).unwrap_or_default();
            format!("The last attempt failed{when}{last}.")
        }
        (several, Some(at)) => format!(
            "{} failed in a row, the first {}{last}.",
            count(several.into(), "attempt", "attempts"),
            relative(at, now)
        ),
        (several, None) => format!("{} failed in a row{last}.", count(several.into(), "attempt", "attempts")),
    };
    match health.state() {
        HealthState::Good => match health.last_success_at {
            Some(at) => format!("Last delivered {}.", relative(at, now)),
            None => "Nothing was sent to it yet.".to_owned(),
        },
        HealthState::Failing => failures,
        HealthState::Down => {
            let again = match health.resume_at {
                Some(at) if at > now => format!("It is tried again {}.", relative(at, now)),
                _ => "One attempt now shows whether it is back.".to_owned(),
            };
            if health.is_slowed_down() {
                return slowed_down(health, now);
            }
            format!("{failures} {again}")
        }
    }
}

/// It wants less for a while, which is no failure yet.
fn slowed_down(health: &Health, now: Timestamp) -> String {
    match health.resume_at {
        Some(at) if at > now => format!(
            "It answered that it cannot take more now. Sending goes on {}.",
            relative(at, now)
        ),
        _ => "It answered that it cannot take more. One attempt now shows whether it can again.".to_owned(),
    }
}

/// Why it gets nothing, and what becomes of what arrives.
pub fn disabled(disabled: &Disabled, now: Timestamp) -> String {
    let when = relative(disabled.at, now);
    let why = match disabled.reason {
        DisabledReason::Person => format!("Paused {when}."),
        DisabledReason::Gone => format!("Disabled {when}: it answered 410, which says that it wants no more."),
        DisabledReason::Failing => format!("Disabled {when}: for days no attempt went through."),
    };
    format!("{why} Nothing is sent to it; what arrives waits until it is enabled or cancelled.")
}

/// How many deliveries wait and have failed.
pub fn waiting(number: u32) -> String {
    format!("{} waiting", up_to(number))
}

pub fn failed(number: u32) -> String {
    format!("{} failed", up_to(number))
}

/// The choice when a destination is enabled again.
pub fn enable_sending(name: &str, waiting: u32) -> String {
    match waiting {
        0 => format!("Enable {name}"),
        _ => format!("Enable and send the {} that waited", up_to(waiting)),
    }
}

pub fn enable_cancelling(waiting: u32) -> String {
    format!("Enable and cancel the {} that waited", up_to(waiting))
}

pub const ENABLE: &str = "Deliveries have waited while nothing was sent. What should become of them?";
pub const PAUSE: &str =
    "While it is paused nothing is sent; what arrives waits, and you choose what becomes of it when you enable it again.";
pub const ARCHIVE: &str =
    "An archived destination gets nothing more, and what waits for it is cancelled. Its deliveries stay in the log.";

/// Behind the name of one that is out of use.
pub const ARCHIVED: &str = "(archived)";

pub const NAME_HINT: &str = "As you will look for it in the log.";
pub const URL_HINT: &str = "https, with a host that has a public address. Redirects are not followed.";
pub const URL_HINT_HTTP: &str = "https, or http to the networks that this server allows. Redirects are not followed.";
pub const ENDPOINTS_HINT: &str = "None ticked: webhooks of all endpoints.";
pub const EVENT_TYPES_HINT: &str =
    "inquiry.* takes all that begin so. All empty: every event type. Saving adds empty lines for more.";
pub const OUTCOMES_HINT: &str = "None ticked: every outcome.";
pub const HEADERS_HINT: &str = "Sent with each request, such as authorization: Bearer …; a name and its value a line. Sealed when stored, and the values are not \
     shown again.";
pub const HEADERS_KEEP: &str = "A name without a value keeps the value that is set; a line that is gone removes the header.";
pub const RATE_HINT: &str = "Requests per second. Empty for no limit.";
pub const ORDERED: &str = "Keep the order of each subject";
pub const ORDERED_HINT: &str =
    "A later webhook of a subject waits until the earlier one has gone through; a person can skip one that is stuck.";
pub const OWN_SCHEDULE: &str = "Another";
pub const OWN_SCHEDULE_HINT: &str = "The waits before each attempt, such as 0, 30 s, 5 min, 2 h, 1 d.";
pub const SCHEDULE_USUAL: &str = "The usual";

pub const SECRET: &str = "Each request is signed as Standard Webhooks says, in the header webhook-signature, so that your service can check that it is genuine.";
pub const ROTATE: &str = "You get a new secret, shown once. For a day requests carry both signatures, so that your service can change over without a gap.";

pub const SECRET_LATER: &str =
    "What can be trusted of what arrives is forwarded to it. It gets a signing secret of its own, which you are shown once.";
pub const SEND_TEST: &str = "Send a test";
pub const TESTING: &str = "Waiting for the answer …";
pub const TEST: &str = "Sends a signed webhook of type hookproof.test now, and shows what is answered.";

/// What came of a test.
pub fn tested(status: Option<u16>, failure: Option<model::Failure>, duration_ms: u32) -> String {
    let took = super::times::millis(duration_ms);
    match failure {
        None => format!("It was taken: answered {} after {took}.", status.unwrap_or(200)),
        Some(failure) => format!("{} It took {took}.", failures::sentence(failure, status)),
    }
}

/// Below the field for how many requests may be under way at once.
pub fn concurrency_hint(usual: u32) -> String {
    format!("How many requests may be under way at once. Empty for the usual {usual}.")
}

/// A schedule as people read it: `0, 3 s, 1 min, 12 min`.
pub fn schedule_in_words(waits: &[u32]) -> String {
    let word = |wait: &u32| match wait {
        0 => "0".to_owned(),
        wait => duration(i64::from(*wait)),
    };
    waits.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// A schedule as the form takes it: `0, 5 s, 5 min`.
pub fn schedule(waits: &[u32]) -> String {
    waits.iter().map(|wait| exact(*wait)).collect::<Vec<_>>().join(", ")
}

/// What a schedule comes to: `10 attempts within 3 d`.
pub fn schedule_span(waits: &[u32]) -> String {
    let whole: i64 = waits.iter().map(|wait| i64::from(*wait)).sum();
    match waits.len() {
        0 | 1 => "1 attempt".to_owned(),
        attempts => format!("{attempts} attempts within {}", duration(whole)),
    }
}

pub fn none_yet(may_add: bool) -> State {
    State {
        heading: "No destinations yet",
        advice: if may_add {
            "A destination is an address of yours. Webhooks that can be trusted are forwarded to it, signed and with retries."
        } else {
            "A destination is an address that webhooks are forwarded to. An admin adds the first one."
        }
        .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Failure;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    const NOW: &str = "2025-11-20T07:18:00Z";

    #[test]
    fn a_destination_says_how_it_does() {
        fn check(of: &Health, sentence: &str) {
            assert_eq!(health(of, time(NOW)), sentence);
        }
        let good = Health {
            last_success_at: Some(time("2025-11-20T07:13:00Z")),
            ..Health::default()
        };
        check(&Health::default(), "Nothing was sent to it yet.");
        check(&good, "Last delivered 5 min ago.");
        let failing = Health {
            consecutive_failures: 3,
            failing_since: Some(time("2025-11-20T07:16:00Z")),
            last_failure: Some(Failure::ConnectRefused),
            ..good
        };
        check(
            &failing,
            "3 attempts failed in a row, the first 2 min ago: connection refused.",
        );
        let once = Health {
            consecutive_failures: 1,
            ..failing.clone()
        };
        check(&once, "The last attempt failed 2 min ago: connection refused.");
        let down = Health {
            consecutive_failures: 7,
            resume_at: Some(time("2025-11-20T07:18:40Z")),
            ..failing
        };
        check(
            &down,
            "7 attempts failed in a row, the first 2 min ago: connection refused. It is tried again in 40 s.",
        );
        let slowed = Health {
            consecutive_failures: 1,
            last_failure: Some(Failure::Status),
            ..down
        };
        check(&slowed, "It answered that it cannot take more now. Sending goes on in 40 s.");
        let over = Health {
            resume_at: Some(time("2025-11-20T07:17:00Z")),
            ..slowed
        };
        check(
            &over,
            "It answered that it cannot take more. One attempt now shows whether it can again.",
        );
    }

    #[test]
    fn a_schedule_is_written_as_it_is_read() {
        assert_eq!(schedule(&[0, 5, 66, 300, 7200, 86_400]), "0, 5 s, 66 s, 5 min, 2 h, 1 d");
        assert_eq!(
            schedule_in_words(&[0, 3, 66, 731, 4_098, 117_651, 262_146]),
            "0, 3 s, 1 min, 12 min, 1 h, 32 h, 3 d"
        );
        assert_eq!(schedule_span(&[0, 5, 300]), "3 attempts within 5 min");
        assert_eq!(schedule_span(&[0]), "1 attempt");
    }

    #[test]
    fn a_test_says_what_came_of_it() {
        assert_eq!(tested(Some(204), None, 41), "It was taken: answered 204 after 41 ms.");
        assert_eq!(
            tested(None, Some(Failure::DnsFailed), 1_500),
            "The host's name has no address. It took 1.5 s."
        );
    }
}
