use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{EndpointId, ReconcileProgress, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::{Nothing, OptionalBody};
use crate::api::caller::Caller;
use crate::api::problem::{OfBody, OfOne, Problem, Problems};
use crate::operation::OperationError;

/// Which of the provider's events are compared with the log: by default those of the last day.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListedSpanInput {
    /// The earliest time, by the provider.
    from: Option<Timestamp>,
    /// The time before which it ends, by the provider; now by default.
    to: Option<Timestamp>,
}

/// What came of storing what was missing.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredMissing {
    /// How many webhooks were stored; not those that came in the meantime.
    stored: u64,
}

/// Begins to compare what the provider lists with the log, in the background. Only for providers that list their events. For
/// operators.
#[utoipa::path(
    post, path = "/endpoints/{id}/reconcile", operation_id = "reconcile", tag = "endpoints",
    params(("id" = EndpointId, Path)),
    request_body = Option<ListedSpanInput>,
    responses((status = 202, description = "It has begun", body = ReconcileProgress), OfOne, OfBody, Problems),
)]
pub async fn reconcile(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(EndpointId,)>,
    parameters: Parameters,
    OptionalBody(span): OptionalBody<ListedSpanInput>,
) -> Result<(StatusCode, Json<ReconcileProgress>), Problem> {
    parameters.none_left()?;
    let operations = &api.operations;
    operations.start_reconcile(&caller.actor, id, span.from, span.to).await?;
    let progress = operations.reconcile_progress(&caller.actor, id).await?;
    Ok((StatusCode::ACCEPTED, Json(progress.ok_or_else(none)?)))
}

/// How far comparing is, and what was found: of the newest comparison that began on this node.
#[utoipa::path(
    get, path = "/endpoints/{id}/reconcile", operation_id = "show_reconcile", tag = "endpoints",
    params(("id" = EndpointId, Path)),
    responses((status = 200, body = ReconcileProgress), OfOne, Problems),
)]
pub async fn reconcile_progress(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(EndpointId,)>,
    parameters: Parameters,
) -> Result<Json<ReconcileProgress>, Problem> {
    parameters.none_left()?;
    let progress = api.operations.reconcile_progress(&caller.actor, id).await?;
    Ok(Json(progress.ok_or_else(none)?))
}

/// Ends comparing after the page that is being read. For operators.
#[utoipa::path(
    delete, path = "/endpoints/{id}/reconcile", operation_id = "cancel_reconcile", tag = "endpoints",
    params(("id" = EndpointId, Path)),
    responses((status = 204, description = "It ends"), OfOne, Problems),
)]
pub async fn cancel_reconcile(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(EndpointId,)>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    parameters.none_left()?;
    api.operations.cancel_reconcile(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stores what was found missing, as webhooks that are `reconciled` and `confirmed`, and forwards them like the rest. For
/// operators.
#[utoipa::path(
    post, path = "/endpoints/{id}/reconcile/store", operation_id = "store_missing", tag = "endpoints",
    params(("id" = EndpointId, Path)),
    responses((status = 200, body = StoredMissing), OfOne, OfBody, Problems),
)]
pub async fn store_missing(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(EndpointId,)>,
    parameters: Parameters,
    OptionalBody(Nothing {}): OptionalBody<Nothing>,
) -> Result<Json<StoredMissing>, Problem> {
    parameters.none_left()?;
    let stored = api.operations.store_missing(&caller.actor, id).await?;
    Ok(Json(StoredMissing { stored }))
}

fn none() -> OperationError {
    OperationError::NotFound("comparison")
}
