//! The door for providers: what happens to a request between its arrival and its answer.
//!
//! The cast: [`receive`] is the handler of `POST /hooks/{token}`; the [`Directory`] knows the endpoint of a token and
//! what it checks signatures with, and the [`Routes`] to the destinations; [`inspect`] gives the verdict and reads the
//! events; [`first_refetch`] says whether the provider is asked about them; the [`Writer`] commits what several requests brought in one transaction; [`UsedSecrets`] remembers which secrets
//! are in use; [`peer`] says who really sent a request that came through proxies.
//!
//! Promises:
//! - 200 is answered only after the bytes are committed and flushed; when they cannot be, 503 asks the provider to
//!   send again;
//! - everything that reaches an enabled endpoint whole is stored, whatever its verdict and whatever its bytes;
//! - a request that is refused (no such endpoint, too large, too slow, too many) costs no write.

mod asks;
mod directory;
mod inspect;
mod open_endpoint;
mod peer;
mod receive;
mod routes;
mod used_secrets;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;

use crate::clock::{Clock, Ids};
use crate::config::DEFAULT_MAX_BODY;

pub use asks::{asks_by_itself, first_refetch};
pub use directory::{Destinations, Directory, NotServed};
pub(crate) use inspect::HIDDEN;
pub use inspect::{Arrival, inspect};
pub(crate) use open_endpoint::open_static_header;
pub use open_endpoint::{DirectoryError, OpenEndpoint};
pub use peer::peer_address;
pub(crate) use receive::read_body;
pub use receive::{receive, unknown};
pub use routes::Routes;
pub use used_secrets::UsedSecrets;
pub use writer::{Bells, NotStored, Writer};

/// What the door needs, shared by all requests.
#[derive(Clone)]
pub struct Door {
    pub directory: Arc<Directory>,
    pub writer: Writer,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<Ids>,
    pub limits: Limits,
    /// Networks whose `Forwarded` and `X-Forwarded-For` headers are believed.
    pub trusted_proxies: Arc<[IpNet]>,
    pub used_secrets: Arc<UsedSecrets>,
}

/// How much a request may bring and how long it may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest body in bytes.
    pub max_body: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
}

impl Limits {
    pub const DEFAULT_BODY_TIMEOUT: Duration = Duration::from_secs(10);
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body: DEFAULT_MAX_BODY as usize,
            body_timeout: Self::DEFAULT_BODY_TIMEOUT,
        }
    }
}
