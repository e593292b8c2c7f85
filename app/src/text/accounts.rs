//! Coming in, the account and the users.

use model::{LinkPurpose, Timestamp};

use super::{numbers::count, states::State, times};
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

pub const SECOND_FACTOR_OFF: &str = "Off. With a second factor, someone who learns your password still cannot sign in.";
pub const SECOND_FACTOR_SCAN: &str = "Scan this with your authenticator, or type the secret into it. Then type the code that it shows, so that it is sure to work.";
pub const SECOND_FACTOR_LOSE: &str = "Signing in then takes the password alone.";

/// A second factor that is on.
pub fn second_factor_on(recovery_codes_left: u32) -> String {
    let left = count(recovery_codes_left.into(), "recovery code", "recovery codes");
    format!("{left} left, each for one time when the device is not at hand.")
}

/// Few codes are left.
pub const FEW_CODES: &str = "Turn the second factor off and on again to get new recovery codes before these run out.";
pub const FEW_CODES_ARE: u32 = 3;

pub const PASSWORD_CHANGE: &str = "Changing it signs you out everywhere else.";
pub const REVOKE_TOKENS: &str = "Revoke all tokens too";
pub const TOKENS: &str = "For programs that call the API. A token may do what you may do.";
pub const NO_TOKENS: &str = "No tokens yet.";
pub const TOKEN_NAME_HINT: &str = "The program that will use it.";

/// What is shown once: what it is, and what to do with it.
pub fn once_token(name: &str) -> String {
    format!("The token “{name}”")
}

pub const ONCE_TOKEN: &str = "Put it where the program keeps its secrets. It is not shown again.";
pub const ONCE_CODES: &str = "Your recovery codes";
pub const ONCE_CODES_HINT: &str =
    "Keep them where you find them without your device. Each signs you in once. They are not shown again.";

pub fn once_link(purpose: LinkPurpose, email: &str) -> String {
    match purpose {
        LinkPurpose::SetUp => "The set-up link".to_owned(),
        LinkPurpose::Invite => format!("The invite link for {email}"),
        LinkPurpose::Reset => format!("The link with which {email} chooses another password"),
    }
}

/// How a link is passed on: this server sends no mail.
pub const fn once_link_hint(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::Invite => "Send it to them by a way that you trust. It works once, within 7 days, and is not shown again.",
        LinkPurpose::SetUp | LinkPurpose::Reset => {
            "Send it to them by a way that you trust. It works once, within 24 hours, and is not shown again."
        }
    }
}

pub const INVITE_HINT: &str = "You get a link to send to them, under which they choose a password.";
pub const LOSES_SECOND_FACTOR: &str =
    "For someone who lost the device and the recovery codes. Make sure that it is them who asks.";

/// When someone signed in last.
pub fn signed_in(at: Option<Timestamp>, invited: bool, now: Timestamp) -> String {
    match at {
        Some(at) => format!("signed in {}", times::relative(at, now)),
        None if invited => "has not chosen a password yet".to_owned(),
        None => "never signed in".to_owned(),
    }
}

/// The browser that someone is signed in with: what it says of itself, shortened.
pub fn browser(user_agent: &str) -> String {
    const BROWSERS: &[(&str, &str)] = &[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: &[(&str, &str)] = &[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, name)| *name)
    };
    match (find(BROWSERS), find(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) if user_agent.trim().is_empty() => "unknown browser".to_owned(),
        (None, None) => user_agent.chars().take(60).collect(),
    }
}

pub fn once_destination_secret(name: &str) -> String {
    format!("The signing secret of “{name}”")
}

pub const ONCE_DESTINATION_SECRET: &str =
    "Give it to the service behind the address, so that it can check what it gets. It is shown only now.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_as_people_know_it() {
        fn check(user_agent: &str, name: &str) {
            assert_eq!(browser(user_agent), name);
        }
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "Chrome on Windows",
        );
        check(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Firefox on macOS",
        );
        check("curl/8.5.0", "curl");
        check("", "unknown browser");
        check("my-script", "my-script");
    }

    #[test]
    fn it_is_said_when_someone_signed_in_last() {
        let at = |text: &str| Timestamp::parse(text).expect("a time");
        let now = at("2025-11-20T07:18:05Z");
        assert_eq!(signed_in(Some(at("2025-11-20T07:13:05Z")), false, now), "signed in 5 min ago");
        assert_eq!(signed_in(None, true, now), "has not chosen a password yet");
        assert_eq!(signed_in(None, false, now), "never signed in");
    }

    #[test]
    fn a_second_factor_counts_its_recovery_codes() {
        assert_eq!(
            second_factor_on(1),
            "1 recovery code left, each for one time when the device is not at hand."
        );
    }
}
