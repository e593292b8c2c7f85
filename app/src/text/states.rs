//! What pages say when there is nothing to show.

use model::Role;

use super::{filters, forms, words};
use crate::view::ConsoleError;

/// A heading and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub heading: &'static str,
    pub advice: String,
}

pub fn failed(error: &ConsoleError) -> State {
    match error {
        ConsoleError::NotFound => not_found(),
        ConsoleError::Unavailable => State {
            heading: "The database does not answer",
            advice: "Webhooks that come now are answered with 503, so that providers that try again send them again.".to_owned(),
        },
        ConsoleError::BadRequest(message) => State {
            heading: "This address cannot be read",
            advice: message.clone(),
        },
        ConsoleError::NotSignedIn => State {
            heading: "You are not signed in",
            advice: "The session has ended, or there was none. What you asked for is shown once you have signed in.".to_owned(),
        },
        ConsoleError::Forbidden { needs } => State {
            heading: "This is not for your role",
            advice: forbidden(*needs),
        },
        ConsoleError::SignInFailed => State {
            heading: "Signing in failed",
            advice: forms::problem(error),
        },
        ConsoleError::Invalid(errors) => State {
            heading: "Something in the address cannot be taken",
            advice: errors
                .iter()
                .map(|error| filters::problem(&error.field, &error.message))
                .collect::<Vec<_>>()
                .join("; "),
        },
        ConsoleError::Conflict(message) => State {
            heading: "That does not go together with how things are now",
            advice: forms::sentence(message),
        },
        ConsoleError::Throttled { seconds } => State {
            heading: "Too many tries",
            advice: forms::throttled(*seconds),
        },
        ConsoleError::Transport(_) => State {
            heading: "The server did not answer",
            advice: "Check the connection, then try again.".to_owned(),
        },
    }
}

/// What someone is told whose role is too small.
pub fn forbidden(needs: Role) -> String {
    format!(
        "It takes the role {}. An admin can change your role under Users.",
        words::role(needs)
    )
}

pub fn not_found() -> State {
    State {
        heading: "There is nothing here",
        advice: "The address is wrong, or what it named is gone.".to_owned(),
    }
}

pub fn nothing_matches() -> State {
    State {
        heading: "No webhook matches",
        advice: "Take a condition away, or look at a longer span of time.".to_owned(),
    }
}

pub fn none_yet(endpoints: usize, may_add: bool) -> State {
    State {
        heading: "Waiting for the first webhook",
        advice: match endpoints {
            0 if may_add => "Add an endpoint, then paste its address where the provider asks for a webhook URL.",
            0 => "There is no endpoint yet. An admin adds one and gives its address to the provider.",
            1 => "Paste this address where the provider asks for a webhook URL:",
            _ => "Paste each address where its provider asks for a webhook URL:",
        }
        .to_owned(),
    }
}

pub fn no_endpoints(may_add: bool) -> State {
    State {
        heading: "No endpoints yet",
        advice: if may_add {
            "An endpoint is one address for one provider. Add the first one, then give its address to the provider."
        } else {
            "An endpoint is one address for one provider. An admin adds the first one."
        }
        .to_owned(),
    }
}

/// Where in the provider's dashboard an endpoint's address goes.
pub fn paste_at(place: &str) -> String {
    format!("Paste it at: {place}")
}
