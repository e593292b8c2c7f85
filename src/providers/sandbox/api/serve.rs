use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::Timestamp;
use url::form_urlencoded;

use super::{Apis, Question, Reply};

/// The longest body of a request in bytes: a form that asks for a token.
const MAX_BODY: usize = 64 * 1024;

/// Tells the time.
type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The APIs over HTTP, at the time that it is `now`.
pub fn router(apis: Arc<Apis>, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Router {
    let now: Now = Arc::new(now);
    Router::new().fallback(answer).with_state((apis, now))
}

async fn answer(State((apis, now)): State<(Arc<Apis>, Now)>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return response(Reply::of(StatusCode::PAYLOAD_TOO_LARGE));
    };
    let path_and_query = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let query = head.uri.query().unwrap_or_default();
    let question = Question {
        url: apis.url_of(path_and_query),
        path: head.uri.path().to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        method: head.method,
        headers: head.headers,
        body,
        now: now(),
    };
    response(apis.answer(question))
}

fn response(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}
