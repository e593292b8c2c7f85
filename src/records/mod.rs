//! Re-fetching: a provider's API is asked for what a webhook tells of, and what it answers is a *record*.
//!
//! The cast:
//! - the provider's module says what is asked and how, and whether the record tells the same as the webhook
//!   ([`crate::providers::Api`]);
//! - [`RecordClient`] asks, with a token where one is needed (`token`) and no faster than the provider allows (`pace`);
//! - [`changes`] compares a record with the one before it, [`links`] finds the presigned links in it and when they end, and
//!   [`verdict_after`] says what it does to the webhook's verdict.
//!
//! Promises:
//! - the same addresses are asked that webhooks may be forwarded to, and no others: [`crate::delivery::Client`] sends;
//! - an answer is a record only if it is one: whatever goes wrong has a name ([`model::Failure`]) and leaves nothing behind;
//! - credentials and tokens stand in headers and in the body that asks for a token, never in a URL, a log or a record;
//! - a provider is asked at most once more by itself, and only where asking twice does no harm.

mod client;
mod comparison;
mod confirmation;
mod pace;
mod presigned;
mod reconcile;
mod refetch;
mod refetching;
mod show;
mod shown;
mod token;

pub use client::{Access, Answered, MAX_RECORD, RecordClient, Unanswered};
pub use comparison::{Change, Changes, MAX_CHANGES, changes};
pub use confirmation::verdict_after;
pub use presigned::{PresignedLink, links};
pub use reconcile::Reconciliations;
pub use refetching::Refetching;
pub use show::ShownRecord;
pub(crate) use shown::links_in;
