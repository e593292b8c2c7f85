//! The table of contents: every address that the server answers.

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{any, get, post};
use ipnet::IpNet;
use leptos::prelude::LeptosOptions;
use leptos_axum::{LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;

use crate::api::{self, Api};
use crate::console::{self, Entrance};
use crate::health;
use crate::ingest::{self, Door, Limits};
use crate::operation::Operations;
use crate::store::Store;

/// The longest form that a page can send, in bytes.
const LONGEST_FORM: usize = 256 * 1024;

/// What the addresses are answered with.
pub struct Services {
    pub door: Door,
    pub operations: Operations,
    pub site: LeptosOptions,
    /// Ends the streams of the API when the server is asked to end.
    pub ending: CancellationToken,
}

/// Everything that the server answers.
pub fn router(services: Services) -> Router {
    let trusted_proxies = Arc::clone(&services.door.trusted_proxies);
    let forms = Limits {
        max_body: LONGEST_FORM,
        ..services.door.limits
    };
    Router::new()
        .merge(door(services.door))
        .merge(health_checks(Arc::clone(&services.operations.store)))
        .merge(api::router(Api {
            operations: services.operations.clone(),
            trusted_proxies: Arc::clone(&trusted_proxies),
            ending: services.ending,
            streams: api::Streams::default(),
        }))
        .merge(pages(services.operations, trusted_proxies, services.site, forms))
}

/// Where providers post.
fn door(door: Door) -> Router {
    Router::new()
        .route("/hooks/{token}", post(ingest::receive))
        .route("/hooks", any(ingest::unknown))
        .route("/hooks/", any(ingest::unknown))
        .route("/hooks/{token}/{*rest}", any(ingest::unknown))
        .route("/hooks/{token}/", any(ingest::unknown))
        .with_state(Arc::new(door))
}

fn health_checks(store: Arc<dyn Store>) -> Router {
    Router::new()
        .route("/healthz", get(health::process))
        .route("/readyz", get(health::database))
        .with_state(store)
}

/// Where people look: pages, server functions, islands and styles. From the outside in: headers, the refusal of what another
/// site sent, the whole of the body, the session, and who it is.
fn pages(operations: Operations, trusted_proxies: Arc<[IpNet]>, site: LeptosOptions, forms: Limits) -> Router {
    let context = || {
        console::provide();
        app::provide_content_security_policy();
    };
    let shell = {
        let site = site.clone();
        move || app::shell(site.clone())
    };
    let public_url = operations.public_url.clone();
    let sessions = console::sessions(&operations);
    let entrance = Entrance {
        operations,
        trusted_proxies,
    };
    Router::new()
        .leptos_routes_with_context(&site, generate_route_list(app::App), context, shell)
        .fallback(file_and_error_handler_with_context::<LeptosOptions, _>(context, app::shell))
        .with_state(site)
        .route("/webhooks/{id}/body", get(console::download_body))
        .route("/records/{id}/body", get(console::download_record))
        .route("/subjects/{subject}/export", get(console::download_subject))
        .layer(middleware::from_fn(console::say_status))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(entrance, console::enter))
        .layer(sessions)
        .layer(middleware::from_fn_with_state(forms, console::take_in))
        .layer(middleware::from_fn_with_state(public_url.clone(), console::refuse_foreign))
        .layer(middleware::from_fn_with_state(public_url, console::add_headers))
}
