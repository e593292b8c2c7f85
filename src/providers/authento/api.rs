//! Authento's API.
//!
//! Sources: Authento's pages on its API in general, on both calls for a user's data, and on webhooks. That the whole URL is
//! signed, query included, is seen in its own examples.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use model::{Agreement, Environment, Event, Outcome};
use serde_json::Value;
use url::form_urlencoded;

use super::super::api::{Api, Asked, Login, MissingCredential, Standing, contradicts, expect_text, secret_header, standing};
use super::super::digest::{hex, hmac_sha256};
use super::super::json::read_seconds;
use super::outcome_of;

pub(super) struct AuthentoApi;

/// Where a record has its state.
const STATUS: &str = "/result/status";

const API_KEY: HeaderName = HeaderName::from_static("x-authento-apikey");
const TIMESTAMP: HeaderName = HeaderName::from_static("x-authento-ts");
const SIGNATURE: HeaderName = HeaderName::from_static("x-authento-signature");

impl Api for AuthentoApi {
    fn base_url(&self, environment: Environment) -> &'static str {
        match environment {
            Environment::Production => "https://api.authento.io/v1",
            Environment::Sandbox => "https://demo-api.authento.io/v1",
        }
    }

    /// More may be answered with 429.
    fn requests_per_second(&self) -> u32 {
        5
    }

    /// After these Authento asks its customers to fetch the person's data.
    fn asked_by_itself(&self) -> &'static [&'static str] {
        &["PERMISSION_GRANTED", "REVIEWED", "ON_HOLD", "INFO_UPDATED"]
    }

    fn ask(&self, event: &Event) -> Option<Asked> {
        let resource = event.resource.clone()?;
        let id: String = form_urlencoded::byte_serialize(resource.id.as_str().as_bytes()).collect();
        let path = format!("/userinfo/full?id={id}");
        Some(Asked { path, resource })
    }

    fn headers(&self, login: &Login<'_>) -> Result<HeaderMap, MissingCredential> {
        let timestamp = login.now.as_millis().to_string();
        let secret = login.credentials.get("api_secret")?;
        let signed: [&[u8]; 3] = [timestamp.as_bytes(), b"GET", login.url.as_str().as_bytes()];
        let signature = hex(&hmac_sha256(secret.as_bytes(), &signed));
        let mut headers = HeaderMap::new();
        secret_header(&mut headers, API_KEY, login.credentials.get("api_key")?, "api_key")?;
        secret_header(&mut headers, SIGNATURE, &signature, "api_secret")?;
        headers.insert(TIMESTAMP, HeaderValue::try_from(timestamp).expect("digits are visible"));
        Ok(headers)
    }

    fn is_record(&self, answer: &Value) -> bool {
        let is_success = answer.get("success").is_none_or(|success| *success == Value::Bool(true));
        is_success && answer.get("result").is_some_and(Value::is_object)
    }

    /// The record has Authento's own id of the user and not the reference that the webhook names as well: whose user it is
    /// rests on the webhook.
    fn compare(&self, event: &Event, record: &Value) -> Agreement {
        compare(event, record).unwrap_or_else(|differs| differs)
    }

    fn is_behind(&self, event: &Event, record: &Value) -> bool {
        let is_behind = standing(event.outcome, found(record)) == Standing::Behind;
        is_behind && matches!(self.compare(event, record), Agreement::Contradicts(at) if at.path == STATUS)
    }
}

fn compare(event: &Event, record: &Value) -> Result<Agreement, Agreement> {
    let user = &event.resource.as_ref().ok_or(Agreement::CannotTell)?.id;
    expect_text(record, "/result/id", user)?;
    let (basic, poa) = statuses(record);
    match standing(event.outcome, found(record)) {
        Standing::There => {}
        // Which status a verification has that is on hold is not documented.
        Standing::Behind if event.outcome == Outcome::NeedsReview => return Err(Agreement::CannotTell),
        // A verification can be begun anew.
        Standing::Behind if is_newer(record, event) => return Err(Agreement::CannotTell),
        Standing::Behind | Standing::Elsewhere => {
            if basic.is_none() && poa.is_none() {
                return Err(Agreement::CannotTell);
            }
            let found = format!("basic {}, poa {}", basic.unwrap_or("none"), poa.unwrap_or("none"));
            let told = format!("{} ({})", event.event_type, event.outcome);
            return Err(contradicts(STATUS, &told, &found));
        }
    }
    match &event.subject {
        Some(subject) if subject != user => Ok(Agreement::AgreesButForSubject),
        _ => Ok(Agreement::Agrees),
    }
}

fn statuses(record: &Value) -> (Option<&str>, Option<&str>) {
    let status = |part: &str| record.pointer(part).and_then(Value::as_str);
    (status("/result/status/basic"), status("/result/status/poa"))
}

/// What the record says of the person.
fn found(record: &Value) -> Outcome {
    let (basic, poa) = statuses(record);
    match outcome_of(basic, poa) {
        // The person has to hand something in, for which the verification waits.
        Outcome::Pending if [basic, poa].contains(&Some("INFO_REQUIRED")) => Outcome::NeedsReview,
        found => found,
    }
}

/// Whether the record changed after what the webhook tells of. Without both times it is not known to have.
fn is_newer(record: &Value, event: &Event) -> bool {
    let updated_at = record.pointer("/result/timeUpdated").and_then(Value::as_number);
    let updated_at = updated_at.and_then(|seconds| read_seconds(&seconds.to_string()));
    updated_at
        .zip(event.occurred_at)
        .is_some_and(|(updated, told)| updated > told)
}
