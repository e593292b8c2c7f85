//! What the address of a request says: ids in its path, and parameters.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use model::{Text, Timestamp, WebhookFilter};

use super::problem::{Fault, Place, Problem};

/// The ids in a path, in their order.
pub struct Ids<T>(pub T);

impl<S: Send + Sync, A: FromStr> FromRequestParts<S> for Ids<(A,)> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let segments = segments(parts, state).await?;
        Ok(Self((id(&segments, 0)?,)))
    }
}

impl<S: Send + Sync, A: FromStr, B: FromStr> FromRequestParts<S> for Ids<(A, B)> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let segments = segments(parts, state).await?;
        Ok(Self((id(&segments, 0)?, id(&segments, 1)?)))
    }
}

async fn segments<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Vec<(String, String)>, Problem> {
    let path = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
    path.map(|Path(segments)| segments)
        .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the address is not text"))
}

fn id<T: FromStr>(segments: &[(String, String)], at: usize) -> Result<T, Problem> {
    let (name, value) = segments.get(at).map_or(("id", ""), |(name, value)| (name, value));
    value.parse().map_err(|_| {
        let fault = Fault::at(Place::Path, [name], format!("`{value}` is not an id: ids are UUIDs"));
        Problem::of(StatusCode::BAD_REQUEST, vec![fault])
    })
}

/// The subject in a path: a text that nothing is lost of.
pub struct InPath(pub Text);

impl<S: Send + Sync> FromRequestParts<S> for InPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let segments = segments(parts, state).await?;
        let (name, value) = segments.first().map_or(("subject", ""), |(name, value)| (name, value));
        text(value).map(Self).map_err(|message| {
            let fault = Fault::at(Place::Path, [name], message);
            Problem::of(StatusCode::BAD_REQUEST, vec![fault])
        })
    }
}

/// The parameters of an address. Whoever reads them takes out what it knows; what is left in the end is an error, as is
/// everything that could not be read.
#[derive(Default)]
pub struct Parameters {
    given: BTreeMap<String, Vec<String>>,
    errors: Vec<Fault>,
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Ok(Self::new(parts.uri.query().unwrap_or_default()))
    }
}

impl Parameters {
    pub fn new(query: &str) -> Self {
        let mut parameters = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if value.is_empty() {
                parameters.error(&name, "it is empty");
            }
            parameters
                .given
                .entry(name.into_owned())
                .or_default()
                .push(value.into_owned());
        }
        parameters
    }

    /// All values of a parameter.
    pub fn all<T>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let mut values = Vec::new();
        let given = self.given.remove(name).unwrap_or_default();
        if given.len() > WebhookFilter::MOST_VALUES {
            self.error(name, format!("more than {} values", WebhookFilter::MOST_VALUES));
        }
        for text in given {
            match read(&text) {
                // It was said already that it is empty.
                _ if text.is_empty() => {}
                Ok(value) => values.push(value),
                Err(message) => self.error(name, message),
            }
        }
        values
    }

    /// The value of a parameter that is given once at most.
    pub fn one<T>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        if self.given.get(name).is_some_and(|values| values.len() > 1) {
            self.error(name, "it is given more than once");
        }
        self.all(name, read).pop()
    }

    pub fn error(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(Fault::at(Place::Query, [name], message));
    }

    /// To be asked when everything that is known was taken out.
    pub fn none_left(mut self) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.given).into_keys() {
            self.error(&name, "there is no such parameter");
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::of(StatusCode::BAD_REQUEST, self.errors))
        }
    }
}

/// Anything with a written form.
pub fn word<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

pub fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "not a time such as 2025-11-20T00:53:20Z".to_owned())
}

/// A text that nothing is lost of.
pub fn text(text: &str) -> Result<Text, String> {
    Text::new(text)
        .filter(|kept| kept.as_str() == text)
        .ok_or_else(|| "it is too long or has characters that cannot be shown".to_owned())
}

pub fn id_of<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "not an id: ids are UUIDs".to_owned())
}
