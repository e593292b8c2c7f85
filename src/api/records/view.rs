//! Records as programs see them.

use model::{Agreement, EndpointId, RecordId, RecordRow, Resource, Timestamp, WebhookId};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::records::{Change, ShownRecord};

/// A record as a line of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordItem {
    id: RecordId,
    /// The webhook that it was fetched for.
    webhook_id: WebhookId,
    endpoint_id: EndpointId,
    /// Whose record it is.
    resource: Resource,
    fetched_at: Timestamp,
    /// What was asked. There is no secret in it.
    url: String,
    status: u16,
    duration_ms: u32,
    /// The body's length in bytes.
    size: u64,
    /// Whether the record agrees with the webhook that it was fetched for; `null` when that cannot be told.
    #[schema(required = true)]
    agrees: Option<bool>,
    /// The same with where they differ.
    agreement: Agreement,
}

/// A record with what changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordWhole {
    #[serde(flatten)]
    record: RecordItem,
    /// The record of the same object before this one.
    #[schema(required = true)]
    compared_with: Option<RecordId>,
    /// Where they differ, in the order of the fields. A presigned link that was only signed anew is no change.
    changes: Vec<ChangeItem>,
    /// There are more changes than are listed.
    more_changes: bool,
}

/// One place at which a record differs from the one before.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeItem {
    /// As a JSON pointer.
    path: String,
    /// `null` where it was not there.
    #[schema(required = true)]
    before: Option<Value>,
    /// `null` where it is not there any more.
    #[schema(required = true)]
    after: Option<Value>,
}

/// What asking the provider again came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fetched {
    record: FetchedRecord,
}

/// A record with its body.
#[derive(Debug, Serialize, ToSchema)]
pub struct FetchedRecord {
    #[serde(flatten)]
    record: RecordWhole,
    /// What the provider answered, as it is.
    #[schema(value_type = Value, required = true)]
    body: Option<Box<RawValue>>,
}

impl From<RecordRow> for RecordItem {
    fn from(row: RecordRow) -> Self {
        Self {
            id: row.id,
            webhook_id: row.webhook_id,
            endpoint_id: row.endpoint_id,
            resource: row.resource,
            fetched_at: row.fetched_at,
            url: row.url,
            status: row.status,
            duration_ms: row.duration_ms,
            size: row.size,
            agrees: row.agreement.agrees(),
            agreement: row.agreement,
        }
    }
}

impl From<ShownRecord> for RecordWhole {
    fn from(shown: ShownRecord) -> Self {
        Self {
            record: shown.row.into(),
            compared_with: shown.before.map(|(id, _)| id),
            changes: shown.changes.into_iter().map(ChangeItem::from).collect(),
            more_changes: shown.more_changes,
        }
    }
}

impl From<Change> for ChangeItem {
    fn from(change: Change) -> Self {
        Self {
            path: change.path,
            before: change.before,
            after: change.after,
        }
    }
}

impl From<ShownRecord> for Fetched {
    fn from(shown: ShownRecord) -> Self {
        Self {
            record: FetchedRecord {
                // What is no JSON is no record.
                body: serde_json::from_slice(&shown.body).ok(),
                record: shown.into(),
            },
        }
    }
}
