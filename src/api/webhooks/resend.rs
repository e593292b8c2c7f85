use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{DeliveryId, DestinationId, WebhookId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::{Nothing, OptionalBody};
use crate::api::caller::Caller;
use crate::api::deliveries::{DeliveryItem, QueuedDeliveries};
use crate::api::problem::{OfBody, OfOne, Problem, Problems};

/// Where a webhook is sent again to.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResendInput {
    /// One destination; by default all that take the webhook.
    destination_id: Option<DestinationId>,
}

/// Sends a webhook again. A delivery that waits for its next attempt is sent now instead; one that is held is not let go by
/// this, and where the webhook is not trusted a new one is held too: when nothing is due, that is a conflict. For operators.
#[utoipa::path(
    post, path = "/webhooks/{id}/resend", operation_id = "resend_webhook", tag = "webhooks",
    params(("id" = WebhookId, Path)),
    request_body = Option<ResendInput>,
    responses((status = 202, description = "These are due now", body = QueuedDeliveries), OfOne, OfBody, Problems),
)]
pub async fn resend(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(WebhookId,)>,
    parameters: Parameters,
    OptionalBody(input): OptionalBody<ResendInput>,
) -> Result<(StatusCode, Json<QueuedDeliveries>), Problem> {
    parameters.none_left()?;
    let due = api.operations.resend(&caller.actor, &[id], input.destination_id).await?;
    queued(&api, &caller, id, &due).await
}

/// Lets go what is held of a webhook because it is not trusted. For operators.
#[utoipa::path(
    post, path = "/webhooks/{id}/release", operation_id = "release_webhook", tag = "webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 202, description = "These are due now", body = QueuedDeliveries), OfOne, OfBody, Problems),
)]
pub async fn release(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(WebhookId,)>,
    parameters: Parameters,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<(StatusCode, Json<QueuedDeliveries>), Problem> {
    parameters.none_left()?;
    let due = api.operations.release(&caller.actor, &[id]).await?;
    queued(&api, &caller, id, &due).await
}

async fn queued(
    api: &Api,
    caller: &Caller,
    webhook: WebhookId,
    due: &[DeliveryId],
) -> Result<(StatusCode, Json<QueuedDeliveries>), Problem> {
    let mut deliveries = api.operations.deliveries_of_webhook(&caller.actor, webhook).await?;
    deliveries.retain(|delivery| due.contains(&delivery.id));
    let deliveries = deliveries.into_iter().map(DeliveryItem::from).collect();
    Ok((StatusCode::ACCEPTED, Json(QueuedDeliveries { deliveries })))
}
