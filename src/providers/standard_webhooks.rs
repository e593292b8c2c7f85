//! Any sender that follows Standard Webhooks 1.0. Our own forwards are signed the same way.
//!
//! Source: the specification, version 1.0.

use std::borrow::Cow;

use ed25519_dalek::{Signature, VerifyingKey};
use model::{Event, Outcome, Scheme, Text, Timestamp, Verdict};

use super::digest;
use super::json::Reader;
use super::signature::{self, Age, Check};
use super::{
    About, Key, KeyKind, Keyring, Parsed, Provider, Refetch, Request, SameEvent, SecretField, SecretShape, Verification,
};

pub struct StandardWebhooks;

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";

/// Senders list one signature for each live secret. More are not looked at, as checking each has its cost.
const MOST_SIGNATURES: usize = 16;

static ABOUT: About = About {
    key: "standard_webhooks",
    title: "Standard Webhooks",
    monogram: "SW",
    hue: 100,
    paste_address_at: "Wherever the sender keeps the addresses that it posts its webhooks to.",
    secret: Some(SecretField {
        kind: KeyKind::SharedSecret,
        label: "Signing secret",
        find_it_at: "The sender's page of the webhook. A public key (whpk_…) is taken as well.",
        placeholder: "whsec_…",
    }),
    has_digest_mode: false,
    has_static_header: false,
    signature_headers: &[ID, TIMESTAMP, SIGNATURE],
    catalogue: &[],
    retry_schedule: None,
    refetch: Refetch::Undocumented(
        "Standard Webhooks describes no way to ask the sender again, so there is nothing to re-fetch.",
    ),
    personal: &[],
    not_personal: &[],
};

impl Provider for StandardWebhooks {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn read_secret(&self, value: &str) -> Result<Key, SecretShape> {
        let value = value.trim();
        if value.is_empty() {
            return Err(SecretShape::Empty);
        }
        if let Some(key) = value.strip_prefix("whpk_") {
            let key = digest::read_base64_leniently(key)
                .and_then(|bytes| VerifyingKey::try_from(bytes.as_slice()).ok())
                .ok_or(SecretShape::Unexpected {
                    expected: "an Ed25519 public key: `whpk_` and 32 bytes in base64",
                })?;
            return Ok(Key::Ed25519(Box::new(key)));
        }
        match digest::read_base64_leniently(value.strip_prefix("whsec_").unwrap_or(value)) {
            Some(secret) if !secret.is_empty() => Ok(Key::Shared(secret.into())),
            _ => Err(SecretShape::Unexpected {
                expected: "`whsec_` and a secret in base64, or `whpk_` and a public key",
            }),
        }
    }

    fn verify(&self, request: &Request<'_>, keyring: &Keyring) -> Verification {
        let check = Check::begin(request, keyring, Scheme::HmacSha256, SIGNATURE);
        if keyring.secrets.is_empty() {
            return check.verdict(Verdict::Unconfigured);
        }
        if let Some(absent) = [ID, TIMESTAMP, SIGNATURE]
            .into_iter()
            .find(|name| signature::is_missing(request, name))
        {
            return check.header(absent).verdict(Verdict::Missing);
        }
        let Some(id) = message_id(request) else {
            return check.malformed(ID);
        };
        let timestamp = signature::header(request, TIMESTAMP).unwrap_or_default();
        let Ok(signed_at) = timestamp.parse() else {
            return check.malformed(TIMESTAMP);
        };
        let signatures: Vec<_> = signature::headers(request, SIGNATURE)
            .flat_map(str::split_ascii_whitespace)
            .filter_map(Made::read)
            .take(MOST_SIGNATURES)
            .collect();
        if signatures.is_empty() {
            return check.malformed(SIGNATURE);
        }
        let signed = Signed { id, timestamp };
        let fits = |key: &Key, body: &[u8]| signed.is_made_with(key, body, &signatures);
        match keyring
            .live_at(request.received_at)
            .find(|secret| fits(&secret.key, request.body))
        {
            Some(secret) => check
                .scheme(scheme(&secret.key))
                .signed_at(secret, Age::of(signed_at, request.received_at)),
            None => check.invalid(signature::diagnose(request, keyring, fits)),
        }
    }

    fn parse(&self, request: &Request<'_>) -> Parsed {
        let id = message_id(request);
        // The id stands in a header, so it is known whatever the body is.
        let same_event = id.map(|id| SameEvent::of("webhook-id", &[id.as_bytes()]));
        match Reader::over_object(request.body) {
            Ok(mut reader) => {
                let event = Payload::read(&mut reader).into_event(id);
                Parsed {
                    events: event.into_iter().collect(),
                    same_event,
                    problem: None,
                }
            }
            Err(problem) => Parsed {
                same_event,
                ..problem.into()
            },
        }
    }
}

/// What the `webhook-id` says; `None` when it says nothing, or more than one thing.
fn message_id<'a>(request: &Request<'a>) -> Option<&'a str> {
    signature::header(request, ID).filter(|id| !id.trim().is_empty())
}

const fn scheme(key: &Key) -> Scheme {
    match key {
        Key::Shared(_) => Scheme::HmacSha256,
        Key::P521(_) => Scheme::EcdsaP521Sha512,
        Key::Ed25519(_) => Scheme::Ed25519,
    }
}

/// One signature of the list, of a version that is known here.
enum Made {
    /// `v1`: HMAC-SHA256.
    Hmac(Vec<u8>),
    /// `v1a`.
    Ed25519(Signature),
}

impl Made {
    fn read(text: &str) -> Option<Self> {
        let (version, base64) = text.split_once(',')?;
        let bytes = digest::read_base64(base64)?;
        match version {
            "v1" => Some(Self::Hmac(bytes)),
            "v1a" => Signature::from_slice(&bytes).ok().map(Self::Ed25519),
            _ => None,
        }
    }
}

/// What is signed with the body.
struct Signed<'a> {
    id: &'a str,
    timestamp: &'a str,
}

impl Signed<'_> {
    fn is_made_with(&self, key: &Key, body: &[u8], signatures: &[Made]) -> bool {
        let parts: [&[u8]; 5] = [self.id.as_bytes(), b".", self.timestamp.as_bytes(), b".", body];
        match key {
            Key::Shared(secret) => {
                let expected = digest::hmac_sha256(secret, &parts);
                signatures
                    .iter()
                    .any(|made| matches!(made, Made::Hmac(made) if digest::are_equal(&expected, made)))
            }
            Key::Ed25519(key) => {
                let mut made = signatures
                    .iter()
                    .filter_map(|made| if let Made::Ed25519(made) = made { Some(made) } else { None });
                let message = parts.concat();
                made.any(|made| key.verify_strict(&message, made).is_ok())
            }
            Key::P521(_) => false,
        }
    }
}

#[derive(Default)]
struct Payload<'a> {
    kind: Option<Cow<'a, str>>,
    timestamp: Option<Cow<'a, str>>,
}

impl<'a> Payload<'a> {
    fn read(reader: &mut Reader<'a>) -> Self {
        let mut payload = Self::default();
        reader.object(|name, value| match name {
            "type" => payload.kind = value.text(),
            "timestamp" => payload.timestamp = value.text(),
            _ => {}
        });
        payload
    }

    /// The specification recommends a type, but asks for none: without one the event is a `webhook`.
    fn into_event(self, id: Option<&str>) -> Option<Event> {
        Some(Event {
            event_type: self.kind.and_then(|kind| Text::new(&kind)).or_else(|| Text::new("webhook"))?,
            outcome: Outcome::Unknown,
            subject: None,
            resource: None,
            provider_event_id: id.and_then(Text::new),
            occurred_at: self.timestamp.and_then(|time| Timestamp::parse(&time)),
        })
    }
}
