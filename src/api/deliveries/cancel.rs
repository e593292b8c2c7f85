use axum::Json;
use axum::extract::State;
use model::DeliveryId;

use super::view::DeliveryWhole;
use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::{Nothing, OptionalBody};
use crate::api::caller::Caller;
use crate::api::problem::{OfBody, OfOne, Problem, Problems};

/// Ends a delivery; the answer to an attempt that is under way is still noted. For operators.
#[utoipa::path(
    post, path = "/deliveries/{id}/cancel", operation_id = "cancel_delivery", tag = "deliveries",
    params(("id" = DeliveryId, Path)),
    responses((status = 200, body = DeliveryWhole), OfOne, OfBody, Problems),
)]
pub async fn cancel(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(DeliveryId,)>,
    parameters: Parameters,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Json<DeliveryWhole>, Problem> {
    parameters.none_left()?;
    api.operations.cancel_delivery(&caller.actor, id).await?;
    let detail = api.operations.delivery(&caller.actor, id).await?;
    Ok(Json(detail.into()))
}
