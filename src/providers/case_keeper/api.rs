//! Case Keeper's API: a token by client credentials, and with it verifications by their id.
//!
//! Sources: Case Keeper's page on webhook events, which asks for this call and says that webhooks carry its structure. The
//! addresses and the fields of a verification are known from integrators; which words its status has is not documented, so
//! only what cannot be misread is taken for an answer.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use model::{Agreement, Environment, Event, Outcome};
use secrecy::SecretString;
use serde_json::Value;
use url::form_urlencoded;

use super::super::api::{
    Api, Asked, Credentials, Login, MissingCredential, Standing, contradicts, expect_text, secret_header, segment, standing,
};

pub(super) struct CaseKeeperApi;

/// Where a record has its state.
const STATUS: &str = "/status";

impl Api for CaseKeeperApi {
    fn base_url(&self, _environment: Environment) -> &'static str {
        "https://portal.mac.appmanteam.com/api/v3/case-keeper"
    }

    fn token_url(&self, _environment: Environment) -> Option<&'static str> {
        Some("https://mac-portal.appmanteam.com/auth/realms/mac-portal/protocol/openid-connect/token")
    }

    fn token_form(&self, credentials: Credentials<'_>) -> Option<Result<SecretString, MissingCredential>> {
        let form = || {
            let fields = [
                ("grant_type", "client_credentials"),
                ("client_id", credentials.get("client_id")?),
                ("client_secret", credentials.get("client_secret")?),
            ];
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            Ok(form.into())
        };
        Some(form())
    }

    /// No limit is documented.
    fn requests_per_second(&self) -> u32 {
        5
    }

    fn ask(&self, event: &Event) -> Option<Asked> {
        let resource = event.resource.clone()?;
        let path = format!("/verifications/{}", segment(&resource.id)?);
        Some(Asked { path, resource })
    }

    fn headers(&self, login: &Login<'_>) -> Result<HeaderMap, MissingCredential> {
        let token = login.token.ok_or(MissingCredential("token"))?;
        let mut headers = HeaderMap::new();
        secret_header(&mut headers, AUTHORIZATION, &format!("Bearer {token}"), "token")?;
        Ok(headers)
    }

    fn is_record(&self, answer: &Value) -> bool {
        answer.get("id").is_some()
    }

    fn compare(&self, event: &Event, record: &Value) -> Agreement {
        compare(event, record).unwrap_or_else(|differs| differs)
    }

    fn is_behind(&self, event: &Event, record: &Value) -> bool {
        let is_behind = status_of(record).is_some_and(|found| standing(event.outcome, found) == Standing::Behind);
        is_behind && matches!(self.compare(event, record), Agreement::Contradicts(at) if at.path == STATUS)
    }
}

fn compare(event: &Event, record: &Value) -> Result<Agreement, Agreement> {
    let verification = &event.resource.as_ref().ok_or(Agreement::CannotTell)?.id;
    expect_text(record, "/id", verification)?;
    match event.outcome {
        Outcome::Pending => Ok(Agreement::Agrees),
        Outcome::Approved | Outcome::Completed => compare_status(event, record),
        _ => compare_step(event, record),
    }
}

/// A verification that is said to be verified or completed.
fn compare_status(event: &Event, record: &Value) -> Result<Agreement, Agreement> {
    let status = record.get("status").and_then(Value::as_str).unwrap_or_default();
    let found = status_of(record).ok_or(Agreement::CannotTell)?;
    match (event.outcome, found) {
        // What is completed may have been verified before.
        (Outcome::Approved, Outcome::Completed) => Err(Agreement::CannotTell),
        (told, found) if standing(told, found) == Standing::There => Ok(Agreement::Agrees),
        _ => Err(contradicts(STATUS, event.event_type.as_str(), status)),
    }
}

/// What the record says of the person, where it is known what that means.
fn status_of(record: &Value) -> Option<Outcome> {
    let verified_at = record.get("verifiedAt").filter(|time| !time.is_null());
    match verified_at {
        Some(_) => Some(Outcome::Approved),
        None => outcome_of(record.get("status").and_then(Value::as_str).unwrap_or_default()),
    }
}

/// A step that is said to be taken. `verification.frontIdCardResult.created` tells of `frontIdCardResult`: as long as the
/// record has nothing under that name, nothing is known of it.
fn compare_step(event: &Event, record: &Value) -> Result<Agreement, Agreement> {
    let mut parts = event.event_type.as_str().split('.');
    let (Some("verification"), Some(step), action) = (parts.next(), parts.next(), parts.next()) else {
        return Err(Agreement::CannotTell);
    };
    match (step, action) {
        ("updated", None) => Ok(Agreement::Agrees),
        // A verification that can still be read may be marked as deleted in a way that is not documented.
        (_, None) => Err(Agreement::CannotTell),
        (step, Some(_)) => match record.get(step) {
            None | Some(Value::Null) => Err(Agreement::CannotTell),
            Some(_) => Ok(Agreement::Agrees),
        },
    }
}

fn outcome_of(status: &str) -> Option<Outcome> {
    Some(match status.to_ascii_lowercase().as_str() {
        "created" | "pending" => Outcome::Pending,
        "completed" => Outcome::Completed,
        "verified" => Outcome::Approved,
        "rejected" | "failed" => Outcome::Declined,
        "expired" => Outcome::Expired,
        _ => return None,
    })
}
