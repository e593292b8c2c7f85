//! Peleza: unsigned webhooks; an endpoint may ask for a header that only the provider was told.
//!
//! Source: Peleza's page on webhooks.

use std::borrow::Cow;

use model::{Event, Evidence, Outcome, Scheme, Text, Verdict};

use super::about::entry;
use super::json::Reader;
use super::{
    About, CatalogueEntry, Key, Keyring, ParseProblem, Parsed, Provider, Refetch, Request, SameEvent, SecretShape, Verification,
};

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
    catalogue: CATALOGUE,
    retry_schedule: None,
    refetch: Refetch::Undocumented(
        "Peleza documents no way to ask again without ordering a new check, so there is nothing to re-fetch.",
    ),
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
        let mut values = request.headers.get_all(&expected.name).iter().peekable();
        let verdict = if values.peek().is_none() {
            Verdict::Missing
        } else if values.any(|value| expected.is(value.as_bytes())) {
            Verdict::Verified
        } else {
            Verdict::Invalid
        };
        let evidence = Evidence {
            scheme: Some(Scheme::StaticHeader),
            header: Some(expected.name.clone()),
            ..Evidence::default()
        };
        Verification { verdict, evidence }
    }

    fn parse(&self, request: &Request<'_>) -> Parsed {
        let event = Reader::over_object(request.body).and_then(|mut reader| {
            let payload = Payload::read(&mut reader);
            payload
                .into_event()
                .ok_or_else(|| ParseProblem::lacks("status or response_code"))
        });
        Parsed::of_one(event, SameEvent::of_body("peleza body", request.body))
    }
}

#[derive(Default)]
struct Payload<'a> {
    status: Option<bool>,
    response_code: Option<Cow<'a, str>>,
    face: Option<Face>,
    widget: Option<Widget<'a>>,
}

/// The comparison of faces: `face_data`, with its capital `Status`.
#[derive(Default)]
struct Face {
    status: Option<bool>,
}

/// Who used the widget: `widget_info`.
#[derive(Default)]
struct Widget<'a> {
    user_ref: Option<Cow<'a, str>>,
}

impl<'a> Payload<'a> {
    fn read(reader: &mut Reader<'a>) -> Self {
        let mut payload = Self::default();
        reader.object(|name, value| match name {
            "status" => payload.status = value.boolean(),
            "response_code" => payload.response_code = value.text(),
            "face_data" => payload.face = Face::read(value),
            "widget_info" => payload.widget = Widget::read(value),
            _ => {}
        });
        payload
    }

    fn into_event(self) -> Option<Event> {
        let is_sdk = self.face.is_some() || self.widget.is_some();
        if self.status.is_none() && self.response_code.is_none() && !is_sdk {
            return None;
        }
        Some(Event {
            event_type: Text::new(if is_sdk { "sdk.verification" } else { "api.verification" })?,
            outcome: self.outcome(),
            subject: self.widget.and_then(|widget| Text::new(&widget.user_ref?)),
            resource: None,
            provider_event_id: None,
            occurred_at: None,
        })
    }

    fn outcome(&self) -> Outcome {
        let face_fails = self.face.as_ref().is_some_and(|face| face.status == Some(false));
        match self.response_code.as_deref() {
            Some("00") if self.status == Some(true) && !face_fails => Outcome::Approved,
            // The id was not found.
            Some("01") => Outcome::Declined,
            _ if face_fails => Outcome::Declined,
            // The service was not available, or the wallet was empty: nothing is said of the person.
            Some("02" | "03") => Outcome::Failed,
            _ => Outcome::Completed,
        }
    }
}

impl Face {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut face = Self::default();
        let is_object = reader.object(|name, value| {
            // Should the capital be put right one day, a "no" must not be overlooked.
            if let "Status" | "status" = name {
                face.status = value.boolean();
            }
        });
        is_object.then_some(face)
    }
}

impl<'a> Widget<'a> {
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let mut widget = Self::default();
        let is_object = reader.object(|name, value| {
            if name == "user_ref" {
                widget.user_ref = value.text();
            }
        });
        is_object.then_some(widget)
    }
}
