//! Resending or releasing everything that a filter matches.

use model::{BulkAction, DestinationSummary, HealthState, Resend, ResendState};

use super::{
    numbers::{count, thousands},
    states::State,
};

/// What is done, as a heading.
pub const fn heading(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Resend => "Resend all that match",
        BulkAction::Release => "Release all that match",
        BulkAction::Refetch => "Re-fetch all that match",
    }
}

/// The button that begins it.
pub fn button(action: BulkAction, webhooks: u64) -> String {
    let webhooks = count(webhooks, "webhook", "webhooks");
    match action {
        BulkAction::Resend => format!("Resend {webhooks}"),
        BulkAction::Release => format!("Release {webhooks}"),
        BulkAction::Refetch => format!("Re-fetch {webhooks}"),
    }
}

/// What will happen, before it is begun.
pub const fn meaning(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Resend => {
            "They are sent again with the same bytes and the same webhook-id, in the background, also where they have arrived \
             before. Duplicates are left out, and so are webhooks that come after you begin; what is held stays held."
        }
        BulkAction::Release => {
            "What is held of them is sent on as it is, in the background. Do that only when you know where they come from."
        }
        BulkAction::Refetch => {
            "Their providers are asked again in the background, no faster than each allows. Those of providers without an API, or of \
             endpoints without credentials, are left out, and so are duplicates."
        }
    }
}

/// With a filter that names states of deliveries.
pub const BY_ANY_DELIVERY: &str = "A webhook matches when its delivery to any destination does. Each destination that it is sent to gets it again, also one \
     where it was delivered: choose the destination that is to get it.";

pub fn nothing_matches(action: BulkAction) -> State {
    State {
        heading: "No webhook matches",
        advice: match action {
            BulkAction::Resend => "There is nothing to resend with this filter.",
            BulkAction::Release => "Nothing is held within this filter.",
            BulkAction::Refetch => "There is nothing to ask for with this filter.",
        }
        .to_owned(),
    }
}

pub const ALL_WEBHOOKS: &str = "All webhooks";
pub const ALL_DESTINATIONS: &str = "all destinations that take them";

/// The button that ends it.
pub const fn cancel(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Resend => "Cancel what has not been sent",
        BulkAction::Release => "Cancel what has not been released",
        BulkAction::Refetch => "Cancel what has not been asked for",
    }
}

pub const NO_DESTINATION: &str = "There is no destination to send them to yet.";

/// The heading of one that was begun.
pub const fn title(action: BulkAction, state: ResendState) -> &'static str {
    match (action, state) {
        (BulkAction::Resend, ResendState::Running) => "Resending",
        (BulkAction::Resend, ResendState::Done) => "Resent",
        (BulkAction::Resend, ResendState::Cancelled) => "Resending was cancelled",
        (BulkAction::Release, ResendState::Running) => "Releasing",
        (BulkAction::Release, ResendState::Done) => "Released",
        (BulkAction::Release, ResendState::Cancelled) => "Releasing was cancelled",
        (BulkAction::Refetch, ResendState::Running) => "Re-fetching",
        (BulkAction::Refetch, ResendState::Done) => "Re-fetched",
        (BulkAction::Refetch, ResendState::Cancelled) => "Re-fetching was cancelled",
    }
}

pub const fn state(state: ResendState) -> &'static str {
    match state {
        ResendState::Running => "running",
        ResendState::Done => "done",
        ResendState::Cancelled => "cancelled",
    }
}

/// How far it is: `1,204 webhooks, 2,408 deliveries: 2,000 delivered, 3 failed, 405 to go`; of re-fetches `1,204 webhooks, 1,100
/// asked for: 900 records, 3 failed, 197 to go`.
pub fn progress(resend: &Resend) -> String {
    let left = resend.deliveries.saturating_sub(resend.done + resend.failed);
    let done = match resend.action {
        BulkAction::Resend | BulkAction::Release => format!("{} delivered", thousands(resend.done)),
        BulkAction::Refetch => count(resend.done, "record", "records"),
    };
    let mut parts = vec![done];
    if resend.failed > 0 {
        parts.push(format!("{} failed", thousands(resend.failed)));
    }
    // What was cancelled of one is not counted among its deliveries any more.
    match resend.state {
        ResendState::Running => parts.push(format!("{} to go", thousands(left))),
        ResendState::Cancelled if left > 0 => parts.push(format!("{} on the way", thousands(left))),
        ResendState::Cancelled | ResendState::Done => {}
    }
    let webhooks = count(resend.count, "webhook", "webhooks");
    let what = match resend.action {
        BulkAction::Resend | BulkAction::Release => count(resend.deliveries, "delivery", "deliveries"),
        BulkAction::Refetch => format!("{} asked for", thousands(resend.deliveries)),
    };
    format!("{webhooks}, {what}: {}", parts.join(", "))
}

/// What the bar stands for.
pub const fn bar(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Resend | BulkAction::Release => "Delivered or failed",
        BulkAction::Refetch => "Fetched or failed",
    }
}

/// Why what is left may take long: what is to go to this destination waits. `None` where it does not.
pub fn keeps_waiting(destination: &DestinationSummary) -> Option<String> {
    let name = &destination.name;
    if destination.archived {
        return None;
    }
    match (&destination.disabled, destination.health.state()) {
        (Some(_), _) => Some(format!(
            "{name} gets nothing now. What is queued for it waits until it is enabled."
        )),
        (None, HealthState::Down) => Some(format!(
            "{name} takes nothing now. What is queued for it waits until it does."
        )),
        (None, HealthState::Good | HealthState::Failing) => None,
    }
}

/// Above the list's foot: what can be done with everything that the filter lets through.
pub const ALL_THAT_MATCH: &str = "All that match:";

/// Above the list of deliveries that failed, or are held.
pub const ALL_FAILED: &str = "Resend all that failed …";
pub const ALL_HELD: &str = "Release all that are held …";

/// How many rows are ticked.
pub fn selected(number: u32) -> String {
    format!("{} selected:", thousands(number.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{DestinationId, Disabled, DisabledReason, Health, ResendId, Timestamp};

    #[test]
    fn the_button_names_what_it_does() {
        assert_eq!(button(BulkAction::Resend, 1_204), "Resend 1,204 webhooks");
        assert_eq!(button(BulkAction::Release, 1), "Release 1 webhook");
    }

    fn resend(action: BulkAction, state: ResendState, deliveries: u64, failed: u64) -> Resend {
        Resend {
            id: ResendId(uuid::Uuid::nil()),
            action,
            state,
            filter: String::new(),
            destination_id: None,
            count: 1_204,
            deliveries,
            done: 2_000,
            failed,
            created_at: Timestamp::from_seconds(0).expect("in range"),
            created_by: String::new(),
        }
    }

    #[test]
    fn of_re_fetches_it_is_said_how_much_was_asked_for() {
        let running = resend(BulkAction::Refetch, ResendState::Running, 2_408, 3);
        assert_eq!(
            progress(&running),
            "1,204 webhooks, 2,408 asked for: 2,000 records, 3 failed, 405 to go"
        );
    }

    #[test]
    fn it_is_said_how_far_it_is() {
        fn check(state: ResendState, deliveries: u64, failed: u64, sentence: &str) {
            let resend = resend(BulkAction::Resend, state, deliveries, failed);
            assert_eq!(progress(&resend), sentence);
        }
        check(
            ResendState::Running,
            2_408,
            3,
            "1,204 webhooks, 2,408 deliveries: 2,000 delivered, 3 failed, 405 to go",
        );
        check(
            ResendState::Running,
            2_408,
            0,
            "1,204 webhooks, 2,408 deliveries: 2,000 delivered, 408 to go",
        );
        check(
            ResendState::Done,
            2_003,
            3,
            "1,204 webhooks, 2,003 deliveries: 2,000 delivered, 3 failed",
        );
        check(
            ResendState::Cancelled,
            2_000,
            0,
            "1,204 webhooks, 2,000 deliveries: 2,000 delivered",
        );
        check(
            ResendState::Cancelled,
            2_010,
            0,
            "1,204 webhooks, 2,010 deliveries: 2,000 delivered, 10 on the way",
        );
    }

    #[test]
    fn it_is_said_which_destination_keeps_what_is_queued_waiting() {
        fn check(disabled: bool, archived: bool, resume_at: Option<Timestamp>, sentence: Option<&str>) {
            let at = Timestamp::from_seconds(0).expect("in range");
            let reason = DisabledReason::Person;
            let destination = DestinationSummary {
                id: DestinationId(uuid::Uuid::nil()),
                name: "Core".to_owned(),
                url: "https://core.example.com/".to_owned(),
                disabled: disabled.then_some(Disabled { reason, at }),
                archived,
                health: Health {
                    resume_at,
                    ..Health::default()
                },
                waiting: 0,
                failed: 0,
                created_at: at,
            };
            assert_eq!(keeps_waiting(&destination).as_deref(), sentence);
        }
        let soon = Timestamp::from_seconds(60);
        check(false, false, None, None);
        check(true, true, None, None);
        check(
            true,
            false,
            None,
            Some("Core gets nothing now. What is queued for it waits until it is enabled."),
        );
        check(
            false,
            false,
            soon,
            Some("Core takes nothing now. What is queued for it waits until it does."),
        );
    }
}
