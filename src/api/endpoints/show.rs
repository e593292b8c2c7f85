use axum::Json;
use axum::extract::State;
use model::EndpointId;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfOne, Problem, Problems};
use crate::endpoints::EndpointView;

/// One endpoint with its secrets, without their values.
#[utoipa::path(
    get, path = "/endpoints/{id}", operation_id = "show_endpoint", tag = "endpoints",
    params(("id" = EndpointId, Path)),
    responses((status = 200, body = EndpointView), OfOne, Problems),
)]
pub async fn show(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(EndpointId,)>,
    parameters: Parameters,
) -> Result<Json<EndpointView>, Problem> {
    parameters.none_left()?;
    Ok(Json(api.operations.endpoint(&caller.actor, id).await?))
}
