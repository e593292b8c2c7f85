use model::{AuditAction, EndpointId, Role, SecretId, Timestamp};
use zeroize::Zeroizing;

use super::{SecretView, is_name, target};
use crate::accounts::secrets::{Purpose, SealingKey};
use crate::operation::{Actor, Errors, OperationError, Operations};
use crate::providers::{self, Provider};
use crate::store::SealedSecret;
use crate::store::change::Change;

/// A signing secret or public key as an admin pasted it.
pub struct NewSecret {
    pub value: Zeroizing<String>,
    pub label: String,
    pub not_before: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

impl std::fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewSecret({})", self.label)
    }
}

impl Operations {
    /// Adds a secret beside those that the endpoint has; all live ones are accepted. For admins.
    pub async fn add_secret(&self, actor: &Actor, id: EndpointId, new: NewSecret) -> Result<SecretView, OperationError> {
        actor.require(Role::Admin)?;
        let endpoint = self.endpoint_in_use(id).await?;
        let unknown = || OperationError::Conflict("this version does not know the endpoint's provider".to_owned());
        let provider = providers::find(&endpoint.provider).ok_or_else(unknown)?;
        let secret = self.seal_secret(&self.vault.key(), provider, id, new)?;
        let entry = self.entry(actor, AuditAction::SecretAdded, Some(target(&endpoint)), Vec::new());
        self.store.change(&Change::AddSecret(secret.clone()), &entry).await?;
        Ok(secret.into())
    }

    /// Checks a secret and seals it.
    pub(super) fn seal_secret(
        &self,
        key: &SealingKey,
        provider: &dyn Provider,
        endpoint_id: EndpointId,
        new: NewSecret,
    ) -> Result<SealedSecret, OperationError> {
        let mut errors = Errors::default();
        if !is_name(&new.label) {
            errors.add("label", "it is empty or has characters that cannot be shown");
        }
        if let (Some(from), Some(until)) = (new.not_before, new.expires_at)
            && until <= from
        {
            errors.add("expires_at", "the secret would expire before it is live");
        }
        if let Err(shape) = provider.read_secret(&new.value) {
            errors.add(
                "value",
                format!("that is not a secret of {}: {shape}", provider.about().title),
            );
        }
        errors.none_or_invalid()?;
        let now = self.clock.now();
        let id = SecretId(self.ids.next(now));
        Ok(SealedSecret {
            id,
            endpoint_id,
            label: new.label,
            hint: provider.hint(&new.value),
            sealed_value: key.seal(id.0, Purpose::Secret, new.value.as_bytes()),
            not_before: new.not_before,
            expires_at: new.expires_at,
            created_at: now,
            last_used_at: None,
        })
    }
}
