//! Rows of the tables of destinations, and what they mean in the domain.

use model::{DestinationId, Disabled, EndpointId, Health, Outcome, SecretId, Subscription, Text};
use sqlx::FromRow;
use uuid::Uuid;

use super::StoreError;
use super::delivery::{Destination, DestinationSecret};
use super::rows::{number, time, unreadable, word};
use super::stored_time::StoredTime;

#[derive(FromRow)]
pub(super) struct DestinationColumns {
    id: Uuid,
    name: String,
    url: String,
    endpoints: String,
    event_types: String,
    outcomes: String,
    header_names: String,
    sealed_headers: Option<Vec<u8>>,
    concurrency: i64,
    rate_limit: Option<i64>,
    ordered: bool,
    schedule: String,
    disabled_reason: Option<String>,
    disabled_at: Option<StoredTime>,
    created_at: StoredTime,
    archived_at: Option<StoredTime>,
}

#[derive(FromRow)]
pub(super) struct DestinationSecretColumns {
    id: Uuid,
    destination_id: Uuid,
    hint: String,
    sealed_value: Vec<u8>,
    created_at: StoredTime,
    expires_at: Option<StoredTime>,
}

/// How a destination does. All `None` in a left join with a destination that was never tried.
#[derive(FromRow)]
pub(super) struct HealthColumns {
    consecutive_failures: Option<i64>,
    failing_since: Option<StoredTime>,
    last_failure: Option<String>,
    last_failure_at: Option<StoredTime>,
    last_success_at: Option<StoredTime>,
    resume_at: Option<StoredTime>,
}

#[derive(FromRow)]
pub(super) struct DestinationHealthColumns {
    destination_id: Uuid,
    #[sqlx(flatten)]
    health: HealthColumns,
}

/// A destination as far as its queue is concerned.
#[derive(FromRow)]
pub(super) struct QueueColumns {
    ordered: bool,
    /// It is neither disabled nor archived.
    open: bool,
    #[sqlx(flatten)]
    health: HealthColumns,
}

/// A destination as far as its queue is concerned.
pub(super) struct Queue {
    pub ordered: bool,
    pub open: bool,
    pub health: Health,
}

impl TryFrom<DestinationColumns> for Destination {
    type Error = StoreError;

    fn try_from(columns: DestinationColumns) -> Result<Self, StoreError> {
        let disabled = match (columns.disabled_reason, columns.disabled_at) {
            (Some(reason), Some(at)) => Some(Disabled {
                reason: word(&reason)?,
                at: at.0,
            }),
            _ => None,
        };
        Ok(Self {
            id: DestinationId(columns.id),
            name: columns.name,
            url: columns.url,
            subscription: Subscription {
                endpoints: read_list::<EndpointId>(&columns.endpoints)?,
                event_types: read_list::<Text>(&columns.event_types)?,
                outcomes: read_list::<Outcome>(&columns.outcomes)?,
            },
            header_names: read_list(&columns.header_names)?,
            sealed_headers: columns.sealed_headers,
            concurrency: number(columns.concurrency, "concurrency")?,
            rate_limit: columns.rate_limit.map(|limit| number(limit, "rate limit")).transpose()?,
            ordered: columns.ordered,
            schedule: read_list(&columns.schedule)?,
            disabled,
            created_at: columns.created_at.0,
            archived_at: time(columns.archived_at),
        })
    }
}

impl From<DestinationSecretColumns> for DestinationSecret {
    fn from(columns: DestinationSecretColumns) -> Self {
        Self {
            id: SecretId(columns.id),
            destination_id: DestinationId(columns.destination_id),
            hint: columns.hint,
            sealed_value: columns.sealed_value,
            created_at: columns.created_at.0,
            expires_at: time(columns.expires_at),
        }
    }
}

impl TryFrom<HealthColumns> for Health {
    type Error = StoreError;

    fn try_from(columns: HealthColumns) -> Result<Self, StoreError> {
        Ok(Self {
            consecutive_failures: number(columns.consecutive_failures.unwrap_or(0), "number of failures")?,
            failing_since: time(columns.failing_since),
            last_failure: columns.last_failure.as_deref().map(word).transpose()?,
            last_failure_at: time(columns.last_failure_at),
            last_success_at: time(columns.last_success_at),
            resume_at: time(columns.resume_at),
        })
    }
}

impl TryFrom<DestinationHealthColumns> for (DestinationId, Health) {
    type Error = StoreError;

    fn try_from(columns: DestinationHealthColumns) -> Result<Self, StoreError> {
        Ok((DestinationId(columns.destination_id), columns.health.try_into()?))
    }
}

impl TryFrom<QueueColumns> for Queue {
    type Error = StoreError;

    fn try_from(columns: QueueColumns) -> Result<Self, StoreError> {
        Ok(Self {
            ordered: columns.ordered,
            open: columns.open,
            health: columns.health.try_into()?,
        })
    }
}

/// A list as the text of one column.
pub(super) fn write_list<Item: serde::Serialize>(list: &[Item]) -> String {
    serde_json::to_string(list).expect("ids, texts, words and numbers are written as JSON")
}

fn read_list<Item: serde::de::DeserializeOwned>(list: &str) -> Result<Vec<Item>, StoreError> {
    serde_json::from_str(list).map_err(unreadable)
}
