//! Pleenk: age and identity approvals, signed with its private key.
//!
//! Sources: Pleenk's page on the approve webhook; the curve is that of its published key, the hash is known from
//! integrators.

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::{Event, Outcome, Resource, Scheme, Text, Verdict};
use p521::ecdsa::signature::Verifier;
use p521::ecdsa::{Signature, VerifyingKey};
use p521::pkcs8::DecodePublicKey;

use super::about::entry;
use super::digest;
use super::json::Reader;
use super::signature::{self, Check};
use super::{
    About, CatalogueEntry, Key, KeyKind, Keyring, MAX_EVENTS, ParseProblem, Parsed, Provider, Refetch, Request, SameEvent,
    SecretField, SecretShape, Verification,
};

pub struct Pleenk;

const SIGNATURE: &str = "pleenk-signature";

static ABOUT: About = About {
    key: "pleenk",
    title: "Pleenk",
    monogram: "Pl",
    hue: 330,
    paste_address_at: "Give the address to Pleenk as your endpoint, or pass it to the widget as `pw_notification`.",
    secret: Some(SecretField {
        kind: KeyKind::PublicKey,
        label: "Pleenk's public key",
        find_it_at: "Pleenk's documentation, under signature verification. Sandbox and production have different keys.",
        placeholder: "-----BEGIN PUBLIC KEY-----",
    }),
    has_digest_mode: false,
    has_static_header: false,
    signature_headers: &[SIGNATURE],
    catalogue: CATALOGUE,
    retry_schedule: None,
    refetch: Refetch::Undocumented("Pleenk documents no way to ask again, so there is nothing to re-fetch."),
    personal: &[],
    not_personal: &[
        // What was asked of the person and whether it is so.
        "events.*.data.request",
        "events.*.data.result",
    ],
};

#[rustfmt::skip] // A table reads best with a line for each row.
static CATALOGUE: &[CatalogueEntry] = &[
    entry("Approve", "APPROVE", "A check of the person is done; the result says how", Outcome::Approved),
    entry("User", "USER", "The person's account at Pleenk changed", Outcome::Updated),
    entry("Payment", "PAYMENT", "A payment changed", Outcome::Updated),
];

impl Provider for Pleenk {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn read_secret(&self, value: &str) -> Result<Key, SecretShape> {
        let pem = value.trim();
        if pem.is_empty() {
            return Err(SecretShape::Empty);
        }
        if pem.matches("-----BEGIN ").nth(1).is_some() {
            return Err(SecretShape::Several);
        }
        let key = read_public_key(pem).ok_or(SecretShape::Unexpected {
            expected: "a PEM public key on the curve P-521, from `-----BEGIN PUBLIC KEY-----` to `-----END PUBLIC KEY-----`",
        })?;
        Ok(Key::P521(Box::new(key)))
    }

    fn verify(&self, request: &Request<'_>, keyring: &Keyring) -> Verification {
        let check = Check::begin(request, keyring, Scheme::EcdsaP521Sha512, SIGNATURE);
        if keyring.secrets.is_empty() {
            return check.verdict(Verdict::Unconfigured);
        }
        let Some(header) = signature::header(request, SIGNATURE) else {
            return check.verdict(Verdict::Missing);
        };
        let Some(made) = digest::read_base64(header.trim()).and_then(|der| Signature::from_der(&der).ok()) else {
            return check.malformed(SIGNATURE);
        };
        let fits = |key: &Key, body: &[u8]| matches!(key, Key::P521(key) if key.verify(body, &made).is_ok());
        match keyring
            .live_at(request.received_at)
            .find(|secret| fits(&secret.key, request.body))
        {
            Some(secret) => check.verified(secret),
            None => check.invalid(signature::diagnose(request, keyring, fits)),
        }
    }

    fn parse(&self, request: &Request<'_>) -> Parsed {
        let (events, problem) = match Listed::of(request.body) {
            Ok(listed) => (listed.events, listed.problem),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        Parsed {
            events,
            // No time is signed, so a replay shows by this alone, whatever the body is.
            same_event: SameEvent::of_body("pleenk body", request.body),
            problem,
        }
    }
}

/// Reads a PEM with any white space in it and any text around it: the published one is indented and stands on a page,
/// and pasting joins or breaks lines.
fn read_public_key(pem: &str) -> Option<VerifyingKey> {
    let (_, pem) = pem.split_once("-----BEGIN PUBLIC KEY-----")?;
    let (base64, _) = pem.split_once("-----END PUBLIC KEY-----")?;
    let der = digest::read_base64(&base64.split_whitespace().collect::<String>())?;
    VerifyingKey::from_public_key_der(&der).ok()
}

/// The `events` of a webhook.
struct Listed {
    events: Vec<Event>,
    /// Why they are not all of them.
    problem: Option<ParseProblem>,
}

impl Listed {
    fn of(body: &[u8]) -> Result<Self, ParseProblem> {
        let mut reader = Reader::over_object(body)?;
        let mut listed = None;
        reader.object(|name, value| {
            if name == "events" {
                listed = Self::read(value);
            }
        });
        listed.ok_or_else(|| ParseProblem::OtherForm {
            what: "events is not a list".to_owned(),
        })
    }

    /// `None` when the value is not a list.
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut events = Vec::new();
        let mut count = 0;
        let mut without_type = None;
        let is_list = reader.array(|item| {
            if events.len() < MAX_EVENTS {
                match Item::read(item).into_event() {
                    Some(event) => events.push(event),
                    None => without_type = without_type.or(Some(count)),
                }
            }
            count += 1;
        });
        let problem = if count > MAX_EVENTS {
            Some(ParseProblem::TooManyEvents { count })
        } else {
            without_type.map(|place| ParseProblem::lacks(&format!("events[{place}].eventType")))
        };
        is_list.then_some(Self { events, problem })
    }
}

#[derive(Default)]
struct Item<'a> {
    event_type: Option<Cow<'a, str>>,
    data: Data<'a>,
}

#[derive(Default)]
struct Data<'a> {
    user_ref: Option<Cow<'a, str>>,
    reference: Option<Cow<'a, str>>,
    payment_id: Option<Cow<'a, str>>,
    /// What was asked of the person, such as `age_over_18`; `None` where the answer is not a boolean.
    result: BTreeMap<String, Option<bool>>,
}

impl<'a> Item<'a> {
    fn read(reader: &mut Reader<'a>) -> Self {
        let mut item = Self::default();
        reader.object(|name, value| match name {
            "eventType" => item.event_type = value.text(),
            "data" => item.data = Data::read(value),
            _ => {}
        });
        item
    }

    fn into_event(self) -> Option<Event> {
        let text = |field: Option<Cow<'_, str>>| field.and_then(|field| Text::new(&field));
        let event_type = Text::new(&self.event_type?)?;
        let payment_id = if event_type.as_str() == "PAYMENT" {
            text(self.data.payment_id)
        } else {
            None
        };
        Some(Event {
            outcome: if event_type.as_str() == "APPROVE" {
                outcome_of(&self.data.result)
            } else {
                Outcome::Updated
            },
            event_type,
            subject: text(self.data.user_ref).or_else(|| text(self.data.reference)),
            resource: payment_id.zip(Text::new("payment")).map(|(id, kind)| Resource { kind, id }),
            provider_event_id: None,
            occurred_at: None,
        })
    }
}

impl<'a> Data<'a> {
    fn read(reader: &mut Reader<'a>) -> Self {
        let mut data = Self::default();
        reader.object(|name, value| match name {
            "userRef" => data.user_ref = value.text(),
            "ref" => data.reference = value.text(),
            "paymentId" => data.payment_id = value.text(),
            "result" => {
                data.result = BTreeMap::new();
                value.object(|asked, value| {
                    data.result.insert(asked.to_owned(), value.boolean());
                });
            }
            _ => {}
        });
        data
    }
}

/// One "no" declines; only a "yes" to everything approves.
fn outcome_of(result: &BTreeMap<String, Option<bool>>) -> Outcome {
    if result.values().any(|answer| *answer == Some(false)) {
        Outcome::Declined
    } else if !result.is_empty() && result.values().all(|answer| *answer == Some(true)) {
        Outcome::Approved
    } else {
        Outcome::Completed
    }
}
