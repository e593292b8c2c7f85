//! Whether the process and its database are well, for whoever watches over the server.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::store::Store;

/// `GET /healthz`: the process answers.
pub async fn process() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers too.
pub async fn database(State(store): State<Arc<dyn Store>>) -> (StatusCode, &'static str) {
    match store.ping().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
