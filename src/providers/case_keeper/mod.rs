//! Case Keeper (`AppMan`): unsigned webhooks, which its API confirms when it is asked.
//!
//! Source: Case Keeper's page on webhook events; the form of its event records is known from integrators.

mod api;
mod catalogue;
mod presigned;

use std::borrow::Cow;

use model::{Event, Evidence, Outcome, Resource, Text, Timestamp, Verdict};

use super::json::Reader;
use super::{About, Api, Key, Keyring, ParseProblem, Parsed, Provider, Refetch, Request, SameEvent, SecretShape, Verification};

pub struct CaseKeeper;

static ABOUT: About = About {
    key: "case_keeper",
    title: "Case Keeper",
    monogram: "CK",
    hue: 45,
    paste_address_at: "Dashboard → Advanced → Webhook URL. It has to begin with https; who may not edit it asks Case Keeper's support.",
    secret: None,
    has_digest_mode: false,
    has_static_header: false,
    signature_headers: &[],
    catalogue: catalogue::CATALOGUE,
    retry_schedule: None,
    refetch: Refetch::Documented {
        credentials: &["client_id", "client_secret"],
        has_token_url: true,
    },
    personal: &[],
    not_personal: &[],
};

impl Provider for CaseKeeper {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn read_secret(&self, _value: &str) -> Result<Key, SecretShape> {
        Err(SecretShape::NotUsed)
    }

    fn verify(&self, _request: &Request<'_>, _keyring: &Keyring) -> Verification {
        Verification {
            verdict: Verdict::Unsigned,
            evidence: Evidence::default(),
        }
    }

    fn parse(&self, request: &Request<'_>) -> Parsed {
        let event = Reader::over_object(request.body).and_then(|mut reader| {
            let payload = Payload::read(&mut reader);
            payload.into_event().ok_or_else(|| ParseProblem::lacks("key"))
        });
        // Not the id alone: with nothing signed, a forged request with a known id would shadow the genuine one.
        let same_event = match event {
            // Only of JSON is it known where a URL ends.
            Err(ParseProblem::Empty | ParseProblem::NotUtf8 { .. } | ParseProblem::NotJson { .. }) => {
                SameEvent::of_body("case_keeper raw body", request.body)
            }
            _ => Some(presigned::same_event(request.body)),
        };
        Parsed::of_one(event, same_event)
    }

    fn api(&self) -> Option<&'static dyn Api> {
        Some(&api::CaseKeeperApi)
    }
}

/// A partial event, `{"key", "data": {"id"}}`, or an event record, which has its own id, time and `dataId` as well. No
/// type is documented for the ids: a number reads as it is written.
#[derive(Default)]
struct Payload<'a> {
    id: Option<Cow<'a, str>>,
    key: Option<Cow<'a, str>>,
    data_id: Option<Cow<'a, str>>,
    created_at: Option<Cow<'a, str>>,
    id_in_data: Option<Cow<'a, str>>,
}

impl<'a> Payload<'a> {
    fn read(reader: &mut Reader<'a>) -> Self {
        let mut payload = Self::default();
        reader.object(|name, value| match name {
            "id" => payload.id = value.text_or_number(),
            "key" => payload.key = value.text(),
            "dataId" => payload.data_id = value.text_or_number(),
            "createdAt" => payload.created_at = value.text(),
            "data" => {
                payload.id_in_data = None;
                value.object(|name, value| {
                    if name == "id" {
                        payload.id_in_data = value.text_or_number();
                    }
                });
            }
            _ => {}
        });
        payload
    }

    fn into_event(self) -> Option<Event> {
        let text = |field: Option<Cow<'_, str>>| field.and_then(|field| Text::new(&field));
        let key = self.key?;
        let verification = text(self.id_in_data).or_else(|| text(self.data_id));
        Some(Event {
            event_type: Text::new(&key)?,
            outcome: ABOUT.usual_outcome(&key).unwrap_or(Outcome::Updated),
            subject: None,
            resource: verification
                .zip(Text::new("verification"))
                .map(|(id, kind)| Resource { kind, id }),
            provider_event_id: text(self.id),
            occurred_at: self.created_at.and_then(|time| Timestamp::parse(&time)),
        })
    }
}
