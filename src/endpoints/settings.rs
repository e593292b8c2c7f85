//! What of an endpoint's settings can be taken: the same for a new endpoint and for a changed one.

use axum::http::{HeaderName, HeaderValue};
use model::{DigestMode, EndpointId, ProviderKey, Text};

use super::is_name;
use crate::accounts::secrets::{Purpose, SealingKey};
use crate::operation::Errors;
use crate::providers::{self, About, Provider, Refetch};
use crate::store::SealedHeader;

/// How many patterns of event types an endpoint can name.
const MOST_PATTERNS: usize = 100;

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

/// Checks the types of the events after which the provider is asked by itself. An empty list is one: after none.
pub(super) fn check_refetch_event_types(about: &About, patterns: &[String], errors: &mut Errors) {
    const FIELD: &str = "refetch_event_types";
    if let (Refetch::Undocumented(why), false) = (about.refetch, patterns.is_empty()) {
        errors.add(FIELD, why);
    }
    for pattern in patterns.iter().filter(|pattern| !is_pattern(pattern)) {
        let message = format!("`{pattern}` is neither an event type nor the beginning of one followed by `*`");
        errors.add(FIELD, message);
    }
    if patterns.len() > MOST_PATTERNS {
        errors.add(FIELD, format!("there are more than {MOST_PATTERNS}"));
    }
}

/// The types of the events after which the provider is asked by itself: those that were named, or those that are usual for it.
pub fn refetch_event_types(provider: &ProviderKey, named: Option<&[String]>) -> Vec<String> {
    if let Some(named) = named {
        return named.to_vec();
    }
    let api = providers::find(provider).and_then(Provider::api);
    let usual = api.map_or(&[][..], |api| api.asked_by_itself());
    usual.iter().map(|&event_type| event_type.to_owned()).collect()
}

/// Whether it is an event type, or the beginning of one followed by `*`.
pub(crate) fn is_pattern(pattern: &str) -> bool {
    let beginning = pattern.strip_suffix('*').unwrap_or(pattern);
    Text::new(pattern).is_some() && is_name(pattern) && !beginning.contains('*')
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
