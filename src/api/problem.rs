//! What went wrong, as RFC 9457 says it.

use app::text;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::Failure;
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::operation::OperationError;

/// How long a program is asked to wait when the database does not answer.
const RETRY_AFTER_SECONDS: u64 = 5;

/// An answer other than the one that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What the status means.
    title: &'static str,
    status: u16,
    /// What happened here, in a sentence.
    detail: String,
    /// Each part of the request that cannot be taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Fault>,
    /// Why the provider's API gave no record, where that is the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    failure: Option<Failure>,
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// A part of a request that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// Which part of the request it is in.
    #[serde(rename = "in")]
    place: Place,
    /// Where in it, as a JSON pointer: `#/static_header/name`. A parameter of the address is named as a member is: `#/limit`.
    pointer: String,
    detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Path,
    Query,
    Header,
    Body,
}

impl Fault {
    /// `path` has the members from the outside in.
    pub fn at(place: Place, path: impl IntoIterator<Item = impl AsRef<str>>, detail: impl Into<String>) -> Self {
        let mut pointer = String::from("#");
        for member in path {
            pointer.push('/');
            pointer.push_str(&member.as_ref().replace('~', "~0").replace('/', "~1"));
        }
        Self {
            place,
            pointer,
            detail: detail.into(),
        }
    }
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Unknown"),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            failure: None,
            retry_after: None,
        }
    }

    /// Parts of the request that cannot be taken, of which there is at least one.
    pub fn of(status: StatusCode, errors: Vec<Fault>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.detail.clone(),
            errors => format!("{} parts of the request cannot be taken", errors.len()),
        };
        Self {
            errors,
            ..Self::new(status, detail)
        }
    }

    pub fn not_signed_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "send a token: `Authorization: Bearer hp_…`; `hookproof token add` makes one",
        )
    }

    /// The provider's API gave no record.
    pub fn no_record(failure: Failure, status: Option<u16>) -> Self {
        Self {
            failure: Some(failure),
            ..Self::new(StatusCode::BAD_GATEWAY, text::records::failure_with_advice(failure, status))
        }
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<OperationError> for Problem {
    fn from(error: OperationError) -> Self {
        let status = match &error {
            OperationError::NotSignedIn => return Self::not_signed_in(),
            OperationError::Invalid(errors) => {
                let fault = |error: &model::FieldError| {
                    let members = error.field.split('.').filter(|member| !member.is_empty());
                    Fault::at(Place::Body, members, error.message.clone())
                };
                return Self::of(StatusCode::UNPROCESSABLE_ENTITY, errors.iter().map(fault).collect());
            }
            OperationError::Forbidden { .. } => StatusCode::FORBIDDEN,
            OperationError::NotFound(_) => StatusCode::NOT_FOUND,
            OperationError::Gone(_) => StatusCode::GONE,
            OperationError::Conflict(_) => StatusCode::CONFLICT,
            OperationError::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            OperationError::Throttled { seconds } => {
                let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, error.to_string());
                return Self {
                    retry_after: Some(*seconds),
                    ..problem
                };
            }
            OperationError::KeyUnavailable | OperationError::Store(_) => {
                tracing::error!(%error, "API request not answered");
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "the database or its key does not answer now");
                return Self {
                    retry_after: Some(RETRY_AFTER_SECONDS),
                    ..problem
                };
            }
        };
        Self::new(status, error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), axum::Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// What every call can answer besides what it is for.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only describes")]
pub enum Problems {
    /// The address or its parameters cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(#[to_schema] Problem),
    /// There is no token, or it is not valid any more.
    #[response(status = 401, content_type = "application/problem+json", headers(("www-authenticate" = String)))]
    Unauthorized(#[to_schema] Problem),
    /// The token's user has too small a role.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] Problem),
    /// Too many tries.
    #[response(status = 429, content_type = "application/problem+json", headers(("retry-after" = u64)))]
    TooMany(#[to_schema] Problem),
    /// The database does not answer now.
    #[response(status = 503, content_type = "application/problem+json", headers(("retry-after" = u64)))]
    Unavailable(#[to_schema] Problem),
}

/// What a call about one thing can answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only describes")]
pub enum OfOne {
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(#[to_schema] Problem),
}

/// What a call about something that can be erased can answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only describes")]
pub enum OfErasable {
    /// It was erased.
    #[response(status = 410, content_type = "application/problem+json")]
    Gone(#[to_schema] Problem),
}

/// What a call without a body that does something can answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only describes")]
pub enum OfAct {
    /// The state of things does not allow it.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(#[to_schema] Problem),
}

/// What a call with a body can answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only describes")]
pub enum OfBody {
    /// The body did not arrive in time.
    #[response(status = 408, content_type = "application/problem+json")]
    TooSlow(#[to_schema] Problem),
    /// The state of things does not allow it.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(#[to_schema] Problem),
    /// The body is too long.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] Problem),
    /// The body is not JSON by its content type.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(#[to_schema] Problem),
    /// The body is JSON, but not what is needed.
    #[response(status = 422, content_type = "application/problem+json")]
    Unprocessable(#[to_schema] Problem),
}
