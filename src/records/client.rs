//! Asks a provider's API, and whatever comes of it has a name.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use hyper::header::{ACCEPT, HeaderValue, USER_AGENT};
use model::{EndpointId, Environment, Failure, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::pace::{Allowance, Paces};
use super::token::Tokens;
use crate::clock::Clock;
use crate::delivery::{Answer, Client, Fetched, OUR_NAME, Outgoing};
use crate::providers::api::Login;
use crate::providers::{Api, Credentials};

/// The longest record in bytes.
pub const MAX_RECORD: usize = 8 * 1024 * 1024;

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Asks providers' APIs for records.
pub struct RecordClient {
    http: Client,
    clock: Arc<dyn Clock>,
    tokens: Tokens,
    paces: Paces,
}

/// How an endpoint's provider is asked. Has no `Debug`, as it holds the credentials.
pub struct Access {
    pub endpoint: EndpointId,
    pub api: &'static dyn Api,
    pub environment: Environment,
    pub credentials: BTreeMap<String, SecretString>,
    /// In place of the provider's documented address.
    pub base_url: Option<String>,
    /// The same for the address that gives tokens.
    pub token_url: Option<String>,
}

/// A record as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// What was asked. There is no secret in it.
    pub url: String,
    pub asked_at: Timestamp,
    pub duration: Duration,
    pub status: u16,
    pub body: Bytes,
    /// What the body says.
    pub record: Value,
}

/// Why there is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{failure} at {url}")]
pub struct Unanswered {
    pub failure: Failure,
    /// What was asked last: the address that gives tokens, where that failed.
    pub url: String,
    pub asked_at: Timestamp,
    pub duration: Duration,
    /// `None` when no answer began, or nothing was sent.
    pub status: Option<u16>,
    /// The time before which the provider does not want to be asked again, where it is known.
    pub retry_at: Option<Timestamp>,
}

impl Access {
    /// The address of a path. What is signed has to be what is sent, so it is made once, in the form in which it is sent.
    fn url(&self, path: &str) -> Option<Url> {
        let base = self.base_url();
        let is_plain = !base.contains(['?', '#']);
        is_plain.then(|| Url::parse(&format!("{base}{path}")).ok()).flatten()
    }

    /// The address of a path as it is told to people. There is no secret in it.
    pub(super) fn shown_url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url())
    }

    fn base_url(&self) -> &str {
        let documented = || self.api.base_url(self.environment);
        self.base_url.as_deref().unwrap_or_else(documented).trim_end_matches('/')
    }

    pub(super) fn token_url(&self) -> Option<&str> {
        self.token_url.as_deref().or_else(|| self.api.token_url(self.environment))
    }

    pub(super) fn credentials(&self) -> Credentials<'_> {
        Credentials::new(&self.credentials)
    }
}

impl Unanswered {
    /// Nothing was sent, as it would have been more than the provider allows. Nothing went wrong, and it can be tried again
    /// at `retry_at`.
    pub fn was_held_back(&self) -> bool {
        self.failure == Failure::RateLimited && self.status.is_none()
    }

    pub(super) fn not_sent(failure: Failure, url: &str, now: Timestamp) -> Self {
        Self {
            failure,
            url: url.to_owned(),
            asked_at: now,
            duration: Duration::ZERO,
            status: None,
            retry_at: None,
        }
    }

    pub(super) fn of(failure: Failure, url: &str, asked_at: Timestamp, answer: &Answer) -> Self {
        Self {
            failure,
            url: url.to_owned(),
            asked_at,
            duration: answer.duration,
            status: answer.status,
            retry_at: None,
        }
    }
}

impl RecordClient {
    pub fn new(http: Client, clock: Arc<dyn Clock>) -> Self {
        Self {
            http,
            clock,
            tokens: Tokens::default(),
            paces: Paces::default(),
        }
    }

    /// Asks for a path such as [`crate::providers::Asked::path`]. Never waits for its turn: what would come too fast is held
    /// back ([`Unanswered::was_held_back`]).
    pub async fn fetch(&self, access: &Access, path: &str) -> Result<Answered, Unanswered> {
        let Some(url) = access.url(path) else {
            let url = access.shown_url(path);
            return Err(Unanswered::not_sent(Failure::UrlNotAllowed, &url, self.clock.now()));
        };
        let Some(token) = self.tokens.token(&self.http, &*self.clock, access, None).await? else {
            return self.ask(access, &url, None).await;
        };
        let answered = self.ask(access, &url, Some(&token.value)).await;
        // Whoever gave the token may have taken it back since.
        let is_refused = matches!(&answered, Err(refused) if refused.failure == Failure::Unauthorized);
        if !is_refused || token.is_new {
            return answered;
        }
        match self
            .tokens
            .token(&self.http, &*self.clock, access, Some(&token.value))
            .await?
        {
            Some(renewed) => self.ask(access, &url, Some(&renewed.value)).await,
            None => answered,
        }
    }

    async fn ask(&self, access: &Access, url: &Url, token: Option<&SecretString>) -> Result<Answered, Unanswered> {
        let mut may_repeat = true;
        loop {
            let asked_at = self.clock.now();
            let request = self.question(access, url, token, asked_at)?;
            let Fetched { answer, body } = self.http.fetch(request, MAX_RECORD).await;
            if is_lost(&answer) && std::mem::take(&mut may_repeat) {
                continue;
            }
            let retry_at = self.learn(access, &answer);
            let failed = |failure| Unanswered {
                retry_at,
                ..Unanswered::of(failure, url.as_str(), asked_at, &answer)
            };
            if let Some(failure) = failure_of(&answer) {
                return Err(failed(failure));
            }
            let record = serde_json::from_slice(&body).map_err(|_| failed(Failure::BadAnswer))?;
            if !access.api.is_record(&record) {
                return Err(failed(Failure::BadAnswer));
            }
            return Ok(Answered {
                url: url.to_string(),
                asked_at,
                duration: answer.duration,
                status: answer.status.unwrap_or_default(),
                body,
                record,
            });
        }
    }

    /// The request, provided that it may be made now.
    fn question(&self, access: &Access, url: &Url, token: Option<&SecretString>, now: Timestamp) -> Result<Outgoing, Unanswered> {
        let not_sent = |failure| Unanswered::not_sent(failure, url.as_str(), now);
        let login = Login {
            url,
            credentials: access.credentials(),
            token: token.map(ExposeSecret::expose_secret),
            now,
        };
        let headers = access.api.headers(&login);
        let mut headers = headers.map_err(|_| not_sent(Failure::NoCredentials))?;
        headers.insert(ACCEPT, JSON);
        headers.insert(USER_AGENT, HeaderValue::from_static(OUR_NAME));
        let turn = self.paces.take(access.endpoint, access.api.requests_per_second(), now);
        turn.map_err(|retry_at| Unanswered {
            retry_at: Some(retry_at),
            ..not_sent(Failure::RateLimited)
        })?;
        Ok(Outgoing {
            method: Method::GET,
            url: url.to_string(),
            headers,
            body: Bytes::new(),
        })
    }

    /// Notes what the answer says of how fast the provider may be asked, and gives the time before which it is not.
    fn learn(&self, access: &Access, answer: &Answer) -> Option<Timestamp> {
        let now = self.clock.now();
        let header = |name: &str| answer.response_headers.iter().find(|(found, _)| found == name);
        let number = |name: &str| header(name).and_then(|(_, value)| value.trim().parse::<u32>().ok());
        let allowance = Allowance {
            is_used_up: answer.status == Some(429),
            retry_at: answer.retry_after.map(|retry_after| retry_after.due(now)),
            remaining: number("ratelimit-remaining"),
            reset_at: number("ratelimit-reset").map(|seconds| now.plus_seconds(seconds.into())),
        };
        let paused_until = self.paces.learn(access.endpoint, allowance, now);
        paused_until.or(allowance.retry_at)
    }
}

/// Whether the connection was closed before anything came back. What is asked here may then be asked once more.
pub(super) fn is_lost(answer: &Answer) -> bool {
    answer.failure == Some(Failure::ConnectionClosed) && answer.status.is_none()
}

/// The failure of an attempt, with the statuses that mean something of their own to an API.
pub(super) fn failure_of(answer: &Answer) -> Option<Failure> {
    match (answer.failure?, answer.status) {
        (Failure::Status, Some(401)) => Some(Failure::Unauthorized),
        (Failure::Status, Some(403)) => Some(Failure::Forbidden),
        (Failure::Status, Some(404)) => Some(Failure::NotFound),
        (Failure::Status, Some(429)) => Some(Failure::RateLimited),
        (failure, _) => Some(failure),
    }
}
