use axum::Json;
use axum::extract::State;
use model::DestinationId;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::{Nothing, OptionalBody};
use crate::api::caller::Caller;
use crate::api::problem::{OfBody, OfOne, Problem, Problems};
use crate::destinations::DestinationWithSecret;

/// Makes a new signing secret, shown this once. Those of before sign too for another day. For admins.
#[utoipa::path(
    post, path = "/destinations/{id}/rotate", operation_id = "rotate_destination_secret", tag = "destinations",
    params(("id" = DestinationId, Path)),
    responses((status = 200, body = DestinationWithSecret), OfOne, OfBody, Problems),
)]
pub async fn rotate(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(DestinationId,)>,
    parameters: Parameters,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Json<DestinationWithSecret>, Problem> {
    parameters.none_left()?;
    let rotated = api.operations.rotate_destination_secret(&caller.actor, id).await?;
    Ok(Json(rotated))
}
