use axum::Json;
use axum::extract::State;

use crate::api::Api;
use crate::api::address::Parameters;
use crate::api::caller::Caller;
use crate::api::list::{List, page};
use crate::api::problem::{Problem, Problems};
use crate::destinations::DestinationView;

/// The destinations that are not archived, newest first.
#[utoipa::path(
    get, path = "/destinations", operation_id = "list_destinations", tag = "destinations",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many at most; 50 by default"),
        ("cursor" = Option<String>, Query, pattern = "^older\\.[0-9a-f-]{36}$", description = "What `next` of the page before named"),
    ),
    responses((status = 200, body = List<DestinationView>), Problems),
)]
pub async fn list(
    State(api): State<Api>,
    caller: Caller,
    mut parameters: Parameters,
) -> Result<Json<List<DestinationView>>, Problem> {
    let page = page(&mut parameters);
    parameters.none_left()?;
    let mut destinations = api.operations.destinations(&caller.actor).await?;
    destinations.sort_by_key(|destination| std::cmp::Reverse(destination.id));
    Ok(Json(List::part(destinations, page, |destination| destination.id.0)))
}
