use axum::Json;
use axum::extract::State;
use model::WebhookFilter;

use super::WebhookItem;
use crate::api::Api;
use crate::api::address::{Parameters, id_of, text, time, word};
use crate::api::caller::Caller;
use crate::api::list::{List, page};
use crate::api::problem::{Problem, Problems};

/// The log, newest first. A parameter that is given several times names alternatives.
#[utoipa::path(
    get, path = "/webhooks", operation_id = "list_webhooks", tag = "webhooks",
    params(
        ("provider" = Option<Vec<crate::api::provider::KnownProvider>>, Query, description = "Providers"),
        ("endpoint" = Option<Vec<model::EndpointId>>, Query, description = "Endpoints"),
        ("verdict" = Option<Vec<model::Verdict>>, Query, description = "Verdicts"),
        ("event_type" = Option<Vec<String>>, Query, description = "Event types, or a beginning and `*`: `inquiry.*`"),
        ("outcome" = Option<Vec<model::Outcome>>, Query, description = "Outcomes"),
        ("subject" = Option<Vec<String>>, Query, description = "Your own references for people"),
        ("delivery" = Option<Vec<model::DeliveryState>>, Query, description = "How one of its deliveries stands"),
        ("duplicates" = Option<bool>, Query, description = "Only those that repeat an earlier webhook, or none of them"),
        ("from" = Option<model::Timestamp>, Query, description = "The earliest time of arrival"),
        ("to" = Option<model::Timestamp>, Query, description = "The time of arrival before which it ends"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many at most; 50 by default"),
        ("cursor" = Option<String>, Query, pattern = "^older\\.[0-9a-f-]{36}$", description = "What `next` of the page before named"),
    ),
    responses((status = 200, body = List<WebhookItem>), Problems),
)]
pub async fn list(
    State(api): State<Api>,
    caller: Caller,
    mut parameters: Parameters,
) -> Result<Json<List<WebhookItem>>, Problem> {
    let filter = filter(&mut parameters);
    let page = page(&mut parameters);
    parameters.none_left()?;
    let page = api.operations.webhooks(&caller.actor, &filter, page).await?;
    Ok(Json(List {
        items: page.items.into_iter().map(WebhookItem::from).collect(),
        next: page.older.map(|cursor| cursor.to_string()),
    }))
}

/// The parameters that say which webhooks are meant.
fn filter(parameters: &mut Parameters) -> WebhookFilter {
    WebhookFilter {
        providers: parameters.all("provider", provider),
        endpoints: parameters.all("endpoint", id_of),
        verdicts: parameters.all("verdict", word),
        event_types: parameters.all("event_type", text),
        outcomes: parameters.all("outcome", word),
        subjects: parameters.all("subject", text),
        deliveries: parameters.all("delivery", word),
        duplicates: parameters.one("duplicates", |text| {
            text.parse().map_err(|_| "neither true nor false".to_owned())
        }),
        from: parameters.one("from", time),
        to: parameters.one("to", time),
    }
}

fn provider(text: &str) -> Result<model::ProviderKey, String> {
    let key = model::ProviderKey::new(text);
    match crate::providers::find(&key) {
        Some(_) => Ok(key),
        None => Err(format!("there is no provider `{text}`")),
    }
}
