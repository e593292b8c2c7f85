use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::DeliveryId;

use super::view::DeliveryWhole;
use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::{Nothing, OptionalBody};
use crate::api::caller::Caller;
use crate::api::problem::{OfBody, OfOne, Problem, Problems};

/// Tries a delivery now, in place of its scheduled attempt; one that was at its end begins its schedule anew. Where its webhook is
/// not trusted it is held instead, which is a conflict: release it. For operators.
#[utoipa::path(
    post, path = "/deliveries/{id}/retry", operation_id = "retry_delivery", tag = "deliveries",
    params(("id" = DeliveryId, Path)),
    responses((status = 202, description = "It is due now", body = DeliveryWhole), OfOne, OfBody, Problems),
)]
pub async fn retry(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(DeliveryId,)>,
    parameters: Parameters,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<(StatusCode, Json<DeliveryWhole>), Problem> {
    parameters.none_left()?;
    api.operations.retry_delivery(&caller.actor, id).await?;
    let detail = api.operations.delivery(&caller.actor, id).await?;
    Ok((StatusCode::ACCEPTED, Json(detail.into())))
}
