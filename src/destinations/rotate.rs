use model::{AuditAction, DestinationId, Role};

use super::{DestinationWithSecret, target};
use crate::endpoints::changed;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;

/// How long the secrets of before go on signing beside a new one.
const OVERLAP_SECONDS: i64 = 24 * 60 * 60;

impl Operations {
    /// Makes a new signing secret, which is shown this once. Those of before sign too for another day, so that the receiver
    /// can take the new one over in between. For admins.
    pub async fn rotate_destination_secret(
        &self,
        actor: &Actor,
        id: DestinationId,
    ) -> Result<DestinationWithSecret, OperationError> {
        actor.require(Role::Admin)?;
        let destination = self.destination_in_use(id).await?;
        let now = self.clock.now();
        let (secret, value) = self.make_secret(self.sealing_key().await?.as_ref(), id, now);
        let before = self.secrets_of_destination(id).await?;
        let newest = before.last().map(|newest| &newest.hint);
        let detail = changed("secret", newest, Some(&secret.hint));
        let entry = self.entry(
            actor,
            AuditAction::DestinationSecretRotated,
            Some(target(&destination)),
            detail.into_iter().collect(),
        );
        let rotate = Change::RotateDestinationSecret {
            secret,
            others_end: now.plus_seconds(OVERLAP_SECONDS),
        };
        self.change_and_tell(&rotate, &entry).await?;
        Ok(DestinationWithSecret {
            destination: self.view_of(destination).await?,
            secret: value,
        })
    }
}
