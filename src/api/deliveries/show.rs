use axum::Json;
use axum::extract::State;
use model::DeliveryId;

use super::view::DeliveryWhole;
use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfOne, Problem, Problems};

/// One delivery with its attempts.
#[utoipa::path(
    get, path = "/deliveries/{id}", operation_id = "show_delivery", tag = "deliveries",
    params(("id" = DeliveryId, Path)),
    responses((status = 200, body = DeliveryWhole), OfOne, Problems),
)]
pub async fn show(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(DeliveryId,)>,
    parameters: Parameters,
) -> Result<Json<DeliveryWhole>, Problem> {
    parameters.none_left()?;
    let detail = api.operations.delivery(&caller.actor, id).await?;
    Ok(Json(detail.into()))
}
