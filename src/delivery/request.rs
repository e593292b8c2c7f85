//! The request that a destination gets: the webhook's own bytes, what we know of it, and our signature.

use bytes::Bytes;
use hyper::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, GetAll, HOST, HeaderName, HeaderValue, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use hyper::{HeaderMap, Method};
use model::{ProviderKey, Text, Timestamp, Verdict, WebhookId};

use super::client::Outgoing;
use super::sign::{DestinationSecret, signatures};
use crate::providers;

/// What we call ourselves.
pub const OUR_NAME: &str = concat!("Hookproof/", env!("CARGO_PKG_VERSION"));

const PROVIDER: HeaderName = HeaderName::from_static("hookproof-provider");
const EVENT_TYPE: HeaderName = HeaderName::from_static("hookproof-event-type");
const VERDICT: HeaderName = HeaderName::from_static("hookproof-verdict");
const RECEIVED_AT: HeaderName = HeaderName::from_static("hookproof-received-at");
const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// What stands before the name of a provider's header that has a name of ours: Standard Webhooks names its headers for
/// everyone who follows it.
const ORIGINAL: &str = "hookproof-original-";

/// Headers that say how the body is to be read, and go with it.
const OF_THE_BODY: [HeaderName; 2] = [CONTENT_TYPE, CONTENT_ENCODING];

/// Headers that are HTTP's own on this connection.
const OF_THE_CONNECTION: [HeaderName; 10] = [
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    EXPECT,
    TE,
    TRAILER,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// A webhook, as far as a destination is told of it.
#[derive(Debug, Clone)]
pub struct ForwardedWebhook {
    /// The same in every attempt.
    pub id: WebhookId,
    pub provider: ProviderKey,
    /// Of the event that names the webhook.
    pub event_type: Option<Text>,
    pub verdict: Verdict,
    pub received_at: Timestamp,
    /// As they came.
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Where a webhook goes, and what goes with it. Has no `Debug`, as the headers hold secrets.
#[derive(Clone)]
pub struct Recipient {
    pub url: String,
    /// All that are live: the request is signed with each.
    pub secrets: Vec<DestinationSecret>,
    /// Never in the place of a header of ours.
    pub extra_headers: HeaderMap,
}

/// The request of an attempt that is made `now`.
pub fn forward(webhook: &ForwardedWebhook, to: &Recipient, now: Timestamp) -> Outgoing {
    let mut headers = HeaderMap::new();
    for (name, value) in to.extra_headers.iter().filter(|(name, _)| !is_reserved(name)) {
        let mut value = value.clone();
        value.set_sensitive(true);
        headers.append(name, value);
    }
    headers.insert(USER_AGENT, HeaderValue::from_static(OUR_NAME));
    for name in &OF_THE_BODY {
        take(&mut headers, name, webhook.headers.get_all(name));
    }
    for name in signature_headers(&webhook.provider) {
        let kept = if is_reserved(&name) { original(&name) } else { name.clone() };
        take(&mut headers, &kept, webhook.headers.get_all(name));
    }

    let (id, timestamp) = (webhook.id.to_string(), now.as_seconds().to_string());
    let signatures = signatures(&to.secrets, &id, &timestamp, &webhook.body);
    let ours = [
        (ID, id),
        (TIMESTAMP, timestamp),
        (SIGNATURE, signatures),
        (PROVIDER, webhook.provider.to_string()),
        (VERDICT, webhook.verdict.to_string()),
        (RECEIVED_AT, webhook.received_at.to_rfc3339()),
    ];
    // An event's type is of the webhook and may be any text: where it has other letters they go as UTF-8.
    let event_type = webhook
        .event_type
        .iter()
        .map(|event_type| (EVENT_TYPE, event_type.to_string()));
    for (name, value) in ours.into_iter().chain(event_type) {
        let value = HeaderValue::try_from(value).expect("none of them has a control character");
        headers.insert(name, value);
    }
    Outgoing {
        method: Method::POST,
        url: to.url.clone(),
        headers,
        body: webhook.body.clone(),
    }
}

/// Whether a header is ours or HTTP's, so that a destination cannot be given another of that name.
pub fn is_reserved(name: &HeaderName) -> bool {
    let name_text = name.as_str();
    OF_THE_BODY.contains(name)
        || OF_THE_CONNECTION.contains(name)
        || name == USER_AGENT
        || name_text.starts_with("webhook-")
        || name_text.starts_with("hookproof-")
}

fn signature_headers(provider: &ProviderKey) -> impl Iterator<Item = HeaderName> {
    let names = providers::find(provider).map_or(&[][..], |provider| provider.about().signature_headers);
    names.iter().map(|name| HeaderName::from_static(name))
}

fn original(name: &HeaderName) -> HeaderName {
    HeaderName::try_from(format!("{ORIGINAL}{name}")).expect("a prefix makes no name wrong")
}

/// Sets a header to all of the values, as often as they came.
fn take(headers: &mut HeaderMap, name: &HeaderName, values: GetAll<'_, HeaderValue>) {
    headers.remove(name);
    for value in values {
        headers.append(name, value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let line =
            |(name, value): &(&'static str, &'static str)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        lines.iter().map(line).collect()
    }

    fn webhook(provider: &str, lines: &[(&'static str, &'static str)]) -> ForwardedWebhook {
        ForwardedWebhook {
            id: WebhookId(uuid::Uuid::from_u128(7)),
            provider: ProviderKey::new(provider),
            event_type: Text::new("inquiry.approved"),
            verdict: Verdict::Verified,
            received_at: Timestamp::parse("2026-11-20T12:00:00.25Z").expect("a time"),
            headers: headers(lines),
            body: Bytes::from_static(b"{ \"a\": \"\xff\" }"),
        }
    }

    fn recipient(extra: &[(&'static str, &'static str)]) -> Recipient {
        Recipient {
            url: "https://example.com/".to_owned(),
            secrets: vec![DestinationSecret::read("whsec_AQEBAQ==").expect("a secret")],
            extra_headers: headers(extra),
        }
    }

    fn sent(webhook: &ForwardedWebhook, to: &Recipient) -> Outgoing {
        forward(webhook, to, Timestamp::parse("2026-11-20T13:00:00.9Z").expect("a time"))
    }

    fn check(webhook: &ForwardedWebhook, extra: &[(&'static str, &'static str)], expected: &[(&str, &[&str])]) {
        let request = sent(webhook, &recipient(extra));
        for (name, values) in expected {
            let found: Vec<_> = request.headers.get_all(*name).iter().map(HeaderValue::as_bytes).collect();
            let values: Vec<_> = values.iter().map(|value| value.as_bytes()).collect();
            assert_eq!(found, values, "{name}");
        }
    }

    #[test]
    fn the_body_goes_out_as_it_came_in_with_what_is_known_of_it() {
        let webhook = webhook(
            "persona",
            &[
                ("content-type", "application/json;charset=x"),
                ("content-encoding", "gzip"),
                ("content-length", "999"),
                ("authorization", "Bearer of-the-provider"),
                ("user-agent", "Persona"),
                ("persona-signature", "t=1,v1=ab"),
            ],
        );
        let request = sent(&webhook, &recipient(&[]));
        assert_eq!(
            (&request.method, &request.url),
            (&Method::POST, &"https://example.com/".to_owned())
        );
        assert_eq!(request.body, webhook.body);
        check(
            &webhook,
            &[],
            &[
                ("content-type", &["application/json;charset=x"]),
                ("content-encoding", &["gzip"]),
                ("content-length", &[]),
                ("authorization", &[]),
                ("user-agent", &[OUR_NAME]),
                ("persona-signature", &["t=1,v1=ab"]),
                ("webhook-id", &["00000000-0000-0000-0000-000000000007"]),
                ("webhook-timestamp", &["1795179600"]),
                ("webhook-signature", &["v1,OGEe8hs8GockXaL6GIQnbNW68JVe/PUDdJzt31KGKOI="]),
                ("hookproof-provider", &["persona"]),
                ("hookproof-event-type", &["inquiry.approved"]),
                ("hookproof-verdict", &["verified"]),
                ("hookproof-received-at", &["2026-11-20T12:00:00.25Z"]),
            ],
        );
    }

    #[test]
    fn each_providers_signature_goes_with_the_webhook_as_often_as_it_came() {
        check(
            &webhook("authento", &[("x-payload-digest", "ab"), ("x-payload-digest", "cd")]),
            &[],
            &[("x-payload-digest", &["ab", "cd"])],
        );
        check(
            &webhook("pleenk", &[("pleenk-signature", "MIG")]),
            &[],
            &[("pleenk-signature", &["MIG"])],
        );
        check(
            &webhook("peleza", &[("persona-signature", "ab")]),
            &[],
            &[("persona-signature", &[])],
        );
        check(
            &webhook(
                "standard_webhooks",
                &[("webhook-id", "msg_1"), ("webhook-signature", "v1,ab")],
            ),
            &[],
            &[
                ("hookproof-original-webhook-id", &["msg_1"]),
                ("hookproof-original-webhook-signature", &["v1,ab"]),
                ("hookproof-original-webhook-timestamp", &[]),
                ("webhook-id", &["00000000-0000-0000-0000-000000000007"]),
            ],
        );
    }

    #[test]
    fn a_destinations_own_headers_are_never_in_the_place_of_ours() {
        check(
            &webhook("persona", &[("persona-signature", "genuine")]),
            &[
                ("authorization", "Bearer secret"),
                ("x-team", "one"),
                ("x-team", "two"),
                ("persona-signature", "other"),
                ("webhook-id", "other"),
                ("webhook-more", "other"),
                ("hookproof-verdict", "confirmed"),
                ("hookproof-original-webhook-id", "other"),
                ("user-agent", "other"),
                ("host", "other"),
                ("transfer-encoding", "chunked"),
                ("content-type", "other"),
            ],
            &[
                ("authorization", &["Bearer secret"]),
                ("x-team", &["one", "two"]),
                ("persona-signature", &["genuine"]),
                ("webhook-id", &["00000000-0000-0000-0000-000000000007"]),
                ("webhook-more", &[]),
                ("hookproof-verdict", &["verified"]),
                ("hookproof-original-webhook-id", &[]),
                ("user-agent", &[OUR_NAME]),
                ("host", &[]),
                ("transfer-encoding", &[]),
                ("content-type", &[]),
            ],
        );
    }

    #[test]
    fn the_values_of_a_destinations_own_headers_are_not_printed() {
        let request = sent(&webhook("persona", &[]), &recipient(&[("authorization", "Bearer secret")]));
        assert!(!format!("{:?}", request.headers).contains("Bearer"));
    }

    #[test]
    fn an_event_type_in_any_letters_can_be_sent() {
        let webhook = ForwardedWebhook {
            event_type: Text::new("geprüft 審査\n"),
            ..webhook("persona", &[])
        };
        check(&webhook, &[], &[("hookproof-event-type", &["geprüft 審査"])]);
    }
}
