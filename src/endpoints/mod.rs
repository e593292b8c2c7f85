//! Endpoints: the operations that every door to them (command line, console, API) calls.

mod add;
mod add_secret;
mod archive;
mod change;
mod check_again;
mod credentials;
mod reverifications;
mod reverify;
mod secret_state;
mod secrets;
mod settings;

use model::{
    AuditChange, AuditTarget, AuditTargetKind, EndpointId, EndpointPolicy, EndpointSummary, Environment, ProviderKey, Role,
    SecretId, Text, Timestamp,
};
use serde::Serialize;
use url::Url;

use crate::operation::{Actor, OperationError, Operations};
use crate::store::{Endpoint, SealedSecret};

pub use add::{AddEndpoint, NewStaticHeader};
pub use add_secret::NewSecret;
pub use change::{EndpointChange, StaticHeaderChange};
pub use credentials::{CredentialsView, NewCredentials};
pub use reverifications::Reverifications;
pub use reverify::Reverified;
pub use secret_state::secret_state;
pub use secrets::SecretChange;
pub use settings::refetch_event_types;

pub(crate) use settings::is_pattern;

use secrets::{check_secret_name, check_window, of_secret};

/// An endpoint as programs see it. Holds no secret.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct EndpointView {
    pub id: EndpointId,
    pub token: String,
    pub url: String,
    pub provider: ProviderKey,
    pub name: String,
    pub environment: Environment,
    pub policy: EndpointPolicy,
    pub digest_mode: Option<model::DigestMode>,
    /// The name alone: the value is a secret.
    pub static_header: Option<String>,
    #[schema(value_type = Vec<String>)]
    pub networks: Vec<ipnet::IpNet>,
    pub rate_limit: Option<u32>,
    pub enabled: bool,
    /// The types of the events after which the provider's API is asked by itself, such as `inquiry.*`; `null` means those that
    /// are usual for it.
    pub refetch_event_types: Option<Vec<String>>,
    pub created_at: Timestamp,
    pub secrets: Vec<SecretView>,
}

/// A secret as programs see it: everything but its value.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SecretView {
    pub id: SecretId,
    pub label: String,
    pub hint: String,
    pub not_before: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

impl EndpointView {
    pub fn new(endpoint: Endpoint, secrets: Vec<SealedSecret>, public_url: &Url) -> Self {
        Self {
            url: hook_url(public_url, &endpoint.token),
            id: endpoint.id,
            token: endpoint.token,
            provider: endpoint.provider,
            name: endpoint.name,
            environment: endpoint.environment,
            policy: endpoint.policy,
            digest_mode: endpoint.digest_mode,
            static_header: endpoint.static_header.map(|header| header.name),
            networks: endpoint.networks,
            rate_limit: endpoint.rate_limit,
            enabled: endpoint.enabled,
            refetch_event_types: endpoint.refetch_event_types,
            created_at: endpoint.created_at,
            secrets: secrets.into_iter().map(SecretView::from).collect(),
        }
    }
}

impl From<SealedSecret> for SecretView {
    fn from(secret: SealedSecret) -> Self {
        Self {
            id: secret.id,
            label: secret.label,
            hint: secret.hint,
            not_before: secret.not_before,
            expires_at: secret.expires_at,
            created_at: secret.created_at,
            last_used_at: secret.last_used_at,
        }
    }
}

/// The address to give to the provider.
pub fn hook_url(public_url: &Url, token: &str) -> String {
    format!("{}/hooks/{token}", public_url.as_str().trim_end_matches('/'))
}

impl Operations {
    /// All endpoints that are not archived with their secrets, by name.
    pub async fn endpoints(&self, actor: &Actor) -> Result<Vec<EndpointView>, OperationError> {
        actor.require(Role::Viewer)?;
        let secrets = self.store.secrets().await?;
        let of = |id| secrets.iter().filter(|secret| secret.endpoint_id == id).cloned().collect();
        let endpoints = self.store.endpoints().await?;
        Ok(endpoints
            .into_iter()
            .map(|endpoint| (of(endpoint.id), endpoint))
            .map(|(secrets, endpoint)| EndpointView::new(endpoint, secrets, &self.public_url))
            .collect())
    }

    /// One endpoint with its secrets, unless it is archived. For viewers.
    pub async fn endpoint(&self, actor: &Actor, id: EndpointId) -> Result<EndpointView, OperationError> {
        actor.require(Role::Viewer)?;
        let endpoint = self.endpoint_in_use(id).await?;
        let secrets = self.secrets_of(id).await?;
        Ok(EndpointView::new(endpoint, secrets, &self.public_url))
    }

    /// The endpoint, unless it is archived.
    pub(crate) async fn endpoint_in_use(&self, id: EndpointId) -> Result<Endpoint, OperationError> {
        let endpoint = self.store.endpoint(id).await?;
        endpoint
            .filter(|endpoint| endpoint.archived_at.is_none())
            .ok_or(OperationError::NotFound("endpoint"))
    }
}

/// The endpoint as the audit log names it.
pub(crate) fn target(endpoint: &Endpoint) -> AuditTarget {
    AuditTarget {
        kind: AuditTargetKind::Endpoint,
        id: endpoint.id.to_string(),
        name: endpoint.name.clone(),
    }
}

fn unknown_provider() -> OperationError {
    OperationError::Conflict("this version does not know the endpoint's provider".to_owned())
}

/// A field for the audit log, if it is another than before.
pub(crate) fn changed<Value: PartialEq + std::fmt::Display>(
    field: &str,
    before: Option<Value>,
    after: Option<Value>,
) -> Option<AuditChange> {
    (before != after).then(|| AuditChange {
        field: field.to_owned(),
        before: before.map(|value| value.to_string()),
        after: after.map(|value| value.to_string()),
    })
}

/// Whether it can be shown as it is, in a list and in a sentence.
pub(crate) fn is_name(name: &str) -> bool {
    Text::new(name).is_some_and(|kept| kept.as_str() == name && name.trim() == name)
}

impl From<EndpointView> for EndpointSummary {
    fn from(view: EndpointView) -> Self {
        Self {
            id: view.id,
            provider: view.provider,
            name: view.name,
            environment: view.environment,
            url: view.url,
            enabled: view.enabled,
            created_at: view.created_at,
            secrets: view.secrets.len(),
        }
    }
}
