//! Persona's API.
//!
//! Sources: Persona's pages on authentication, versioning, rate limiting, pagination, inquiries, verifications and events.

use std::borrow::Cow;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use model::{Agreement, Environment, Event, Outcome, Resource, Text, Timestamp};
use serde_json::Value;
use url::Url;
use url::form_urlencoded;

use super::super::ParseProblem;
use super::super::api::{
    Api, Asked, EventList, EventPage, EventQuery, ListedEvent, Login, MissingCredential, Standing, contradicts, expect_text,
    secret_header, segment, standing, text_at,
};
use super::super::json::Reader;

pub(super) struct PersonaApi;

const VERSION: HeaderName = HeaderName::from_static("persona-version");
const INFLECTION: HeaderName = HeaderName::from_static("key-inflection");

/// Answers keep this form whatever an organisation's default is.
const PINNED_VERSION: HeaderValue = HeaderValue::from_static("2023-01-05");

/// Where a record has its state.
const STATUS: &str = "/data/attributes/status";

/// The most that a page of a list holds.
const PAGE_SIZE: &str = "100";

impl Api for PersonaApi {
    /// The same for both environments: the key says which one is meant.
    fn base_url(&self, _environment: Environment) -> &'static str {
        "https://api.withpersona.com/api/v1"
    }

    /// Production has 300 a minute by default; what is left of them the answers tell.
    fn requests_per_second(&self) -> u32 {
        5
    }

    /// Inquiries and verifications can be asked for themselves. All else is asked for as the event, which never changes.
    fn ask(&self, event: &Event) -> Option<Asked> {
        let collection = |resource: &Resource| match resource.kind.as_str() {
            "inquiry" => Some("inquiries"),
            "verification" => Some("verifications"),
            kind => kind.starts_with("verification/").then_some("verifications"),
        };
        let of_resource = event.resource.as_ref().and_then(|resource| {
            let path = format!("/{}/{}", collection(resource)?, segment(&resource.id)?);
            let resource = resource.clone();
            Some(Asked { path, resource })
        });
        of_resource.or_else(|| {
            let id = event.provider_event_id.clone()?;
            let path = format!("/events/{}", segment(&id)?);
            let kind = Text::new("event")?;
            let resource = Resource { kind, id };
            Some(Asked { path, resource })
        })
    }

    fn headers(&self, login: &Login<'_>) -> Result<HeaderMap, MissingCredential> {
        let mut headers = HeaderMap::new();
        let bearer = format!("Bearer {}", login.credentials.get("api_key")?);
        secret_header(&mut headers, AUTHORIZATION, &bearer, "api_key")?;
        headers.insert(VERSION, PINNED_VERSION);
        headers.insert(INFLECTION, HeaderValue::from_static("kebab"));
        Ok(headers)
    }

    fn is_record(&self, answer: &Value) -> bool {
        answer.get("data").is_some_and(|data| data.is_object() || data.is_array())
    }

    fn compare(&self, event: &Event, record: &Value) -> Agreement {
        let compared = match text_at(record, "/data/type") {
            Some(kind) if kind.as_str() == "event" => compare_event(event, record),
            Some(kind) => compare_object(event, kind.as_str(), record),
            None => Err(Agreement::CannotTell),
        };
        compared.unwrap_or_else(|differs| differs)
    }

    fn is_behind(&self, event: &Event, record: &Value) -> bool {
        let status = text_at(record, STATUS).and_then(|status| outcome_of(status.as_str()));
        let is_behind = status.is_some_and(|found| standing(event.outcome, found) == Standing::Behind);
        is_behind && matches!(self.compare(event, record), Agreement::Contradicts(at) if at.path == STATUS)
    }

    fn event_list(&self) -> Option<&'static dyn EventList> {
        Some(&PersonaEvents)
    }
}

/// An inquiry or a verification, which may have gone on since.
fn compare_object(event: &Event, kind: &str, record: &Value) -> Result<Agreement, Agreement> {
    let resource = event.resource.as_ref().ok_or(Agreement::CannotTell)?;
    expect_text(record, "/data/id", &resource.id)?;
    let agreement = compare_subject(event, record, "/data/attributes/reference-id", kind == "inquiry")?;
    if event.outcome == Outcome::Updated {
        return Ok(agreement);
    }
    let status = text_at(record, STATUS).ok_or(Agreement::CannotTell)?;
    let found = outcome_of(status.as_str()).ok_or(Agreement::CannotTell)?;
    match standing(event.outcome, found) {
        Standing::There => Ok(agreement),
        // Whoever comes back to an inquiry that expired goes on with it.
        _ if event.outcome == Outcome::Expired && matches!(found, Outcome::Pending | Outcome::Completed) => {
            Err(Agreement::CannotTell)
        }
        Standing::Behind | Standing::Elsewhere => Err(contradicts(STATUS, event.event_type.as_str(), status.as_str())),
    }
}

/// An event, which stays as it was told.
fn compare_event(event: &Event, record: &Value) -> Result<Agreement, Agreement> {
    let id = event.provider_event_id.as_ref().ok_or(Agreement::CannotTell)?;
    expect_text(record, "/data/id", id)?;
    expect_text(record, "/data/attributes/name", &event.event_type)?;
    if let Some(resource) = &event.resource {
        expect_text(record, "/data/attributes/payload/data/type", &resource.kind)?;
        expect_text(record, "/data/attributes/payload/data/id", &resource.id)?;
    }
    compare_subject(event, record, "/data/attributes/payload/data/attributes/reference-id", true)
}

/// Whose it is. An organisation may keep attributes from being told; then the record lacks what it would otherwise hold as
/// text or as null. A webhook that leaves out whom the record names was not compared in that.
fn compare_subject(event: &Event, record: &Value, pointer: &str, is_told: bool) -> Result<Agreement, Agreement> {
    let Some(subject) = &event.subject else {
        let names_somebody = text_at(record, pointer).is_some();
        return Ok(if names_somebody {
            Agreement::AgreesButForSubject
        } else {
            Agreement::Agrees
        });
    };
    match record.pointer(pointer) {
        Some(Value::Null) if is_told => Err(contradicts(pointer, subject.as_str(), "null")),
        Some(Value::String(_)) => expect_text(record, pointer, subject).map(|()| Agreement::Agrees),
        _ => Ok(Agreement::AgreesButForSubject),
    }
}

/// What the status of an inquiry or of a verification says of the person.
fn outcome_of(status: &str) -> Option<Outcome> {
    Some(match status {
        "created" | "pending" | "initiated" | "confirmed" | "submitted" | "requires_retry" => Outcome::Pending,
        // A check that was called off says nothing of the person, but whoever passed it was not called off.
        "completed" | "canceled" | "skipped" => Outcome::Completed,
        "expired" => Outcome::Expired,
        "needs_review" => Outcome::NeedsReview,
        "approved" | "passed" => Outcome::Approved,
        "declined" | "failed" => Outcome::Declined,
        _ => return None,
    })
}

/// `GET /events`, which holds the events of the last months, newest first.
struct PersonaEvents;

impl EventList for PersonaEvents {
    fn ask(&self, query: &EventQuery<'_>) -> String {
        let filters = [
            ("filter[name]", query.name),
            ("filter[object-id]", query.object),
            ("page[after]", query.after),
            ("page[size]", Some(PAGE_SIZE)),
        ];
        let given = filters.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
        format!("/events?{query}")
    }

    /// An event without an id or a time cannot be told from those that are known, so it is left out.
    fn read(&self, body: &[u8]) -> Result<EventPage, ParseProblem> {
        let (mut events, mut next) = (None, None);
        Reader::over_object(body)?.object(|name, value| match name {
            "data" => {
                let mut listed = Vec::new();
                let is_list = value.array(|item| listed.extend(read_event(item)));
                events = is_list.then_some(listed);
            }
            "links" => {
                next = None;
                value.object(|name, value| {
                    if name == "next" {
                        next = value.text().as_deref().and_then(cursor_of);
                    }
                });
            }
            _ => {}
        });
        let events = events.ok_or_else(|| ParseProblem::lacks("data"))?;
        Ok(EventPage { events, next })
    }
}

fn read_event(item: &mut Reader<'_>) -> Option<ListedEvent> {
    let written = item.raw();
    let (mut id, mut created_at): (_, Option<Cow<'_, str>>) = (None, None);
    Reader::over_object(written.as_bytes())
        .ok()?
        .object(|name, value| match name {
            "id" => id = value.text(),
            "attributes" => {
                value.object(|name, value| {
                    if name == "created-at" {
                        created_at = value.text();
                    }
                });
            }
            _ => {}
        });
    Some(ListedEvent {
        id: Text::new(&id?)?,
        body: format!(r#"{{"data":{written}}}"#).into_bytes(),
        created_at: Timestamp::parse(&created_at?)?,
    })
}

/// The cursor in the link to the next page. Only the cursor is used: a link could lead anywhere.
fn cursor_of(link: &str) -> Option<String> {
    let anywhere = Url::parse("https://api.withpersona.com").ok()?;
    let link = anywhere.join(link).ok()?;
    let cursor = link.query_pairs().find(|(name, _)| name == "page[after]")?;
    Some(cursor.1.into_owned())
}
