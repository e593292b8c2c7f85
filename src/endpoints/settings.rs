//! What of an endpoint's settings can be taken: the same for a new endpoint and for a changed one.

use axum::http::{HeaderName, HeaderValue};
use model::{DigestMode, EndpointId};

use super::is_name;
use crate::accounts::secrets::{Purpose, SealingKey};
use crate::operation::Errors;
use crate::providers::About;
use crate::store::SealedHeader;

pub(super) fn check_name(name: &str, errors: &mut Errors) {
    if !is_name(name) {
        errors.add("name", "it is empty or has characters that cannot be shown");
    }
}

pub(super) fn check_digest_mode(about: &About, mode: Option<DigestMode>, errors: &mut Errors) {
    if mode.is_some() && !about.has_digest_mode {
        errors.add("digest_mode", format!("{} has no choice of digest mode", about.title));
    }
}

pub(super) fn check_rate_limit(limit: Option<u32>, errors: &mut Errors) {
    if limit == Some(0) {
        errors.add("rate_limit", "it must be at least 1 webhook per second");
    }
}

/// Checks a static header. `value` is `None` where the one that is there stays.
pub(super) fn check_header(about: &About, name: &str, value: Option<&str>, errors: &mut Errors) {
    if !about.has_static_header {
        let message = format!("{} signs its webhooks, so a static header proves nothing more", about.title);
        errors.add("static_header", message);
    }
    if HeaderName::from_bytes(name.as_bytes()).is_err() {
        errors.add("static_header.name", format!("`{name}` cannot be the name of a header"));
    }
    if value.is_some_and(|value| value.is_empty() || value.trim() != value || HeaderValue::from_str(value).is_err()) {
        errors.add("static_header.value", "it is empty, or not what a header can carry");
    }
}

pub(super) fn seal_header(key: &SealingKey, id: EndpointId, name: &str, value: &str) -> SealedHeader {
    SealedHeader {
        name: name.to_ascii_lowercase(),
        sealed_value: key.seal(id.0, Purpose::StaticHeader, value.as_bytes()),
    }
}
