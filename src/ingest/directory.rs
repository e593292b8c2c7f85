//! Which endpoint a token belongs to, and what it checks signatures with: kept in memory, because every request asks.
//!
//! Another process (the command line, another node) may change endpoints at any time. The store's
//! `endpoints_version` says when to read them again: once a second, and at once when an unknown token comes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use model::EndpointId;
use tokio::sync::Mutex;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::accounts::secrets::SealingKey;
use crate::providers::{self, Keyring, Provider, SecretShape, SigningSecret, StaticHeader};
use crate::store::{Endpoint, SealedSecret, Store, StoreError};

/// How often changes made elsewhere are looked for.
const REFRESH_INTERVAL: Duration = Duration::from_secs(1);

/// How long lies between two looks that unknown tokens cause, so that guessing tokens costs the database nothing worth
/// naming. An unknown token waits for its look: an endpoint that was added a moment ago must not lose a webhook.
const MISS_INTERVAL: Duration = Duration::from_millis(100);

/// Why the endpoints cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error(transparent)]
    Store(#[from] StoreError),
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
    limiter: Option<Arc<DefaultDirectRateLimiter>>,
}

impl OpenEndpoint {
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

/// Whether there is such an endpoint cannot be told now; the reason is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the endpoint cannot be looked up now")]
pub struct NotKnown;

/// `None` stands for an endpoint that is there but cannot be opened, as another process changed it.
type Tokens = HashMap<String, Option<Arc<OpenEndpoint>>>;

/// The endpoints by token.
pub struct Directory {
    store: Arc<dyn Store>,
    key: Arc<SealingKey>,
    tokens: RwLock<Arc<Tokens>>,
    freshness: Mutex<Freshness>,
}

struct Freshness {
    version: i64,
    checked_at: Instant,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Directory({} endpoints)", self.tokens().len())
    }
}

impl Directory {
    /// Reads all endpoints and opens all secrets, so that a wrong key stops the start instead of a request.
    pub async fn load(store: Arc<dyn Store>, key: Arc<SealingKey>) -> Result<Self, DirectoryError> {
        // The version is read first: a change that comes in between is then read twice instead of never.
        let version = store.endpoints_version().await?;
        let tokens = open_all(store.as_ref(), &key, &Tokens::new(), Err).await?;
        Ok(Self {
            store,
            key,
            tokens: RwLock::new(Arc::new(tokens)),
            freshness: Mutex::new(Freshness {
                version,
                checked_at: Instant::now(),
            }),
        })
    }

    /// The endpoint of a token, enabled or not; `None` when there is none.
    pub async fn find(&self, token: &str) -> Result<Option<Arc<OpenEndpoint>>, NotKnown> {
        if let Some(known) = self.tokens().get(token) {
            return known.clone().map(Some).ok_or(NotKnown);
        }
        if let Err(error) = self.look_again(Instant::now()).await {
            tracing::error!(%error, "endpoints not read again");
            return Err(NotKnown);
        }
        match self.tokens().get(token) {
            Some(known) => known.clone().map(Some).ok_or(NotKnown),
            None => Ok(None),
        }
    }

    /// Looks for changes once a second, for as long as it is polled.
    pub async fn keep_fresh(&self) {
        let mut ticks = tokio::time::interval(REFRESH_INTERVAL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // What was read before still stands; the next tick tries again.
            if let Err(error) = self.refresh().await {
                tracing::error!(%error, "endpoints not read again");
            }
        }
    }

    /// Reads the endpoints again if they changed.
    pub async fn refresh(&self) -> Result<(), DirectoryError> {
        self.check(&mut *self.freshness.lock().await).await
    }

    /// Makes sure that a look was taken after `asked_at`. Those who ask at once share one look.
    async fn look_again(&self, asked_at: Instant) -> Result<(), DirectoryError> {
        let mut freshness = self.freshness.lock().await;
        if freshness.checked_at > asked_at {
            return Ok(());
        }
        tokio::time::sleep_until(freshness.checked_at + MISS_INTERVAL).await;
        self.check(&mut freshness).await
    }

    async fn check(&self, freshness: &mut Freshness) -> Result<(), DirectoryError> {
        freshness.checked_at = Instant::now();
        let version = self.store.endpoints_version().await?;
        if version != freshness.version {
            let before = self.tokens();
            let tokens = open_all(self.store.as_ref(), &self.key, &before, |error| {
                tracing::error!(%error, "an endpoint is served as it was before, or not at all");
                Ok(())
            });
            let tokens = tokens.await?;
            *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tokens);
            freshness.version = version;
        }
        Ok(())
    }

    fn tokens(&self) -> Arc<Tokens> {
        Arc::clone(&self.tokens.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Opens all endpoints. One that does not open stays as it was before, if `tolerate` takes the error.
async fn open_all(
    store: &dyn Store,
    key: &SealingKey,
    before: &Tokens,
    tolerate: impl Fn(DirectoryError) -> Result<(), DirectoryError>,
) -> Result<Tokens, DirectoryError> {
    let mut secrets: HashMap<EndpointId, Vec<SealedSecret>> = HashMap::new();
    for secret in store.secrets().await? {
        secrets.entry(secret.endpoint_id).or_default().push(secret);
    }
    let mut tokens = Tokens::new();
    for endpoint in store.endpoints().await? {
        let secrets = secrets.remove(&endpoint.id).unwrap_or_default();
        let token = endpoint.token.clone();
        let earlier = before.get(&token).cloned().flatten();
        let limiter = limiter(&endpoint, earlier.as_deref());
        let opened = match open(endpoint, secrets, key, limiter) {
            Ok(opened) => Some(Arc::new(opened)),
            Err(error) => {
                tolerate(error)?;
                earlier
            }
        };
        tokens.insert(token, opened);
    }
    Ok(tokens)
}

fn open(
    stored: Endpoint,
    sealed: Vec<SealedSecret>,
    key: &SealingKey,
    limiter: Option<Arc<DefaultDirectRateLimiter>>,
) -> Result<OpenEndpoint, DirectoryError> {
    let provider = providers::find(&stored.provider).ok_or_else(|| DirectoryError::UnknownProvider {
        endpoint: stored.name.clone(),
        provider: stored.provider.to_string(),
    })?;
    let secrets = sealed
        .into_iter()
        .map(|secret| open_secret(&stored, provider, secret, key))
        .collect::<Result<_, _>>()?;
    let static_header = stored
        .static_header
        .as_ref()
        .map(|header| {
            let value = unseal(&stored, &header.name, stored.id.0, &header.sealed_value, key)?;
            Ok::<_, DirectoryError>(StaticHeader {
                name: header.name.clone(),
                value,
            })
        })
        .transpose()?;
    let keyring = Keyring {
        secrets,
        digest_mode: stored.digest_mode,
        static_header,
    };
    Ok(OpenEndpoint {
        stored,
        provider,
        keyring,
        limiter,
    })
}

fn open_secret(
    endpoint: &Endpoint,
    provider: &dyn Provider,
    secret: SealedSecret,
    key: &SealingKey,
) -> Result<SigningSecret, DirectoryError> {
    let value = unseal(endpoint, &secret.label, secret.id.0, &secret.sealed_value, key)?;
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

fn unseal(
    endpoint: &Endpoint,
    what: &str,
    record: uuid::Uuid,
    sealed: &[u8],
    key: &SealingKey,
) -> Result<Zeroizing<String>, DirectoryError> {
    let wrong_key = || DirectoryError::WrongKey {
        endpoint: endpoint.name.clone(),
        what: what.to_owned(),
    };
    let value = key.open(record, sealed).map_err(|_| wrong_key())?;
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
