use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use model::RecordId;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfOne, Problem, Problems};

/// What the provider answered, byte for byte, personal data and all. For operators; audited.
#[utoipa::path(
    get, path = "/records/{id}/body", operation_id = "download_record", tag = "records",
    params(("id" = RecordId, Path)),
    responses(
        (status = 200, description = "The bytes as they came", content_type = "application/octet-stream", body = Vec<u8>,
         headers(("content-disposition" = String))),
        OfOne, Problems,
    ),
)]
pub async fn body(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(RecordId,)>,
    parameters: Parameters,
) -> Result<impl IntoResponse, Problem> {
    parameters.none_left()?;
    let body = api.operations.record_body(&caller.actor, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"record-{id}.bin\""),
        ),
    ];
    Ok((headers, body))
}
