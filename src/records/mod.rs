//! Re-fetching: a provider's API is asked for what a webhook tells of, and what it answers is a *record*.
//!
//! The cast:
//! - the provider's module says what is asked and how, and whether the record tells the same as the webhook
//!   ([`crate::providers::Api`]);
//! - [`RecordClient`] asks, with a token where one is needed (`token`) and no faster than the provider allows (`pace`);
//! - [`changes`] compares a record with the one before it, [`links`] finds the presigned links in it and when they end, and
//!   [`verdict_after`] says what it does to the webhook's verdict;
//! - re-fetches are queued like deliveries: the [`Worker`] of each process keeps a `lane` for each endpoint that something is
//!   queued for, a lane leases what is due, and each is a `try`. [`DELAYS`] say when the next one is, `judge` what the record
//!   makes of the webhook, and it is written down together with the record;
//! - `refetch` is what people ask for; `reconcile` looks for what never came.
//!
//! Promises:
//! - the same addresses are asked that webhooks may be forwarded to, and no others: [`crate::delivery::Client`] sends;
//! - an answer is a record only if it is one: whatever goes wrong has a name ([`model::Failure`]) and leaves nothing behind;
//! - credentials and tokens stand in headers and in the body that asks for a token, never in a URL, a log or a record;
//! - a provider is asked at most once more by itself, and only where asking twice does no harm;
//! - a re-fetch survives a crash at any instruction: what was leased is due again when the lease ends, and a record is written
//!   together with what it does to the webhook, or not at all;
//! - one slow provider delays no other, and no endpoint is asked more at once than a lane allows;
//! - what a record contradicts is held, whatever its signature, until a later one agrees;
//! - no record makes good what is wrongly signed.

mod access;
mod askable;
mod client;
mod comparison;
mod confirmation;
mod judge;
mod lane;
mod listing;
mod pace;
mod presigned;
mod reconcile;
mod reconciliations;
mod refetch;
mod refetching;
mod schedule;
mod show;
mod shown;
mod store_missing;
mod token;
mod r#try;
mod worker;

pub use client::{Access, Answered, MAX_RECORD, RecordClient, Unanswered};
pub use comparison::{Change, Changes, MAX_CHANGES, changes};
pub use confirmation::verdict_after;
pub use presigned::{PresignedLink, links};
pub use reconciliations::Reconciliations;
pub use refetching::Refetching;
pub use schedule::DELAYS;
pub use show::ShownRecord;
pub use worker::Worker;

pub(crate) use askable::Askables;
pub(crate) use shown::{links_in, mask_quotes};
