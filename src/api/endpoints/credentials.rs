use axum::extract::State;
use axum::http::StatusCode;
use model::EndpointId;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::problem::{OfBody, OfOne, Problem, Problems};
use crate::endpoints::NewCredentials;

/// What the provider's API is asked with: `api_key`; `api_key` and `api_secret`; or `client_id` and `client_secret`, as the
/// provider wants it. None of the values comes out again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialsInput {
    #[schema(value_type = Option<String>, write_only)]
    api_key: Option<SecretString>,
    #[schema(value_type = Option<String>, write_only)]
    api_secret: Option<SecretString>,
    #[schema(value_type = Option<String>, write_only)]
    client_id: Option<SecretString>,
    #[schema(value_type = Option<String>, write_only)]
    client_secret: Option<SecretString>,
    /// In place of the provider's documented address.
    #[schema(format = "uri")]
    base_url: Option<String>,
    /// Where a token is asked for, where the provider has such an address.
    #[schema(format = "uri")]
    token_url: Option<String>,
}

/// Sets what the provider's API is asked with, in place of what was there. For admins.
#[utoipa::path(
    put, path = "/endpoints/{id}/credentials", operation_id = "set_credentials", tag = "endpoints",
    params(("id" = EndpointId, Path)),
    request_body = CredentialsInput,
    responses((status = 204, description = "They are set"), OfOne, OfBody, Problems),
)]
pub async fn set_credentials(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(EndpointId,)>,
    parameters: Parameters,
    Body(input): Body<CredentialsInput>,
) -> Result<StatusCode, Problem> {
    parameters.none_left()?;
    api.operations.set_credentials(&caller.actor, id, input.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<CredentialsInput> for NewCredentials {
    fn from(input: CredentialsInput) -> Self {
        let fields = [
            ("api_key", input.api_key),
            ("api_secret", input.api_secret),
            ("client_id", input.client_id),
            ("client_secret", input.client_secret),
        ];
        let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Self {
            fields: given.collect(),
            base_url: input.base_url,
            token_url: input.token_url,
        }
    }
}
