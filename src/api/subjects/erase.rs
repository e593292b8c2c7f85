use axum::Json;
use axum::extract::State;

use crate::api::Api;
use crate::api::address::{InPath, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{Problem, Problems};
use crate::subjects::Erased;

/// Erases what is kept of one person, for good: bodies, headers, records, what destinations answered, and the fields that name
/// them. The lines of the log stay, and so does that of the audit log. Asked for again, it erases what came meanwhile, or what was
/// left when it was broken off. For admins.
#[utoipa::path(
    delete, path = "/subjects/{subject}", operation_id = "erase_subject", tag = "subjects",
    params(("subject" = String, Path, min_length = 1, max_length = 256, description = "Your own reference for the person")),
    responses((status = 200, body = Erased), Problems),
)]
pub async fn erase(
    State(api): State<Api>,
    caller: Caller,
    InPath(subject): InPath,
    parameters: Parameters,
) -> Result<Json<Erased>, Problem> {
    parameters.none_left()?;
    Ok(Json(api.operations.erase_subject(&caller.actor, &subject).await?))
}
