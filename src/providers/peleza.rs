//! Peleza: unsigned webhooks; an endpoint may ask for a header that only the provider was told.
//!
//! Source: Peleza's page on webhooks.

use std::borrow::Cow;

use model::{Diagnosis, Event, Evidence, Outcome, Scheme, Text, Verdict};

use super::about::entry;
use super::json::Reader;
use super::{About, CatalogueEntry, Key, Keyring, Parsed, Provider, Refetch, Request, SameEvent, SecretShape, Verification};

pub struct Peleza;

static ABOUT: About = About {
    key: "peleza",
    title: "Peleza",
    monogram: "Pz",
    hue: 215,
    paste_address_at: "Dashboard → SDK Library → Webhook: paste the address and press Update Webhook.",
    secret: None,
    has_digest_mode: false,
    has_static_header: true,
    signature_headers: &[],
    catalogue: CATALOGUE,
    retry_schedule: None,
    refetch: Refetch::Undocumented(
        "Peleza documents no way to ask again without ordering a new check, so there is nothing to re-fetch.",
    ),
    personal: &[
        // What is known of the person, in a form that hangs on the kind of the check.
        "data",
        "widget-info",
    ],
    not_personal: &["data.request-id", "widget-info.user-ref"],
};

#[rustfmt::skip] // A table reads best with a line for each row.
static CATALOGUE: &[CatalogueEntry] = &[
    entry("SDK", "sdk.verification", "A person was checked in the widget", Outcome::Approved),
    entry("API", "api.verification", "A check that was ordered by API is done", Outcome::Approved),
];

impl Provider for Peleza {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn read_secret(&self, _value: &str) -> Result<Key, SecretShape> {
        Err(SecretShape::NotUsed)
    }

    fn verify(&self, request: &Request<'_>, keyring: &Keyring) -> Verification {
        let Some(expected) = &keyring.static_header else {
            return Verification {
                verdict: Verdict::Unsigned,
                evidence: Evidence::default(),
            };
        };
        let mut values = request.headers.get_all(&expected.name).iter();
        let (verdict, diagnoses) = match values.next() {
            None => (Verdict::Missing, Vec::new()),
            Some(value) if values.any(|other| other != value) => {
                let header = expected.name.clone();
                (Verdict::Invalid, vec![Diagnosis::Malformed { header }])
            }
            Some(value) if expected.is(value.as_bytes()) => (Verdict::Verified, Vec::new()),
            Some(_) => (Verdict::Invalid, Vec::new()),
        };
        let evidence = Evidence {
            scheme: Some(Scheme::StaticHeader),
            header: Some(expected.name.clone()),
            diagnoses,
            ..Evidence::default()
        };
        Verification { verdict, evidence }
    }

    fn parse(&self, request: &Request<'_>) -> Parsed {
        // No field is asked for: whatever object comes, Peleza tells of a check.
        let event = Reader::over_object(request.body).map(|mut reader| Payload::read(&mut reader).into_event());
        Parsed::of_one(event, SameEvent::of_body("peleza body", request.body))
    }
}

#[derive(Default)]
struct Payload<'a> {
    status: Option<bool>,
    /// Two digits.
    response_code: Option<Cow<'a, str>>,
    /// Whether `face_data` or `widget_info` is there at all, which only the widget sends.
    is_sdk: bool,
    face: Face,
    /// Who used the widget.
    user_ref: Option<Cow<'a, str>>,
}

/// The comparison of faces: `face_data`, with its capital `Status`.
#[derive(Default)]
enum Face {
    /// Nothing is said of the face.
    #[default]
    Silent,
    Matches,
    Fails,
    /// Something is said that is neither a yes nor a no.
    Unreadable,
}

impl<'a> Payload<'a> {
    fn read(reader: &mut Reader<'a>) -> Self {
        let mut payload = Self::default();
        reader.object(|name, value| match name {
            "status" => payload.status = value.flag(),
            "response_code" => payload.response_code = read_code(value),
            "face_data" => {
                payload.is_sdk = true;
                payload.face = Face::read(value);
            }
            "widget_info" => {
                payload.is_sdk = true;
                payload.user_ref = None;
                value.object(|name, value| {
                    if name == "user_ref" {
                        payload.user_ref = value.text();
                    }
                });
            }
            _ => {}
        });
        payload
    }

    fn into_event(self) -> Event {
        let (sdk, api) = (Text::new("sdk.verification"), Text::new("api.verification"));
        Event {
            event_type: if self.is_sdk { sdk } else { api }.expect("a type is text"),
            outcome: self.outcome(),
            subject: self.user_ref.and_then(|user_ref| Text::new(&user_ref)),
            resource: None,
            provider_event_id: None,
            occurred_at: None,
        }
    }

    fn outcome(&self) -> Outcome {
        match (self.response_code.as_deref(), &self.face) {
            // The id was not found.
            (Some("01"), _) | (_, Face::Fails) => Outcome::Declined,
            // The service was not available, or the wallet was empty: nothing is said of the person.
            (Some("02" | "03"), _) => Outcome::Failed,
            (Some("00"), Face::Silent | Face::Matches) if self.status == Some(true) => Outcome::Approved,
            _ => Outcome::Completed,
        }
    }
}

impl Face {
    fn read(reader: &mut Reader<'_>) -> Self {
        if reader.is_null() {
            return Self::Silent;
        }
        // Should the capital be put right one day, a "no" must not be overlooked, nor one beside the other.
        let (mut capital, mut small) = (Self::Silent, Self::Silent);
        let is_object = reader.object(|name, value| match name {
            "Status" => capital = Self::of(value.flag()),
            "status" => small = Self::of(value.flag()),
            _ => {}
        });
        match (capital, small) {
            _ if !is_object => Self::Unreadable,
            (Self::Fails, _) | (_, Self::Fails) => Self::Fails,
            (Self::Unreadable, _) | (_, Self::Unreadable) => Self::Unreadable,
            (Self::Silent, status) | (status, _) => status,
        }
    }

    const fn of(flag: Option<bool>) -> Self {
        match flag {
            Some(true) => Self::Matches,
            Some(false) => Self::Fails,
            None => Self::Unreadable,
        }
    }
}

/// A string as it is documented, or a number, which stands for its two digits.
fn read_code<'a>(reader: &mut Reader<'a>) -> Option<Cow<'a, str>> {
    if reader.is_number() {
        reader.number().map(|number| Cow::Owned(format!("{number:0>2}")))
    } else {
        reader.text()
    }
}
