//! Stand-ins of the providers' APIs: what was told by webhooks can be asked for here, as at the provider.
//!
//! The cast: [`Apis`] is told every story ([`Apis::learn`]) and answers questions about it ([`Apis::answer`]), each provider
//! in its own file. [`router`] puts that behind HTTP.
//!
//! Promises:
//! - a record agrees with the webhooks that were told of it, and is at every moment as far as the story is by then;
//! - what the provider refuses is refused: wrong credentials, ids that nobody told of, too many requests, links that ended;
//! - as in all of the sandbox the time comes in: whoever turns the clock sees records change and links end.

mod authento;
mod case_keeper;
mod known;
mod persona;
mod serve;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use bytes::Bytes;
use model::{ProviderKey, Timestamp};
use rand::SeedableRng;
use serde_json::Value;

use super::{Person, Random, Told};

pub use serve::router;

/// The APIs of all providers that have one.
pub struct Apis {
    /// Where they are served, without a slash at the end.
    base: String,
    stand_ins: Mutex<Vec<Box<dyn ApiStandIn>>>,
}

/// What an endpoint is told so that it can ask. Has no `Debug`, as it holds the credentials.
#[derive(Clone)]
pub struct ApiAccess {
    /// By the names that the provider's description has.
    pub credentials: BTreeMap<&'static str, String>,
    pub base_url: String,
    pub token_url: Option<String>,
}

/// A request as it came.
pub struct Question {
    pub method: Method,
    /// As it was asked for, query included.
    pub url: String,
    /// Without the folder that the provider is served under.
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub now: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Does what one provider's API does.
trait ApiStandIn: Send {
    /// The provider's key, which is also the folder that it is served under.
    fn provider(&self) -> &'static str;

    /// `folder` is where it is served.
    fn access(&self, folder: &str) -> ApiAccess;

    /// Takes in what is told, and gives it back as it goes out.
    fn learn(&mut self, person: &Person, told: Told, folder: &str) -> Told;

    fn answer(&mut self, question: &Question) -> Reply;

    /// How many seconds presigned links live from now on, where there are any.
    fn set_link_life(&mut self, _seconds: u32) {}
}

impl Apis {
    /// Served at `base`, such as `http://127.0.0.1:3200`. The same seed makes the same credentials.
    pub fn new(base: &str, seed: [u8; 32]) -> Self {
        let mut random = Random::from_seed(seed);
        Self {
            base: base.trim_end_matches('/').to_owned(),
            stand_ins: Mutex::new(vec![
                Box::new(persona::PersonaApi::new(&mut random)),
                Box::new(authento::AuthentoApi::new(&mut random)),
                Box::new(case_keeper::CaseKeeperApi::new(&mut random)),
            ]),
        }
    }

    /// How that provider's API is asked here; `None` for one without an API.
    pub fn access(&self, provider: &ProviderKey) -> Option<ApiAccess> {
        self.with(provider.as_str(), |stand_in, folder| stand_in.access(folder))
    }

    /// How many seconds presigned links live that are made from now on.
    pub fn set_link_life(&self, seconds: u32) {
        for stand_in in self.stand_ins.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            stand_in.set_link_life(seconds);
        }
    }

    /// Takes in a webhook before it is sent, also one whose time has not come yet. Gives it back with links that lead here.
    pub fn learn(&self, provider: &str, person: &Person, told: Told) -> Told {
        let kept = told.clone();
        let learned = self.with(provider, |stand_in, folder| stand_in.learn(person, told, folder));
        learned.unwrap_or(kept)
    }

    /// Answers a question whose path begins with the provider's folder.
    pub fn answer(&self, mut question: Question) -> Reply {
        let Some((provider, path)) = question.path.trim_start_matches('/').split_once('/') else {
            return Reply::of(StatusCode::NOT_FOUND);
        };
        let (provider, path) = (provider.to_owned(), format!("/{path}"));
        question.path = path;
        let answered = self.with(&provider, |stand_in, _| stand_in.answer(&question));
        answered.unwrap_or_else(|| Reply::of(StatusCode::NOT_FOUND))
    }

    /// What whoever asks for a path asks for.
    fn url_of(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.base)
    }

    fn with<T>(&self, provider: &str, act: impl FnOnce(&mut dyn ApiStandIn, &str) -> T) -> Option<T> {
        let mut stand_ins = self.stand_ins.lock().unwrap_or_else(PoisonError::into_inner);
        let stand_in = stand_ins.iter_mut().find(|stand_in| stand_in.provider() == provider)?;
        let folder = format!("{}/{provider}", self.base);
        Some(act(stand_in.as_mut(), &folder))
    }
}

impl std::fmt::Debug for Apis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the APIs at {}", self.base)
    }
}

impl Question {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    fn bearer(&self) -> Option<&str> {
        self.header("authorization").and_then(|value| value.strip_prefix("Bearer "))
    }
}

impl Reply {
    fn of(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    fn json(status: StatusCode, body: &Value) -> Self {
        Self::with_type(status, "application/json", body.to_string().into_bytes())
    }

    fn with_type(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]);
        Self { status, headers, body }
    }

    fn header(mut self, name: &'static str, value: i64) -> Self {
        self.headers.insert(HeaderName::from_static(name), value.into());
        self
    }
}
