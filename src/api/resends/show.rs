use axum::Json;
use axum::extract::State;
use model::{Resend, ResendId};

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfOne, Problem, Problems};

/// How far a bulk resend is.
#[utoipa::path(
    get, path = "/resends/{id}", operation_id = "show_resend", tag = "deliveries",
    params(("id" = ResendId, Path)),
    responses((status = 200, body = Resend), OfOne, Problems),
)]
pub async fn show(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(ResendId,)>,
    parameters: Parameters,
) -> Result<Json<Resend>, Problem> {
    parameters.none_left()?;
    Ok(Json(api.operations.bulk(&caller.actor, id).await?))
}
