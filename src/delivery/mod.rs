//! Forwarding: how a webhook comes to the addresses that are to have it.
//!
//! One attempt, from a URL that somebody entered to an [`Answer`]:
//! - `address` judges URLs and addresses ([`check_url`], [`check_address`]), `special` knows which addresses are not simply
//!   hosts on the internet;
//! - `resolve` looks a name up and lets nothing be connected to that was not judged;
//! - `connect` makes the connection, `trust` says whose certificates are believed, `wire` watches what passes;
//! - `request` makes the request of a webhook ([`forward`]), `sign` signs it;
//! - `client` sends any request ([`Client::send`], [`Client::fetch`] where the answer is what is wanted), `failure` and `retry_after` read what comes of it.
//!
//! Promises:
//! - nothing is connected to but an address that was checked just before, over https unless the configuration says otherwise;
//! - an attempt ends in time and takes a bounded amount of memory, whatever the other side does;
//! - whatever goes wrong has a name ([`model::Failure`]);
//! - the body goes out as it came in, and every attempt carries the same `webhook-id`.

pub mod breaker;

mod address;
mod client;
mod connect;
mod failure;
mod request;
mod resolve;
mod retry_after;
mod sign;
mod special;
mod timeouts;
mod trust;
mod wire;

pub use address::{AddressProblem, AllowedNetworks, CheckedUrl, MAX_URL_LENGTH, UrlProblem, check_address, check_url};
pub use client::{Answer, Client, Fetched, KEPT_OF_ANSWER, MAX_ANSWER, Outgoing};
pub use request::{ForwardedWebhook, OUR_NAME, Recipient, forward, is_reserved};
pub use resolve::{Resolve, SystemResolver};
pub use retry_after::RetryAfter;
pub use sign::{DestinationSecret, NotASecret};
pub use special::AddressKind;
pub use timeouts::Timeouts;
pub use trust::{NoCertificates, Trust};
