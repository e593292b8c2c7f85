use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use model::{Timestamp, WebhookId};

use super::OpenEndpoint;
use crate::providers::{Keyring, Request};
use crate::store::{NewWebhook, encode_headers};

/// What is stored in place of a secret that a request carries in a header.
pub(crate) const HIDDEN: HeaderValue = HeaderValue::from_static("(hidden by Hookproof)");

/// A request that has arrived whole.
pub struct Arrival {
    pub id: WebhookId,
    pub received_at: Timestamp,
    /// Who sent it, proxies already looked through.
    pub peer: IpAddr,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Checks the signature and reads the events: all that is known of a webhook before it is stored.
pub fn inspect(endpoint: &OpenEndpoint, arrival: Arrival) -> NewWebhook {
    let request = Request {
        headers: &arrival.headers,
        body: &arrival.body,
        received_at: arrival.received_at,
    };
    let verification = endpoint.provider.verify(&request, &endpoint.keyring);
    let parsed = endpoint.provider.parse(&request);
    NewWebhook {
        id: arrival.id,
        endpoint_id: endpoint.stored.id,
        received_at: arrival.received_at,
        peer: arrival.peer,
        foreign_network: !endpoint.expects(arrival.peer),
        headers: encode_headers(&without_secrets(arrival.headers, &endpoint.keyring)),
        verdict: verification.verdict,
        evidence: verification.evidence,
        parse_error: parsed.problem.map(|problem| problem.to_string()),
        events: parsed.events,
        same_event: parsed.same_event,
        body: arrival.body,
    }
}

/// A signature proves a secret without telling it; a static header is the secret itself, and secrets are not shown.
fn without_secrets(mut headers: HeaderMap, keyring: &Keyring) -> HeaderMap {
    if let Some(secret) = &keyring.static_header {
        let carriers = headers.iter_mut().filter(|(name, _)| name.as_str() == secret.name);
        carriers.for_each(|(_, value)| *value = HIDDEN);
    }
    headers
}
