use axum::Json;
use axum::extract::State;
use model::{PresentOutcome, SubjectEvent, Text};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::address::{InPath, Parameters};
use crate::api::caller::Caller;
use crate::api::problem::{OfOne, Problem, Problems};

/// Everything that is told of one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubjectWhole {
    subject: Text,
    /// What each provider says by now: by the events' own time, whatever order they came in, and by those alone that can be
    /// believed. Of a provider that says nothing that counts there is none.
    present: Vec<PresentOutcome>,
    /// By the events' own time, the newest first.
    events: Vec<SubjectEvent>,
    /// There are more than 1,000; those that came first are left out.
    has_more: bool,
}

/// All events of one person over all providers. A subject with special characters is percent-encoded.
#[utoipa::path(
    get, path = "/subjects/{subject}", operation_id = "show_subject", tag = "subjects",
    params(("subject" = String, Path, min_length = 1, max_length = 256, description = "Your own reference for the person")),
    responses((status = 200, body = SubjectWhole), OfOne, Problems),
)]
pub async fn show(
    State(api): State<Api>,
    caller: Caller,
    InPath(subject): InPath,
    parameters: Parameters,
) -> Result<Json<SubjectWhole>, Problem> {
    parameters.none_left()?;
    let found = api.operations.subject(&caller.actor, &subject).await?;
    Ok(Json(SubjectWhole {
        subject,
        present: found.present,
        events: found.events,
        has_more: found.has_more,
    }))
}
