//! Tokens that a provider's API is asked with, kept until they end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hyper::Method;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use model::{EndpointId, Failure, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex as AsyncMutex;

use super::client::{Access, JSON, Unanswered, failure_of, is_lost};
use crate::clock::Clock;
use crate::delivery::{Client, Fetched, OUR_NAME, Outgoing};

/// How long before its end a token is not used any more, in seconds: it has to last until the request arrives.
const MARGIN_SECONDS: i64 = 30;

/// The longest answer of an address that gives tokens, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// The token of each endpoint. Whoever needs one that is just being asked for waits for it instead of asking as well.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<EndpointId, Slot>>);

/// A token, and whether it was asked for just now.
pub(super) struct Token {
    pub(super) value: SecretString,
    pub(super) is_new: bool,
}

/// Where an endpoint's token is kept.
type Slot = Arc<AsyncMutex<Option<KeptToken>>>;

struct KeptToken {
    value: SecretString,
    source: Source,
    /// When it is not used any more.
    ends_at: Timestamp,
}

/// What a token was asked for with: with other credentials it has to be another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Source([u8; 32]);

/// What an address that gives tokens answers (RFC 6749, 5.1).
#[derive(Deserialize)]
struct Given {
    access_token: SecretString,
    #[serde(default)]
    expires_in: Value,
}

impl Tokens {
    /// The endpoint's token, where its provider has tokens: the one that is kept, unless it was `refused`, or a new one.
    pub(super) async fn token(
        &self,
        http: &Client,
        clock: &dyn Clock,
        access: &Access,
        refused: Option<&SecretString>,
    ) -> Result<Option<Token>, Unanswered> {
        let (Some(url), Some(form)) = (access.token_url(), access.api.token_form(access.credentials())) else {
            return Ok(None);
        };
        let form = form.map_err(|_| Unanswered::not_sent(Failure::NoCredentials, url, clock.now()))?;
        let source = Source::of(url, form.expose_secret());
        let slot = self.slot(access.endpoint);
        let mut kept = slot.lock().await;
        let refused = refused.map(ExposeSecret::expose_secret);
        let is_good = |token: &&KeptToken| token.is_usable(source, clock.now()) && refused != Some(token.value.expose_secret());
        if let Some(token) = kept.as_ref().filter(is_good) {
            let value = token.value.clone();
            return Ok(Some(Token { value, is_new: false }));
        }
        *kept = None;
        let token = ask(http, clock, url, &form, source).await?;
        let value = kept.insert(token).value.clone();
        Ok(Some(Token { value, is_new: true }))
    }

    fn slot(&self, endpoint: EndpointId) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(endpoint).or_default())
    }
}

/// Asks for a token, once more where nothing came back: one that was given and got lost does no harm.
async fn ask(http: &Client, clock: &dyn Clock, url: &str, form: &SecretString, source: Source) -> Result<KeptToken, Unanswered> {
    let headers = [
        (CONTENT_TYPE, FORM),
        (ACCEPT, JSON),
        (USER_AGENT, HeaderValue::from_static(OUR_NAME)),
    ];
    let mut may_repeat = true;
    loop {
        let asked_at = clock.now();
        let request = Outgoing {
            method: Method::POST,
            url: url.to_owned(),
            headers: headers.clone().into_iter().collect(),
            body: Bytes::from(form.expose_secret().to_owned()),
        };
        let Fetched { answer, body } = http.fetch(request, MAX_ANSWER).await;
        if is_lost(&answer) && std::mem::take(&mut may_repeat) {
            continue;
        }
        let failed = |failure| Unanswered {
            retry_at: answer.retry_after.map(|retry_after| retry_after.due(clock.now())),
            ..Unanswered::of(failure, url, asked_at, &answer)
        };
        return match failure_of(&answer) {
            None => KeptToken::read(&body, source, asked_at).ok_or_else(|| failed(Failure::TokenFailed)),
            Some(Failure::Status | Failure::NotFound | Failure::Forbidden | Failure::Redirect) => {
                Err(failed(Failure::TokenFailed))
            }
            // Credentials that are wrong are wrong, and a network that fails fails, whoever is asked.
            Some(failure) => Err(failed(failure)),
        };
    }
}

impl Source {
    fn of(url: &str, form: &str) -> Self {
        let parts = [url.as_bytes(), &[0], form.as_bytes()];
        Self(parts.iter().fold(Sha256::new(), Digest::chain_update).finalize().into())
    }
}

impl KeptToken {
    /// Reads the answer that was asked for at `asked_at`. One that does not say when it ends is used once.
    fn read(body: &[u8], source: Source, asked_at: Timestamp) -> Option<Self> {
        let given: Given = serde_json::from_slice(body).ok()?;
        let seconds = match &given.expires_in {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        Some(Self {
            value: given.access_token,
            source,
            ends_at: asked_at.plus_seconds(seconds.unwrap_or(0).saturating_sub(MARGIN_SECONDS)),
        })
    }

    fn is_usable(&self, source: Source, now: Timestamp) -> bool {
        self.source == source && now < self.ends_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_with_its_end() {
        let asked_at = Timestamp::from_seconds(1_000).expect("in range");
        let check = |body: &str, expected: Option<(&str, i64)>| {
            let token = KeptToken::read(body.as_bytes(), Source::of("https://t.example", "a=b"), asked_at);
            let found = token
                .as_ref()
                .map(|token| (token.value.expose_secret(), token.ends_at.as_seconds()));
            assert_eq!(found, expected, "{body}");
        };
        check(
            r#"{"access_token": "t", "expires_in": 300, "token_type": "Bearer"}"#,
            Some(("t", 1_270)),
        );
        check(r#"{"access_token": "t", "expires_in": "60"}"#, Some(("t", 1_030)));
        check(r#"{"access_token": "t", "expires_in": 20}"#, Some(("t", 990)));
        check(r#"{"access_token": "t"}"#, Some(("t", 970)));
        check(r#"{"access_token": 1}"#, None);
        check(r#"{"error": "invalid_client"}"#, None);
        check("<html>", None);
    }

    #[test]
    fn a_token_is_used_until_it_ends_and_only_with_what_it_was_asked_for_with() {
        let at = |seconds| Timestamp::from_seconds(seconds).expect("in range");
        let source = Source::of("https://t.example", "a=b");
        let token = KeptToken::read(br#"{"access_token": "t", "expires_in": 300}"#, source, at(0)).expect("a token");
        assert!(token.is_usable(source, at(0)) && token.is_usable(source, at(269)));
        assert!(!token.is_usable(source, at(270)));
        assert!(!token.is_usable(Source::of("https://t.example", "a=c"), at(0)));
        assert!(!token.is_usable(Source::of("https://other.example", "a=b"), at(0)));
    }
}
