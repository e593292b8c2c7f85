use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::{BulkAction, DestinationId, ResendId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::filter::FilterInput;
use crate::api::Api;
use crate::api::address::Parameters;
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::object::Object;
use crate::api::problem::{OfBody, Problem, Problems};
use crate::deliveries::BulkRequest;

/// What is to be sent again, released, or asked for again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkInput {
    /// Which webhooks: all that it lets through and that are there now, but for those that repeat an earlier one.
    #[schema(value_type = FilterInput)]
    filter: Object<FilterInput>,
    /// One destination; by default all that take a webhook.
    destination_id: Option<DestinationId>,
    /// Only says how many webhooks it would be.
    dry_run: Option<bool>,
    /// `resend` by default.
    action: Option<BulkAction>,
}

/// What a bulk resend would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkCount {
    /// How many webhooks.
    count: u64,
}

/// A bulk resend that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkStarted {
    id: ResendId,
    /// How many webhooks.
    count: u64,
}

/// Sends all webhooks again that a filter lets through, releases what is held of them, or asks their providers again, no faster
/// than each allows. Goes on in the background, also after a restart. For operators.
#[utoipa::path(
    post, path = "/resends", operation_id = "start_resend", tag = "deliveries",
    request_body = BulkInput,
    responses(
        (status = 200, description = "A dry run", body = BulkCount),
        (status = 202, description = "It has begun", body = BulkStarted),
        OfBody, Problems,
    ),
)]
pub async fn start(
    State(api): State<Api>,
    caller: Caller,
    parameters: Parameters,
    Body(input): Body<BulkInput>,
) -> Result<Response, Problem> {
    parameters.none_left()?;
    let request = BulkRequest {
        action: input.action.unwrap_or(BulkAction::Resend),
        filter: input.filter.0.read()?,
        destination: input.destination_id,
        last: None,
    };
    if input.dry_run.unwrap_or_default() {
        let count = api.operations.count_bulk(&caller.actor, &request).await?.count;
        return Ok(Json(BulkCount { count }).into_response());
    }
    let resend = api.operations.start_bulk(&caller.actor, &request).await?;
    let started = BulkStarted {
        id: resend.id,
        count: resend.count,
    };
    Ok((StatusCode::ACCEPTED, Json(started)).into_response())
}
