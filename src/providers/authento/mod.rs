//! Authento: a digest over the body, keyed in a way that its documentation leaves open.
//!
//! Source: Authento's page on webhooks.

mod api;

use std::borrow::Cow;

use model::{Diagnosis, DigestMode, Event, Outcome, Resource, Scheme, Text, Verdict};

use super::about::entry;
use super::digest::{self, Digest256};
use super::json::{self, Reader};
use super::signature::{self, Check};
use super::{
    About, Api, CatalogueEntry, Key, KeyKind, Keyring, ParseProblem, Parsed, Provider, Refetch, Request, SameEvent, SecretField,
    SecretShape, Verification,
};

pub struct Authento;

const DIGEST: &str = "x-payload-digest";

static ABOUT: About = About {
    key: "authento",
    title: "Authento",
    monogram: "Au",
    hue: 165,
    paste_address_at: "Dashboard → Settings → Webhooks: enable webhooks there and paste the address as the target URL.",
    secret: Some(SecretField {
        kind: KeyKind::SharedSecret,
        label: "Webhook secret",
        find_it_at: "Dashboard → Settings → Webhooks, beside the target URL.",
        placeholder: "The webhook secret",
    }),
    has_digest_mode: true,
    has_static_header: false,
    signature_headers: &[DIGEST],
    catalogue: CATALOGUE,
    retry_schedule: None,
    refetch: Refetch::Documented {
        credentials: &["api_key", "api_secret"],
        has_token_url: false,
    },
    personal: &[],
    not_personal: &[],
};

/// Authento prints `ADDRRESS`; the right spelling is taken as well, should it be put right.
#[rustfmt::skip] // A table reads best with a line for each row.
static CATALOGUE: &[CatalogueEntry] = &[
    entry("Permissions", "PERMISSION_GRANTED", "The person allowed you to see their data", Outcome::Updated),
    entry("Permissions", "PERMISSION_UPDATED", "The person changed what you may see", Outcome::Updated),
    entry("Verification", "INIT", "The person began to verify", Outcome::Pending),
    entry("Verification", "PENDING", "Everything is handed in and waits for review", Outcome::Pending),
    entry("Verification", "REVIEWED", "The review is done; the status says how", Outcome::Approved),
    entry("Verification", "ON_HOLD", "The verification was put on hold", Outcome::NeedsReview),
    entry("Verification", "INFO_UPDATED", "The person's data changed", Outcome::Updated),
    entry("Verification", "RESET", "The verification begins anew", Outcome::Pending),
    entry("Wallets", "ADDRRESS_LINKED", "A wallet was added to the account", Outcome::Updated),
    entry("Wallets", "ADDRRESS_UNLINKED", "A wallet was taken from the account", Outcome::Updated),
    entry("Wallets", "ADDRESS_LINKED", "A wallet was added to the account", Outcome::Updated),
    entry("Wallets", "ADDRESS_UNLINKED", "A wallet was taken from the account", Outcome::Updated),
];

impl Provider for Authento {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn read_secret(&self, value: &str) -> Result<Key, SecretShape> {
        match value.trim() {
            "" => Err(SecretShape::Empty),
            secret => Ok(Key::shared(secret.as_bytes())),
        }
    }

    fn verify(&self, request: &Request<'_>, keyring: &Keyring) -> Verification {
        let mode = keyring.digest_mode.unwrap_or(DigestMode::HmacSha256);
        let check = Check::begin(request, keyring, scheme(mode), DIGEST);
        if keyring.secrets.is_empty() {
            return check.verdict(Verdict::Unconfigured);
        }
        let Some(header) = signature::header(request, DIGEST) else {
            return check.verdict(Verdict::Missing);
        };
        let Some(digest) = digest::read_hex(without_algorithm(header)) else {
            return check.malformed(DIGEST);
        };
        let fits = |mode, key: &Key, body: &[u8]| is_made_with(mode, key, body, &digest);
        if let Some(secret) = keyring
            .live_at(request.received_at)
            .find(|secret| fits(mode, &secret.key, request.body))
        {
            return check.verified(secret);
        }
        if digest::are_equal(&digest::sha256(&[request.body]), &digest) {
            return check.scheme(Scheme::Sha256Body).verdict(Verdict::IntegrityOnly);
        }
        let is_live_fit = |mode| {
            keyring
                .live_at(request.received_at)
                .any(|secret| fits(mode, &secret.key, request.body))
        };
        match DigestMode::ALL
            .iter()
            .copied()
            .filter(|other| *other != mode)
            .find(|other| is_live_fit(*other))
        {
            Some(mode) => check.invalid(vec![Diagnosis::OtherDigestMode { mode }]),
            None => check.invalid(signature::diagnose(request, keyring, |key, body| fits(mode, key, body))),
        }
    }

    fn parse(&self, request: &Request<'_>) -> Parsed {
        let payload = Reader::over_object(request.body).map(|mut reader| Payload::read(&mut reader));
        let told = payload.as_ref().ok().and_then(Payload::same_event);
        // No time is signed, so a replay shows by this alone: what cannot be read is known by its bytes.
        let same_event = told.or_else(|| SameEvent::of_body("authento body", request.body));
        let event = payload.and_then(|payload| payload.into_event().ok_or_else(|| ParseProblem::lacks("event")));
        Parsed::of_one(event, same_event)
    }

    fn api(&self) -> Option<&'static dyn Api> {
        Some(&api::AuthentoApi)
    }
}

/// The digest without the name of its algorithm, which many senders write before it: how Authento writes it is not
/// documented.
fn without_algorithm(header: &str) -> &str {
    const NAME: &str = "sha256=";
    let header = header.trim();
    match header.split_at_checked(NAME.len()) {
        Some((name, digest)) if name.eq_ignore_ascii_case(NAME) => digest.trim(),
        _ => header,
    }
}

const fn scheme(mode: DigestMode) -> Scheme {
    match mode {
        DigestMode::HmacSha256 => Scheme::HmacSha256,
        DigestMode::Sha256BodySecret => Scheme::Sha256BodySecret,
        DigestMode::Sha256SecretBody => Scheme::Sha256SecretBody,
    }
}

fn is_made_with(mode: DigestMode, key: &Key, body: &[u8], digest: &Digest256) -> bool {
    let Key::Shared(secret) = key else {
        return false;
    };
    let expected = match mode {
        DigestMode::HmacSha256 => digest::hmac_sha256(secret, &[body]),
        DigestMode::Sha256BodySecret => digest::sha256(&[body, secret]),
        DigestMode::Sha256SecretBody => digest::sha256(&[secret, body]),
    };
    digest::are_equal(&expected, digest)
}

#[derive(Default)]
struct Payload<'a> {
    event: Option<Cow<'a, str>>,
    user_id: Option<Cow<'a, str>>,
    user_identifier: Option<Cow<'a, str>>,
    status: Status<'a>,
    /// Seconds since the epoch, as a decimal.
    time_created: Option<&'a str>,
}

#[derive(Default)]
struct Status<'a> {
    basic: Option<Cow<'a, str>>,
    /// Of the proof of address.
    poa: Option<Cow<'a, str>>,
}

impl<'a> Payload<'a> {
    fn read(reader: &mut Reader<'a>) -> Self {
        let mut payload = Self::default();
        reader.object(|name, value| match name {
            "event" => payload.event = value.text(),
            "userId" => payload.user_id = value.text(),
            "userIdentifier" => payload.user_identifier = value.text(),
            "timeCreated" => payload.time_created = value.number(),
            "status" => payload.status = Status::read(value),
            _ => {}
        });
        payload
    }

    /// `None` unless all that identifies an event can be read.
    fn same_event(&self) -> Option<SameEvent> {
        let parts = [self.event.as_deref()?, self.user_id.as_deref()?, self.time_created?];
        let are_there = parts.iter().all(|part| !part.is_empty());
        are_there.then(|| SameEvent::of("authento event, user, time", &parts.map(str::as_bytes)))
    }

    fn into_event(self) -> Option<Event> {
        let text = |field: &Option<Cow<'_, str>>| field.as_ref().and_then(|field| Text::new(field));
        let event = self.event.as_deref()?;
        Some(Event {
            event_type: Text::new(event)?,
            outcome: match event {
                "REVIEWED" => self.status.outcome(),
                event => ABOUT.usual_outcome(event).unwrap_or(Outcome::Updated),
            },
            subject: text(&self.user_identifier).or_else(|| text(&self.user_id)),
            resource: text(&self.user_id)
                .zip(Text::new("user"))
                .map(|(id, kind)| Resource { kind, id }),
            provider_event_id: None,
            occurred_at: self.time_created.and_then(json::read_seconds),
        })
    }
}

impl<'a> Status<'a> {
    fn read(reader: &mut Reader<'a>) -> Self {
        let mut status = Self::default();
        reader.object(|name, value| match name {
            "basic" => status.basic = value.text(),
            "poa" => status.poa = value.text(),
            _ => {}
        });
        status
    }

    fn outcome(&self) -> Outcome {
        outcome_of(self.basic.as_deref(), self.poa.as_deref())
    }
}

/// What a finished review says: one rejection declines, and only what is verified throughout is approved.
fn outcome_of(basic: Option<&str>, poa: Option<&str>) -> Outcome {
    let present: Vec<_> = [basic, poa].into_iter().flatten().collect();
    if present.is_empty() {
        Outcome::Pending
    } else if present.contains(&"REJECTED") {
        Outcome::Declined
    } else if present.iter().all(|status| *status == "VERIFIED") {
        Outcome::Approved
    } else {
        Outcome::Pending
    }
}
