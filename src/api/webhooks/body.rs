use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use model::WebhookId;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfErasable, OfOne, Problem, Problems};

/// The body byte for byte, personal data and all. For operators; audited.
#[utoipa::path(
    get, path = "/webhooks/{id}/body", operation_id = "download_body", tag = "webhooks",
    params(("id" = WebhookId, Path)),
    responses(
        (status = 200, description = "The bytes as they came", content_type = "application/octet-stream", body = Vec<u8>,
         headers(("content-disposition" = String))),
        OfOne, OfErasable, Problems,
    ),
)]
pub async fn body(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(WebhookId,)>,
    parameters: Parameters,
) -> Result<impl IntoResponse, Problem> {
    parameters.none_left()?;
    let body = api.operations.webhook_body(&caller.actor, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"webhook-{id}.bin\""),
        ),
    ];
    Ok((headers, body))
}
