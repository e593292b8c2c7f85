//! What is taken away as a file. Never as something that a browser would show: the bytes are the sender's.

use app::view::ConsoleError;
use axum::Extension;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{RecordId, Text, WebhookId};

use super::{ServerConsole, report};
use crate::operation::OperationError;

const BYTES: &str = "application/octet-stream";

/// `GET /webhooks/{id}/body`: the body byte for byte. For operators; audited.
pub async fn download_body(Extension(console): Extension<ServerConsole>, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<WebhookId>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = console.operations.webhook_body(&console.actor, id).await;
    file(BYTES, &format!("webhook-{id}.bin"), body)
}

/// `GET /records/{id}/body`: what the provider answered, byte for byte. For operators; audited.
pub async fn download_record(Extension(console): Extension<ServerConsole>, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<RecordId>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = console.operations.record_body(&console.actor, id).await;
    file(BYTES, &format!("record-{id}.bin"), body)
}

/// `GET /subjects/{subject}/export`: everything that is kept of a person. For admins; audited.
pub async fn download_subject(Extension(console): Extension<ServerConsole>, Path(subject): Path<String>) -> Response {
    let Some(subject) = Text::new(&subject).filter(|kept| kept.as_str() == subject) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let export = console.operations.export_subject(&console.actor, &subject).await;
    let text = export.map(|export| serde_json::to_vec_pretty(&export).expect("plain data"));
    // The name of the file tells nobody who is in it.
    file("application/json", "subject.json", text)
}

fn file(content_type: &str, name: &str, body: Result<Vec<u8>, OperationError>) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(OperationError::Gone(_)) => return StatusCode::GONE.into_response(),
        Err(error) => return status(&report(error)).into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, body).into_response()
}

fn status(error: &ConsoleError) -> StatusCode {
    match error {
        ConsoleError::NotSignedIn => StatusCode::UNAUTHORIZED,
        ConsoleError::Forbidden { .. } => StatusCode::FORBIDDEN,
        ConsoleError::NotFound => StatusCode::NOT_FOUND,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}
