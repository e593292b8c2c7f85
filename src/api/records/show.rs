use axum::Json;
use axum::extract::State;
use model::RecordId;

use super::RecordWhole;
use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfOne, Problem, Problems};

/// A record with what changed since the one before of the same object. Personal data is masked for viewers; that others see it is
/// audited.
#[utoipa::path(
    get, path = "/records/{id}", operation_id = "show_record", tag = "records",
    params(("id" = RecordId, Path)),
    responses((status = 200, body = RecordWhole), OfOne, Problems),
)]
pub async fn show(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(RecordId,)>,
    parameters: Parameters,
) -> Result<Json<RecordWhole>, Problem> {
    parameters.none_left()?;
    let record = api.operations.record(&caller.actor, id).await?;
    Ok(Json(record.into()))
}
