//! The pages, by noun and verb. A page reads its address, asks the port once and shows what came back.

#![expect(clippy::needless_pass_by_value, reason = "a component owns its properties")]

pub mod endpoints;
pub mod not_found;
pub mod webhooks;

use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_router::hooks::use_location;

use crate::view::ConsoleError;

/// The query of the page's address as it was sent, without `?`.
fn query() -> String {
    use_location().search.get_untracked()
}

/// What lets a page answer with another status than 200. Taken before the page waits for anything.
#[derive(Clone)]
struct Answer(Option<ResponseOptions>);

fn answer() -> Answer {
    Answer(use_context())
}

impl Answer {
    /// The status that goes with an error.
    fn failed(&self, error: &ConsoleError) {
        let status = match error {
            ConsoleError::NotFound => 404,
            ConsoleError::BadRequest(_) | ConsoleError::Invalid(_) => 400,
            ConsoleError::NotSignedIn | ConsoleError::SignInFailed => 401,
            ConsoleError::Forbidden { .. } => 403,
            ConsoleError::Conflict(_) => 409,
            ConsoleError::Throttled { .. } => 429,
            ConsoleError::Unavailable => 503,
            ConsoleError::Transport(_) => 502,
        };
        self.status(status);
    }

    fn status(&self, status: u16) {
        if let Some(options) = &self.0 {
            options.set_status(status.try_into().expect("the numbers above are statuses"));
        }
    }
}
