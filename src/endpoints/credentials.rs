use model::{AuditAction, AuditChange, EndpointId, Role, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::collections::BTreeMap;
use url::Url;
use zeroize::Zeroizing;

use super::{changed, target};
use crate::accounts::secrets::Purpose;
use crate::operation::{Actor, Errors, OperationError, Operations};
use crate::providers::{self, Refetch};
use crate::store::change::{Change, SealedCredentials};

/// The longest value of a field, in bytes.
const LONGEST_VALUE: usize = 4096;

/// What the provider's API needs, as an admin pasted it.
pub struct NewCredentials {
    /// By name, such as `api_key`: all that the provider's description names.
    pub fields: Vec<(String, SecretString)>,
    /// In place of the provider's documented address.
    pub base_url: Option<String>,
    /// Where a token is asked for, where the provider has such an address.
    pub token_url: Option<String>,
}

impl std::fmt::Debug for NewCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.fields.iter().map(|(name, _)| name);
        f.debug_tuple("NewCredentials").field(&names.collect::<Vec<_>>()).finish()
    }
}

/// Credentials as people and programs see them: everything but their values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialsView {
    pub fields: Vec<String>,
    pub base_url: Option<String>,
    pub token_url: Option<String>,
    pub set_at: Timestamp,
}

impl From<SealedCredentials> for CredentialsView {
    fn from(sealed: SealedCredentials) -> Self {
        Self {
            fields: sealed.fields,
            base_url: sealed.base_url,
            token_url: sealed.token_url,
            set_at: sealed.set_at,
        }
    }
}

impl Operations {
    /// Which credentials the endpoint has, if any. For viewers.
    pub async fn credentials(&self, actor: &Actor, id: EndpointId) -> Result<Option<CredentialsView>, OperationError> {
        actor.require(Role::Viewer)?;
        self.endpoint_in_use(id).await?;
        Ok(self.store.credentials(id).await?.map(CredentialsView::from))
    }

    /// Sets what the provider's API is asked with, in place of what was there. For admins.
    pub async fn set_credentials(&self, actor: &Actor, id: EndpointId, new: NewCredentials) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        let endpoint = self.endpoint_in_use(id).await?;
        let provider = providers::find(&endpoint.provider).ok_or_else(super::unknown_provider)?;
        let before = self.store.credentials(id).await?.map(CredentialsView::from);
        check(&new, provider.about().refetch)?;
        let values: BTreeMap<&str, &str> = new
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose_secret()))
            .collect();
        let json = Zeroizing::new(serde_json::to_vec(&values).expect("texts are plain data"));
        let sealed = SealedCredentials {
            sealed_value: self.sealing_key().await?.seal(id.0, Purpose::Credentials, &json),
            fields: values.into_keys().map(str::to_owned).collect(),
            base_url: new.base_url,
            token_url: new.token_url,
            set_at: self.clock.now(),
        };
        let detail = differences(before.as_ref(), Some(&sealed.clone().into()));
        let entry = self.entry(actor, AuditAction::CredentialsSet, Some(target(&endpoint)), detail);
        let change = Change::SetCredentials(id, Some(sealed));
        Ok(self.change_and_tell(&change, &entry).await?)
    }

    /// Forgets what the provider's API is asked with. For admins.
    pub async fn remove_credentials(&self, actor: &Actor, id: EndpointId) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        let endpoint = self.endpoint_in_use(id).await?;
        let Some(before) = self.store.credentials(id).await? else {
            return Ok(());
        };
        let detail = differences(Some(&before.into()), None);
        let entry = self.entry(actor, AuditAction::CredentialsRemoved, Some(target(&endpoint)), detail);
        Ok(self.change_and_tell(&Change::SetCredentials(id, None), &entry).await?)
    }
}

/// Finds everything that cannot be taken, so that a form names all of it at once.
fn check(new: &NewCredentials, refetch: Refetch) -> Result<(), OperationError> {
    let (wanted, has_token_url) = match refetch {
        Refetch::Documented {
            credentials,
            has_token_url,
        } => (credentials, has_token_url),
        Refetch::Undocumented(why) => return Err(OperationError::Conflict(why.to_owned())),
    };
    let mut errors = Errors::default();
    for name in wanted {
        let mut values = new.fields.iter().filter(|(field, _)| field == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => check_value(name, value.expose_secret(), &mut errors),
            (None, _) => errors.add(name, "it is missing"),
            (Some(_), Some(_)) => errors.add(name, "it is given twice"),
        }
    }
    for (name, _) in &new.fields {
        if !wanted.contains(&name.as_str()) {
            errors.add(name, format!("the provider's API takes {}", wanted.join(" and ")));
        }
    }
    check_url("base_url", new.base_url.as_deref(), &mut errors);
    check_url("token_url", new.token_url.as_deref(), &mut errors);
    if new.token_url.is_some() && !has_token_url {
        errors.add("token_url", "the provider's API is asked without a token of its own");
    }
    errors.none_or_invalid()
}

fn check_value(name: &str, value: &str, errors: &mut Errors) {
    if value.is_empty() {
        errors.add(name, "it is empty");
    } else if value.len() > LONGEST_VALUE || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        errors.add(name, "it holds a space or a character that no such key has: copy it again");
    }
}

/// User information in a URL would be a secret that is not sealed.
fn check_url(field: &str, url: Option<&str>, errors: &mut Errors) {
    let Some(url) = url else { return };
    match Url::parse(url) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => errors.add(field, "it begins neither with https: nor with http:"),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            errors.add(field, "a name and a password do not belong into the address");
        }
        Ok(_) => {}
        Err(error) => errors.add(field, format!("it is not a URL: {error}")),
    }
}

/// What the audit log says: names and addresses, no value.
fn differences(before: Option<&CredentialsView>, after: Option<&CredentialsView>) -> Vec<AuditChange> {
    let fields = |view: Option<&CredentialsView>| view.map(|view| view.fields.join(", "));
    let base = |view: Option<&CredentialsView>| view.and_then(|view| view.base_url.clone());
    let token = |view: Option<&CredentialsView>| view.and_then(|view| view.token_url.clone());
    [
        changed("fields", fields(before), fields(after)),
        changed("base_url", base(before), base(after)),
        changed("token_url", token(before), token(after)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
