use model::{AuditAction, AuditChange, EndpointId, Role, SecretId, Timestamp};

use super::{SecretView, changed, is_name, target};
use crate::operation::{Actor, Errors, OperationError, Operations};
use crate::store::change::Change;
use crate::store::{SealedSecret, StoreError};

/// What an admin changes of a secret. `None` leaves it as it is; the inner `None` takes a limit away.
#[derive(Debug, Default)]
pub struct SecretChange {
    pub label: Option<String>,
    pub not_before: Option<Option<Timestamp>>,
    pub expires_at: Option<Option<Timestamp>>,
}

impl Operations {
    /// The endpoint's secrets without their values, oldest first. For viewers.
    pub async fn secrets(&self, actor: &Actor, id: EndpointId) -> Result<Vec<SecretView>, OperationError> {
        actor.require(Role::Viewer)?;
        self.endpoint_in_use(id).await?;
        Ok(self.secrets_of(id).await?.into_iter().map(SecretView::from).collect())
    }

    /// Changes a secret's label or the window in which it is accepted. For admins.
    pub async fn change_secret(
        &self,
        actor: &Actor,
        id: EndpointId,
        secret: SecretId,
        change: SecretChange,
    ) -> Result<SecretView, OperationError> {
        actor.require(Role::Admin)?;
        let endpoint = self.endpoint_in_use(id).await?;
        let mut may_try_again = true;
        loop {
            let before = self.secret(id, secret).await?;
            let after = apply(&before, &change)?;
            let fields = [
                changed("label", Some(&before.label), Some(&after.label)),
                changed("not_before", before.not_before, after.not_before),
                changed("expires_at", before.expires_at, after.expires_at),
            ];
            let mut differences = fields.into_iter().flatten().peekable();
            if differences.peek().is_none() {
                return Ok(after.into());
            }
            let detail = of_secret(&before.label, differences);
            let entry = self.entry(actor, AuditAction::SecretChanged, Some(target(&endpoint)), detail);
            let update = Change::UpdateSecret {
                before,
                after: after.clone(),
            };
            match self.change_and_tell(&update, &entry).await {
                Err(StoreError::Changed(_)) if may_try_again => may_try_again = false,
                done => return Ok(done.map(|()| after.into())?),
            }
        }
    }

    /// Forgets a secret: what it signed is not verified any more when it is checked again. For admins.
    pub async fn remove_secret(&self, actor: &Actor, id: EndpointId, secret: SecretId) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        let endpoint = self.endpoint_in_use(id).await?;
        let removed = self.secret(id, secret).await?;
        let detail = vec![AuditChange {
            field: "label".to_owned(),
            before: Some(removed.label),
            after: None,
        }];
        let entry = self.entry(actor, AuditAction::SecretRemoved, Some(target(&endpoint)), detail);
        Ok(self.change_and_tell(&Change::RemoveSecret(id, secret), &entry).await?)
    }

    /// The secrets of one endpoint, oldest first.
    pub(super) async fn secrets_of(&self, id: EndpointId) -> Result<Vec<SealedSecret>, OperationError> {
        let mut secrets = self.store.secrets().await?;
        secrets.retain(|secret| secret.endpoint_id == id);
        secrets.sort_by_key(|secret| secret.id);
        Ok(secrets)
    }

    async fn secret(&self, id: EndpointId, secret: SecretId) -> Result<SealedSecret, OperationError> {
        let mut all = self.secrets_of(id).await?.into_iter();
        all.find(|one| one.id == secret).ok_or(OperationError::NotFound("secret"))
    }
}

fn apply(before: &SealedSecret, change: &SecretChange) -> Result<SealedSecret, OperationError> {
    let after = SealedSecret {
        label: change.label.clone().unwrap_or_else(|| before.label.clone()),
        not_before: change.not_before.unwrap_or(before.not_before),
        expires_at: change.expires_at.unwrap_or(before.expires_at),
        ..before.clone()
    };
    let mut errors = Errors::default();
    check_secret_name(&after.label, &mut errors);
    check_window(after.not_before, after.expires_at, &mut errors);
    errors.none_or_invalid().map(|()| after)
}

pub(super) fn check_secret_name(label: &str, errors: &mut Errors) {
    if !is_name(label) {
        errors.add("label", "it is empty or has characters that cannot be shown");
    }
}

pub(super) fn check_window(not_before: Option<Timestamp>, expires_at: Option<Timestamp>, errors: &mut Errors) {
    if let (Some(from), Some(until)) = (not_before, expires_at)
        && until <= from
    {
        errors.add("expires_at", "the secret would expire before it is live");
    }
}

/// What changed of a secret, and first which secret it was: the line of the audit log names the endpoint.
pub(super) fn of_secret(label: &str, differences: impl Iterator<Item = AuditChange>) -> Vec<AuditChange> {
    let which = AuditChange {
        field: "secret".to_owned(),
        before: Some(label.to_owned()),
        after: Some(label.to_owned()),
    };
    std::iter::once(which).chain(differences).collect()
}
