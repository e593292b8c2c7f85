//! The table of contents: every address that the server answers.

use std::sync::Arc;

use app::port::Console;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::routing::{any, get, post};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::console::{self, ServerConsole};
use crate::health;
use crate::ingest::{self, Door};
use crate::operation::Operations;
use crate::store::Store;

/// What the addresses are answered with.
pub struct Services {
    pub door: Door,
    pub operations: Operations,
    pub site: LeptosOptions,
}

/// Everything that the server answers.
pub fn router(services: Services) -> Router {
    Router::new()
        .merge(door(services.door))
        .merge(health_checks(Arc::clone(&services.operations.store)))
        .merge(pages(services.operations, services.site))
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

/// Where people look: pages, server functions, islands and styles.
fn pages(operations: Operations, site: LeptosOptions) -> Router {
    let console = ServerConsole {
        operations,
        actor: crate::operation::Actor::command_line(),
    };
    let port: Arc<dyn Console> = Arc::new(console.clone());
    let context = move || {
        provide_context(Arc::clone(&port));
        app::provide_content_security_policy();
    };
    let shell = {
        let site = site.clone();
        move || app::shell(site.clone())
    };
    let body = Router::new()
        .route("/webhooks/{id}/body", get(console::download_body))
        .with_state(console);
    Router::new()
        .leptos_routes_with_context(&site, generate_route_list(app::App), context.clone(), shell)
        .fallback(file_and_error_handler_with_context::<LeptosOptions, _>(context, app::shell))
        .with_state(site)
        .merge(body)
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(console::guard))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_FRAME_OPTIONS,
            HeaderValue::from_static("DENY"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ))
}
