//! The console's port, implemented: the pages of `app` ask, and this answers with the operations. A file a noun.
//!
//! `protect` refuses what another site made a browser send, `enter` finds out who asks, and `session` is what is
//! remembered between their requests.

mod account;
mod audit;
mod body;
mod deliveries;
mod destination_forms;
mod destinations;
mod download;
mod endpoint_forms;
mod endpoints;
mod enter;
mod protect;
mod records;
pub mod session;
mod sign_in;
mod status;
mod subjects;
mod users;
mod webhooks;

use app::view::ConsoleError;
use tower_sessions::Session;

use crate::accounts::{Origin, device};
use crate::operation::{Actor, OperationError, Operations};

pub use download::{download_body, download_record, download_subject};
pub use enter::{Entrance, enter, provide};
pub use protect::{add_headers, refuse_foreign, take_in};
pub use session::layer as sessions;
pub use status::say_status;

use enter::Browser;

/// What the pages of one request are answered from.
#[derive(Clone)]
pub struct ServerConsole {
    pub operations: Operations,
    pub actor: Actor,
    pub session: Session,
    browser: Browser,
}

impl ServerConsole {
    /// Where a try to sign in comes from.
    fn origin(&self) -> Origin {
        let mark = self.browser.device_mark.as_deref();
        Origin {
            address: self.browser.address,
            device: mark.and_then(|mark| device::read(&self.operations.vault.key(), mark)),
        }
    }
}

/// Says in the log what happened, and to the page only what it can do with it.
fn report(error: impl Into<OperationError>) -> ConsoleError {
    match error.into() {
        OperationError::NotSignedIn => ConsoleError::NotSignedIn,
        OperationError::Forbidden { needs } => ConsoleError::Forbidden { needs },
        OperationError::NotFound(_) => ConsoleError::NotFound,
        OperationError::Invalid(errors) => ConsoleError::Invalid(errors),
        error @ OperationError::Gone(_) => ConsoleError::Conflict(error.to_string()),
        OperationError::Conflict(message) | OperationError::Unprocessable(message) => ConsoleError::Conflict(message),
        OperationError::Throttled { seconds } => ConsoleError::Throttled { seconds },
        error @ (OperationError::KeyUnavailable | OperationError::Store(_)) => {
            tracing::error!(%error, "page not answered");
            ConsoleError::Unavailable
        }
    }
}
