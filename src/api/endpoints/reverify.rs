use axum::Json;
use axum::extract::State;
use model::{EndpointId, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::OptionalBody;
use crate::api::caller::Caller;
use crate::api::problem::{OfBody, OfOne, Problem, Problems};
use crate::endpoints::Reverified;

/// Which stored webhooks are checked again: by default all.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpanInput {
    /// The earliest time of arrival.
    from: Option<Timestamp>,
    /// The time of arrival before which it ends.
    to: Option<Timestamp>,
}

/// Checks the endpoint's stored webhooks again, with the secrets that it has now, and waits for the end. For admins.
#[utoipa::path(
    post, path = "/endpoints/{id}/reverify", operation_id = "reverify", tag = "endpoints",
    params(("id" = EndpointId, Path)),
    request_body = Option<SpanInput>,
    responses((status = 200, body = Reverified), OfOne, OfBody, Problems),
)]
pub async fn reverify(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(EndpointId,)>,
    parameters: Parameters,
    OptionalBody(span): OptionalBody<SpanInput>,
) -> Result<Json<Reverified>, Problem> {
    parameters.none_left()?;
    let done = api.operations.reverify(&caller.actor, id, span.from, span.to).await?;
    Ok(Json(done))
}
