use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use ipnet::IpNet;
use model::{DigestMode, EndpointPolicy, Environment, ProviderKey};
use serde::Deserialize;
use utoipa::ToSchema;

use super::input::{HeaderInput, PolicyInput};
use crate::api::Api;
use crate::api::address::Parameters;
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::object::Object;
use crate::api::problem::{OfBody, Problem, Problems};
use crate::api::provider::KnownProvider;
use crate::endpoints::{AddEndpoint, EndpointView, NewStaticHeader};

/// A new endpoint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointInput {
    #[schema(value_type = KnownProvider)]
    pub provider: ProviderKey,
    #[schema(min_length = 1, max_length = 256)]
    pub name: String,
    /// `production` by default.
    pub environment: Option<Environment>,
    /// By default untrusted webhooks are held, and unsigned ones not forwarded.
    #[schema(value_type = Option<PolicyInput>)]
    pub policy: Option<Object<PolicyInput>>,
    /// For a provider that does not document how it makes its digest.
    pub digest_mode: Option<DigestMode>,
    /// For a provider that signs nothing.
    #[schema(value_type = Option<HeaderInput>)]
    pub static_header: Option<Object<HeaderInput>>,
    /// The networks that the provider posts from, such as `192.0.2.0/24`; none means any.
    #[schema(value_type = Option<Vec<String>>)]
    pub networks: Option<Vec<IpNet>>,
    /// The most webhooks a second.
    #[schema(minimum = 1, maximum = 4_294_967_295_u64, format = Int64)]
    pub rate_limit: Option<u32>,
    /// The types of the events after which the provider is asked by itself, such as `inquiry.*`. By default those that are usual
    /// for it.
    #[schema(max_items = 100)]
    pub refetch_event_types: Option<Vec<String>>,
}

/// Adds an endpoint; `url` is the address to give to the provider. For admins.
#[utoipa::path(
    post, path = "/endpoints", operation_id = "add_endpoint", tag = "endpoints",
    request_body = EndpointInput,
    responses((status = 201, body = EndpointView, headers(("location" = String))), OfBody, Problems),
)]
pub async fn add(
    State(api): State<Api>,
    caller: Caller,
    parameters: Parameters,
    Body(input): Body<EndpointInput>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<EndpointView>), Problem> {
    parameters.none_left()?;
    let view = api.operations.add_endpoint(&caller.actor, input.into()).await?;
    let location = [(header::LOCATION, format!("/api/v1/endpoints/{}", view.id))];
    Ok((StatusCode::CREATED, location, Json(view)))
}

impl From<EndpointInput> for AddEndpoint {
    fn from(input: EndpointInput) -> Self {
        let policy = input.policy.unwrap_or_default().0;
        let by_default = EndpointPolicy::default();
        Self {
            provider: input.provider,
            name: input.name,
            environment: input.environment.unwrap_or(Environment::Production),
            policy: EndpointPolicy {
                on_untrusted: policy.on_untrusted.unwrap_or(by_default.on_untrusted),
                forward_unsigned: policy.forward_unsigned.unwrap_or(by_default.forward_unsigned),
                confirm_before_forwarding: policy
                    .confirm_before_forwarding
                    .unwrap_or(by_default.confirm_before_forwarding),
            },
            digest_mode: input.digest_mode,
            static_header: input.static_header.map(|Object(header)| NewStaticHeader {
                name: header.name,
                value: header.value,
            }),
            networks: input.networks.unwrap_or_default(),
            rate_limit: input.rate_limit,
            refetch_event_types: input.refetch_event_types,
            secret: None,
        }
    }
}
