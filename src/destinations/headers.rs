//! The headers that are added to each request of a destination, such as one that lets it in.

use axum::http::{HeaderName, HeaderValue};
use model::DestinationId;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::HeaderChange;
use crate::accounts::secrets::{Purpose, SealingKey};
use crate::delivery::is_reserved;
use crate::operation::{Errors, OperationError};
use crate::store::delivery::Destination;

const MOST_HEADERS: usize = 20;
/// In bytes.
const LONGEST_VALUE: usize = 4096;

/// Names in lower case, and values, which are secrets.
#[derive(Default)]
pub(super) struct Headers(Vec<(String, SecretString)>);

impl Headers {
    pub(super) fn open(destination: &Destination, key: &SealingKey) -> Result<Self, OperationError> {
        let Some(sealed) = &destination.sealed_headers else {
            return Ok(Self(Vec::new()));
        };
        let opened = key.open(destination.id.0, Purpose::DestinationHeaders, sealed);
        let opened = opened.map_err(|_| OperationError::KeyUnavailable)?;
        let headers: Vec<(String, SecretString)> = serde_json::from_slice(&opened).map_err(|_| OperationError::KeyUnavailable)?;
        Ok(Self(headers))
    }

    /// The headers that are wanted, with the values of before where none is given.
    pub(super) fn changed(&self, wanted: &[HeaderChange], errors: &mut Errors) -> Self {
        check(wanted, errors);
        let mut headers = Vec::new();
        for HeaderChange { name, value } in wanted {
            let name = name.to_ascii_lowercase();
            match value.as_ref().or_else(|| self.value(&name)) {
                Some(value) => headers.push((name, value.clone())),
                None => errors.add("headers", format!("`{name}` has no value")),
            }
        }
        Self(headers)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    /// As [`Destination::sealed_headers`] has them.
    pub(super) fn seal(&self, key: &SealingKey, id: DestinationId) -> Option<Vec<u8>> {
        if self.0.is_empty() {
            return None;
        }
        let plain: Vec<_> = self.0.iter().map(|(name, value)| (name, value.expose_secret())).collect();
        let json = Zeroizing::new(serde_json::to_vec(&plain).expect("texts are plain data"));
        Some(key.seal(id.0, Purpose::DestinationHeaders, &json))
    }

    /// The names of those that have another value than in `before`, or are new.
    pub(super) fn with_new_values<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a str> {
        let is_new = |(name, value): &&(String, SecretString)| {
            before.value(name).map(ExposeSecret::expose_secret) != Some(value.expose_secret())
        };
        self.0.iter().filter(is_new).map(|(name, _)| name.as_str())
    }

    fn value(&self, name: &str) -> Option<&SecretString> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

fn check(wanted: &[HeaderChange], errors: &mut Errors) {
    if wanted.len() > MOST_HEADERS {
        errors.add("headers", format!("there are more than {MOST_HEADERS}"));
    }
    for (at, header) in wanted.iter().enumerate() {
        let name = header.name.to_ascii_lowercase();
        match HeaderName::from_bytes(name.as_bytes()) {
            Ok(name) if is_reserved(&name) => errors.add("headers", format!("`{name}` is a header of the request itself")),
            Ok(_) => {}
            Err(_) => errors.add("headers", format!("`{name}` cannot be the name of a header")),
        }
        if wanted[..at].iter().any(|earlier| earlier.name.eq_ignore_ascii_case(&name)) {
            errors.add("headers", format!("`{name}` is given twice"));
        }
        if header.value.as_ref().is_some_and(|value| !is_value(value.expose_secret())) {
            errors.add(
                "headers",
                format!("the value of `{name}` is empty, or not what a header can carry"),
            );
        }
    }
}

fn is_value(value: &str) -> bool {
    !value.is_empty() && value.len() <= LONGEST_VALUE && value.trim() == value && HeaderValue::from_str(value).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(headers: &[(&str, Option<&str>)]) -> Vec<HeaderChange> {
        let change = |(name, value): &(&str, Option<&str>)| HeaderChange {
            name: (*name).to_owned(),
            value: value.map(SecretString::from),
        };
        headers.iter().map(change).collect()
    }

    #[test]
    fn headers_that_would_change_the_request_are_refused() {
        let check = |headers: &[(&str, Option<&str>)], expected: &[&str]| {
            let mut errors = Errors::default();
            Headers(Vec::new()).changed(&wanted(headers), &mut errors);
            let said = match errors.none_or_invalid() {
                Err(OperationError::Invalid(errors)) => errors.into_iter().map(|error| error.message).collect(),
                _ => Vec::new(),
            };
            assert_eq!(said, expected, "{headers:?}");
        };
        check(&[("Authorization", Some("Bearer x")), ("X-Tenant", Some("a"))], &[]);
        check(
            &[("Host", Some("example.com"))],
            &["`host` is a header of the request itself"],
        );
        check(
            &[("Webhook-Signature", Some("v1,x")), ("hookproof-verdict", Some("verified"))],
            &[
                "`webhook-signature` is a header of the request itself",
                "`hookproof-verdict` is a header of the request itself",
            ],
        );
        check(&[("x y", Some("a"))], &["`x y` cannot be the name of a header"]);
        check(&[("x-a", Some("a")), ("X-A", Some("b"))], &["`x-a` is given twice"]);
        check(
            &[("x-a", Some("a\r\nx-b: c"))],
            &["the value of `x-a` is empty, or not what a header can carry"],
        );
        check(&[("x-a", None)], &["`x-a` has no value"]);
    }

    #[test]
    fn a_value_that_is_not_given_stays() {
        let before = Headers(vec![("x-a".to_owned(), "1".into()), ("x-b".to_owned(), "2".into())]);
        let mut errors = Errors::default();
        let after = before.changed(&wanted(&[("X-B", None), ("x-c", Some("3"))]), &mut errors);
        errors.none_or_invalid().expect("taken");
        assert_eq!(after.names(), ["x-b", "x-c"]);
        assert_eq!(after.with_new_values(&before).collect::<Vec<_>>(), ["x-c"]);
        assert_eq!(after.value("x-b").map(ExposeSecret::expose_secret), Some("2"));
    }

    #[test]
    fn headers_survive_being_sealed() {
        let key = SealingKey::new([1; 32]);
        let id = DestinationId(uuid::Uuid::nil());
        let headers = Headers(vec![("x-a".to_owned(), "1".into())]);
        let opened = key.open(
            id.0,
            Purpose::DestinationHeaders,
            &headers.seal(&key, id).expect("there are some"),
        );
        assert_eq!(opened.expect("the same key").as_slice(), br#"[["x-a","1"]]"#);
        assert_eq!(Headers(Vec::new()).seal(&key, id), None);
    }
}
