use std::sync::Arc;
use std::time::Duration;

use model::{
    ActorKind, AuditAction, AuditActor, AuditChange, AuditTarget, AuditTargetKind, DestinationId, Disabled, DisabledReason,
    Timestamp,
};

use super::within::within;
use crate::ingest::Directory;
use crate::store::change::{Change, NewAuditEntry};
use crate::store::{Store, StoreError};

/// How long disabling may take.
const ANSWER: Duration = Duration::from_secs(10);

/// Disables destinations that want nothing any more, or failed for too long.
#[derive(Clone)]
pub(super) struct Disabler {
    pub store: Arc<dyn Store>,
    pub directory: Arc<Directory>,
}

impl Disabler {
    /// Disables the destination, unless somebody did or gave it another address, and lets the door and the worker of this process know. What cannot be
    /// done now is done after a later attempt.
    pub async fn disable(&self, id: DestinationId, url: &str, reason: DisabledReason, now: Timestamp) {
        match within(ANSWER, self.try_to_disable(id, url, reason, now)).await {
            Ok(false) => {}
            Ok(true) => {
                tracing::warn!(destination = %id, %reason, "destination disabled");
                if let Err(error) = self.directory.refresh().await {
                    tracing::error!(%error, "destinations not read again");
                }
            }
            Err(error) => tracing::error!(%error, destination = %id, %reason, "destination not disabled"),
        }
    }

    async fn try_to_disable(
        &self,
        id: DestinationId,
        url: &str,
        reason: DisabledReason,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(destination) = self.store.destination(id).await? else {
            return Ok(false);
        };
        if destination.disabled.is_some() || destination.archived_at.is_some() || destination.url != url {
            return Ok(false);
        }
        let entry = NewAuditEntry {
            at: now,
            actor: AuditActor {
                kind: ActorKind::System,
                user: None,
                name: "Hookproof".to_owned(),
            },
            address: None,
            action: AuditAction::DestinationDisabled,
            target: Some(AuditTarget {
                kind: AuditTargetKind::Destination,
                id: id.to_string(),
                name: destination.name,
            }),
            detail: vec![AuditChange {
                field: "disabled".to_owned(),
                before: None,
                after: Some(reason.to_string()),
            }],
        };
        let change = Change::SetDestinationDisabled(id, Some(Disabled { reason, at: now }));
        self.store.change(&change, &entry).await?;
        Ok(true)
    }
}
