use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{Failure, RefetchState, WebhookId};
use utoipa::IntoResponses;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::{Nothing, OptionalBody};
use crate::api::caller::Caller;
use crate::api::problem::{OfBody, OfOne, Problem, Problems};
use crate::api::records::Fetched;

/// What asking a provider can answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only describes")]
pub enum OfProvider {
    /// The provider gave no record: `failure` names why.
    #[response(status = 502, content_type = "application/problem+json")]
    NoRecord(#[to_schema] Problem),
}

/// Asks the provider again for what the webhook tells of, and waits for the answer, for 45 s at most. 409 where there is nothing
/// to ask or the webhook was erased, 422 without credentials. For operators; that they see the record is audited.
#[utoipa::path(
    post, path = "/webhooks/{id}/refetch", operation_id = "refetch_webhook", tag = "webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 200, body = Fetched), OfOne, OfBody, OfProvider, Problems),
)]
pub async fn refetch(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(WebhookId,)>,
    parameters: Parameters,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Json<Fetched>, Problem> {
    parameters.none_left()?;
    let ended = api.operations.refetch(&caller.actor, id).await?;
    match (ended.state, ended.record) {
        (RefetchState::Done, Some(record)) => {
            let record = api.operations.record(&caller.actor, record).await?;
            Ok(Json(record.into()))
        }
        (RefetchState::Cancelled, _) => Err(Problem::new(
            StatusCode::CONFLICT,
            "it was cancelled meanwhile: the webhook was erased or its endpoint archived",
        )),
        // What still waits after all that time is held back by the provider's pace, or failed before.
        _ => {
            let failure = ended.failure.unwrap_or(Failure::RateLimited);
            Err(Problem::no_record(failure, ended.status))
        }
    }
}
