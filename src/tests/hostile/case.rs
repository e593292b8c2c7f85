use axum::http::{HeaderMap, HeaderName, HeaderValue};
use hookproof::providers::{self, Keyring, Provider, SigningSecret, StaticHeader};
use model::SecretId;
use uuid::Uuid;

use super::support::Case;

/// A vector as a provider's module gets to see it.
impl Case {
    pub fn provider(&self) -> &'static dyn Provider {
        providers::find(&self.endpoint.provider).unwrap_or_else(|| panic!("no provider {}", self.endpoint.provider))
    }

    pub fn keyring(&self) -> Keyring {
        let secret = |(place, value): (usize, &String)| SigningSecret {
            id: SecretId(Uuid::from_u128(place as u128)),
            label: format!("secret {place}"),
            key: self
                .provider()
                .read_secret(value)
                .unwrap_or_else(|shape| panic!("{}: {shape}", self.name)),
            not_before: None,
            expires_at: None,
        };
        Keyring {
            secrets: self
                .endpoint
                .secrets
                .iter()
                .chain(&self.endpoint.public_keys)
                .enumerate()
                .map(secret)
                .collect(),
            digest_mode: self.endpoint.digest_mode,
            static_header: self.endpoint.static_header.as_ref().map(|header| StaticHeader {
                name: header.name.to_ascii_lowercase(),
                value: header.value.clone().into(),
            }),
        }
    }

    pub fn headers(&self) -> HeaderMap {
        self.request
            .headers
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::from_bytes(name.as_bytes()).expect("a header name");
                (name, HeaderValue::from_bytes(value.as_bytes()).expect("a header value"))
            })
            .collect()
    }
}
