use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{EndpointId, SecretId, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::list::{List, page};
use crate::api::problem::{OfBody, OfOne, Problem, Problems};
use crate::endpoints::{NewSecret, SecretView};

/// A further secret of an endpoint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretInput {
    /// The shared secret as the provider shows it; for Pleenk a public key as PEM. It does not come out again.
    #[schema(value_type = String, min_length = 1, write_only)]
    value: SecretString,
    /// What tells it from the others; by default the day it was added.
    #[schema(min_length = 1, max_length = 256)]
    label: Option<String>,
    /// From when it is accepted; at once by default.
    not_before: Option<Timestamp>,
    /// Until when it is accepted; for ever by default.
    expires_at: Option<Timestamp>,
}

/// The endpoint's secrets without their values, newest first.
#[utoipa::path(
    get, path = "/endpoints/{id}/secrets", operation_id = "list_secrets", tag = "endpoints",
    params(
        ("id" = EndpointId, Path),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many at most; 50 by default"),
        ("cursor" = Option<String>, Query, pattern = "^older\\.[0-9a-f-]{36}$", description = "What `next` of the page before named"),
    ),
    responses((status = 200, body = List<SecretView>), OfOne, Problems),
)]
pub async fn secrets(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(EndpointId,)>,
    mut parameters: Parameters,
) -> Result<Json<List<SecretView>>, Problem> {
    let page = page(&mut parameters);
    parameters.none_left()?;
    let mut secrets = api.operations.secrets(&caller.actor, id).await?;
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.id));
    Ok(Json(List::part(secrets, page, |secret| secret.id.0)))
}

/// Adds a secret to those that are accepted. For admins.
#[utoipa::path(
    post, path = "/endpoints/{id}/secrets", operation_id = "add_secret", tag = "endpoints",
    params(("id" = EndpointId, Path)),
    request_body = SecretInput,
    responses((status = 201, body = SecretView), OfOne, OfBody, Problems),
)]
pub async fn add_secret(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(EndpointId,)>,
    parameters: Parameters,
    Body(input): Body<SecretInput>,
) -> Result<(StatusCode, Json<SecretView>), Problem> {
    parameters.none_left()?;
    let now = api.operations.clock.now();
    let new = NewSecret {
        value: input.value,
        label: input.label.unwrap_or_else(|| label_of(now)),
        not_before: input.not_before,
        expires_at: input.expires_at,
    };
    let view = api.operations.add_secret(&caller.actor, id, new).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Such as `since 2025-11-20`.
fn label_of(now: Timestamp) -> String {
    format!("since {}", now.to_date_time().date())
}

/// Forgets a secret. For admins.
#[utoipa::path(
    delete, path = "/endpoints/{id}/secrets/{secret}", operation_id = "remove_secret", tag = "endpoints",
    params(("id" = EndpointId, Path), ("secret" = SecretId, Path)),
    responses((status = 204, description = "It is forgotten"), OfOne, Problems),
)]
pub async fn remove_secret(
    State(api): State<Api>,
    caller: Caller,
    Ids((id, secret)): Ids<(EndpointId, SecretId)>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    parameters.none_left()?;
    api.operations.remove_secret(&caller.actor, id, secret).await?;
    Ok(StatusCode::NO_CONTENT)
}
