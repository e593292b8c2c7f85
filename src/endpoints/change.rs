use ipnet::IpNet;
use model::{AuditAction, AuditChange, DigestMode, EndpointId, EndpointPolicy, Environment, OnUntrusted, Role};
use secrecy::{ExposeSecret, SecretString};

use super::settings::{
    check_digest_mode, check_header, check_name, check_rate_limit, check_refetch_event_types, refetch_event_types, seal_header,
};
use super::{EndpointView, changed, target};
use crate::accounts::secrets::SealingKey;
use crate::operation::{Actor, Errors, OperationError, Operations};
use crate::providers::{self, About};
use crate::store::change::Change;
use crate::store::{Endpoint, SealedHeader, StoreError};

/// What an admin changes of an endpoint. `None` leaves a setting as it is; the inner `None` takes it away.
#[derive(Debug, Default)]
pub struct EndpointChange {
    pub name: Option<String>,
    pub environment: Option<Environment>,
    pub on_untrusted: Option<OnUntrusted>,
    pub forward_unsigned: Option<bool>,
    pub confirm_before_forwarding: Option<bool>,
    pub digest_mode: Option<Option<DigestMode>>,
    pub static_header: Option<Option<StaticHeaderChange>>,
    pub networks: Option<Vec<IpNet>>,
    pub rate_limit: Option<Option<u32>>,
    /// As [`Endpoint::refetch_event_types`].
    pub refetch_event_types: Option<Option<Vec<String>>>,
    pub enabled: Option<bool>,
}

/// A header that every genuine request carries, with another name, another value, or both.
pub struct StaticHeaderChange {
    pub name: String,
    /// `None` leaves the value as it is.
    pub value: Option<SecretString>,
}

impl std::fmt::Debug for StaticHeaderChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StaticHeaderChange({}: …)", self.name)
    }
}

impl Operations {
    /// Changes an endpoint's settings. What is left as it is needs no line in the audit log. For admins.
    pub async fn change_endpoint(
        &self,
        actor: &Actor,
        id: EndpointId,
        change: EndpointChange,
    ) -> Result<EndpointView, OperationError> {
        actor.require(Role::Admin)?;
        let mut may_try_again = true;
        let after = loop {
            let before = self.endpoint_in_use(id).await?;
            check(&before, &change)?;
            let after = apply(&before, &change, self.sealing_key().await?.as_ref());
            let detail = differences(&before, &after);
            if detail.is_empty() {
                break after;
            }
            let entry = self.entry(actor, AuditAction::EndpointChanged, Some(target(&before)), detail);
            let update = Change::UpdateEndpoint {
                before: before.into(),
                after: after.clone().into(),
            };
            match self.change_and_tell(&update, &entry).await {
                // What someone else changed stays, as what this change names is put on top of it.
                Err(StoreError::Changed(_)) if may_try_again => may_try_again = false,
                done => {
                    done?;
                    break after;
                }
            }
        };
        let secrets = self.secrets_of(id).await?;
        Ok(EndpointView::new(after, secrets, &self.public_url))
    }

    /// Takes webhooks at the endpoint again, or no more. For admins.
    pub async fn switch_endpoint(&self, actor: &Actor, id: EndpointId, enabled: bool) -> Result<(), OperationError> {
        let change = EndpointChange {
            enabled: Some(enabled),
            ..EndpointChange::default()
        };
        self.change_endpoint(actor, id, change).await.map(drop)
    }
}

/// Finds everything that cannot be taken, so that a form names all of it at once.
fn check(before: &Endpoint, change: &EndpointChange) -> Result<(), OperationError> {
    let about = about(before)?;
    let mut errors = Errors::default();
    if let Some(name) = &change.name {
        check_name(name, &mut errors);
    }
    check_digest_mode(about, change.digest_mode.flatten(), &mut errors);
    if let Some(Some(header)) = &change.static_header {
        check_header(
            about,
            &header.name,
            header.value.as_ref().map(ExposeSecret::expose_secret),
            &mut errors,
        );
        if header.value.is_none() && before.static_header.is_none() {
            errors.add("static_header.value", "a header needs a value to be recognised by");
        }
    }
    check_rate_limit(change.rate_limit.flatten(), &mut errors);
    if let Some(Some(patterns)) = &change.refetch_event_types {
        check_refetch_event_types(about, patterns, &mut errors);
    }
    errors.none_or_invalid()
}

fn about(endpoint: &Endpoint) -> Result<&'static About, OperationError> {
    let provider = providers::find(&endpoint.provider);
    Ok(provider.ok_or_else(super::unknown_provider)?.about())
}

fn apply(before: &Endpoint, change: &EndpointChange, key: &SealingKey) -> Endpoint {
    let policy = before.policy;
    Endpoint {
        name: change.name.clone().unwrap_or_else(|| before.name.clone()),
        environment: change.environment.unwrap_or(before.environment),
        policy: EndpointPolicy {
            on_untrusted: change.on_untrusted.unwrap_or(policy.on_untrusted),
            forward_unsigned: change.forward_unsigned.unwrap_or(policy.forward_unsigned),
            confirm_before_forwarding: change.confirm_before_forwarding.unwrap_or(policy.confirm_before_forwarding),
        },
        digest_mode: change.digest_mode.unwrap_or(before.digest_mode),
        static_header: match &change.static_header {
            None => before.static_header.clone(),
            Some(header) => header.as_ref().and_then(|header| header.apply(before, key)),
        },
        networks: change.networks.clone().unwrap_or_else(|| before.networks.clone()),
        rate_limit: change.rate_limit.unwrap_or(before.rate_limit),
        enabled: change.enabled.unwrap_or(before.enabled),
        refetch_event_types: match &change.refetch_event_types {
            None => before.refetch_event_types.clone(),
            // A form sends back what it was given: what is usual stays what is usual.
            Some(Some(named)) if *named == in_use(before) => before.refetch_event_types.clone(),
            Some(named) => named.clone(),
        },
        ..before.clone()
    }
}

/// The types of the events after which the provider is asked by itself.
fn in_use(endpoint: &Endpoint) -> Vec<String> {
    refetch_event_types(&endpoint.provider, endpoint.refetch_event_types.as_deref())
}

impl StaticHeaderChange {
    fn apply(&self, before: &Endpoint, key: &SealingKey) -> Option<SealedHeader> {
        match &self.value {
            Some(value) => Some(seal_header(key, before.id, &self.name, value.expose_secret())),
            None => before.static_header.clone().map(|header| SealedHeader {
                name: self.name.to_ascii_lowercase(),
                ..header
            }),
        }
    }
}

/// What the audit log says of a change, field by field. Of the static header's value only that it changed.
fn differences(before: &Endpoint, after: &Endpoint) -> Vec<AuditChange> {
    fn networks(endpoint: &Endpoint) -> String {
        let texts: Vec<_> = endpoint.networks.iter().map(IpNet::to_string).collect();
        texts.join(", ")
    }
    let header = |endpoint: &Endpoint| endpoint.static_header.as_ref().map(|header| header.name.clone());
    let value = |endpoint: &Endpoint| endpoint.static_header.as_ref().map(|header| header.sealed_value.clone());
    let limit = |endpoint: &Endpoint| endpoint.rate_limit.map(|limit| limit.to_string());
    let mode = |endpoint: &Endpoint| endpoint.digest_mode.map(|mode| mode.to_string());
    let types = |endpoint: &Endpoint| endpoint.refetch_event_types.as_ref().map(|types| types.join(", "));
    let has_new_value = value(after).is_some() && value(before) != value(after);
    let policies = (&before.policy, &after.policy);
    [
        changed("name", Some(&before.name), Some(&after.name)),
        changed("environment", Some(before.environment), Some(after.environment)),
        changed("on_untrusted", Some(policies.0.on_untrusted), Some(policies.1.on_untrusted)),
        changed(
            "forward_unsigned",
            Some(policies.0.forward_unsigned),
            Some(policies.1.forward_unsigned),
        ),
        changed(
            "confirm_before_forwarding",
            Some(policies.0.confirm_before_forwarding),
            Some(policies.1.confirm_before_forwarding),
        ),
        changed("digest_mode", mode(before), mode(after)),
        changed("static_header.name", header(before), header(after)),
        has_new_value.then(|| AuditChange {
            field: "static_header.value".to_owned(),
            before: None,
            after: None,
        }),
        changed("networks", Some(networks(before)), Some(networks(after))),
        changed("rate_limit", limit(before), limit(after)),
        changed("refetch_event_types", types(before), types(after)),
        changed("enabled", Some(before.enabled), Some(after.enabled)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
