use app::view::ConsoleError;
use axum::Extension;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::WebhookId;

use super::{ServerConsole, report};

/// `GET /webhooks/{id}/body`: the body byte for byte, as a file. For operators; audited.
///
/// Never as something that a browser would show: the bytes are the sender's.
pub async fn download_body(Extension(console): Extension<ServerConsole>, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<WebhookId>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match console.operations.webhook_body(&console.actor, id).await {
        Ok(body) => {
            let name = format!("attachment; filename=\"webhook-{id}.bin\"");
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
                (header::CONTENT_DISPOSITION, name),
            ];
            (headers, body).into_response()
        }
        Err(error) => status(&report(error)).into_response(),
    }
}

fn status(error: &ConsoleError) -> StatusCode {
    match error {
        ConsoleError::NotSignedIn => StatusCode::UNAUTHORIZED,
        ConsoleError::Forbidden { .. } => StatusCode::FORBIDDEN,
        ConsoleError::NotFound => StatusCode::NOT_FOUND,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}
