use app::port::Endpoints;
use app::view::{
    ConsoleError, CredentialsRow, EndpointForm, EndpointInput, EndpointList, EndpointPage, ProviderSetup, SecretInput, SecretRow,
    Typed,
};
use async_trait::async_trait;
use model::{
    EndpointId, EndpointSummary, PageRequest, ProviderKey, ProviderMark, ReverifyProgress, Role, SecretId, SecretState,
    Timestamp, WebhookFilter,
};
use secrecy::{ExposeSecret, SecretString};

use super::endpoint_forms::{self, form};
use super::{ServerConsole, report};
use crate::endpoints::{CredentialsView, NewCredentials, SecretChange, SecretView, refetch_event_types, secret_state};
use crate::providers::{self, About};

#[async_trait]
impl Endpoints for ServerConsole {
    async fn endpoints(&self) -> Result<EndpointList, ConsoleError> {
        let views = self.operations.endpoints(&self.actor).await.map_err(report)?;
        let now = self.operations.clock.now();
        let ends_soon = |secret: &SecretView| secret_state(secret.not_before, secret.expires_at, now) == SecretState::EndsSoon;
        let of_soon = views.iter().filter(|view| view.secrets.iter().any(ends_soon));
        let secrets_end_soon = of_soon.map(|view| view.id).collect();
        let endpoints: Vec<_> = views.into_iter().map(EndpointSummary::from).collect();
        Ok(EndpointList {
            secrets_end_soon,
            setup: setup(&endpoints),
            providers: marks(),
            endpoints,
        })
    }

    async fn endpoint_form(&self) -> Result<EndpointForm, ConsoleError> {
        self.actor.require(Role::Admin).map_err(report)?;
        Ok(EndpointForm {
            providers: providers::ALL.iter().map(|provider| form(provider.about())).collect(),
        })
    }

    async fn endpoint(&self, id: EndpointId) -> Result<EndpointPage, ConsoleError> {
        let (operations, actor) = (&self.operations, &self.actor);
        let now = operations.clock.now();
        let view = operations.endpoint(actor, id).await.map_err(report)?;
        let provider = providers::find(&view.provider).ok_or(ConsoleError::Unavailable)?;
        let credentials = operations.credentials(actor, id).await.map_err(report)?;
        let reverify = operations.reverify_progress(actor, id).await.map_err(report)?;
        let lists_events = provider.api().is_some_and(|api| api.event_list().is_some());
        let reconcile = if lists_events {
            operations.reconcile_progress(actor, id).await.map_err(report)?
        } else {
            None
        };
        Ok(EndpointPage {
            form: form(provider.about()),
            policy: view.policy,
            digest_mode: view.digest_mode,
            static_header: view.static_header.clone(),
            networks: view.networks.iter().map(ToString::to_string).collect(),
            rate_limit: view.rate_limit,
            refetch_event_types: refetch_event_types(&view.provider, view.refetch_event_types.as_deref()),
            lists_events,
            reconcile,
            secrets: view.secrets.iter().map(|secret| row(secret, now)).collect(),
            credentials: credentials.map(credentials_row),
            reverify,
            last_webhook_at: self.last_webhook_at(id).await?,
            endpoint: view.into(),
            now,
        })
    }

    async fn add_endpoint(&self, provider: ProviderKey, input: EndpointInput, secret: Typed) -> Result<EndpointId, ConsoleError> {
        let new = endpoint_forms::new_endpoint(provider, input, secret)?;
        let added = self.operations.add_endpoint(&self.actor, new).await;
        added.map(|endpoint| endpoint.id).map_err(endpoint_forms::report)
    }

    async fn change_endpoint(&self, id: EndpointId, input: EndpointInput) -> Result<(), ConsoleError> {
        let change = endpoint_forms::change(input)?;
        let changed = self.operations.change_endpoint(&self.actor, id, change).await;
        changed.map(drop).map_err(endpoint_forms::report)
    }

    async fn switch_endpoint(&self, id: EndpointId, enabled: bool) -> Result<(), ConsoleError> {
        let switched = self.operations.switch_endpoint(&self.actor, id, enabled).await;
        switched.map_err(report)
    }

    async fn archive_endpoint(&self, id: EndpointId) -> Result<(), ConsoleError> {
        self.operations.archive_endpoint(&self.actor, id).await.map_err(report)
    }

    async fn add_secret(
        &self,
        id: EndpointId,
        input: SecretInput,
        retire_others_at: Option<Timestamp>,
    ) -> Result<(), ConsoleError> {
        let new = endpoint_forms::new_secret(input);
        let added = match retire_others_at {
            None => self.operations.add_secret(&self.actor, id, new).await,
            Some(at) => self.operations.rotate_secret(&self.actor, id, new, at).await,
        };
        added.map(drop).map_err(report)
    }

    async fn set_secret_end(&self, id: EndpointId, secret: SecretId, expires_at: Option<Timestamp>) -> Result<(), ConsoleError> {
        let change = SecretChange {
            expires_at: Some(expires_at),
            ..SecretChange::default()
        };
        let changed = self.operations.change_secret(&self.actor, id, secret, change).await;
        changed.map(drop).map_err(report)
    }

    async fn remove_secret(&self, id: EndpointId, secret: SecretId) -> Result<(), ConsoleError> {
        self.operations.remove_secret(&self.actor, id, secret).await.map_err(report)
    }

    async fn set_credentials(
        &self,
        id: EndpointId,
        fields: Vec<(String, Typed)>,
        base_url: Option<String>,
        token_url: Option<String>,
    ) -> Result<(), ConsoleError> {
        let address = |url: Option<String>| url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
        let new = NewCredentials {
            fields: fields
                .into_iter()
                .map(|(name, value)| (name, SecretString::from(value.0.trim())))
                .collect(),
            base_url: address(base_url),
            token_url: address(token_url),
        };
        let set = if new.fields.iter().all(|(_, value)| value.expose_secret().is_empty()) {
            self.operations.remove_credentials(&self.actor, id).await
        } else {
            self.operations.set_credentials(&self.actor, id, new).await
        };
        set.map_err(report)
    }

    async fn start_reverify(&self, id: EndpointId, from: Option<Timestamp>, to: Option<Timestamp>) -> Result<(), ConsoleError> {
        let started = self.operations.start_reverify(&self.actor, id, from, to).await;
        started.map_err(report)
    }

    async fn reverify_progress(&self, id: EndpointId) -> Result<Option<ReverifyProgress>, ConsoleError> {
        self.operations.reverify_progress(&self.actor, id).await.map_err(report)
    }

    async fn cancel_reverify(&self, id: EndpointId) -> Result<(), ConsoleError> {
        self.operations.cancel_reverify(&self.actor, id).await.map_err(report)
    }
}

impl ServerConsole {
    /// All endpoints that are not archived, by name.
    pub(super) async fn summaries(&self) -> Result<Vec<EndpointSummary>, ConsoleError> {
        let views = self.operations.endpoints(&self.actor).await.map_err(report)?;
        Ok(views.into_iter().map(EndpointSummary::from).collect())
    }

    async fn last_webhook_at(&self, id: EndpointId) -> Result<Option<Timestamp>, ConsoleError> {
        let of_endpoint = WebhookFilter {
            endpoints: vec![id],
            ..WebhookFilter::default()
        };
        let one = PageRequest { limit: 1, cursor: None };
        let newest = self
            .operations
            .webhooks(&self.actor, &of_endpoint, one)
            .await
            .map_err(report)?;
        Ok(newest.items.first().map(|webhook| webhook.received_at))
    }
}

fn row(secret: &SecretView, now: Timestamp) -> SecretRow {
    SecretRow {
        id: secret.id,
        label: secret.label.clone(),
        hint: secret.hint.clone(),
        not_before: secret.not_before,
        expires_at: secret.expires_at,
        created_at: secret.created_at,
        last_used_at: secret.last_used_at,
        state: secret_state(secret.not_before, secret.expires_at, now),
    }
}

fn credentials_row(view: CredentialsView) -> CredentialsRow {
    CredentialsRow {
        fields: view.fields,
        base_url: view.base_url,
        token_url: view.token_url,
        set_at: view.set_at,
    }
}

/// All providers, in the registry's order.
pub(super) fn marks() -> Vec<ProviderMark> {
    providers::ALL.iter().map(|provider| provider.about().mark()).collect()
}

/// One provider, where it is registered.
pub(super) fn mark(key: &ProviderKey) -> Option<ProviderMark> {
    providers::find(key).map(|provider| provider.about().mark())
}

/// What is to be done for these endpoints, once a provider.
pub(super) fn setup(endpoints: &[EndpointSummary]) -> Vec<ProviderSetup> {
    in_use(endpoints)
        .map(|about| ProviderSetup {
            provider: ProviderKey::new(about.key),
            paste_address_at: about.paste_address_at.to_owned(),
            needs_secret: about.secret.is_some(),
        })
        .collect()
}

/// The providers that have an endpoint.
pub(super) fn in_use(endpoints: &[EndpointSummary]) -> impl Iterator<Item = &'static About> {
    let abouts = providers::ALL.iter().map(|provider| provider.about());
    abouts.filter(|about| endpoints.iter().any(|endpoint| endpoint.provider.as_str() == about.key))
}
