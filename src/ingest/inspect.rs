use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use model::{Timestamp, WebhookId};

use super::OpenEndpoint;
use crate::providers::{Request, StaticHeader};
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
    let headers = without_secret(arrival.headers, endpoint.keyring.static_header.as_ref());
    NewWebhook {
        id: arrival.id,
        endpoint_id: endpoint.stored.id,
        received_at: arrival.received_at,
        peer: arrival.peer,
        foreign_network: !endpoint.expects(arrival.peer),
        headers: encode_headers(&headers),
        verdict: verification.verdict,
        evidence: verification.evidence,
        parse_error: parsed.problem.map(|problem| problem.to_string()),
        events: parsed.events,
        same_event: parsed.same_event,
        deliveries: Vec::new(),
        refetch: None,
        reconciled: false,
        body: arrival.body,
    }
}

/// A signature proves a secret without telling it; a static header is the secret itself, and secrets are not shown. Its value
/// is one under whatever name it comes, such as the name that the header had before.
fn without_secret(mut headers: HeaderMap, secret: Option<&StaticHeader>) -> HeaderMap {
    let Some(secret) = secret else { return headers };
    let carriers = headers
        .iter_mut()
        .filter(|(name, value)| name.as_str() == secret.name || secret.is(value.as_bytes()));
    carriers.for_each(|(_, value)| *value = HIDDEN);
    headers
}
