//! What pages say when there is nothing to show.

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
        ConsoleError::NotSignedIn
        | ConsoleError::Forbidden { .. }
        | ConsoleError::SignInFailed
        | ConsoleError::Invalid(_)
        | ConsoleError::Conflict(_)
        | ConsoleError::Throttled { .. } => State {
            heading: "This cannot be done",
            advice: error.to_string(),
        },
        ConsoleError::Transport(_) => State {
            heading: "The server did not answer",
            advice: "Check the connection, then try again.".to_owned(),
        },
    }
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

pub fn none_yet(endpoints: usize) -> State {
    State {
        heading: "Waiting for the first webhook",
        advice: match endpoints {
            0 => "Make an endpoint, then paste the address that it prints where the provider asks for a webhook URL:",
            1 => "Paste this address where the provider asks for a webhook URL:",
            _ => "Paste each address where its provider asks for a webhook URL:",
        }
        .to_owned(),
    }
}

pub fn no_endpoints() -> State {
    State {
        heading: "No endpoints yet",
        advice: "An endpoint is one address for one provider. Make the first one on the command line:".to_owned(),
    }
}

/// Makes an endpoint; the secret is read from the terminal, so that it does not end up in the shell's history.
pub const ADD_ENDPOINT: &str = "hookproof endpoint add --provider persona --name \"Persona production\" --secret-stdin";

/// Where in the provider's dashboard an endpoint's address goes.
pub fn paste_at(place: &str) -> String {
    format!("Paste it at: {place}")
}
