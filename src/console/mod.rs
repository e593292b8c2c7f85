//! The console's port, implemented: the pages of `app` ask, and this answers from the store. A file a noun.

mod body;
mod download;
mod endpoint_forms;
mod endpoints;
mod guard;
mod stubs;
mod webhooks;

use app::view::ConsoleError;

use crate::operation::{Actor, OperationError, Operations};

pub use download::download_body;
pub use guard::guard;

/// What the pages of one request are answered from.
#[derive(Clone)]
pub struct ServerConsole {
    pub operations: Operations,
    pub actor: Actor,
}

/// Says in the log what happened, and to the page only what it can do with it.
fn report(error: impl Into<OperationError>) -> ConsoleError {
    match error.into() {
        OperationError::NotSignedIn => ConsoleError::NotSignedIn,
        OperationError::Forbidden { needs } => ConsoleError::Forbidden { needs },
        OperationError::NotFound(_) => ConsoleError::NotFound,
        OperationError::Invalid(errors) => ConsoleError::Invalid(errors),
        OperationError::Conflict(message) => ConsoleError::Conflict(message),
        OperationError::Throttled { seconds } => ConsoleError::Throttled { seconds },
        error @ (OperationError::KeyUnavailable | OperationError::Store(_)) => {
            tracing::error!(%error, "page not answered");
            ConsoleError::Unavailable
        }
    }
}
