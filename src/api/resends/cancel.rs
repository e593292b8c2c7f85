use axum::extract::State;
use axum::http::StatusCode;
use model::ResendId;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfAct, OfOne, Problem, Problems};

/// Cancels what has not started of a bulk resend. For operators.
#[utoipa::path(
    delete, path = "/resends/{id}", operation_id = "cancel_resend", tag = "deliveries",
    params(("id" = ResendId, Path)),
    responses((status = 204, description = "It is cancelled"), OfOne, OfAct, Problems),
)]
pub async fn cancel(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(ResendId,)>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    parameters.none_left()?;
    api.operations.cancel_bulk(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
