use axum::extract::State;
use axum::http::StatusCode;
use model::EndpointId;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfOne, Problem, Problems};

/// Takes an endpoint out of service for good; its log stays. For admins.
#[utoipa::path(
    delete, path = "/endpoints/{id}", operation_id = "archive_endpoint", tag = "endpoints",
    params(("id" = EndpointId, Path)),
    responses((status = 204, description = "It is archived"), OfOne, Problems),
)]
pub async fn archive(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(EndpointId,)>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    parameters.none_left()?;
    api.operations.archive_endpoint(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
