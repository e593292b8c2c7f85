use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use url::form_urlencoded;

use super::{Apis, Question, Reply};
use crate::clock::Clock;

/// The longest body of a request in bytes: a form that asks for a token.
const MAX_BODY: usize = 64 * 1024;

/// The APIs over HTTP, at the time that the clock shows.
pub fn router(apis: Arc<Apis>, clock: Arc<dyn Clock>) -> Router {
    Router::new().fallback(answer).with_state((apis, clock))
}

async fn answer(State((apis, clock)): State<(Arc<Apis>, Arc<dyn Clock>)>, request: Request) -> Response {
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
        now: clock.now(),
    };
    response(apis.answer(question))
}

fn response(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}
