use app::view::ConsoleError;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;

/// The header with which the framework marks the error of a server function, whatever it is, on a response 500.
const MARK: &str = "serverfnerror";

/// Gives the error of a server function the status that it has in HTTP.
pub async fn say_status(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || !response.headers().contains_key(MARK) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    if let Ok(error) = serde_json::from_slice::<ConsoleError>(&body) {
        parts.status = status(&error);
        if let ConsoleError::Throttled { seconds } = error {
            parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    Response::from_parts(parts, Body::from(body))
}

const fn status(error: &ConsoleError) -> StatusCode {
    match error {
        ConsoleError::NotSignedIn | ConsoleError::SignInFailed => StatusCode::UNAUTHORIZED,
        ConsoleError::Forbidden { .. } => StatusCode::FORBIDDEN,
        ConsoleError::NotFound => StatusCode::NOT_FOUND,
        ConsoleError::Conflict(_) => StatusCode::CONFLICT,
        ConsoleError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ConsoleError::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
        ConsoleError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        // What was sent cannot be read: the framework reports that as an error of the transport.
        ConsoleError::BadRequest(_) | ConsoleError::Transport(_) => StatusCode::BAD_REQUEST,
    }
}
