use axum::http::{HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ipnet::IpNet;
use model::{DigestMode, EndpointId, EndpointPolicy, Environment, ProviderKey, Text};
use zeroize::Zeroizing;

use super::add_secret::{AddSecretError, NewSecret, add_secret};
use crate::accounts::secrets::SealingKey;
use crate::clock::{Clock, Ids};
use crate::providers;
use crate::store::{Endpoint, SealedHeader, SealedSecret, Store, StoreError};

/// 144 random bits: nobody finds an endpoint by guessing.
const TOKEN_BYTES: usize = 18;

const LABEL_OF_FIRST_SECRET: &str = "first";

/// What an admin says of a new endpoint.
#[derive(Debug)]
pub struct AddEndpoint {
    pub provider: ProviderKey,
    pub name: String,
    pub environment: Environment,
    pub policy: EndpointPolicy,
    pub digest_mode: Option<DigestMode>,
    pub static_header: Option<NewStaticHeader>,
    pub networks: Vec<IpNet>,
    pub rate_limit: Option<u32>,
    pub secret: Option<Zeroizing<String>>,
}

impl AddEndpoint {
    /// An endpoint with nothing special about it.
    pub fn plain(provider: &str, name: &str, secret: Option<&str>) -> Self {
        Self {
            provider: ProviderKey::new(provider),
            name: name.to_owned(),
            environment: Environment::Production,
            policy: EndpointPolicy::default(),
            digest_mode: None,
            static_header: None,
            networks: Vec::new(),
            rate_limit: None,
            secret: secret.map(|secret| Zeroizing::new(secret.to_owned())),
        }
    }
}

/// A header that every genuine request carries.
pub struct NewStaticHeader {
    pub name: String,
    pub value: Zeroizing<String>,
}

impl std::fmt::Debug for NewStaticHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewStaticHeader({}: …)", self.name)
    }
}

/// Why an endpoint was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddEndpointError {
    #[error("there is no provider `{key}`; there are: {known}")]
    UnknownProvider { key: ProviderKey, known: String },
    #[error("the name is empty or has characters that cannot be shown")]
    Name,
    #[error("{provider} has no choice of digest mode")]
    NoDigestMode { provider: &'static str },
    #[error("{provider} signs its webhooks, so a static header proves nothing more")]
    NoStaticHeader { provider: &'static str },
    #[error("`{0}` cannot be the name of a header")]
    HeaderName(String),
    #[error("the static header's value is empty, or not what a header can carry")]
    HeaderValue,
    #[error("the rate limit must be at least 1 webhook per second")]
    RateLimit,
    #[error(transparent)]
    Secret(#[from] AddSecretError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds an endpoint, with its first secret if one was given.
pub async fn add(
    store: &dyn Store,
    key: &SealingKey,
    clock: &dyn Clock,
    ids: &Ids,
    new: AddEndpoint,
) -> Result<(Endpoint, Vec<SealedSecret>), AddEndpointError> {
    check(&new)?;
    let now = clock.now();
    let id = EndpointId(ids.next(now));
    let static_header = new.static_header.map(|header| SealedHeader {
        name: header.name.to_ascii_lowercase(),
        sealed_value: key.seal(id.0, header.value.as_bytes()),
    });
    let endpoint = Endpoint {
        id,
        token: new_token(),
        provider: new.provider,
        name: new.name,
        environment: new.environment,
        policy: new.policy,
        digest_mode: new.digest_mode,
        static_header,
        networks: new.networks,
        rate_limit: new.rate_limit,
        enabled: true,
        created_at: now,
        archived_at: None,
    };
    store.add_endpoint(&endpoint).await?;
    let Some(value) = new.secret else {
        return Ok((endpoint, Vec::new()));
    };
    let first = NewSecret {
        value,
        label: LABEL_OF_FIRST_SECRET.to_owned(),
        not_before: None,
        expires_at: None,
    };
    let secret = add_secret(store, key, clock, ids, &endpoint, first).await?;
    Ok((endpoint, vec![secret]))
}

fn check(new: &AddEndpoint) -> Result<(), AddEndpointError> {
    let provider = providers::find(&new.provider).ok_or_else(|| AddEndpointError::UnknownProvider {
        key: new.provider.clone(),
        known: providers::ALL
            .iter()
            .map(|provider| provider.about().key)
            .collect::<Vec<_>>()
            .join(", "),
    })?;
    let about = provider.about();
    if Text::new(&new.name).is_none_or(|kept| kept.as_str() != new.name || new.name.trim() != new.name) {
        return Err(AddEndpointError::Name);
    }
    if new.digest_mode.is_some() && !about.has_digest_mode {
        return Err(AddEndpointError::NoDigestMode { provider: about.title });
    }
    if let Some(header) = &new.static_header {
        if !about.has_static_header {
            return Err(AddEndpointError::NoStaticHeader { provider: about.title });
        }
        if HeaderName::from_bytes(header.name.as_bytes()).is_err() {
            return Err(AddEndpointError::HeaderName(header.name.clone()));
        }
        if header.value.is_empty() || header.value.trim() != *header.value || HeaderValue::from_str(&header.value).is_err() {
            return Err(AddEndpointError::HeaderValue);
        }
    }
    if new.rate_limit == Some(0) {
        return Err(AddEndpointError::RateLimit);
    }
    if let Some(secret) = &new.secret {
        // Checked before anything is stored; `add_secret` checks it for itself.
        provider.read_secret(secret).map_err(|shape| AddSecretError::Secret {
            provider: about.title,
            shape,
        })?;
    }
    Ok(())
}

fn new_token() -> String {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}
