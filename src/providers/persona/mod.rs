//! Persona: inquiries and verifications, signed with HMAC-SHA256 over a timestamp and the body.
//!
//! Sources: Persona's pages on webhooks and events.

mod api;
mod catalogue;

use std::borrow::Cow;

use axum::http::HeaderMap;
use model::{DeliveryNotes, Event, Outcome, Resource, Scheme, Text, Timestamp, Verdict};

use super::digest::{self, Digest256};
use super::json::Reader;
use super::signature::{self, Age, Check};
use super::{
    About, Api, Key, KeyKind, Keyring, ParseProblem, Parsed, Provider, Refetch, Request, SameEvent, SecretField, SecretShape,
    Verification,
};

pub struct Persona;

const SIGNATURE: &str = "persona-signature";

/// While a secret is rotated Persona sends two. More than these are not looked at: each may cost a digest of the body.
const MOST_SIGNATURES: usize = 16;

static ABOUT: About = About {
    key: "persona",
    title: "Persona",
    monogram: "Pe",
    hue: 265,
    paste_address_at: "Dashboard → Configuration (now Integration) → Webhooks: add the address there and choose the events to be sent.",
    secret: Some(SecretField {
        kind: KeyKind::SharedSecret,
        label: "Webhook secret",
        find_it_at: "Dashboard → Configuration (now Integration) → Webhooks → the webhook's page. Paste all of it, the prefix included.",
        placeholder: "wbhsec_…",
    }),
    has_digest_mode: false,
    has_static_header: false,
    signature_headers: &[SIGNATURE],
    catalogue: catalogue::CATALOGUE,
    retry_schedule: Some(&[3, 66, 731, 4098, 15_627, 46_658, 117_651, 262_146]),
    refetch: Refetch::Documented {
        credentials: &["api_key"],
        has_token_url: false,
    },
    personal: &[
        // What the form asked for, which may be anything.
        "data.attributes.payload.data.attributes.fields.*.value",
        "data.attributes.payload.included.*.attributes.fields.*.value",
    ],
    not_personal: &[
        // The name of the event.
        "data.attributes.name",
        "data.attributes.payload.data.attributes.checks.*.name",
        "data.attributes.payload.included.*.attributes.checks.*.name",
    ],
};

impl Provider for Persona {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn read_secret(&self, value: &str) -> Result<Key, SecretShape> {
        let secret = value.trim();
        if secret.is_empty() {
            return Err(SecretShape::Empty);
        }
        if secret.contains(char::is_whitespace) || secret.starts_with("persona_") {
            return Err(SecretShape::Unexpected {
                expected: "the webhook's own secret, which begins with `wbhsec_` and has no white space (not an API key)",
            });
        }
        Ok(Key::shared(secret.as_bytes()))
    }

    fn verify(&self, request: &Request<'_>, keyring: &Keyring) -> Verification {
        let check = Check::begin(request, keyring, Scheme::HmacSha256, SIGNATURE);
        if keyring.secrets.is_empty() {
            return check.verdict(Verdict::Unconfigured);
        }
        if !request.headers.contains_key(SIGNATURE) {
            return check.verdict(Verdict::Missing);
        }
        let sets = Set::read_all(signature::headers(request, SIGNATURE));
        if sets.is_empty() {
            return check.malformed(SIGNATURE);
        }
        let mut late = None;
        for secret in keyring.live_at(request.received_at) {
            for set in sets.iter().filter(|set| set.is_made_with(&secret.key, request.body)) {
                let age = Age::of(set.signed_at, request.received_at);
                if age.is_fresh {
                    return check.signed_at(secret, age);
                }
                late.get_or_insert((secret, age));
            }
        }
        if let Some((secret, age)) = late {
            return check.signed_at(secret, age);
        }
        check.invalid(signature::diagnose(request, keyring, |key, body| {
            sets.iter().any(|set| set.is_made_with(key, body))
        }))
    }

    fn parse(&self, request: &Request<'_>) -> Parsed {
        let mut reader = match Reader::over_object(request.body) {
            Ok(reader) => reader,
            Err(problem) => return problem.into(),
        };
        let mut data = Data::default();
        reader.object(|name, value| {
            if name == "data" {
                data = Data::read(value);
            }
        });
        let id = data.id.as_deref().filter(|id| !id.is_empty());
        let same_event = id.map(|id| SameEvent::of("persona event", &[id.as_bytes()]));
        let event = data.into_event().ok_or_else(|| ParseProblem::lacks("data.attributes.name"));
        Parsed::of_one(event, same_event)
    }

    fn api(&self) -> Option<&'static dyn Api> {
        Some(&api::PersonaApi)
    }

    fn delivery_notes(&self, headers: &HeaderMap) -> DeliveryNotes {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        DeliveryNotes {
            attempts_made: text("persona-webhook-attempts-made").and_then(|made| made.parse().ok()),
            attempts_left: text("persona-webhook-attempts-left").and_then(|left| left.parse().ok()),
            first_attempted_at: text("persona-webhook-first-attempted-at")
                .and_then(|seconds| seconds.parse().ok())
                .and_then(Timestamp::from_seconds),
        }
    }
}

/// One `t=<unix seconds>,v1=<hex>` of the signature header. Any of its signatures may be the right one.
struct Set<'a> {
    /// As it is written, because so it is signed.
    timestamp: &'a str,
    signed_at: i64,
    digests: Vec<Digest256>,
}

impl<'a> Set<'a> {
    /// A `t` opens a set, to which each `v1` up to the next `t` belongs. Commas and white space part them alike, and so do
    /// lines: what stands between is seen written in several ways. Sets without a signature or a readable time are left out.
    fn read_all(lines: impl Iterator<Item = &'a str>) -> Vec<Self> {
        let parts = lines.flat_map(|line| line.split([',', ' ', '\t']));
        let mut sets: Vec<Self> = Vec::new();
        let mut open = None;
        let mut count = 0;
        for (name, value) in parts.filter_map(|part| part.split_once('=')) {
            match name {
                "t" => open = value.parse().ok().map(|signed_at| (value, signed_at)),
                "v1" => {
                    let (Some((timestamp, signed_at)), Some(digest)) = (open, digest::read_hex(value)) else {
                        continue;
                    };
                    match sets.iter_mut().find(|set| set.timestamp == timestamp) {
                        Some(set) => set.digests.push(digest),
                        None => sets.push(Self {
                            timestamp,
                            signed_at,
                            digests: vec![digest],
                        }),
                    }
                    count += 1;
                    if count == MOST_SIGNATURES {
                        break;
                    }
                }
                _ => {}
            }
        }
        sets
    }

    fn is_made_with(&self, key: &Key, body: &[u8]) -> bool {
        let Key::Shared(secret) = key else {
            return false;
        };
        let expected = digest::hmac_sha256(secret, &[self.timestamp.as_bytes(), b".", body]);
        self.digests.iter().any(|digest| digest::are_equal(&expected, digest))
    }
}

/// The `data` of a webhook: an event in the form of JSON:API. Keys come in kebab, camel or snake case, as the
/// webhook is set up.
#[derive(Default)]
struct Data<'a> {
    id: Option<Cow<'a, str>>,
    attributes: Attributes<'a>,
}

#[derive(Default)]
struct Attributes<'a> {
    name: Option<Cow<'a, str>>,
    created_at: Option<Cow<'a, str>>,
    object: Object<'a>,
}

/// What the event is about: `payload.data`.
#[derive(Default)]
struct Object<'a> {
    kind: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
    reference: Option<Cow<'a, str>>,
}

impl<'a> Data<'a> {
    fn read(reader: &mut Reader<'a>) -> Self {
        let mut data = Self::default();
        reader.object(|name, value| match name {
            "id" => data.id = value.text(),
            "attributes" => data.attributes = Attributes::read(value),
            _ => {}
        });
        data
    }

    fn into_event(self) -> Option<Event> {
        let name = self.attributes.name?;
        let object = self.attributes.object;
        let text = |field: Option<Cow<'_, str>>| field.and_then(|field| Text::new(&field));
        Some(Event {
            event_type: Text::new(&name)?,
            outcome: ABOUT.usual_outcome(&name).unwrap_or(Outcome::Updated),
            subject: text(object.reference),
            resource: text(object.kind).zip(text(object.id)).map(|(kind, id)| Resource { kind, id }),
            provider_event_id: text(self.id),
            occurred_at: self.attributes.created_at.and_then(|time| Timestamp::parse(&time)),
        })
    }
}

impl<'a> Attributes<'a> {
    fn read(reader: &mut Reader<'a>) -> Self {
        let mut attributes = Self::default();
        reader.object(|name, value| match name {
            "name" => attributes.name = value.text(),
            "created-at" | "createdAt" | "created_at" => attributes.created_at = value.text(),
            "payload" => {
                attributes.object = Object::default();
                value.object(|name, value| {
                    if name == "data" {
                        attributes.object = Object::read(value);
                    }
                });
            }
            _ => {}
        });
        attributes
    }
}

impl<'a> Object<'a> {
    fn read(reader: &mut Reader<'a>) -> Self {
        let mut object = Self::default();
        reader.object(|name, value| match name {
            "type" => object.kind = value.text(),
            "id" => object.id = value.text(),
            "attributes" => {
                object.reference = None;
                value.object(|name, value| {
                    if let "reference-id" | "referenceId" | "reference_id" = name {
                        object.reference = value.text();
                    }
                });
            }
            _ => {}
        });
        object
    }
}
