use axum::Json;
use axum::extract::State;
use model::DestinationId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::{Nothing, OptionalBody};
use crate::api::caller::Caller;
use crate::api::endpoints::given;
use crate::api::problem::{OfBody, OfOne, Problem, Problems};
use crate::destinations::DestinationView;

/// What becomes of what waited for a destination.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnableInput {
    /// Whether it is sent, as it is by default, or cancelled.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    send_waiting: Option<bool>,
}

/// Sends to a destination again. For admins.
#[utoipa::path(
    post, path = "/destinations/{id}/enable", operation_id = "enable_destination", tag = "destinations",
    params(("id" = DestinationId, Path)),
    request_body = Option<EnableInput>,
    responses((status = 200, body = DestinationView), OfOne, OfBody, Problems),
)]
pub async fn enable(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(DestinationId,)>,
    parameters: Parameters,
    OptionalBody(input): OptionalBody<EnableInput>,
) -> Result<Json<DestinationView>, Problem> {
    parameters.none_left()?;
    let send_waiting = input.send_waiting.unwrap_or(true);
    let view = api.operations.enable_destination(&caller.actor, id, send_waiting).await?;
    Ok(Json(view))
}

/// Sends nothing to a destination until it is enabled; what arrives for it waits. For admins.
#[utoipa::path(
    post, path = "/destinations/{id}/disable", operation_id = "disable_destination", tag = "destinations",
    params(("id" = DestinationId, Path)),
    responses((status = 200, body = DestinationView), OfOne, OfBody, Problems),
)]
pub async fn disable(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(DestinationId,)>,
    parameters: Parameters,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Json<DestinationView>, Problem> {
    parameters.none_left()?;
    Ok(Json(api.operations.disable_destination(&caller.actor, id).await?))
}
