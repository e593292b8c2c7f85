use axum::Json;
use axum::extract::State;

use crate::api::Api;
use crate::api::address::{InPath, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfOne, Problem, Problems};
use crate::subjects::SubjectExport;

/// Everything that is kept of one person, personal data and all: webhooks with their bodies, records, and deliveries with what
/// was answered. For admins; audited.
#[utoipa::path(
    get, path = "/subjects/{subject}/export", operation_id = "export_subject", tag = "subjects",
    params(("subject" = String, Path, min_length = 1, max_length = 256, description = "Your own reference for the person")),
    responses((status = 200, body = SubjectExport), OfOne, Problems),
)]
pub async fn export(
    State(api): State<Api>,
    caller: Caller,
    InPath(subject): InPath,
    parameters: Parameters,
) -> Result<Json<SubjectExport>, Problem> {
    parameters.none_left()?;
    Ok(Json(api.operations.export_subject(&caller.actor, &subject).await?))
}
