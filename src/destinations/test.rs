use axum::http::{HeaderMap, header};
use bytes::Bytes;
use model::{AuditAction, AuditChange, DestinationId, Failure, ProviderKey, Role, Text, Timestamp, Verdict, WebhookId};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::target;
use crate::delivery::{Answer, ForwardedWebhook, OpenDestination, forward};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;

/// What receivers know a test by.
const EVENT_TYPE: &str = "hookproof.test";
const PROVIDER: &str = "hookproof";

/// What came of a test.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Tested {
    /// `null` when no answer began.
    #[schema(required = true)]
    pub status: Option<u16>,
    /// `null` when it was taken.
    #[schema(required = true)]
    pub failure: Option<Failure>,
    pub duration_ms: u32,
    /// Names in lower case.
    #[schema(value_type = Vec<Vec<String>>)]
    pub response_headers: Vec<(String, String)>,
    /// The beginning of the answer, as text.
    pub response_body: String,
}

impl Operations {
    /// Sends a made-up webhook now, signed as all are, and waits for the answer. Neither is stored; also one that is disabled
    /// can be tested. For admins.
    pub async fn test_destination(&self, actor: &Actor, id: DestinationId) -> Result<Tested, OperationError> {
        actor.require(Role::Admin)?;
        let destination = self.destination_in_use(id).await?;
        let now = self.clock.now();
        let secrets = self.secrets_of_destination(id).await?;
        let to = OpenDestination::open(destination.clone(), secrets, self.sealing_key().await?.as_ref())?.recipient(now);
        let webhook = made_up(WebhookId(self.ids.next(now)), now);
        let answer = self.forwarding.client.send(forward(&webhook, &to, now)).await;
        let entry = self.entry(
            actor,
            AuditAction::DestinationTested,
            Some(target(&destination)),
            detail(&answer),
        );
        self.store.change(&Change::Nothing, &entry).await?;
        Ok(answer.into())
    }
}

/// As trusted as what a destination takes usually is: one that looks at the verdict is to take it.
fn made_up(id: WebhookId, now: Timestamp) -> ForwardedWebhook {
    let json_type = header::HeaderValue::from_static("application/json");
    let body = json!({
        "type": EVENT_TYPE,
        "timestamp": now.to_rfc3339(),
        "data": {"message": "A test of Hookproof. Nobody was verified."},
    });
    ForwardedWebhook {
        id,
        provider: ProviderKey::new(PROVIDER),
        event_type: Text::new(EVENT_TYPE),
        verdict: Verdict::Verified,
        received_at: now,
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, json_type)]),
        body: Bytes::from(body.to_string()),
    }
}

fn detail(answer: &Answer) -> Vec<AuditChange> {
    let field = |name: &str, value: Option<String>| {
        value.map(|value| AuditChange {
            field: name.to_owned(),
            before: None,
            after: Some(value),
        })
    };
    [
        field("status", answer.status.map(|status| status.to_string())),
        field("failure", answer.failure.map(|failure| failure.to_string())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl From<Answer> for Tested {
    fn from(answer: Answer) -> Self {
        Self {
            status: answer.status,
            failure: answer.failure,
            duration_ms: u32::try_from(answer.duration.as_millis()).unwrap_or(u32::MAX),
            response_headers: answer.response_headers,
            response_body: answer.response_body,
        }
    }
}
