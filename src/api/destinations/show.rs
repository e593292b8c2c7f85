use axum::Json;
use axum::extract::State;
use model::DestinationId;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfOne, Problem, Problems};
use crate::destinations::DestinationView;

/// One destination with how it does, without its secrets.
#[utoipa::path(
    get, path = "/destinations/{id}", operation_id = "show_destination", tag = "destinations",
    params(("id" = DestinationId, Path)),
    responses((status = 200, body = DestinationView), OfOne, Problems),
)]
pub async fn show(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(DestinationId,)>,
    parameters: Parameters,
) -> Result<Json<DestinationView>, Problem> {
    parameters.none_left()?;
    Ok(Json(api.operations.destination(&caller.actor, id).await?))
}
