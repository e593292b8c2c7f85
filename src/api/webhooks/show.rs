use axum::Json;
use axum::extract::State;
use model::WebhookId;

use super::view::WebhookWhole;
use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfOne, Problem, Problems};

/// One webhook with everything that is known of it.
#[utoipa::path(
    get, path = "/webhooks/{id}", operation_id = "show_webhook", tag = "webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 200, body = WebhookWhole), OfOne, Problems),
)]
pub async fn show(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(WebhookId,)>,
    parameters: Parameters,
) -> Result<Json<WebhookWhole>, Problem> {
    parameters.none_left()?;
    let detail = api.operations.webhook(&caller.actor, id).await?;
    let deliveries = api.operations.deliveries_of_webhook(&caller.actor, id).await?;
    let records = api.operations.records_of(&caller.actor, id).await?;
    let refetches = api.operations.refetches(&caller.actor, id).await?;
    Ok(Json(WebhookWhole::new(detail, deliveries, records, refetches)))
}
