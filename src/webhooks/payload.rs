use app::view::LinkView;
use model::{AuditAction, AuditChange, AuditTarget, AuditTargetKind, Role, Timestamp, WebhookDetail, WebhookId};

use super::mask::{Masked, Rules, mask};
use crate::operation::{Actor, OperationError, Operations};
use crate::providers;
use crate::records::links_in;
use crate::store::change::Change;

/// How long personal data stays revealed to a session.
pub const REVEALED_SECONDS: i64 = 15 * 60;

/// A body as far as it may be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Payload {
    /// The bytes as they came, or with personal data masked.
    pub body: Vec<u8>,
    /// How many values are masked in it.
    pub masked: u32,
    /// The presigned links in it.
    pub links: Vec<LinkView>,
}

impl Operations {
    /// The body with personal data masked; empty of a webhook that was erased. For viewers.
    pub async fn masked_body(&self, actor: &Actor, id: WebhookId) -> Result<Payload, OperationError> {
        actor.require(Role::Viewer)?;
        match self.masked(id).await {
            Ok((_, payload, _)) => Ok(payload),
            Err(OperationError::Gone(_)) => Ok(Payload::default()),
            Err(error) => Err(error),
        }
    }

    /// The body as it came, to someone to whom it was revealed: see [`Operations::reveal`]. For operators.
    pub async fn revealed_body(&self, actor: &Actor, id: WebhookId) -> Result<Payload, OperationError> {
        actor.require(Role::Operator)?;
        let body = match self.kept(id).await {
            Ok(_) => self.body(id).await?,
            Err(OperationError::Gone(_)) => return Ok(Payload::default()),
            Err(error) => return Err(error),
        };
        in_background(move || Payload {
            links: links_in(&body, &body),
            body,
            masked: 0,
        })
        .await
    }

    /// The body, byte for byte, to be taken away. `Gone` when it was erased. Audited. For operators.
    pub async fn webhook_body(&self, actor: &Actor, id: WebhookId) -> Result<Vec<u8>, OperationError> {
        actor.require(Role::Operator)?;
        let detail = self.kept(id).await?;
        let body = self.body(id).await?;
        let entry = self.entry(actor, AuditAction::BodyDownloaded, Some(target(&detail)), Vec::new());
        self.store.change(&Change::Nothing, &entry).await?;
        Ok(body)
    }

    /// Notes in the audit log that the webhook's personal data is revealed, and which; until when it may be shown to the
    /// session that asked. `Gone` when it was erased. For operators.
    pub async fn reveal(&self, actor: &Actor, id: WebhookId) -> Result<Timestamp, OperationError> {
        actor.require(Role::Operator)?;
        let (detail, _, paths) = self.masked(id).await?;
        let revealed = paths.into_iter().map(|path| AuditChange {
            field: path,
            before: None,
            after: None,
        });
        let entry = self.entry(actor, AuditAction::Revealed, Some(target(&detail)), revealed.collect());
        self.store.change(&Change::Nothing, &entry).await?;
        Ok(self.clock.now().plus_seconds(REVEALED_SECONDS))
    }

    /// With where the values are that are masked.
    async fn masked(&self, id: WebhookId) -> Result<(WebhookDetail, Payload, Vec<String>), OperationError> {
        let detail = self.kept(id).await?;
        let body = self.body(id).await?;
        let provider = providers::find(&detail.row.provider);
        let rules = provider.map(|provider| Rules::of(provider.about())).unwrap_or_default();
        in_background(move || {
            let Masked { text, values } = mask(&body, &rules);
            let links = links_in(&body, text.as_bytes());
            let payload = Payload {
                body: if values.count == 0 { body } else { text.into_bytes() },
                masked: values.count,
                links,
            };
            (detail, payload, values.paths)
        })
        .await
    }

    /// The webhook, unless it was erased.
    async fn kept(&self, id: WebhookId) -> Result<WebhookDetail, OperationError> {
        let detail = self.store.webhook(id).await?.ok_or(OperationError::NotFound("webhook"))?;
        match detail.row.erased_at {
            None => Ok(detail),
            Some(_) => Err(OperationError::Gone("webhook")),
        }
    }

    async fn body(&self, id: WebhookId) -> Result<Vec<u8>, OperationError> {
        self.store.body(id).await?.ok_or(OperationError::NotFound("webhook"))
    }
}

/// A long body takes milliseconds, which would hold up the requests of others.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, OperationError> {
    let failed = |error| OperationError::Conflict(format!("the payload could not be masked: {error}"));
    tokio::task::spawn_blocking(work).await.map_err(failed)
}

/// The webhook as the audit log names it.
pub(crate) fn target(webhook: &WebhookDetail) -> AuditTarget {
    let event_type = webhook.row.event.as_ref().map(|event| event.event_type.as_str());
    AuditTarget {
        kind: AuditTargetKind::Webhook,
        id: webhook.row.id.to_string(),
        name: event_type.unwrap_or("webhook without an event").to_owned(),
    }
}
