//! Webhooks as programs see them.

use model::{
    DeliveryRow, DeliverySummary, EndpointId, Event, Evidence, Outcome, ProviderKey, RecordRow, RefetchRow, Resource, Text,
    Timestamp, Verdict, WebhookDetail, WebhookId,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::deliveries::DeliveryItem;
use crate::api::records::RecordItem;

/// A webhook as a line of the log. Its event is the first one that it carries; without events, what is said of it is `null`.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookItem {
    #[serde(flatten)]
    webhook: Webhook,
    /// How many events it carries.
    events: u32,
}

/// Everything that is kept of a webhook but its body.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookWhole {
    #[serde(flatten)]
    webhook: Webhook,
    events: Vec<Event>,
    /// As they came, names in lower case. Values that are secrets are hidden.
    headers: Vec<(String, String)>,
    /// The address that it came from.
    peer: String,
    /// What the verdict rests on.
    evidence: Evidence,
    /// Why the body could not be read as the provider's events.
    #[schema(required = true)]
    parse_error: Option<String>,
    /// Where it is forwarded to, newest first; to one destination there may be several.
    deliveries: Vec<DeliveryItem>,
    /// What the provider's API answered when it was asked for this webhook, newest first.
    records: Vec<RecordItem>,
    /// What the provider's API was asked, or is to be, newest first.
    refetches: Vec<RefetchRow>,
}

/// What a line of the log and the whole have in common.
#[derive(Debug, Serialize, ToSchema)]
struct Webhook {
    id: WebhookId,
    endpoint_id: EndpointId,
    provider: ProviderKey,
    received_at: Timestamp,
    /// The body's length in bytes.
    size: u64,
    verdict: Verdict,
    #[schema(required = true)]
    event_type: Option<Text>,
    #[schema(required = true)]
    outcome: Option<Outcome>,
    /// Your own reference for the person.
    #[schema(required = true)]
    subject: Option<Text>,
    #[schema(required = true)]
    resource: Option<Resource>,
    /// The webhook that told of the same event before.
    #[schema(required = true)]
    duplicate_of: Option<WebhookId>,
    /// It came from outside the networks that the endpoint names.
    foreign_network: bool,
    /// The provider's record says something else: it is held.
    contradicted: bool,
    /// It was not received, but made of what the provider lists.
    reconciled: bool,
    /// When its body, headers and fields were erased.
    #[schema(required = true)]
    erased_at: Option<Timestamp>,
    /// How it is forwarded: of its deliveries, the one that most wants a person; `null` without any.
    #[schema(required = true)]
    delivery: Option<DeliverySummary>,
}

impl From<model::WebhookRow> for Webhook {
    fn from(row: model::WebhookRow) -> Self {
        let (event_type, outcome, subject, resource) = row.event.map_or((None, None, None, None), |event| {
            (Some(event.event_type), Some(event.outcome), event.subject, event.resource)
        });
        Self {
            id: row.id,
            endpoint_id: row.endpoint_id,
            provider: row.provider,
            received_at: row.received_at,
            size: row.size,
            verdict: row.verdict,
            event_type,
            outcome,
            subject,
            resource,
            duplicate_of: row.duplicate_of,
            foreign_network: row.foreign_network,
            contradicted: row.contradicted,
            reconciled: row.reconciled,
            erased_at: row.erased_at,
            delivery: row.delivery,
        }
    }
}

impl From<model::WebhookRow> for WebhookItem {
    fn from(row: model::WebhookRow) -> Self {
        Self {
            events: row.events,
            webhook: row.into(),
        }
    }
}

impl WebhookItem {
    pub fn id(&self) -> WebhookId {
        self.webhook.id
    }
}

impl WebhookWhole {
    pub fn new(detail: WebhookDetail, deliveries: Vec<DeliveryRow>, records: Vec<RecordRow>, refetches: Vec<RefetchRow>) -> Self {
        Self {
            webhook: detail.row.into(),
            events: detail.events,
            headers: detail.headers,
            peer: detail.peer,
            evidence: detail.evidence,
            parse_error: detail.parse_error,
            deliveries: deliveries.into_iter().map(DeliveryItem::from).collect(),
            records: records.into_iter().map(RecordItem::from).collect(),
            refetches,
        }
    }
}
