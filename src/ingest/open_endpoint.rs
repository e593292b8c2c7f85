//! An endpoint as the door needs it: its secrets opened, its rate counted.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use zeroize::Zeroizing;

use crate::accounts::secrets::{Purpose, SealingKey};
use crate::delivery::NotOpened;
use crate::providers::{self, Keyring, Provider, SecretShape, SigningSecret, StaticHeader};
use crate::store::{Endpoint, SealedSecret, StoreError};

/// Why the endpoints cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Destination(#[from] NotOpened),
    #[error("endpoint `{endpoint}` is of provider `{provider}`, which this version does not know")]
    UnknownProvider { endpoint: String, provider: String },
    #[error("the key file is not the one that sealed `{what}` of endpoint `{endpoint}`")]
    WrongKey { endpoint: String, what: String },
    #[error("`{label}` of endpoint `{endpoint}` cannot be read: {shape}")]
    Secret {
        endpoint: String,
        label: String,
        shape: SecretShape,
    },
}

/// An endpoint with its secrets opened.
#[derive(Debug)]
pub struct OpenEndpoint {
    pub stored: Endpoint,
    pub provider: &'static dyn Provider,
    pub keyring: Keyring,
    /// Whether there is something to ask the provider's API with.
    pub has_credentials: bool,
    limiter: Option<Arc<DefaultDirectRateLimiter>>,
}

impl OpenEndpoint {
    /// Opens an endpoint's secrets. `earlier` is the endpoint as it was before, whose allowance it keeps.
    pub fn open(
        stored: Endpoint,
        sealed: Vec<SealedSecret>,
        key: &SealingKey,
        earlier: Option<&Self>,
    ) -> Result<Self, DirectoryError> {
        let provider = providers::find(&stored.provider).ok_or_else(|| DirectoryError::UnknownProvider {
            endpoint: stored.name.clone(),
            provider: stored.provider.to_string(),
        })?;
        let secrets = sealed
            .into_iter()
            .map(|secret| open_secret(&stored, provider, secret, key))
            .collect::<Result<_, _>>()?;
        let static_header = open_static_header(&stored, key)?;
        let keyring = Keyring {
            secrets,
            digest_mode: stored.digest_mode,
            static_header,
        };
        Ok(Self {
            limiter: limiter(&stored, earlier),
            stored,
            provider,
            keyring,
            has_credentials: false,
        })
    }

    #[must_use]
    pub fn with_credentials(self, has_credentials: bool) -> Self {
        Self { has_credentials, ..self }
    }

    /// Whether the endpoint's networks, if it names any, contain the address.
    pub fn expects(&self, peer: IpAddr) -> bool {
        self.stored.networks.is_empty() || self.stored.networks.iter().any(|network| network.contains(&peer))
    }

    /// Counts one webhook against the rate limit. `Err` says how long to wait.
    pub fn admit(&self) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        limiter
            .check()
            .map_err(|not_until| not_until.wait_time_from(governor::clock::Clock::now(limiter.clock())))
    }
}

fn open_secret(
    endpoint: &Endpoint,
    provider: &dyn Provider,
    secret: SealedSecret,
    key: &SealingKey,
) -> Result<SigningSecret, DirectoryError> {
    let value = unseal(
        endpoint,
        &secret.label,
        secret.id.0,
        Purpose::Secret,
        &secret.sealed_value,
        key,
    )?;
    let read = provider.read_secret(&value).map_err(|shape| DirectoryError::Secret {
        endpoint: endpoint.name.clone(),
        label: secret.label.clone(),
        shape,
    })?;
    Ok(SigningSecret {
        id: secret.id,
        label: secret.label,
        key: read,
        not_before: secret.not_before,
        expires_at: secret.expires_at,
    })
}

/// The endpoint's static header, if it has one, with its value opened.
pub(crate) fn open_static_header(endpoint: &Endpoint, key: &SealingKey) -> Result<Option<StaticHeader>, DirectoryError> {
    let Some(header) = &endpoint.static_header else {
        return Ok(None);
    };
    let value = unseal(
        endpoint,
        &header.name,
        endpoint.id.0,
        Purpose::StaticHeader,
        &header.sealed_value,
        key,
    )?;
    let name = header.name.clone();
    Ok(Some(StaticHeader { name, value }))
}

fn unseal(
    endpoint: &Endpoint,
    what: &str,
    record: uuid::Uuid,
    purpose: Purpose,
    sealed: &[u8],
    key: &SealingKey,
) -> Result<Zeroizing<String>, DirectoryError> {
    let wrong_key = || DirectoryError::WrongKey {
        endpoint: endpoint.name.clone(),
        what: what.to_owned(),
    };
    let value = key.open(record, purpose, sealed).map_err(|_| wrong_key())?;
    std::str::from_utf8(&value)
        .map(|text| Zeroizing::new(text.to_owned()))
        .map_err(|_| wrong_key())
}

/// The limiter of the endpoint's rate. One that was there before is kept, so that a change elsewhere does not give every
/// sender a fresh allowance.
fn limiter(endpoint: &Endpoint, earlier: Option<&OpenEndpoint>) -> Option<Arc<DefaultDirectRateLimiter>> {
    let rate = NonZeroU32::new(endpoint.rate_limit?)?;
    earlier
        .filter(|earlier| earlier.stored.rate_limit == endpoint.rate_limit)
        .and_then(|earlier| earlier.limiter.clone())
        .or_else(|| Some(Arc::new(RateLimiter::direct(Quota::per_second(rate)))))
}
