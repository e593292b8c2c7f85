//! The providers: companies that verify people and post webhooks.
//!
//! Each provider is one module of one shape, a unit struct that implements [`Provider`]: what it is called and where
//! an admin finds its secret ([`About`]), whether a request is its own ([`Provider::verify`]) and what a request says
//! ([`Provider::parse`]). [`ALL`] is the registry; a new provider adds its file and its line there, and its vectors.
//!
//! Promises:
//! - the body is read as the bytes that came and is never written again;
//! - signatures are compared in constant time;
//! - whatever bytes come, nothing panics, and the time taken grows no faster than the body;
//! - no more trust is shown than the evidence gives.

pub mod api;
pub mod sandbox;

mod about;
mod authento;
mod case_keeper;
pub(crate) mod digest;
pub(crate) mod json;
mod keyring;
mod peleza;
mod persona;
mod pleenk;
mod reformat;
mod signature;
mod standard_webhooks;
#[cfg(test)]
mod tests;

use axum::http::HeaderMap;
use model::{DeliveryNotes, Event, Evidence, ProviderKey, Timestamp, Verdict};
use sha2::{Digest, Sha256};

pub use about::{About, CatalogueEntry, KeyKind, Refetch, SecretField};
pub use api::{Api, Asked, Credentials};
pub use keyring::{Key, Keyring, SecretShape, SigningSecret, StaticHeader};

/// How far a signature's timestamp may be from the time of arrival, in seconds, either way.
pub const TOLERANCE_SECONDS: i64 = 300;

/// How many events are kept of one webhook. No provider documents more than a handful in one request.
pub const MAX_EVENTS: usize = 64;

/// How many characters a secret has at least for four of them to be shown.
const SHORTEST_HINTED: usize = 12;

/// A webhook as it came, which is all that a provider module gets to see.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    pub received_at: Timestamp,
}

/// What checking a signature gave, and what that rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    pub verdict: Verdict,
    pub evidence: Evidence,
}

/// What a body says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// In the order of the body, at most [`MAX_EVENTS`].
    pub events: Vec<Event>,
    /// What makes another webhook at the same endpoint tell of the same event; `None` when nothing does.
    pub same_event: Option<SameEvent>,
    /// Why there are no events, or not all.
    pub problem: Option<ParseProblem>,
}

/// Why a body could not be read as the provider's events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseProblem {
    #[error("the body is empty")]
    Empty,
    #[error("the body is not UTF-8 text: byte {at} cannot be read")]
    NotUtf8 { at: usize },
    #[error("the body is not JSON: {reason} at line {line}, column {column}")]
    NotJson { reason: String, line: usize, column: usize },
    #[error("the body is JSON, but not of the documented form: {what}")]
    OtherForm { what: String },
    #[error("the body carries {count} events; the first {MAX_EVENTS} are kept")]
    TooManyEvents { count: usize },
}

impl Parsed {
    /// Of a provider that tells of one event in each webhook. What makes it the same event does not hang on whether the
    /// body could be read: a replay of a body of unexpected form is a replay all the same.
    fn of_one(read: Result<Event, ParseProblem>, same_event: Option<SameEvent>) -> Self {
        match read {
            Ok(event) => Self {
                events: vec![event],
                same_event,
                problem: None,
            },
            Err(problem) => Self {
                same_event,
                ..problem.into()
            },
        }
    }
}

impl From<ParseProblem> for Parsed {
    /// A body that says nothing, and why.
    fn from(problem: ParseProblem) -> Self {
        Self {
            problem: Some(problem),
            ..Self::default()
        }
    }
}

impl ParseProblem {
    /// Of a body that lacks something without which it is no event.
    fn lacks(field: &str) -> Self {
        Self::OtherForm {
            what: format!("{field} is not there"),
        }
    }
}

/// The identity of what a webhook tells of, for "the same event twice": a digest of the provider's own event id, or of
/// what the provider's module names instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SameEvent(pub [u8; 16]);

impl SameEvent {
    /// From the parts that together identify the event. `rule` keeps different rules apart.
    pub fn of(rule: &str, parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(rule.as_bytes());
        for part in parts {
            hasher.update([0]);
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let mut kept = [0; 16];
        kept.copy_from_slice(&digest[..16]);
        Self(kept)
    }

    /// From the body as it came, whatever it is. An empty body tells of nothing, so it repeats nothing.
    pub fn of_body(rule: &str, body: &[u8]) -> Option<Self> {
        (!body.is_empty()).then(|| Self::of(rule, &[body]))
    }
}

/// One provider. Implemented by unit structs; everything that differs between endpoints comes in as a parameter.
pub trait Provider: Send + Sync + 'static {
    /// What it is called, what an admin must configure, and what it sends.
    fn about(&self) -> &'static About;

    /// Reads a secret (or a PEM public key) as an admin pasted it.
    fn read_secret(&self, value: &str) -> Result<Key, SecretShape>;

    /// Checks whether the provider made the request.
    fn verify(&self, request: &Request<'_>, keyring: &Keyring) -> Verification;

    /// Reads what the request says. Does not depend on the verdict.
    fn parse(&self, request: &Request<'_>) -> Parsed;

    /// The end of a secret, by which people tell it from others: its last four characters, those before the end marker of
    /// a PEM. Nothing of a secret that is so short that four would give too much away.
    fn hint(&self, value: &str) -> String {
        let kind = self.about().secret.as_ref().map(|secret| secret.kind);
        let without_breaks: String;
        let shown = match value.split_once("-----END") {
            Some((before, _)) if kind == Some(KeyKind::PublicKey) => {
                without_breaks = before.split_whitespace().collect();
                &without_breaks
            }
            _ => value.trim(),
        };
        if shown.chars().count() < SHORTEST_HINTED {
            return String::new();
        }
        let from = shown.char_indices().nth_back(3).map_or(0, |(at, _)| at);
        shown[from..].to_owned()
    }

    /// The API that can be asked again for what a webhook tells of, where there is one.
    fn api(&self) -> Option<&'static dyn Api> {
        None
    }

    /// What the provider's headers say about this delivery.
    fn delivery_notes(&self, _headers: &HeaderMap) -> DeliveryNotes {
        DeliveryNotes::default()
    }
}

impl std::fmt::Debug for dyn Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.about().key)
    }
}

/// The registry, in the order in which lists show them.
pub static ALL: &[&'static dyn Provider] = &[
    &persona::Persona,
    &authento::Authento,
    &case_keeper::CaseKeeper,
    &pleenk::Pleenk,
    &peleza::Peleza,
    &standard_webhooks::StandardWebhooks,
];

/// The provider of that key, such as `case_keeper`.
pub fn find(key: &ProviderKey) -> Option<&'static dyn Provider> {
    ALL.iter().copied().find(|provider| provider.about().key == key.as_str())
}
