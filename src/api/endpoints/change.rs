use axum::Json;
use axum::extract::State;
use ipnet::IpNet;
use model::{DigestMode, EndpointId, Environment};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::input::{PolicyInput, given};
use crate::api::Api;
use crate::api::address::{Ids, Parameters};
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::object::Object;
use crate::api::problem::{OfBody, OfOne, Problem, Problems};
use crate::endpoints::{EndpointChange, EndpointView, StaticHeaderChange};

/// What is to be changed of an endpoint. What is left out stays as it is; `null` takes a setting away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "a field that is left out is not one that is null")]
pub struct EndpointChangeInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 256)]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    environment: Option<Environment>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = PolicyInput, required = false)]
    policy: Option<Object<PolicyInput>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<DigestMode>)]
    digest_mode: Option<Option<DigestMode>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<HeaderChangeInput>)]
    static_header: Option<Option<Object<HeaderChangeInput>>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    networks: Option<Vec<IpNet>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 4_294_967_295_u64, format = Int64)]
    rate_limit: Option<Option<u32>>,
    /// Whether it takes webhooks.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    enabled: Option<bool>,
    /// The types of the events after which the provider is asked by itself; `null` means those that are usual for it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    refetch_event_types: Option<Option<Vec<String>>>,
}

/// A header that every genuine request carries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderChangeInput {
    #[schema(min_length = 1, pattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
    name: String,
    /// Left out, the value stays as it is.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, write_only)]
    value: Option<SecretString>,
}

/// Changes an endpoint's settings. For admins.
#[utoipa::path(
    patch, path = "/endpoints/{id}", operation_id = "change_endpoint", tag = "endpoints",
    params(("id" = EndpointId, Path)),
    request_body = EndpointChangeInput,
    responses((status = 200, body = EndpointView), OfOne, OfBody, Problems),
)]
pub async fn change(
    State(api): State<Api>,
    caller: Caller,
    Ids((id,)): Ids<(EndpointId,)>,
    parameters: Parameters,
    Body(input): Body<EndpointChangeInput>,
) -> Result<Json<EndpointView>, Problem> {
    parameters.none_left()?;
    let view = api.operations.change_endpoint(&caller.actor, id, input.into()).await?;
    Ok(Json(view))
}

impl From<EndpointChangeInput> for EndpointChange {
    fn from(input: EndpointChangeInput) -> Self {
        let policy = input.policy.unwrap_or_default().0;
        Self {
            name: input.name,
            environment: input.environment,
            on_untrusted: policy.on_untrusted,
            forward_unsigned: policy.forward_unsigned,
            confirm_before_forwarding: policy.confirm_before_forwarding,
            digest_mode: input.digest_mode,
            static_header: input.static_header.map(|header| header.map(|Object(header)| header.into())),
            networks: input.networks,
            rate_limit: input.rate_limit,
            enabled: input.enabled,
            refetch_event_types: input.refetch_event_types,
        }
    }
}

impl From<HeaderChangeInput> for StaticHeaderChange {
    fn from(input: HeaderChangeInput) -> Self {
        Self {
            name: input.name,
            value: input.value,
        }
    }
}
