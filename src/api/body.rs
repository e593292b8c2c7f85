use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::Segment;

use super::object::Object;
use super::problem::{Fault, Place, Problem};

/// The longest body in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// How long a body may take to arrive.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A body that is JSON of that form.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let body = read(request).await?;
        if is_json { parse(&body).map(Self) } else { Err(not_json()) }
    }
}

/// The same, where no body at all means that nothing is said, and so does `null`.
pub struct OptionalBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let body = read(request).await?;
        match (body.trim_ascii(), is_json) {
            (b"", _) | (b"null", true) => Ok(Self(T::default())),
            (_, true) => parse(&body).map(Self),
            (_, false) => Err(not_json()),
        }
    }
}

/// The body of a call that is told nothing: none, or an object without members.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

async fn read(request: Request) -> Result<Bytes, Problem> {
    let body = Limited::new(request.into_body(), MAX_BODY).collect();
    match tokio::time::timeout(TIMEOUT, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let detail = format!("the body is longer than {MAX_BODY} bytes");
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail))
        }
        Ok(Err(_)) => Err(Problem::new(StatusCode::BAD_REQUEST, "the body did not arrive whole")),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")),
    }
}

/// `application/json`, with or without parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

fn not_json() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "send JSON: `Content-Type: application/json`",
    )
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let Object(parsed) = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let members = error.path().iter().filter_map(member).collect::<Vec<_>>();
        fault(&members, error.inner())
    })?;
    json.end().map_err(|error| fault(&[], &error))?;
    Ok(parsed)
}

fn fault(members: &[String], error: &serde_json::Error) -> Problem {
    match error.classify() {
        Category::Data => {
            let detail = what_is_wrong(error);
            let missing = missing_member(&detail).map(str::to_owned);
            let fault = Fault::at(Place::Body, members.iter().cloned().chain(missing), detail);
            Problem::of(StatusCode::UNPROCESSABLE_ENTITY, vec![fault])
        }
        Category::Io | Category::Syntax | Category::Eof => {
            Problem::new(StatusCode::BAD_REQUEST, format!("the body is not JSON: {error}"))
        }
    }
}

/// Without the line and column, which the pointer says better, and without the value, which may be a secret.
fn what_is_wrong(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    without_value(text.strip_suffix(&position).unwrap_or(&text))
}

/// serde says ``invalid type: string "…", expected …`` and ``unknown variant `…`, expected …``. The value can hold anything,
/// also the words that follow it; what is expected is of this program.
fn without_value(detail: &str) -> String {
    let begins_with_value = ["invalid type: ", "invalid value: ", "unknown variant "];
    match detail.rsplit_once(", expected ") {
        Some((found, expected)) if begins_with_value.iter().any(|begin| found.starts_with(begin)) => {
            let kind = found.split(['`', '"']).next().unwrap_or_default().trim_end();
            format!("{kind}, expected {expected}")
        }
        _ => detail.to_owned(),
    }
}

/// serde names a member that is missing only in its message; the path ends at the object that it is missing in.
fn missing_member(detail: &str) -> Option<&str> {
    detail.strip_prefix("missing field `")?.strip_suffix('`')
}

fn member(segment: &Segment) -> Option<String> {
    match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_without_the_value() {
        let check = |detail: &str, expected: &str| assert_eq!(without_value(detail), expected);
        check(
            "invalid type: integer `12345678`, expected a string",
            "invalid type: integer, expected a string",
        );
        check(
            r#"invalid type: string "s3cr3t", expected an object"#,
            "invalid type: string, expected an object",
        );
        check(
            r#"invalid value: string "a \"b\", expected c", expected a time"#,
            "invalid value: string, expected a time",
        );
        check(
            "unknown variant `s3cr3t`, expected `hold` or `reject`",
            "unknown variant, expected `hold` or `reject`",
        );
        check(
            "invalid type: null, expected a string",
            "invalid type: null, expected a string",
        );
        check("missing field `name`", "missing field `name`");
        check("unknown field `x`, expected `name`", "unknown field `x`, expected `name`");
    }
}
