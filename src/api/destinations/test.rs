use axum::Json;
use axum::extract::State;
use model::DestinationId;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::{Nothing, OptionalBody};
use crate::api::caller::Caller;
use crate::api::problem::{OfBody, OfOne, Problem, Problems};
use crate::destinations::Tested;

/// Sends a made-up webhook of the event type `hookproof.test` now, signed as all are, and waits for the answer. Neither is
/// stored. For admins.
#[utoipa::path(
    post, path = "/destinations/{id}/test", operation_id = "test_destination", tag = "destinations",
    params(("id" = DestinationId, Path)),
    responses((status = 200, description = "What came of it, be it a failure", body = Tested), OfOne, OfBody, Problems),
)]
pub async fn test(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(DestinationId,)>,
    parameters: Parameters,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Json<Tested>, Problem> {
    parameters.none_left()?;
    Ok(Json(api.operations.test_destination(&caller.actor, id).await?))
}
