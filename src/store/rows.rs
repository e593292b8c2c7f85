//! Rows as the queries of both databases give them, and what they mean in the domain.
//!
//! Nothing is trusted for having been stored: a row that this version cannot read is an error, not a guess.

use std::fmt::Display;
use std::str::FromStr;

use ipnet::IpNet;
use model::{
    Agreement, EndpointId, EndpointPolicy, Event, Evidence, ProviderKey, Resource, SecretId, Text, Timestamp, WebhookDetail,
    WebhookId, WebhookRow,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::change::SealedCredentials;
use super::reverify::StoredRequest;
use super::stored_time::StoredTime;
use super::{Endpoint, SealedHeader, SealedSecret, StoreError, decode_headers};

/// A webhook as a line of the log, with the event at position 0 where there is one.
#[derive(FromRow)]
pub(super) struct WebhookColumns {
    id: Uuid,
    endpoint_id: Uuid,
    endpoint_name: String,
    provider: String,
    received_at: StoredTime,
    size: i64,
    verdict: String,
    event_count: i64,
    duplicate_of: Option<Uuid>,
    foreign_network: bool,
    contradicted: bool,
    reconciled: bool,
    erased_at: Option<StoredTime>,
    #[sqlx(flatten)]
    first_event: FirstEventColumns,
}

/// The event of a left join: all `None` where the webhook has no event.
#[derive(FromRow)]
struct FirstEventColumns {
    event_type: Option<String>,
    outcome: Option<String>,
    subject: Option<String>,
    resource_type: Option<String>,
    resource_id: Option<String>,
    provider_event_id: Option<String>,
    occurred_at: Option<StoredTime>,
}

#[derive(FromRow)]
pub(super) struct EventColumns {
    event_type: String,
    outcome: String,
    subject: Option<String>,
    resource_type: Option<String>,
    resource_id: Option<String>,
    provider_event_id: Option<String>,
    occurred_at: Option<StoredTime>,
}

/// What the page of a webhook needs besides its line in the log and its events.
#[derive(FromRow)]
pub(super) struct DetailColumns {
    #[sqlx(flatten)]
    row: WebhookColumns,
    headers: Vec<u8>,
    peer: String,
    evidence: String,
    parse_error: Option<String>,
}

#[derive(FromRow)]
pub(super) struct EndpointColumns {
    id: Uuid,
    token: String,
    provider: String,
    name: String,
    environment: String,
    on_untrusted: String,
    forward_unsigned: bool,
    confirm_before_forwarding: bool,
    digest_mode: Option<String>,
    static_header_name: Option<String>,
    static_header_value: Option<Vec<u8>>,
    networks: String,
    rate_limit: Option<i64>,
    enabled: bool,
    refetch_event_types: Option<String>,
    created_at: StoredTime,
    archived_at: Option<StoredTime>,
}

#[derive(FromRow)]
pub(super) struct SecretColumns {
    id: Uuid,
    endpoint_id: Uuid,
    label: String,
    hint: String,
    sealed_value: Vec<u8>,
    not_before: Option<StoredTime>,
    expires_at: Option<StoredTime>,
    created_at: StoredTime,
    last_used_at: Option<StoredTime>,
}

/// A webhook as far as it takes to check it again.
#[derive(FromRow)]
pub(super) struct StoredRequestColumns {
    id: Uuid,
    received_at: StoredTime,
    verdict: String,
    evidence: String,
    duplicate_of: Option<Uuid>,
    foreign_network: bool,
    contradicted: bool,
    waits: bool,
    headers: Vec<u8>,
    body: Vec<u8>,
}

#[derive(FromRow)]
pub(super) struct CredentialColumns {
    sealed_value: Vec<u8>,
    fields: String,
    base_url: Option<String>,
    token_url: Option<String>,
    set_at: StoredTime,
}

impl TryFrom<WebhookColumns> for WebhookRow {
    type Error = StoreError;

    fn try_from(columns: WebhookColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: WebhookId(columns.id),
            endpoint_id: EndpointId(columns.endpoint_id),
            endpoint_name: columns.endpoint_name,
            provider: ProviderKey::new(columns.provider),
            received_at: columns.received_at.0,
            size: number(columns.size, "size")?,
            verdict: word(&columns.verdict)?,
            event: columns.first_event.into_event()?,
            events: number(columns.event_count, "number of events")?,
            duplicate_of: columns.duplicate_of.map(WebhookId),
            delivery: None,
            foreign_network: columns.foreign_network,
            contradicted: columns.contradicted,
            reconciled: columns.reconciled,
            erased_at: time(columns.erased_at),
        })
    }
}

impl FirstEventColumns {
    fn into_event(self) -> Result<Option<Event>, StoreError> {
        let (Some(event_type), Some(outcome)) = (self.event_type, self.outcome) else {
            return Ok(None);
        };
        let event = EventColumns {
            event_type,
            outcome,
            subject: self.subject,
            resource_type: self.resource_type,
            resource_id: self.resource_id,
            provider_event_id: self.provider_event_id,
            occurred_at: self.occurred_at,
        };
        event.try_into().map(Some)
    }
}

impl TryFrom<EventColumns> for Event {
    type Error = StoreError;

    fn try_from(columns: EventColumns) -> Result<Self, StoreError> {
        let resource = match (columns.resource_type, columns.resource_id) {
            (Some(kind), Some(id)) => Some(Resource {
                kind: text(&kind)?,
                id: text(&id)?,
            }),
            _ => None,
        };
        Ok(Self {
            event_type: text(&columns.event_type)?,
            outcome: word(&columns.outcome)?,
            subject: columns.subject.as_deref().map(text).transpose()?,
            resource,
            provider_event_id: columns.provider_event_id.as_deref().map(text).transpose()?,
            occurred_at: time(columns.occurred_at),
        })
    }
}

impl DetailColumns {
    pub(super) fn into_detail(self, events: Vec<EventColumns>) -> Result<WebhookDetail, StoreError> {
        let headers = decode_headers(&self.headers)
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        Ok(WebhookDetail {
            row: self.row.try_into()?,
            headers,
            peer: self.peer,
            evidence: serde_json::from_str(&self.evidence).map_err(unreadable)?,
            events: events.into_iter().map(Event::try_from).collect::<Result<_, _>>()?,
            parse_error: self.parse_error,
        })
    }
}

impl TryFrom<EndpointColumns> for Endpoint {
    type Error = StoreError;

    fn try_from(columns: EndpointColumns) -> Result<Self, StoreError> {
        let static_header = match (columns.static_header_name, columns.static_header_value) {
            (Some(name), Some(sealed_value)) => Some(SealedHeader { name, sealed_value }),
            _ => None,
        };
        Ok(Self {
            id: EndpointId(columns.id),
            token: columns.token,
            provider: ProviderKey::new(columns.provider),
            name: columns.name,
            environment: word(&columns.environment)?,
            policy: EndpointPolicy {
                on_untrusted: word(&columns.on_untrusted)?,
                forward_unsigned: columns.forward_unsigned,
                confirm_before_forwarding: columns.confirm_before_forwarding,
            },
            digest_mode: columns.digest_mode.as_deref().map(word).transpose()?,
            static_header,
            networks: read_networks(&columns.networks)?,
            rate_limit: columns.rate_limit.map(|limit| number(limit, "rate limit")).transpose()?,
            enabled: columns.enabled,
            refetch_event_types: columns.refetch_event_types.as_deref().map(read_texts).transpose()?,
            created_at: columns.created_at.0,
            archived_at: time(columns.archived_at),
        })
    }
}

impl From<SecretColumns> for SealedSecret {
    fn from(columns: SecretColumns) -> Self {
        Self {
            id: SecretId(columns.id),
            endpoint_id: EndpointId(columns.endpoint_id),
            label: columns.label,
            hint: columns.hint,
            sealed_value: columns.sealed_value,
            not_before: time(columns.not_before),
            expires_at: time(columns.expires_at),
            created_at: columns.created_at.0,
            last_used_at: time(columns.last_used_at),
        }
    }
}

impl TryFrom<StoredRequestColumns> for StoredRequest {
    type Error = StoreError;

    fn try_from(columns: StoredRequestColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: WebhookId(columns.id),
            received_at: columns.received_at.0,
            headers: columns.headers,
            body: columns.body.into(),
            verdict: word(&columns.verdict)?,
            evidence: serde_json::from_str(&columns.evidence).map_err(unreadable)?,
            duplicate_of: columns.duplicate_of.map(WebhookId),
            foreign_network: columns.foreign_network,
            contradicted: columns.contradicted,
            waits: columns.waits,
        })
    }
}

impl TryFrom<CredentialColumns> for SealedCredentials {
    type Error = StoreError;

    fn try_from(columns: CredentialColumns) -> Result<Self, StoreError> {
        Ok(Self {
            sealed_value: columns.sealed_value,
            fields: read_texts(&columns.fields)?,
            base_url: columns.base_url,
            token_url: columns.token_url,
            set_at: columns.set_at.0,
        })
    }
}

/// All rows of a list as what they mean.
pub(super) fn read_all<Columns, Value>(rows: Vec<Columns>) -> Result<Vec<Value>, StoreError>
where
    Value: TryFrom<Columns, Error = StoreError>,
{
    rows.into_iter().map(Value::try_from).collect()
}

/// A word of the model, such as a verdict.
pub(super) fn word<Word: FromStr<Err: Display>>(text: &str) -> Result<Word, StoreError> {
    text.parse().map_err(unreadable)
}

/// A count or size, which no database keeps without a sign.
pub(super) fn number<Number: TryFrom<i64>>(value: i64, what: &str) -> Result<Number, StoreError> {
    Number::try_from(value).map_err(|_| StoreError::Unreadable(format!("{value} as a {what}")))
}

/// Networks as the text of one column.
pub(super) fn write_networks(networks: &[IpNet]) -> String {
    serde_json::to_string(networks).expect("networks are written as texts")
}

/// Evidence as the text of one column.
pub(super) fn write_evidence(evidence: &Evidence) -> String {
    serde_json::to_string(evidence).expect("evidence has only texts as keys and is written as JSON")
}

/// What a record says of its webhook as the text of one column.
pub(super) fn write_agreement(agreement: &Agreement) -> String {
    serde_json::to_string(agreement).expect("an agreement has only texts as keys and is written as JSON")
}

/// Texts as the text of one column, such as the names of credentials.
pub(super) fn write_texts(texts: &[String]) -> String {
    serde_json::to_string(texts).expect("texts are written as JSON")
}

fn read_texts(texts: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(texts).map_err(unreadable)
}

fn read_networks(networks: &str) -> Result<Vec<IpNet>, StoreError> {
    serde_json::from_str(networks).map_err(unreadable)
}

/// A field that a provider filled.
pub(super) fn text(text: &str) -> Result<Text, StoreError> {
    Text::new(text).ok_or_else(|| StoreError::Unreadable("an empty text".to_owned()))
}

pub(super) fn time(time: Option<StoredTime>) -> Option<Timestamp> {
    time.map(|time| time.0)
}

pub(super) fn unreadable(error: impl Display) -> StoreError {
    StoreError::Unreadable(error.to_string())
}
