use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{
    Attempt, AuditAction, AuditChange, DeliveryId, DeliveryState, EndpointId, Event, Evidence, PresentOutcome, ProviderKey,
    RecordId, Resource, Role, Text, Timestamp, Verdict, WebhookId,
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{present, target};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;

/// How much an export holds at most, in webhooks and in records: so that whoever asks for one cannot exhaust the memory.
const MOST_EXPORTED: u32 = 10_000;

/// How many bytes of bodies an export holds at most, for the same reason.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What of an export may still be filled with bodies.
#[derive(Debug)]
struct Room {
    bytes: usize,
    /// Something did not fit.
    is_full: bool,
}

/// Everything that is kept of one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubjectExport {
    pub subject: Text,
    pub exported_at: Timestamp,
    /// What each provider says by now.
    pub present: Vec<PresentOutcome>,
    /// Those that tell of the subject, and those that tell of the same objects and name nobody; newest first.
    pub webhooks: Vec<ExportedWebhook>,
    /// What the providers' APIs answered, newest first.
    pub records: Vec<ExportedRecord>,
    /// There is more than one export holds.
    pub has_more: bool,
}

/// A webhook with its body and where it went.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedWebhook {
    pub id: WebhookId,
    pub endpoint_id: EndpointId,
    pub endpoint: String,
    #[schema(value_type = String)]
    pub provider: ProviderKey,
    pub received_at: Timestamp,
    /// The address that it came from.
    pub peer: String,
    pub verdict: Verdict,
    pub evidence: Evidence,
    pub contradicted: bool,
    pub reconciled: bool,
    #[schema(required = true)]
    pub duplicate_of: Option<WebhookId>,
    pub events: Vec<Event>,
    /// It tells of other subjects too: look before you hand it on.
    pub tells_of_others: bool,
    /// As they came, names in lower case. Values that are secrets are hidden.
    #[schema(value_type = Vec<Vec<String>>)]
    pub headers: Vec<(String, String)>,
    #[serde(flatten)]
    pub content: Content,
    pub deliveries: Vec<ExportedDelivery>,
}

/// What a provider's API answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedRecord {
    pub id: RecordId,
    /// The webhook that it was fetched for.
    pub webhook_id: WebhookId,
    pub resource: Resource,
    pub fetched_at: Timestamp,
    pub url: String,
    pub status: u16,
    #[serde(flatten)]
    pub content: Content,
}

/// A webhook on its way to a destination.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedDelivery {
    pub id: DeliveryId,
    /// The destination's name.
    pub destination: String,
    pub state: DeliveryState,
    pub created_at: Timestamp,
    /// With what was answered, oldest first.
    pub attempts: Vec<Attempt>,
}

/// A body, in one of two forms.
#[derive(Debug, Serialize, ToSchema)]
pub struct Content {
    /// The body, where it is JSON: as it came.
    #[schema(value_type = Option<Value>, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Box<RawValue>>,
    /// Any other body, in base64.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            bytes: MOST_BYTES,
            is_full: false,
        }
    }
}

impl Room {
    /// Whether there is room for that much; there is none for anything after what did not fit.
    const fn take(&mut self, bytes: usize) -> bool {
        match self.bytes.checked_sub(bytes) {
            Some(left) if !self.is_full => self.bytes = left,
            _ => self.is_full = true,
        }
        !self.is_full
    }
}

impl Content {
    fn of(body: &[u8]) -> Self {
        match serde_json::from_slice(body) {
            Ok(json) => Self {
                body: Some(json),
                body_base64: None,
            },
            Err(_) => Self {
                body: None,
                body_base64: Some(STANDARD.encode(body)),
            },
        }
    }
}

impl Operations {
    /// Everything that is kept of the subject, personal data and all; secrets are hidden. `NotFound` when nothing is. Audited. For
    /// admins.
    pub async fn export_subject(&self, actor: &Actor, subject: &Text) -> Result<SubjectExport, OperationError> {
        actor.require(Role::Admin)?;
        let concerned = self.store.of_subject(subject, MOST_EXPORTED).await?;
        let events = self.store.subject_events(subject, MOST_EXPORTED).await?;
        if concerned.webhooks.is_empty() {
            return Err(OperationError::NotFound("subject"));
        }
        let mut has_more = concerned.has_more;
        let mut ids = concerned.webhooks;
        ids.sort_by(|one, other| other.cmp(one));
        let mut webhooks = Vec::with_capacity(ids.len());
        let mut room = Room::default();
        for id in &ids {
            // One that was erased meanwhile is not told of.
            webhooks.extend(self.exported_webhook(actor, subject, *id, &mut room).await?);
            if room.is_full {
                break;
            }
        }
        let mut records = self.exported_records(subject, &ids, &mut room).await?;
        has_more |= room.is_full || records.len() > MOST_EXPORTED as usize;
        records.truncate(MOST_EXPORTED as usize);
        let count = |field: &str, count: usize| AuditChange {
            field: field.to_owned(),
            before: None,
            after: Some(count.to_string()),
        };
        let detail = vec![count("webhooks", webhooks.len()), count("records", records.len())];
        let entry = self.entry(actor, AuditAction::SubjectExported, Some(target(subject)), detail);
        self.store.change(&Change::Nothing, &entry).await?;
        Ok(SubjectExport {
            subject: subject.clone(),
            exported_at: entry.at,
            present: present(&events),
            webhooks,
            records,
            has_more,
        })
    }

    async fn exported_webhook(
        &self,
        actor: &Actor,
        subject: &Text,
        id: WebhookId,
        room: &mut Room,
    ) -> Result<Option<ExportedWebhook>, OperationError> {
        let detail = match self.webhook_with_quotes(actor, id).await {
            Ok(detail) if detail.row.erased_at.is_none() => detail,
            Ok(_) | Err(OperationError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let body = self.store.body(id).await?.unwrap_or_default();
        if !room.take(body.len()) {
            return Ok(None);
        }
        let mut deliveries = Vec::new();
        for row in self.deliveries_of_webhook(actor, id).await? {
            let delivery = self.delivery(actor, row.id).await?;
            deliveries.push(ExportedDelivery {
                id: row.id,
                destination: row.destination_name,
                state: row.state,
                created_at: row.created_at,
                attempts: delivery.attempts,
            });
        }
        let mut subjects = detail.events.iter().filter_map(|event| event.subject.as_ref());
        Ok(Some(ExportedWebhook {
            id,
            endpoint_id: detail.row.endpoint_id,
            endpoint: detail.row.endpoint_name,
            provider: detail.row.provider,
            received_at: detail.row.received_at,
            peer: detail.peer,
            verdict: detail.row.verdict,
            evidence: detail.evidence,
            contradicted: detail.row.contradicted,
            reconciled: detail.row.reconciled,
            duplicate_of: detail.row.duplicate_of,
            tells_of_others: subjects.any(|other| other != subject),
            events: detail.events,
            headers: detail.headers,
            content: Content::of(&body),
            deliveries,
        }))
    }

    /// Those of the subject's webhooks, also of those that only tell of its objects; newest first.
    async fn exported_records(
        &self,
        subject: &Text,
        webhooks: &[WebhookId],
        room: &mut Room,
    ) -> Result<Vec<ExportedRecord>, OperationError> {
        let of_subject = self.store.subject_records(subject, MOST_EXPORTED + 1).await?;
        let mut ids: BTreeSet<_> = of_subject.into_iter().map(|row| row.id).collect();
        for &webhook in webhooks {
            ids.extend(self.store.records_of(webhook).await?.into_iter().map(|row| row.id));
        }
        let mut records = Vec::with_capacity(ids.len());
        for id in ids.into_iter().rev() {
            let Some(stored) = self.store.stored_record(id).await? else {
                continue;
            };
            if !room.take(stored.body.len()) {
                break;
            }
            records.push(ExportedRecord {
                id,
                webhook_id: stored.row.webhook_id,
                resource: stored.row.resource,
                fetched_at: stored.row.fetched_at,
                url: stored.row.url,
                status: stored.row.status,
                content: Content::of(&stored.body),
            });
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_json_as_it_came_or_base64() {
        let check = |body: &[u8], expected: &str| {
            let written = serde_json::to_string(&Content::of(body)).expect("plain data");
            assert_eq!(written, expected);
        };
        check(
            br#"{"n": 1.10,  "big": 123456789012345678901}"#,
            r#"{"body":{"n": 1.10,  "big": 123456789012345678901}}"#,
        );
        check(b"", r#"{"body_base64":""}"#);
        check(b"not JSON", r#"{"body_base64":"bm90IEpTT04="}"#);
        check(b"\"\xff\"", r#"{"body_base64":"Iv8i"}"#);
    }
}
