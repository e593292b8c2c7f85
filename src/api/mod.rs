//! `/api/v1`: what people do in the console, for programs. The same operations, another door.
//!
//! Promises:
//! - every call but the description itself needs a token, and an operation asks for the role: no handler decides who may;
//! - every error is a [`problem::Problem`], also for addresses and methods that are not there;
//! - what a request says and nobody asked for is an error, so that a misspelt field does not go unnoticed;
//! - the description ([`description`]) is made from the handlers: an address that is answered is described.

mod address;
mod audit;
mod body;
mod caller;
mod deliveries;
mod destinations;
mod endpoints;
mod events;
mod list;
mod object;
mod problem;
mod provider;
mod records;
mod resends;
mod stats;
mod streams;
mod subjects;
mod webhooks;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::routing::any;
use axum::{Json, Router};
use ipnet::IpNet;
use tokio_util::sync::CancellationToken;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Info, OpenApi, SecurityRequirement};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::problem::Problem;
pub use self::streams::Streams;
use crate::operation::Operations;

/// What calls are answered with. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    pub operations: Operations,
    /// Networks whose `Forwarded` and `X-Forwarded-For` headers are believed.
    pub trusted_proxies: Arc<[IpNet]>,
    /// Ends the streams, which would go on for ever otherwise.
    pub ending: CancellationToken,
    /// Who follows the log.
    pub streams: Streams,
}

/// Everything below `/api`.
pub fn router(api: Api) -> Router {
    let (calls, description) = calls().split_for_parts();
    let description = Arc::new(description);
    Router::new()
        .merge(calls.with_state(api))
        .route(
            "/api/v1/openapi.json",
            axum::routing::get(show_description).with_state(description),
        )
        .route("/api", any(unknown))
        .route("/api/", any(unknown))
        .route("/api/{*rest}", any(unknown))
        .method_not_allowed_fallback(wrong_method)
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
}

/// All calls as `OpenAPI` describes them.
pub fn description() -> OpenApi {
    calls().into_openapi()
}

/// The table of contents.
fn calls() -> OpenApiRouter<Api> {
    let v1 = OpenApiRouter::new()
        .routes(routes!(endpoints::list, endpoints::add))
        .routes(routes!(endpoints::show, endpoints::change, endpoints::archive))
        .routes(routes!(endpoints::secrets, endpoints::add_secret))
        .routes(routes!(endpoints::remove_secret))
        .routes(routes!(endpoints::set_credentials))
        .routes(routes!(endpoints::reverify))
        .routes(routes!(
            endpoints::reconcile_progress,
            endpoints::reconcile,
            endpoints::cancel_reconcile
        ))
        .routes(routes!(endpoints::store_missing))
        .routes(routes!(webhooks::list))
        .routes(routes!(webhooks::show))
        .routes(routes!(webhooks::body))
        .routes(routes!(webhooks::resend))
        .routes(routes!(webhooks::release))
        .routes(routes!(webhooks::refetch))
        .routes(routes!(records::show))
        .routes(routes!(records::body))
        .routes(routes!(subjects::show, subjects::erase))
        .routes(routes!(subjects::export))
        .routes(routes!(resends::start))
        .routes(routes!(resends::show, resends::cancel))
        .routes(routes!(destinations::list, destinations::add))
        .routes(routes!(destinations::show, destinations::change, destinations::archive))
        .routes(routes!(destinations::rotate))
        .routes(routes!(destinations::enable))
        .routes(routes!(destinations::disable))
        .routes(routes!(destinations::test))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::show))
        .routes(routes!(deliveries::retry))
        .routes(routes!(deliveries::cancel))
        .routes(routes!(stats::stats))
        .routes(routes!(audit::list))
        .routes(routes!(events::follow));
    OpenApiRouter::with_openapi(cover()).nest("/api/v1", v1)
}

/// What answers and parameters are made of that no call names by itself.
#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(problem::Problem, problem::Fault, problem::Place, provider::KnownProvider, stats::Width)))]
struct Parts;

/// What stands in the description before the calls.
fn cover() -> OpenApi {
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("hp_…")
        .description(Some("`hookproof token add` makes one. It has the role of its user."))
        .build();
    let mut cover = Parts::openapi();
    let mut info = Info::new("Hookproof", env!("CARGO_PKG_VERSION"));
    info.description = Some("What people do in the console, for programs.".to_owned());
    cover.info = info;
    cover.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    cover
        .components
        .get_or_insert_default()
        .add_security_scheme("token", SecurityScheme::Http(token));
    cover
}

async fn show_description(State(description): State<Arc<OpenApi>>) -> Json<OpenApi> {
    Json(description.as_ref().clone())
}

async fn unknown(uri: Uri) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at {}", uri.path()))
}

/// axum names the methods that are allowed in `Allow`.
async fn wrong_method(method: Method) -> Problem {
    let detail = format!("this address does not answer to {method}");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}
