//! Coming in, the account and the users.

use model::{LinkPurpose, Role};

use super::{numbers::count, states::State, words};
use crate::view::ConsoleError;

/// Why signing in did not succeed.
pub fn sign_in_problem(error: &ConsoleError) -> Option<&'static str> {
    match error {
        ConsoleError::SignInFailed => Some("The e-mail address or the password is not right."),
        _ => None,
    }
}

/// Why the second step did not succeed.
pub fn second_step_problem(error: &ConsoleError) -> Option<&'static str> {
    match error {
        ConsoleError::SignInFailed => Some("The code is not right. A code holds for half a minute, and each can be used once."),
        ConsoleError::NotSignedIn => Some("This took too long. Sign in again from the start."),
        _ => None,
    }
}

pub const CANNOT_SIGN_IN: &str = "Forgot the password? An admin can make a link for you under which you choose another one.";
pub const CODE_HINT: &str = "The six digits that your authenticator shows, or one of your recovery codes.";

/// The page behind a one-time link: what it is for, and what to do there.
pub const fn link_heading(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::SetUp => "Set up Hookproof",
        LinkPurpose::Invite => "Welcome to Hookproof",
        LinkPurpose::Reset => "Choose another password",
    }
}

pub const fn link_advice(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::SetUp => "This makes the first admin, who configures endpoints and invites the others. The link works once.",
        LinkPurpose::Invite => "Choose a password, and you are in. The link works once.",
        LinkPurpose::Reset => "The old password stops working, and all sessions that are open end. The link works once.",
    }
}

pub const fn link_button(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::SetUp => "Make the first admin",
        LinkPurpose::Invite => "Choose this password",
        LinkPurpose::Reset => "Change the password",
    }
}

/// A link that was used, has expired or was made up.
pub fn dead_link() -> State {
    State {
        heading: "This link does not work any more",
        advice: "A link works once and for a limited time. Ask an admin for another one; the set-up link is printed again each \
                 time that the server starts without a user."
            .to_owned(),
    }
}
