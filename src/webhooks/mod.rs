//! Webhooks: what the console and the API ask of the log, and how much of a payload is shown to whom.
//!
//! Promises:
//! - personal data in a payload is masked for everyone at first; revealing it takes the role operator and leaves a line in
//!   the audit log that names what was revealed;
//! - so does downloading a body;
//! - of a webhook that was erased nothing is shown but that it was;
//! - what identifies a webhook in lists (event type, subject, resource) is not masked, nor what tells its outcome.

mod headers;
mod list;
mod mask;
mod payload;
mod show;

pub use mask::{MASK, Masked, MaskedValues, Rules, mask};
pub use payload::{Payload, REVEALED_SECONDS};

pub(crate) use payload::target;
