//! Tokens that a provider's API is asked with, kept until they end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::{EndpointId, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex as AsyncMutex;

/// How long before its end a token is not used any more, in seconds: it has to last until the request arrives.
const MARGIN_SECONDS: i64 = 30;

/// The token of each endpoint. Whoever needs one that is just being asked for waits for it instead of asking as well.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<EndpointId, Slot>>);

/// Where an endpoint's token is kept.
pub(super) type Slot = Arc<AsyncMutex<Option<KeptToken>>>;

pub(super) struct KeptToken {
    pub(super) value: SecretString,
    pub(super) source: Source,
    /// When it is not used any more.
    pub(super) ends_at: Timestamp,
}

/// What a token was asked for with: with other credentials it has to be another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Source([u8; 32]);

/// What an address that gives tokens answers (RFC 6749, 5.1).
#[derive(Deserialize)]
struct Given {
    access_token: SecretString,
    #[serde(default)]
    expires_in: Value,
}

impl Tokens {
    pub(super) fn slot(&self, endpoint: EndpointId) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(endpoint).or_default())
    }
}

impl Source {
    pub(super) fn of(url: &str, form: &str) -> Self {
        let parts = [url.as_bytes(), &[0], form.as_bytes()];
        Self(parts.iter().fold(Sha256::new(), Digest::chain_update).finalize().into())
    }
}

impl KeptToken {
    /// Reads the answer that was asked for at `asked_at`. One that does not say when it ends is used once.
    pub(super) fn read(body: &[u8], source: Source, asked_at: Timestamp) -> Option<Self> {
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

    pub(super) fn is_usable(&self, source: Source, now: Timestamp) -> bool {
        self.source == source && now < self.ends_at
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

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
