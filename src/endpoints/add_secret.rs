use model::{AuditAction, AuditChange, EndpointId, Role, SecretId, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::{SecretView, changed, check_secret_name, check_window, target};
use crate::accounts::secrets::{Purpose, SealingKey};
use crate::operation::{Actor, Errors, OperationError, Operations};
use crate::providers::{self, Provider};
use crate::store::change::Change;
use crate::store::{SealedSecret, StoreError};

/// A signing secret or public key as an admin pasted it.
pub struct NewSecret {
    pub value: SecretString,
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
        let provider = providers::find(&endpoint.provider).ok_or_else(super::unknown_provider)?;
        let secret = self.seal_secret(self.sealing_key().await?.as_ref(), provider, id, new)?;
        let detail = vec![AuditChange {
            field: "label".to_owned(),
            before: None,
            after: Some(secret.label.clone()),
        }];
        let entry = self.entry(actor, AuditAction::SecretAdded, Some(target(&endpoint)), detail);
        self.change_and_tell(&Change::AddSecret(secret.clone()), &entry).await?;
        Ok(secret.into())
    }

    /// Adds a secret and ends the others at `retire_others_at`, until when the provider may go on signing with either. A
    /// time that is past by now means at once: what came before stays verified.
    ///
    /// The new one is added first: should anything go wrong in between, one secret too many is accepted and none too
    /// few, and ending the others can be done again. For admins.
    pub async fn rotate_secret(
        &self,
        actor: &Actor,
        id: EndpointId,
        new: NewSecret,
        retire_others_at: Timestamp,
    ) -> Result<SecretView, OperationError> {
        actor.require(Role::Admin)?;
        let retire_others_at = retire_others_at.max(self.clock.now());
        let mut errors = Errors::default();
        if new.not_before.is_some_and(|from| from > retire_others_at) {
            errors.add("retire_others_at", "no secret would be accepted until the new one is live");
        }
        if new.expires_at.is_some_and(|until| until <= retire_others_at) {
            errors.add("retire_others_at", "the new secret would expire before the others do");
        }
        errors.none_or_invalid()?;
        let added = self.add_secret(actor, id, new).await?;
        let endpoint = self.endpoint_in_use(id).await?;
        let goes_on = |secret: &SealedSecret| {
            secret.id != added.id
                && secret.expires_at.is_none_or(|until| until > retire_others_at)
                && secret.not_before.is_none_or(|from| from < retire_others_at)
        };
        let mut may_try_again = true;
        while let Some(other) = self.secrets_of(id).await?.into_iter().find(goes_on) {
            let detail = changed("expires_at", other.expires_at, Some(retire_others_at)).into_iter();
            let entry = self.entry(
                actor,
                AuditAction::SecretChanged,
                Some(target(&endpoint)),
                super::of_secret(&other.label, detail),
            );
            let ended = SealedSecret {
                expires_at: Some(retire_others_at),
                ..other.clone()
            };
            let update = Change::UpdateSecret {
                before: other,
                after: ended,
            };
            match self.change_and_tell(&update, &entry).await {
                Err(StoreError::Changed(_)) if may_try_again => may_try_again = false,
                done => done?,
            }
        }
        Ok(added)
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
        check_secret_name(&new.label, &mut errors);
        check_window(new.not_before, new.expires_at, &mut errors);
        if let Err(shape) = provider.read_secret(new.value.expose_secret()) {
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
            hint: provider.hint(new.value.expose_secret()),
            sealed_value: key.seal(id.0, Purpose::Secret, new.value.expose_secret().as_bytes()),
            not_before: new.not_before,
            expires_at: new.expires_at,
            created_at: now,
            last_used_at: None,
        })
    }
}
