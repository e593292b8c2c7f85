//! Which endpoint a token belongs to, what it checks signatures with, and where webhooks go on to: kept in memory, because
//! every request asks.
//!
//! Another process (the command line, another node) may change endpoints and destinations at any time. The store's
//! `configuration_version` says when to read them again: once a second, and at once when an unknown token comes.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use model::{DestinationId, EndpointId};
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::{DirectoryError, OpenEndpoint, Routes};
use crate::accounts::secrets::SealingKey;
use crate::accounts::vault::Vault;
use crate::delivery::OpenDestination;
use crate::store::delivery::DestinationSecret;
use crate::store::{SealedSecret, Store};

/// How often changes made elsewhere are looked for.
const REFRESH_INTERVAL: Duration = Duration::from_secs(1);

/// How long lies between two looks that unknown tokens cause, so that guessing tokens costs the database nothing worth
/// naming. An unknown token waits for its look: an endpoint that was added a moment ago must not lose a webhook.
const MISS_INTERVAL: Duration = Duration::from_millis(100);

/// Why there is no endpoint for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotServed {
    #[error("there is no such endpoint")]
    Unknown,
    #[error("the endpoint is archived")]
    Archived,
    /// The database does not answer, or another process changed the endpoint into one that cannot be opened: the log says
    /// which.
    #[error("the endpoint cannot be looked up now")]
    NotNow,
}

type Tokens = HashMap<String, Result<Arc<OpenEndpoint>, NotServed>>;

/// The destinations that are not archived, as far as they can be opened.
pub type Destinations = HashMap<DestinationId, Arc<OpenDestination>>;

/// The endpoints by token, and the destinations.
pub struct Directory {
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    tokens: RwLock<Arc<Tokens>>,
    routes: RwLock<Arc<Routes>>,
    destinations: watch::Sender<Arc<Destinations>>,
    freshness: Mutex<Freshness>,
}

struct Freshness {
    /// The version that the endpoints were read at.
    version: i64,
    /// A later version that was read without the key that seals everything by then.
    read_without_key: Option<i64>,
    checked_at: Instant,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Directory({} endpoints)", self.tokens().len())
    }
}

impl Directory {
    /// Reads all endpoints and destinations and opens all secrets, so that a wrong key stops the start instead of a request.
    pub async fn load(store: Arc<dyn Store>, vault: Arc<Vault>) -> Result<Self, DirectoryError> {
        // The version is read first: a change that comes in between is then read twice instead of never.
        let version = store.configuration_version().await?;
        let tokens = open_all(store.as_ref(), &vault.key(), &Tokens::new(), Err).await?;
        let (routes, destinations) = open_destinations(store.as_ref(), &vault.key(), &Destinations::new(), Err).await?;
        Ok(Self {
            store,
            vault,
            tokens: RwLock::new(Arc::new(tokens)),
            routes: RwLock::new(Arc::new(routes)),
            destinations: watch::Sender::new(Arc::new(destinations)),
            freshness: Mutex::new(Freshness {
                version,
                read_without_key: None,
                checked_at: Instant::now(),
            }),
        })
    }

    /// The endpoint of a token, enabled or not.
    pub async fn find(&self, token: &str) -> Result<Arc<OpenEndpoint>, NotServed> {
        if let Some(known) = self.tokens().get(token) {
            return known.clone();
        }
        if let Err(error) = self.look_again(Instant::now()).await {
            tracing::error!(%error, "endpoints not read again");
            return Err(NotServed::NotNow);
        }
        self.tokens().get(token).cloned().unwrap_or(Err(NotServed::Unknown))
    }

    /// Where webhooks go on to.
    pub fn routes(&self) -> Arc<Routes> {
        Arc::clone(&self.routes.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The destinations, now and whenever one of them changes. One that is as it was is the same as before.
    pub fn destinations(&self) -> watch::Receiver<Arc<Destinations>> {
        self.destinations.subscribe()
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
        let version = self.store.configuration_version().await?;
        if version != freshness.version {
            let refreshed = self.vault.refresh(self.store.as_ref()).await;
            if let Err(error) = &refreshed {
                // Said once, and looked for once a second: somebody has to put the key in its place.
                if freshness.read_without_key == Some(version) {
                    return Ok(());
                }
                tracing::error!(%error, "the sealing key was changed and cannot be read");
            }
            let before = self.tokens();
            let key = self.vault.key();
            let tokens = open_all(self.store.as_ref(), &key, &before, |error| {
                tracing::error!(%error, "an endpoint is served as it was before, or not at all");
                Ok(())
            });
            let tokens = tokens.await?;
            let destinations = Arc::clone(&self.destinations.borrow());
            let destinations = open_destinations(self.store.as_ref(), &key, &destinations, |error| {
                tracing::error!(%error, "a destination is sent to as it was before, or not at all");
                Ok(())
            });
            let (routes, destinations) = destinations.await?;
            *self.routes.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(routes);
            self.destinations.send_replace(Arc::new(destinations));
            *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tokens);
            match refreshed {
                Ok(()) => freshness.version = version,
                Err(_) => freshness.read_without_key = Some(version),
            }
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
    let with_credentials: HashSet<_> = store.endpoints_with_credentials().await?.into_iter().collect();
    let mut tokens = Tokens::new();
    for endpoint in store.endpoints().await? {
        let has_credentials = with_credentials.contains(&endpoint.id);
        let secrets = secrets.remove(&endpoint.id).unwrap_or_default();
        let token = endpoint.token.clone();
        let earlier = before.get(&token).and_then(|earlier| earlier.clone().ok());
        let opened = match OpenEndpoint::open(endpoint, secrets, key, earlier.as_deref()) {
            Ok(opened) => Ok(Arc::new(opened.with_credentials(has_credentials))),
            Err(error) => {
                tolerate(error)?;
                earlier.ok_or(NotServed::NotNow)
            }
        };
        tokens.insert(token, opened);
    }
    let archived = store.archived_tokens().await?.into_iter();
    tokens.extend(archived.map(|token| (token, Err(NotServed::Archived))));
    Ok(tokens)
}

/// Opens all destinations. One that does not open stays as it was before, if `tolerate` takes the error; what arrives for it
/// waits.
async fn open_destinations(
    store: &dyn Store,
    key: &SealingKey,
    before: &Destinations,
    tolerate: impl Fn(DirectoryError) -> Result<(), DirectoryError>,
) -> Result<(Routes, Destinations), DirectoryError> {
    // The secrets are read last: of each destination that is there by then, they are there as well.
    let stored = store.destinations().await?;
    let mut secrets: HashMap<DestinationId, Vec<DestinationSecret>> = HashMap::new();
    for secret in store.destination_secrets().await? {
        secrets.entry(secret.destination_id).or_default().push(secret);
    }
    let routes = Routes::to(&stored);
    let mut destinations = Destinations::new();
    for destination in stored {
        let (id, is_enabled) = (destination.id, destination.disabled.is_none());
        let secrets = secrets.remove(&id).unwrap_or_default();
        let earlier = before.get(&id);
        let opened = match earlier {
            Some(earlier) if earlier.is(&destination, &secrets) => Some(Arc::clone(earlier)),
            earlier => match OpenDestination::open(destination, secrets, key) {
                Ok(opened) => Some(Arc::new(opened)),
                Err(error) => {
                    tolerate(error.into())?;
                    earlier.filter(|_| is_enabled).cloned()
                }
            },
        };
        destinations.extend(opened.map(|opened| (id, opened)));
    }
    Ok((routes, destinations))
}
