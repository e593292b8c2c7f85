use model::{DeliveryNotes, Role, WebhookDetail, WebhookId};

use super::{Rules, headers};
use crate::ingest::open_static_header;
use crate::operation::{Actor, OperationError, Operations};
use crate::providers;
use crate::records::mask_quotes;
use crate::store::decode_headers;

impl Operations {
    /// Everything that is kept of a webhook but its body. Values of headers that are secrets are hidden: the endpoint's own
    /// static header from everyone, what else lets a sender in from viewers. What the evidence quotes is masked as it is in the
    /// record. For viewers.
    pub async fn webhook(&self, actor: &Actor, id: WebhookId) -> Result<WebhookDetail, OperationError> {
        let mut detail = self.webhook_with_quotes(actor, id).await?;
        if let Some(record) = &mut detail.evidence.record {
            let provider = providers::find(&detail.row.provider);
            let rules = provider.map(|provider| Rules::of(provider.about())).unwrap_or_default();
            mask_quotes(&mut record.agreement, &rules);
        }
        Ok(detail)
    }

    /// The same with what the evidence quotes as it is, for whoever is given the records too. For viewers.
    pub(crate) async fn webhook_with_quotes(&self, actor: &Actor, id: WebhookId) -> Result<WebhookDetail, OperationError> {
        actor.require(Role::Viewer)?;
        let mut detail = self.store.webhook(id).await?.ok_or(OperationError::NotFound("webhook"))?;
        let endpoint = self.store.endpoint(detail.row.endpoint_id).await?;
        let static_header = match endpoint.filter(|endpoint| endpoint.static_header.is_some()) {
            // Without the key nobody can tell which value to hide, so nothing is shown.
            Some(endpoint) => open_static_header(&endpoint, self.sealing_key().await?.as_ref())?,
            None => None,
        };
        let sees_all = actor.require(Role::Operator).is_ok();
        headers::hide(&mut detail.headers, static_header.as_ref(), sees_all);
        Ok(detail)
    }

    /// What the provider says in its headers about this delivery of the webhook. For viewers.
    pub async fn delivery_notes(&self, actor: &Actor, webhook: &WebhookDetail) -> Result<DeliveryNotes, OperationError> {
        actor.require(Role::Viewer)?;
        let headers = self.store.headers(webhook.row.id).await?;
        let headers = decode_headers(&headers.ok_or(OperationError::NotFound("webhook"))?);
        let provider = providers::find(&webhook.row.provider);
        Ok(provider.map(|provider| provider.delivery_notes(&headers)).unwrap_or_default())
    }
}
