//! Deliveries and their attempts.

use model::{DeliveryState, DeliverySummary, Failure, Timestamp, Trigger};

use super::{
    failures,
    numbers::{count, thousands},
    states::State,
    times::{millis, relative},
    words::Meaning,
};

pub const fn state(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Held => "held",
        DeliveryState::Pending => "pending",
        DeliveryState::Delivering => "delivering",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "failed",
        DeliveryState::Cancelled => "cancelled",
    }
}

/// The state where a word alone could be taken for the outcome that the webhook tells of.
pub const fn state_of_delivery(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Held => "delivery held",
        DeliveryState::Pending => "delivery pending",
        DeliveryState::Delivering => "being delivered",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "delivery failed",
        DeliveryState::Cancelled => "delivery cancelled",
    }
}

pub const fn state_meaning(state: DeliveryState) -> Meaning {
    match state {
        DeliveryState::Held => Meaning::Attention,
        DeliveryState::Delivering => Meaning::Info,
        DeliveryState::Delivered => Meaning::Good,
        DeliveryState::Failed => Meaning::Bad,
        DeliveryState::Pending | DeliveryState::Cancelled => Meaning::Neutral,
    }
}

/// What caused an attempt.
pub const fn trigger(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Automatic => "by schedule",
        Trigger::Manual => "by hand",
        Trigger::Bulk => "in bulk",
        Trigger::Released => "after its release",
    }
}

/// What the log says beside the state: `200 · 41 ms`, `3rd try in 4 min`. Empty where the state says all.
pub fn summary(summary: &DeliverySummary, now: Timestamp) -> String {
    match summary.state {
        DeliveryState::Delivered => result(summary.last_failure, summary.last_status, summary.last_duration_ms),
        DeliveryState::Pending => next(summary.attempts, summary.next_attempt_at, now),
        DeliveryState::Delivering => format!("{} try", ordinal(summary.attempts + 1)),
        DeliveryState::Failed => summary
            .last_failure
            .map(|failure| failures::short(failure, summary.last_status))
            .unwrap_or_default(),
        DeliveryState::Held | DeliveryState::Cancelled => String::new(),
    }
}

/// What the last attempt came to: `200 · 41 ms`, `connection refused`. Empty without one.
pub fn result(failure: Option<Failure>, status: Option<u16>, duration_ms: Option<u32>) -> String {
    let answer = match failure {
        Some(failure) => Some(failures::short(failure, status)),
        None => status.map(|status| status.to_string()),
    };
    let parts = [answer, duration_ms.map(millis)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// An attempt that nothing keeps back begins much sooner.
const DUE_FOR_LONG_MICROS: i64 = 60 * 1_000_000;

/// The attempt that is to come: `3rd try in 4 min`, `1st try due`.
fn next(attempts: u32, at: Option<Timestamp>, now: Timestamp) -> String {
    let number = ordinal(attempts + 1);
    match at {
        Some(at) if at > now => format!("{number} try {}", relative(at, now)),
        // Here it is not known whether the destination is paused or down; what is due for long waits for that.
        Some(at) if at.micros_until(now) > DUE_FOR_LONG_MICROS => format!("{number} try waits"),
        Some(_) => format!("{number} try due"),
        None => "waits its turn".to_owned(),
    }
}

/// Said after a state that is the same for several destinations or the most pressing of theirs.
pub fn to_destinations(number: u32) -> String {
    match number {
        0 | 1 => String::new(),
        _ => format!(" · {number} destinations"),
    }
}

/// A state at the beginning of a line.
pub fn state_title(of: DeliveryState) -> String {
    super::forms::sentence(state(of)).trim_end_matches('.').to_owned()
}

/// How many attempts were made.
pub fn attempts(number: u32) -> String {
    count(number.into(), "attempt", "attempts")
}

/// `1st`, `2nd`, `3rd`, `11th`.
pub fn ordinal(number: u32) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{}{ending}", thousands(number.into()))
}

/// Before the time of the attempt that was to follow.
pub fn next_was(at: Timestamp, now: Timestamp) -> &'static str {
    if at > now { "the next is due" } else { "the next was due" }
}

/// What is said of an attempt that went through.
pub fn taken(status: Option<u16>) -> String {
    status.map_or_else(
        || "It was taken.".to_owned(),
        |status| format!("It was taken: answered {status}."),
    )
}

pub const WAITS_FOR_EARLIER: &str =
    "It waits for an earlier delivery of the same subject, because this destination wants a subject's webhooks in order.";
pub const BLOCKS_LATER: &str =
    "While it has not gone through, later webhooks of the same subject wait: this destination wants them in order.";
pub const SKIP: &str = "Skip it";
pub const NEXT_ATTEMPT: &str = "Next attempt";
pub const NO_MORE_ATTEMPTS: &str = "no attempt follows by itself";
pub const WAITS_FOR_RELEASE: &str = "until a person releases it";
pub const ANSWERS_HIDDEN: &str = "What was answered is shown to operators and admins.";
pub const NOTHING_FORWARDED: &str = "Nothing was forwarded to it yet.";
pub const NO_ATTEMPTS: &str = "No attempt was made yet.";
pub const NO_ANSWER_BODY: &str = "The answer had no body.";

pub const TO_ALL: &str = "To all that take it";

pub fn nothing_matches() -> State {
    State {
        heading: "No delivery matches",
        advice: "Take a condition away, or look at a longer span of time.".to_owned(),
    }
}

pub fn none_yet(has_destinations: bool, may_add: bool) -> State {
    State {
        heading: "Nothing was forwarded yet",
        advice: match (has_destinations, may_add) {
            (true, _) => "Each webhook that a destination takes stands here from the moment that it arrives.",
            (false, true) => "Add a destination: an address of yours that webhooks are forwarded to, with retries.",
            (false, false) => "There is no destination yet. An admin adds one, and webhooks are forwarded to it from then on.",
        }
        .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    #[test]
    fn the_log_says_in_a_few_words_how_a_delivery_stands() {
        fn check(state: DeliveryState, attempts: u32, next: Option<&str>, failure: Option<Failure>, text: &str) {
            let of = DeliverySummary {
                state,
                attempts,
                last_status: (attempts > 0).then_some(if failure.is_some() { 503 } else { 200 }),
                last_failure: failure,
                last_duration_ms: (attempts > 0).then_some(41),
                next_attempt_at: next.map(time),
                destinations: 1,
            };
            assert_eq!(summary(&of, time("2025-11-20T07:18:00Z")), text);
        }
        check(DeliveryState::Delivered, 1, None, None, "200 · 41 ms");
        check(DeliveryState::Held, 0, None, None, "");
        check(
            DeliveryState::Pending,
            2,
            Some("2025-11-20T07:22:00Z"),
            Some(Failure::Status),
            "3rd try in 4 min",
        );
        check(DeliveryState::Pending, 0, Some("2025-11-20T07:18:00Z"), None, "1st try due");
        check(DeliveryState::Pending, 0, Some("2025-11-20T07:10:00Z"), None, "1st try waits");
        check(DeliveryState::Pending, 0, None, None, "waits its turn");
        check(DeliveryState::Failed, 10, None, Some(Failure::Status), "answered 503");
        check(
            DeliveryState::Failed,
            10,
            None,
            Some(Failure::ConnectRefused),
            "connection refused",
        );
    }

    #[test]
    fn tries_are_counted_as_people_count() {
        for (number, text) in [
            (1, "1st"),
            (2, "2nd"),
            (3, "3rd"),
            (4, "4th"),
            (11, "11th"),
            (12, "12th"),
            (22, "22nd"),
            (113, "113th"),
        ] {
            assert_eq!(ordinal(number), text);
        }
    }

    #[test]
    fn a_result_leaves_out_what_there_was_not() {
        assert_eq!(result(None, None, None), "");
        assert_eq!(result(Some(Failure::DnsFailed), None, Some(5_000)), "name not found · 5 s");
    }
}
