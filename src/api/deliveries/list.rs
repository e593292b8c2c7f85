use axum::Json;
use axum::extract::State;
use model::DeliveryFilter;

use super::DeliveryItem;
use crate::api::Api;
use crate::api::address::{Parameters, id_of, time, word};
use crate::api::caller::Caller;
use crate::api::list::{List, page};
use crate::api::problem::{Problem, Problems};

/// Deliveries, newest first. A parameter that is given several times names alternatives.
#[utoipa::path(
    get, path = "/deliveries", operation_id = "list_deliveries", tag = "deliveries",
    params(
        ("state" = Option<Vec<model::DeliveryState>>, Query, description = "States"),
        ("destination" = Option<Vec<model::DestinationId>>, Query, description = "Destinations"),
        ("webhook" = Option<Vec<model::WebhookId>>, Query, description = "Webhooks"),
        ("from" = Option<model::Timestamp>, Query, description = "The earliest time at which it was made"),
        ("to" = Option<model::Timestamp>, Query, description = "The time before which it was made"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many at most; 50 by default"),
        ("cursor" = Option<String>, Query, pattern = "^older\\.[0-9a-f-]{36}$", description = "What `next` of the page before named"),
    ),
    responses((status = 200, body = List<DeliveryItem>), Problems),
)]
pub async fn list(
    State(api): State<Api>,
    caller: Caller,
    mut parameters: Parameters,
) -> Result<Json<List<DeliveryItem>>, Problem> {
    let filter = DeliveryFilter {
        states: parameters.all("state", word),
        destinations: parameters.all("destination", id_of),
        webhooks: parameters.all("webhook", id_of),
        from: parameters.one("from", time),
        to: parameters.one("to", time),
    };
    let page = page(&mut parameters);
    parameters.none_left()?;
    let page = api.operations.deliveries(&caller.actor, &filter, page).await?;
    Ok(Json(List {
        items: page.items.into_iter().map(DeliveryItem::from).collect(),
        next: page.older.map(|cursor| cursor.to_string()),
    }))
}
