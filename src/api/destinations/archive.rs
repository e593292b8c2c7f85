use axum::extract::State;
use axum::http::StatusCode;
use model::DestinationId;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfOne, Problem, Problems};

/// Takes a destination out of service for good: what waits for it is cancelled, its deliveries stay in the log. For admins.
#[utoipa::path(
    delete, path = "/destinations/{id}", operation_id = "archive_destination", tag = "destinations",
    params(("id" = DestinationId, Path)),
    responses((status = 204, description = "It is archived"), OfOne, Problems),
)]
pub async fn archive(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(DestinationId,)>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    parameters.none_left()?;
    api.operations.archive_destination(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
