use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use model::{OnUntrusted, Verdict, WebhookId};
use serde::Serialize;

use super::{Arrival, Door, Limits, NotServed, NotStored, OpenEndpoint, first_refetch, inspect, peer_address};

/// How long a provider is asked to wait when its webhook could not be stored.
const RETRY_AFTER_SECONDS: u64 = 5;

/// How much of a body that is refused is taken in, and for how long.
const DISCARDED_BYTES: usize = 8 * 1024 * 1024;
const DISCARD_TIME: Duration = Duration::from_secs(2);

/// Why a request was not answered with 200.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("there is no endpoint at this address")]
    UnknownToken,
    #[error("this endpoint is disabled")]
    Disabled,
    #[error("this endpoint is not in use any more")]
    Archived,
    #[error("this endpoint takes no more webhooks for now")]
    TooMany { retry_after: Duration },
    #[error("the body is longer than {max_body} bytes")]
    TooLarge { max_body: usize },
    #[error("the body did not arrive in time")]
    TooSlow,
    #[error("the body did not arrive whole")]
    Incomplete,
    /// The webhook is stored, and the endpoint's policy is to say that it is not trusted.
    #[error("stored, but the signature is {verdict}")]
    Untrusted { id: WebhookId, verdict: Verdict },
    #[error("the webhook cannot be stored now")]
    NotStored(#[from] NotStored),
    /// Whether there is such an endpoint cannot be told, or its secrets cannot be opened.
    #[error("the webhook cannot be stored now")]
    NotKnown,
}

impl From<NotServed> for Refusal {
    fn from(why: NotServed) -> Self {
        match why {
            NotServed::Unknown => Self::UnknownToken,
            NotServed::Archived => Self::Archived,
            NotServed::NotNow => Self::NotKnown,
        }
    }
}

/// The answer to a stored webhook.
#[derive(Debug, Serialize)]
pub struct Receipt {
    pub id: WebhookId,
}

/// `POST /hooks/{token}`: stores the webhook, then answers.
pub async fn receive(
    State(door): State<Arc<Door>>,
    ConnectInfo(socket): ConnectInfo<SocketAddr>,
    token: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Result<Json<Receipt>, Refusal> {
    // What is not even text in the address is no token.
    let Path(token) = token.map_err(|_| Refusal::UnknownToken)?;
    let endpoint = door.directory.find(&token).await?;
    if !endpoint.stored.enabled {
        return Err(Refusal::Disabled);
    }
    endpoint.admit().map_err(|retry_after| Refusal::TooMany { retry_after })?;
    let (head, body) = request.into_parts();
    let body = read_body(&head.headers, body, &door.limits).await?;
    let peer = peer_address(socket.ip(), &head.headers, &door.trusted_proxies);
    store(&door, &endpoint, peer, head.headers, body).await
}

/// Any other address below `/hooks`.
pub async fn unknown() -> Refusal {
    Refusal::UnknownToken
}

async fn store(
    door: &Door,
    endpoint: &OpenEndpoint,
    peer: IpAddr,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Receipt>, Refusal> {
    let received_at = door.clock.now();
    let id = WebhookId(door.ids.next(received_at));
    let mut webhook = inspect(
        endpoint,
        Arrival {
            id,
            received_at,
            peer,
            headers,
            body,
        },
    );
    webhook.deliveries = door.directory.routes().deliveries(endpoint, &webhook, &door.ids);
    webhook.refetch = first_refetch(endpoint, &webhook, &door.ids);
    let (verdict, secret) = (webhook.verdict, webhook.evidence.secret);
    door.writer.append(webhook).await?;
    if let Some(secret) = secret {
        door.used_secrets.note(secret, received_at);
    }
    if is_rejected(endpoint.stored.policy.on_untrusted, verdict) {
        return Err(Refusal::Untrusted { id, verdict });
    }
    Ok(Json(Receipt { id }))
}

fn is_rejected(policy: OnUntrusted, verdict: Verdict) -> bool {
    policy == OnUntrusted::Reject && matches!(verdict, Verdict::Invalid | Verdict::Missing | Verdict::Stale)
}

/// Takes in a whole body, within the limits.
pub(crate) async fn read_body(headers: &HeaderMap, mut body: Body, limits: &Limits) -> Result<Bytes, Refusal> {
    let too_large = || Refusal::TooLarge {
        max_body: limits.max_body,
    };
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.max_body) {
        discard(body).await;
        return Err(too_large());
    }
    let whole = Limited::new(&mut body, limits.max_body).collect();
    match tokio::time::timeout(limits.body_timeout, whole).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            discard(body).await;
            Err(too_large())
        }
        Ok(Err(_)) => Err(Refusal::Incomplete),
        Err(_) => Err(Refusal::TooSlow),
    }
}

/// Takes in some of a body that is refused: a sender that is still writing when the connection closes may never read why.
async fn discard(mut body: Body) {
    let mut rest = DISCARDED_BYTES;
    let discarding = async {
        while let Some(Ok(frame)) = body.frame().await {
            rest = rest.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if rest == 0 {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(DISCARD_TIME, discarding).await;
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownToken => StatusCode::NOT_FOUND,
            Self::Disabled | Self::Archived => StatusCode::GONE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Incomplete => StatusCode::BAD_REQUEST,
            Self::Untrusted { .. } => StatusCode::UNAUTHORIZED,
            Self::NotStored(_) | Self::NotKnown => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Whole seconds, never too early.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany { retry_after } => Some(retry_after.as_secs() + 1),
            Self::NotStored(_) | Self::NotKnown => Some(RETRY_AFTER_SECONDS),
            _ => None,
        }
    }

    fn id(&self) -> Option<WebhookId> {
        match self {
            Self::Untrusted { id, .. } => Some(*id),
            _ => None,
        }
    }
}

/// What the sender is told: nothing that is not its own business, since some providers keep our answer.
#[derive(Serialize)]
struct RefusalBody {
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<WebhookId>,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = RefusalBody {
            error: self.to_string(),
            id: self.id(),
        };
        let mut response = (self.status(), Json(body)).into_response();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if matches!(self, Self::TooLarge { .. } | Self::TooSlow | Self::Incomplete) {
            // The rest of the body is not read, so the connection cannot carry another request.
            response
                .headers_mut()
                .insert(header::CONNECTION, header::HeaderValue::from_static("close"));
        }
        response
    }
}
