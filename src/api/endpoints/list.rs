use axum::Json;
use axum::extract::State;

use crate::api::Api;
use crate::api::address::Parameters;
use crate::api::caller::Caller;
use crate::api::list::{List, page};
use crate::api::problem::{Problem, Problems};
use crate::endpoints::EndpointView;

/// The endpoints that are not archived, newest first.
#[utoipa::path(
    get, path = "/endpoints", operation_id = "list_endpoints", tag = "endpoints",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many at most; 50 by default"),
        ("cursor" = Option<String>, Query, pattern = "^older\\.[0-9a-f-]{36}$", description = "What `next` of the page before named"),
    ),
    responses((status = 200, body = List<EndpointView>), Problems),
)]
pub async fn list(
    State(api): State<Api>,
    caller: Caller,
    mut parameters: Parameters,
) -> Result<Json<List<EndpointView>>, Problem> {
    let page = page(&mut parameters);
    parameters.none_left()?;
    let mut endpoints = api.operations.endpoints(&caller.actor).await?;
    endpoints.sort_by_key(|endpoint| std::cmp::Reverse(endpoint.id));
    Ok(Json(List::part(endpoints, page, |endpoint| endpoint.id.0)))
}
