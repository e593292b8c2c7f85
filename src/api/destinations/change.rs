use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use model::{DestinationId, EndpointId, Outcome, Text};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::endpoints::given;
use crate::api::problem::{OfBody, OfOne, Problem, Problems};
use crate::destinations::{DestinationChange, DestinationView, HeaderChange};

/// What is to be changed of a destination. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "a field that is left out is not one that is null")]
pub struct DestinationChangeInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 256)]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 2048)]
    url: Option<String>,
    /// An empty list takes all, here as below.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, max_items = 100)]
    endpoints: Option<Vec<EndpointId>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, max_items = 100)]
    event_types: Option<Vec<Text>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, max_items = 100)]
    outcomes: Option<Vec<Outcome>>,
    /// `null` for no limit.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 4_294_967_295_u64, format = Int64)]
    rate_limit: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, minimum = 1, maximum = 200)]
    concurrency: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    ordered: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_items = 1, max_items = 30)]
    schedule: Option<Vec<u32>>,
    /// All that are to be there afterwards. `null` in place of a value leaves the value as it is.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = BTreeMap<String, Option<String>>, required = false)]
    headers: Option<BTreeMap<String, Option<SecretString>>>,
}

/// Changes a destination's settings, for what waits for it as well. For admins.
#[utoipa::path(
    patch, path = "/destinations/{id}", operation_id = "change_destination", tag = "destinations",
    params(("id" = DestinationId, Path)),
    request_body = DestinationChangeInput,
    responses((status = 200, body = DestinationView), OfOne, OfBody, Problems),
)]
pub async fn change(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(DestinationId,)>,
    parameters: Parameters,
    Body(input): Body<DestinationChangeInput>,
) -> Result<Json<DestinationView>, Problem> {
    parameters.none_left()?;
    let view = api.operations.change_destination(&caller.actor, id, input.into()).await?;
    Ok(Json(view))
}

impl From<DestinationChangeInput> for DestinationChange {
    fn from(input: DestinationChangeInput) -> Self {
        let header = |(name, value)| HeaderChange { name, value };
        Self {
            name: input.name,
            url: input.url,
            endpoints: input.endpoints,
            event_types: input.event_types,
            outcomes: input.outcomes,
            headers: input.headers.map(|headers| headers.into_iter().map(header).collect()),
            concurrency: input.concurrency,
            rate_limit: input.rate_limit,
            ordered: input.ordered,
            schedule: input.schedule,
        }
    }
}
