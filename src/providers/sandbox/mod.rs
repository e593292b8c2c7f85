//! Stand-ins of the providers: they make their own keys, tell of made-up people and sign as the provider would.
//!
//! The cast: a [`StandIn`] for each provider makes [`Keys`] and tells the story of one [`Person`] as webhooks
//! ([`Told`]), which it signs when they are sent ([`StandIn::sign`]). [`Traffic`] mixes the stories of many people at
//! many providers into what an endpoint gets to see, the unpleasant included. [`api`] has stand-ins of their APIs, which know
//! what the traffic tells.
//!
//! Promises:
//! - nothing here reaches a network or a clock: times come in, and the same seed gives the same traffic;
//! - what is genuine verifies with the module of the provider that it stands in for;
//! - nobody in it exists: names and references are put together from lists.

pub mod api;

mod authento;
mod case_keeper;
mod course;
mod keys;
mod peleza;
mod person;
mod persona;
mod pleenk;
mod standard_webhooks;
#[cfg(test)]
mod tests;
mod traffic;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use model::{ProviderKey, Timestamp};

use super::Provider;

pub use course::Course;
pub use keys::Keys;
pub use person::Person;
pub use traffic::{Note, Pace, Sent, Source, Traffic};

/// The source of randomness. Seed it, and everything that is made with it can be made again.
pub type Random = rand::rngs::StdRng;

/// Does what a provider does.
pub trait StandIn: Send + Sync + 'static {
    /// Whom it stands in for.
    fn provider(&self) -> &'static dyn Provider;

    /// A pair of what an endpoint is told and what webhooks are signed with.
    fn make_keys(&self, random: &mut Random) -> Keys;

    /// What happens to one person, as webhooks in the order of their times. At least one.
    fn story(&self, person: &Person, course: &mut Course<'_>) -> Vec<Told>;

    /// The headers of one try to deliver a webhook with this body.
    fn sign(&self, keys: &Keys, id: &str, body: &[u8], attempt: Attempt) -> HeaderMap;

    /// Whether a signature holds its time, so that it can be too old.
    fn signs_time(&self) -> bool {
        false
    }

    /// How long after a try that got no 200 the next one comes, in seconds.
    fn redelivery_delays(&self) -> &'static [u32] {
        self.provider().about().retry_schedule.unwrap_or_default()
    }
}

/// A webhook before it is signed: signing it again for another try must not change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When the provider sends it first.
    pub at: Timestamp,
    /// What names it, for a provider that sends such a thing in a header.
    pub id: String,
    pub body: Vec<u8>,
}

/// One try to deliver a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    pub at: Timestamp,
    pub first_at: Timestamp,
}

impl Attempt {
    pub fn first(at: Timestamp) -> Self {
        Self {
            number: 1,
            at,
            first_at: at,
        }
    }
}

/// The stand-ins, in the order of the providers' registry.
pub static ALL: &[&'static dyn StandIn] = &[
    &persona::Persona,
    &authento::Authento,
    &case_keeper::CaseKeeper,
    &pleenk::Pleenk,
    &peleza::Peleza,
    &standard_webhooks::StandardWebhooks,
];

/// Who stands in for the provider of that key.
pub fn find(key: &ProviderKey) -> Option<&'static dyn StandIn> {
    ALL.iter()
        .copied()
        .find(|stand_in| stand_in.provider().about().key == key.as_str())
}

impl std::fmt::Debug for dyn StandIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the stand-in of {}", self.provider().about().title)
    }
}

/// The headers of a JSON body and these.
fn headers<const N: usize>(more: [(&'static str, String); N]) -> HeaderMap {
    let json = (
        HeaderName::from_static("content-type"),
        HeaderValue::from_static("application/json"),
    );
    let more = more.into_iter().map(|(name, value)| {
        let value = HeaderValue::try_from(value).expect("stand-ins write only visible ASCII");
        (HeaderName::from_static(name), value)
    });
    std::iter::once(json).chain(more).collect()
}

/// A body as most serialisers write it.
fn compact(body: &serde_json::Value) -> Vec<u8> {
    body.to_string().into_bytes()
}

/// A body that is indented by two spaces.
fn indented(body: &serde_json::Value) -> Vec<u8> {
    format!("{body:#}").into_bytes()
}
