//! The console's port, implemented: the pages of `app` ask, and this answers from the store. A file a noun.

mod body;
mod download;
mod endpoints;
mod guard;
mod webhooks;

use std::sync::Arc;

use app::view::ConsoleError;
use url::Url;

use crate::clock::Clock;
use crate::store::{Store, StoreError};

pub use download::download_body;
pub use guard::guard;

/// What the pages are answered from.
#[derive(Clone)]
pub struct ServerConsole {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub public_url: Url,
}

/// Says in the log what happened, and to the page only what it can do with it.
fn report(error: &StoreError) -> ConsoleError {
    tracing::error!(%error, "page not answered");
    ConsoleError::Unavailable
}
