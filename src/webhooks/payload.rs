use model::{AuditAction, AuditChange, AuditTarget, AuditTargetKind, Role, Timestamp, WebhookDetail, WebhookId};

use super::mask::{Masked, Rules, mask};
use crate::operation::{Actor, OperationError, Operations};
use crate::providers;
use crate::store::change::Change;

/// How long personal data stays revealed to a session.
pub const REVEALED_SECONDS: i64 = 15 * 60;

/// A body as far as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The bytes as they came, or with personal data masked.
    pub body: Vec<u8>,
    /// How many values are masked in it.
    pub masked: u32,
}

impl Operations {
    /// The body with personal data masked. For viewers.
    pub async fn masked_body(&self, actor: &Actor, id: WebhookId) -> Result<Payload, OperationError> {
        actor.require(Role::Viewer)?;
        let (_, body, masked) = self.masked(id).await?;
        Ok(match masked {
            Masked { text: _, values } if values.count == 0 => Payload { body, masked: 0 },
            Masked { text, values } => Payload {
                body: text.into_bytes(),
                masked: values.count,
            },
        })
    }

    /// The body as it came, to someone to whom it was revealed: see [`Operations::reveal`]. For operators.
    pub async fn revealed_body(&self, actor: &Actor, id: WebhookId) -> Result<Vec<u8>, OperationError> {
        actor.require(Role::Operator)?;
        self.body(id).await
    }

    /// The body, byte for byte, to be taken away. Audited. For operators.
    pub async fn webhook_body(&self, actor: &Actor, id: WebhookId) -> Result<Vec<u8>, OperationError> {
        actor.require(Role::Operator)?;
        let detail = self.store.webhook(id).await?.ok_or(OperationError::NotFound("webhook"))?;
        let body = self.body(id).await?;
        let entry = self.entry(actor, AuditAction::BodyDownloaded, Some(target(&detail)), Vec::new());
        self.store.change(&Change::Nothing, &entry).await?;
        Ok(body)
    }

    /// Notes in the audit log that the webhook's personal data is revealed, and which; until when it may be shown to the
    /// session that asked. For operators.
    pub async fn reveal(&self, actor: &Actor, id: WebhookId) -> Result<Timestamp, OperationError> {
        actor.require(Role::Operator)?;
        let (detail, _, masked) = self.masked(id).await?;
        let paths = masked.values.paths.into_iter();
        let revealed = paths.map(|path| AuditChange {
            field: path,
            before: None,
            after: None,
        });
        let entry = self.entry(actor, AuditAction::Revealed, Some(target(&detail)), revealed.collect());
        self.store.change(&Change::Nothing, &entry).await?;
        Ok(self.clock.now().plus_seconds(REVEALED_SECONDS))
    }

    async fn masked(&self, id: WebhookId) -> Result<(WebhookDetail, Vec<u8>, Masked), OperationError> {
        let detail = self.store.webhook(id).await?.ok_or(OperationError::NotFound("webhook"))?;
        let body = self.body(id).await?;
        let provider = providers::find(&detail.row.provider);
        let rules = provider.map(|provider| Rules::of(provider.about())).unwrap_or_default();
        // A long body takes milliseconds, which would hold up the requests of others.
        let masking = tokio::task::spawn_blocking(move || {
            let masked = mask(&body, &rules);
            (body, masked)
        });
        let failed = |error| OperationError::Conflict(format!("the payload could not be masked: {error}"));
        let (body, masked) = masking.await.map_err(failed)?;
        Ok((detail, body, masked))
    }

    async fn body(&self, id: WebhookId) -> Result<Vec<u8>, OperationError> {
        self.store.body(id).await?.ok_or(OperationError::NotFound("webhook"))
    }
}

/// The webhook as the audit log names it.
fn target(webhook: &WebhookDetail) -> AuditTarget {
    let event_type = webhook.row.event.as_ref().map(|event| event.event_type.as_str());
    AuditTarget {
        kind: AuditTargetKind::Webhook,
        id: webhook.row.id.to_string(),
        name: event_type.unwrap_or("webhook without an event").to_owned(),
    }
}
