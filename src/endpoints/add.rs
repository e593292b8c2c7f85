use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ipnet::IpNet;
use model::{AuditAction, DigestMode, EndpointId, EndpointPolicy, Environment, ProviderKey, Role};
use secrecy::{ExposeSecret, SecretString};

use super::add_secret::NewSecret;
use super::settings::{check_digest_mode, check_header, check_name, check_rate_limit, check_refetch_event_types, seal_header};
use super::{EndpointView, target};
use crate::operation::{Actor, Errors, OperationError, Operations};
use crate::providers::{self, Provider};
use crate::store::Endpoint;
use crate::store::change::Change;

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
    /// As [`Endpoint::refetch_event_types`].
    pub refetch_event_types: Option<Vec<String>>,
    pub secret: Option<SecretString>,
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
            refetch_event_types: None,
            secret: secret.map(SecretString::from),
        }
    }
}

/// A header that every genuine request carries.
pub struct NewStaticHeader {
    pub name: String,
    pub value: SecretString,
}

impl std::fmt::Debug for NewStaticHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewStaticHeader({}: …)", self.name)
    }
}

impl Operations {
    /// Adds an endpoint, with its first secret if one was given. For admins.
    pub async fn add_endpoint(&self, actor: &Actor, new: AddEndpoint) -> Result<EndpointView, OperationError> {
        actor.require(Role::Admin)?;
        let provider = check(&new)?;
        let now = self.clock.now();
        let key = self.sealing_key().await?;
        let id = EndpointId(self.ids.next(now));
        let first = new.secret.map(|value| NewSecret {
            value,
            label: LABEL_OF_FIRST_SECRET.to_owned(),
            not_before: None,
            expires_at: None,
        });
        let secret = first.map(|first| self.seal_secret(&key, provider, id, first)).transpose()?;
        let endpoint = Endpoint {
            id,
            token: new_token(),
            provider: new.provider,
            name: new.name,
            environment: new.environment,
            policy: new.policy,
            digest_mode: new.digest_mode,
            static_header: new
                .static_header
                .map(|header| seal_header(&key, id, &header.name, header.value.expose_secret())),
            networks: new.networks,
            rate_limit: new.rate_limit,
            enabled: true,
            refetch_event_types: new.refetch_event_types,
            created_at: now,
            archived_at: None,
        };
        let secrets: Vec<_> = secret.into_iter().collect();
        let entry = self.entry(actor, AuditAction::EndpointAdded, Some(target(&endpoint)), Vec::new());
        let change = Change::AddEndpoint(endpoint.clone(), secrets.clone());
        self.change_and_tell(&change, &entry).await?;
        Ok(EndpointView::new(endpoint, secrets, &self.public_url))
    }
}

/// Finds everything that cannot be taken, so that a form names all of it at once.
fn check(new: &AddEndpoint) -> Result<&'static dyn Provider, OperationError> {
    let Some(provider) = providers::find(&new.provider) else {
        let known: Vec<_> = providers::ALL.iter().map(|provider| provider.about().key).collect();
        let message = format!("there is no provider `{}`; there are: {}", new.provider, known.join(", "));
        return Err(OperationError::invalid("provider", message));
    };
    let about = provider.about();
    let mut errors = Errors::default();
    check_name(&new.name, &mut errors);
    check_digest_mode(about, new.digest_mode, &mut errors);
    if let Some(header) = &new.static_header {
        check_header(about, &header.name, Some(header.value.expose_secret()), &mut errors);
    }
    check_rate_limit(new.rate_limit, &mut errors);
    if let Some(patterns) = &new.refetch_event_types {
        check_refetch_event_types(about, patterns, &mut errors);
    }
    if let Some(Err(shape)) = new.secret.as_ref().map(|secret| provider.read_secret(secret.expose_secret())) {
        errors.add("secret", format!("that is not a secret of {}: {shape}", about.title));
    }
    errors.none_or_invalid().map(|()| provider)
}

fn new_token() -> String {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}
