//! Resending or releasing everything that a filter matches.

use model::{BulkAction, Resend, ResendState};

use super::{
    numbers::{count, thousands},
    states::State,
};

/// What is done, as a heading.
pub const fn heading(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Resend => "Resend all that match",
        BulkAction::Release => "Release all that match",
    }
}

/// The button that begins it.
pub fn button(action: BulkAction, webhooks: u64) -> String {
    let webhooks = count(webhooks, "webhook", "webhooks");
    match action {
        BulkAction::Resend => format!("Resend {webhooks}"),
        BulkAction::Release => format!("Release {webhooks}"),
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
    }
}

pub const fn state(state: ResendState) -> &'static str {
    match state {
        ResendState::Running => "running",
        ResendState::Done => "done",
        ResendState::Cancelled => "cancelled",
    }
}

/// How far it is: `812 of 1,204 delivered, 3 failed, 389 to go`.
pub fn progress(resend: &Resend) -> String {
    let left = resend.deliveries.saturating_sub(resend.done + resend.failed);
    let mut parts = vec![format!(
        "{} of {} delivered",
        thousands(resend.done),
        thousands(resend.deliveries)
    )];
    if resend.failed > 0 {
        parts.push(format!("{} failed", thousands(resend.failed)));
    }
    match resend.state {
        ResendState::Running => parts.push(format!("{} to go", thousands(left))),
        ResendState::Cancelled if left > 0 => parts.push(format!("{} not sent", thousands(left))),
        ResendState::Done if left > 0 => parts.push(format!("{} on the way", thousands(left))),
        ResendState::Cancelled | ResendState::Done => {}
    }
    parts.join(", ")
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
    use model::{ResendId, Timestamp};

    #[test]
    fn the_button_names_what_it_does() {
        assert_eq!(button(BulkAction::Resend, 1_204), "Resend 1,204 webhooks");
        assert_eq!(button(BulkAction::Release, 1), "Release 1 webhook");
    }

    #[test]
    fn it_is_said_how_far_it_is() {
        fn check(state: ResendState, failed: u64, sentence: &str) {
            let resend = Resend {
                id: ResendId(uuid::Uuid::nil()),
                action: BulkAction::Resend,
                state,
                filter: String::new(),
                destination_id: None,
                count: 1_000,
                deliveries: 1_204,
                done: 812,
                failed,
                created_at: Timestamp::from_seconds(0).expect("in range"),
                created_by: String::new(),
            };
            assert_eq!(progress(&resend), sentence);
        }
        check(ResendState::Running, 3, "812 of 1,204 delivered, 3 failed, 389 to go");
        check(ResendState::Running, 0, "812 of 1,204 delivered, 392 to go");
        check(ResendState::Done, 392, "812 of 1,204 delivered, 392 failed");
        check(ResendState::Cancelled, 0, "812 of 1,204 delivered, 392 not sent");
    }
}
