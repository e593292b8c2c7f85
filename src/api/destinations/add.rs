use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use model::{EndpointId, Outcome, Subscription, Text};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::address::Parameters;
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::problem::{OfBody, Problem, Problems};
use crate::delivery::schedule;
use crate::destinations::{AddDestination, DEFAULT_CONCURRENCY, DestinationWithSecret};

/// A new destination.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DestinationInput {
    #[schema(min_length = 1, max_length = 256)]
    name: String,
    /// Where webhooks are posted to.
    #[schema(min_length = 1, max_length = 2048)]
    url: String,
    /// Whose webhooks it takes; all by default.
    #[schema(max_items = 100)]
    endpoints: Option<Vec<EndpointId>>,
    /// Which event types it takes, or beginnings of such and `*`, such as `inquiry.*`; all by default.
    #[schema(max_items = 100)]
    event_types: Option<Vec<Text>>,
    /// Which outcomes it takes; all by default.
    #[schema(max_items = 100)]
    outcomes: Option<Vec<Outcome>>,
    /// The most requests a second, on each node.
    #[schema(minimum = 1, maximum = 4_294_967_295_u64, format = Int64)]
    rate_limit: Option<u32>,
    /// How many requests are under way at once, on each node; 10 by default.
    #[schema(minimum = 1, maximum = 200)]
    concurrency: Option<u32>,
    /// Whether later events of a subject wait for earlier ones; they do not by default.
    ordered: Option<bool>,
    /// Seconds before each attempt, the first one included.
    #[schema(min_items = 1, max_items = 30)]
    schedule: Option<Vec<u32>>,
    /// Headers that are added to each request. Their values do not come out again.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    headers: Option<BTreeMap<String, SecretString>>,
}

/// Adds a destination, which gets what arrives from then on. `secret` is what its requests are signed with, shown this once.
/// For admins.
#[utoipa::path(
    post, path = "/destinations", operation_id = "add_destination", tag = "destinations",
    request_body = DestinationInput,
    responses((status = 201, body = DestinationWithSecret, headers(("location" = String))), OfBody, Problems),
)]
pub async fn add(
    State(api): State<Api>,
    caller: Caller,
    parameters: Parameters,
    Body(input): Body<DestinationInput>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<DestinationWithSecret>), Problem> {
    parameters.none_left()?;
    let added = api.operations.add_destination(&caller.actor, input.into()).await?;
    let location = [(header::LOCATION, format!("/api/v1/destinations/{}", added.destination.id))];
    Ok((StatusCode::CREATED, location, Json(added)))
}

impl From<DestinationInput> for AddDestination {
    fn from(input: DestinationInput) -> Self {
        Self {
            name: input.name,
            url: input.url,
            subscription: Subscription {
                endpoints: input.endpoints.unwrap_or_default(),
                event_types: input.event_types.unwrap_or_default(),
                outcomes: input.outcomes.unwrap_or_default(),
            },
            headers: input.headers.unwrap_or_default().into_iter().collect(),
            concurrency: input.concurrency.unwrap_or(DEFAULT_CONCURRENCY),
            rate_limit: input.rate_limit,
            ordered: input.ordered.unwrap_or_default(),
            schedule: input.schedule.unwrap_or_else(|| schedule::DEFAULT.to_vec()),
        }
    }
}
