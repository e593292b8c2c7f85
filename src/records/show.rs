use std::collections::HashMap;
use std::collections::hash_map::Entry;

use app::view::LinkView;
use model::{AuditAction, AuditChange, EndpointId, RecordId, RecordRow, RefetchRow, Resource, Role, Timestamp, WebhookId};

use super::Change;
use super::shown::{Document, links_in, mask_quotes};
use crate::operation::{Actor, OperationError, Operations};
use crate::providers;
use crate::store::change;
use crate::store::records::StoredRecord;
use crate::webhooks::{self, Masked, REVEALED_SECONDS, Rules, mask};

/// How many records of an object its history has.
const MOST_HISTORY: u32 = 50;

/// A record as far as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownRecord {
    pub row: RecordRow,
    /// The bytes as they came, or with personal data masked.
    pub body: Vec<u8>,
    /// How many values are masked in it.
    pub masked: u32,
    /// The one that it is compared with, and when that was fetched; `None` for the first of its object.
    pub before: Option<(RecordId, Timestamp)>,
    /// Personal data is masked in them where it is in the body.
    pub changes: Vec<Change>,
    /// There are more changes.
    pub more_changes: bool,
    /// The presigned links in it.
    pub links: Vec<LinkView>,
}

impl Operations {
    /// What the provider was asked for the webhook, or is to be, newest first. For viewers.
    pub async fn refetches(&self, actor: &Actor, webhook: WebhookId) -> Result<Vec<RefetchRow>, OperationError> {
        actor.require(Role::Viewer)?;
        Ok(self.store.refetches(webhook).await?)
    }

    /// The records that were fetched for the webhook, newest first. Personal data in what they quote is masked. For viewers.
    pub async fn records_of(&self, actor: &Actor, webhook: WebhookId) -> Result<Vec<RecordRow>, OperationError> {
        actor.require(Role::Viewer)?;
        self.with_masked_quotes(self.store.records_of(webhook).await?).await
    }

    /// The records of an object, also those that were fetched for other webhooks; newest first. Personal data in what they quote
    /// is masked. For viewers.
    pub async fn record_history(
        &self,
        actor: &Actor,
        endpoint: EndpointId,
        resource: &Resource,
    ) -> Result<Vec<RecordRow>, OperationError> {
        actor.require(Role::Viewer)?;
        let history = self.store.history(endpoint, resource, MOST_HISTORY).await?;
        self.with_masked_quotes(history).await
    }

    /// A record with personal data masked. For viewers.
    pub async fn masked_record(&self, actor: &Actor, id: RecordId) -> Result<ShownRecord, OperationError> {
        actor.require(Role::Viewer)?;
        let record = self.stored_record(id).await?;
        self.shown(record, true).await
    }

    /// A record as it came, to someone to whom it was revealed or who asked for it: see [`Operations::reveal_record`]. For
    /// operators.
    pub async fn revealed_record(&self, actor: &Actor, id: RecordId) -> Result<ShownRecord, OperationError> {
        actor.require(Role::Operator)?;
        let record = self.stored_record(id).await?;
        self.shown(record, false).await
    }

    /// A record as a program is given it: with personal data masked for viewers, as it came for others. The latter is audited.
    pub async fn record(&self, actor: &Actor, id: RecordId) -> Result<ShownRecord, OperationError> {
        if actor.require(Role::Operator).is_err() {
            return self.masked_record(actor, id).await;
        }
        let record = self.revealed_record(actor, id).await?;
        self.note_revealed(actor, &record.row, Vec::new()).await?;
        Ok(record)
    }

    /// What the provider answered, byte for byte, to be taken away. Audited. For operators.
    pub async fn record_body(&self, actor: &Actor, id: RecordId) -> Result<Vec<u8>, OperationError> {
        actor.require(Role::Operator)?;
        let record = self.stored_record(id).await?;
        self.note_revealed(actor, &record.row, Vec::new()).await?;
        Ok(record.body)
    }

    /// Notes in the audit log that the record's personal data is revealed, and which; until when it may be shown to the session
    /// that asked. For operators.
    pub async fn reveal_record(&self, actor: &Actor, id: RecordId) -> Result<Timestamp, OperationError> {
        actor.require(Role::Operator)?;
        let StoredRecord { row, body } = self.stored_record(id).await?;
        let rules = self.rules(row.endpoint_id).await?;
        let masked = in_background(move || mask(&body, &rules)).await?;
        self.note_revealed(actor, &row, masked.values.paths).await?;
        Ok(self.clock.now().plus_seconds(REVEALED_SECONDS))
    }

    /// Rows as a list shows them: what they quote is masked as it is in the records.
    pub(crate) async fn with_masked_quotes(&self, mut rows: Vec<RecordRow>) -> Result<Vec<RecordRow>, OperationError> {
        let mut known = HashMap::new();
        for row in &mut rows {
            let rules = match known.entry(row.endpoint_id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(self.rules(row.endpoint_id).await?),
            };
            mask_quotes(&mut row.agreement, rules);
        }
        Ok(rows)
    }

    async fn stored_record(&self, id: RecordId) -> Result<StoredRecord, OperationError> {
        let record = self.store.stored_record(id).await?;
        record.ok_or(OperationError::NotFound("record"))
    }

    async fn note_revealed(&self, actor: &Actor, row: &RecordRow, paths: Vec<String>) -> Result<(), OperationError> {
        let webhook = self.store.webhook(row.webhook_id).await?;
        let target = webhook.as_ref().map(webhooks::target);
        let record = AuditChange {
            field: "record".to_owned(),
            before: None,
            after: Some(row.id.to_string()),
        };
        let revealed = paths.into_iter().map(|path| AuditChange {
            field: path,
            before: None,
            after: None,
        });
        let detail = std::iter::once(record).chain(revealed).collect();
        let entry = self.entry(actor, AuditAction::RecordRevealed, target, detail);
        self.store.change(&change::Change::Nothing, &entry).await?;
        Ok(())
    }

    /// What is personal in what the endpoint's provider answers.
    async fn rules(&self, endpoint: EndpointId) -> Result<Rules, OperationError> {
        let endpoint = self.store.endpoint(endpoint).await?;
        let provider = endpoint.and_then(|endpoint| providers::find(&endpoint.provider));
        Ok(provider.map(|provider| Rules::of(provider.about())).unwrap_or_default())
    }

    async fn shown(&self, record: StoredRecord, masks: bool) -> Result<ShownRecord, OperationError> {
        let before = self.store.record_before(&record.row).await?;
        let rules = self.rules(record.row.endpoint_id).await?;
        in_background(move || {
            let StoredRecord { mut row, body } = record;
            if masks {
                mask_quotes(&mut row.agreement, &rules);
            }
            let (shown, masked) = as_shown(&body, &rules, masks);
            let compared = before.as_ref().and_then(|before| {
                let (shown_before, _) = as_shown(&before.body, &rules, masks);
                let before = Document::read(&before.body, &shown_before)?;
                Some(Document::read(&body, &shown)?.changes_since(&before))
            });
            let (changes, more_changes) = compared.unwrap_or_default();
            ShownRecord {
                before: before.map(|before| (before.row.id, before.row.fetched_at)),
                links: links_in(&body, &shown),
                row,
                body: shown,
                masked,
                changes,
                more_changes,
            }
        })
        .await
    }
}

/// The body as it is shown, and how many values are masked in it.
fn as_shown(body: &[u8], rules: &Rules, masks: bool) -> (Vec<u8>, u32) {
    if !masks {
        return (body.to_vec(), 0);
    }
    let Masked { text, values } = mask(body, rules);
    (text.into_bytes(), values.count)
}

/// A long record takes many milliseconds, which would hold up the requests of others.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, OperationError> {
    let failed = |error| OperationError::Conflict(format!("the record could not be read: {error}"));
    tokio::task::spawn_blocking(work).await.map_err(failed)
}
