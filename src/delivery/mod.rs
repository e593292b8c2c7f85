//! Forwarding: how a webhook comes to the addresses that are to have it.
//!
//! A delivery is one webhook on its way to one destination. The door makes it, in the transaction that stores the webhook
//! (`ingest::Routes` says where it goes); from then on it is a row of the store that is due at some time.
//!
//! The cast, from the whole to the single attempt:
//! - the [`Worker`] of each process keeps a `lane` for each destination that is enabled; lanes lease what is due and send it,
//!   as many at once and as many per second (`pace`) as the destination allows; [`Wake`] rings for them when something is due;
//! - an `attempt` is made by its lane and written down by the `recorder`, for all lanes together; [`schedule`] says when the
//!   next one is, and [`breaker`] when the destination is left alone; `disable` turns it off when that is for a person to see;
//! - an [`OpenDestination`] is what the configuration says, its secrets opened;
//! - `address` judges URLs and addresses ([`check_url`], [`check_address`]), `special` knows which addresses are not simply
//!   hosts on the internet;
//! - `resolve` looks a name up and lets nothing be connected to that was not judged;
//! - `connect` makes the connection, `trust` says whose certificates are believed, `wire` watches what passes;
//! - `request` makes the request of a webhook ([`forward`]), `sign` signs it;
//! - `client` sends any request ([`Client::send`], [`Client::fetch`] where the answer is what is wanted), `failure` and
//!   `retry_after` read what comes of it.
//!
//! Promises:
//! - nothing that is not trusted is sent before a person releases it, or checking it again clears it: it is held from its
//!   first transaction on;
//! - at least once, with one id: a delivery survives a crash at any instruction, and every attempt carries the same
//!   `webhook-id`. A lease keeps workers from sending the same at once; correctness does not need it;
//! - the body goes out as it came in;
//! - whatever goes wrong has a name ([`model::Failure`]), and every attempt is kept with its name;
//! - a destination that is slow, down or has a million deliveries behind it neither delays another nor takes more memory than
//!   what is being sent to it;
//! - nothing that arrives for a destination that is disabled is lost: it waits;
//! - nothing is connected to but an address that was checked just before, over https unless the configuration says otherwise;
//! - an attempt ends in time and takes a bounded amount of memory, whatever the other side does.
//!
//! Not promised: that a webhook comes once. An attempt whose answer is lost, or which could not be recorded, is made again,
//! and receivers tell by the `webhook-id`.

pub mod breaker;
pub mod schedule;

mod address;
mod attempt;
mod client;
mod connect;
mod disable;
mod failure;
mod forwarding;
mod lane;
mod open_destination;
mod pace;
mod recorder;
mod request;
mod resolve;
mod retry_after;
mod sign;
mod special;
mod timeouts;
mod trust;
mod wake;
mod wire;
mod within;
mod worker;

pub use address::{AddressProblem, AllowedNetworks, CheckedUrl, MAX_URL_LENGTH, UrlProblem, check_address, check_url};
pub use client::{Answer, Client, Fetched, KEPT_OF_ANSWER, MAX_ANSWER, Outgoing};
pub use forwarding::Forwarding;
pub use open_destination::{NotOpened, OpenDestination};
pub use request::{ForwardedWebhook, OUR_NAME, Recipient, forward, is_reserved};
pub use resolve::{Resolve, SystemResolver};
pub use retry_after::RetryAfter;
pub use sign::{DestinationSecret, NotASecret};
pub use special::AddressKind;
pub use timeouts::Timeouts;
pub use trust::{NoCertificates, Trust};
pub use wake::Wake;
pub(crate) use within::within;
pub use worker::Worker;
