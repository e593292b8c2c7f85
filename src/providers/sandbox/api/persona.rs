//! Persona's API: inquiries and verifications as they are now, and the list of events.

use std::collections::{BTreeMap, HashMap};

use axum::http::{Method, StatusCode};
use model::Timestamp;
use rand::RngExt;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::known::{History, Left, MOST, Window};
use super::{ApiAccess, ApiStandIn, Question, Reply};
use crate::providers::sandbox::{Person, Random, Told};

pub(super) struct PersonaApi {
    api_key: String,
    /// Of inquiries and verifications, each as the answer to a question for it.
    objects: History<Value>,
    events: BTreeMap<Place, Value>,
    places: HashMap<String, Place>,
    told: u64,
    window: Window,
}

/// Where an event stands on the list: by its time, and among those of one time by when it was told.
type Place = (Timestamp, u64);

impl PersonaApi {
    pub(super) fn new(random: &mut Random) -> Self {
        let id = uuid::Builder::from_random_bytes(random.random()).into_uuid();
        Self {
            api_key: format!("persona_sandbox_{id}"),
            objects: History::default(),
            events: BTreeMap::new(),
            places: HashMap::new(),
            told: 0,
            window: Window::new(300, 60),
        }
    }

    fn route(&self, question: &Question) -> Reply {
        let Some(path) = question.path.strip_prefix("/api/v1/") else {
            return not_found();
        };
        let found = match path.split('/').collect::<Vec<_>>().as_slice() {
            _ if question.method != Method::GET => None,
            ["events"] => return self.list(question),
            ["events", id] => self.event(id, question.now).map(|event| json!({"data": event})),
            ["inquiries", id] if id.starts_with("inq_") => self.object(id, question.now),
            ["verifications", id] if id.starts_with("ver_") => self.object(id, question.now),
            _ => None,
        };
        found.map_or_else(not_found, |found| Reply::json(StatusCode::OK, &found))
    }

    fn object(&self, id: &str, now: Timestamp) -> Option<Value> {
        self.objects.now(id, now).map(|(_, object)| object.clone())
    }

    fn event(&self, id: &str, now: Timestamp) -> Option<&Value> {
        let place = self.places.get(id).filter(|(at, _)| *at <= now)?;
        self.events.get(place)
    }

    /// Newest first, by the cursor of the event that the page follows or precedes.
    fn list(&self, question: &Question) -> Reply {
        let size = match question.parameter("page[size]").map(str::parse) {
            None => 10,
            Some(Ok(size @ 1..=100)) => size,
            Some(_) => return error(StatusCode::BAD_REQUEST, "page[size] is not between 1 and 100"),
        };
        let place = |name| question.parameter(name).map(|id| self.places.get(id).copied());
        let (after, before) = (place("page[after]"), place("page[before]"));
        if after == Some(None) || before == Some(None) {
            return error(StatusCode::BAD_REQUEST, "there is no such cursor");
        }
        let is_asked_for = |(_, event): &(&Place, &Value)| {
            let attributes = &event["attributes"];
            let matches = |name, found: &Value| question.parameter(name).is_none_or(|wanted| *found == wanted);
            matches("filter[name]", &attributes["name"]) && matches("filter[object-id]", &attributes["payload"]["data"]["id"])
        };
        let known = self.events.range(..=(question.now, u64::MAX)).filter(is_asked_for);
        let page: Vec<&Value> = if let Some(before) = before.flatten() {
            let newer = known.filter(|(place, _)| **place > before).take(size);
            newer.map(|(_, event)| event).collect::<Vec<_>>().into_iter().rev().collect()
        } else {
            let after = after.flatten();
            let older = known.rev().filter(|(place, _)| after.is_none_or(|after| **place < after));
            older.take(size).map(|(_, event)| event).collect()
        };
        let link = |name: &str, event: Option<&&Value>| {
            let id = event?["id"].as_str()?;
            let filters = question
                .query
                .iter()
                .filter(|(name, _)| name.starts_with("filter") || name == "page[size]");
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(filters)
                .append_pair(name, id)
                .finish();
            Some(format!("/api/v1/events?{query}"))
        };
        let is_full = page.len() == size;
        let next = link("page[after]", page.last().filter(|_| is_full));
        let prev = link("page[before]", page.first());
        Reply::json(StatusCode::OK, &json!({"data": page, "links": {"prev": prev, "next": next}}))
    }
}

impl ApiStandIn for PersonaApi {
    fn provider(&self) -> &'static str {
        "persona"
    }

    fn access(&self, folder: &str) -> ApiAccess {
        ApiAccess {
            credentials: [("api_key", self.api_key.clone())].into(),
            base_url: format!("{folder}/api/v1"),
            token_url: None,
        }
    }

    fn learn(&mut self, _person: &Person, told: Told, _folder: &str) -> Told {
        let Ok(Value::Object(mut body)) = serde_json::from_slice(&told.body) else {
            return told;
        };
        let event = body.remove("data").unwrap_or_default();
        let payload = &event["attributes"]["payload"];
        if let Some(id) = payload["data"]["id"].as_str() {
            let object = json!({"data": payload["data"], "included": payload["included"]});
            self.objects.add(id, told.at, object);
        }
        if self.events.len() == MOST
            && let Some((_, oldest)) = self.events.pop_first()
        {
            self.places.remove(oldest["id"].as_str().unwrap_or_default());
        }
        self.told += 1;
        self.places.insert(told.id.clone(), (told.at, self.told));
        self.events.insert((told.at, self.told), event);
        told
    }

    fn answer(&mut self, question: &Question) -> Reply {
        if question.bearer() != Some(self.api_key.as_str()) {
            return error(StatusCode::UNAUTHORIZED, "Must be authenticated to access this endpoint");
        }
        let left = self.window.count(question.now);
        let reply = if left.is_over {
            error(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded")
        } else {
            self.route(question)
        };
        let reply = match question.header("key-inflection") {
            Some("camel") => inflected(reply, camel),
            Some("snake") => inflected(reply, |key| key.replace('-', "_")),
            _ => reply,
        };
        with_rate(reply, self.window.limit, left)
    }
}

/// The answer with its keys in another form than `kebab-case`.
fn inflected(reply: Reply, inflect: impl Fn(&str) -> String + Copy) -> Reply {
    fn walk(value: Value, inflect: impl Fn(&str) -> String + Copy) -> Value {
        match value {
            Value::Object(fields) => {
                let fields = fields.into_iter();
                fields.map(|(key, field)| (inflect(&key), walk(field, inflect))).collect()
            }
            Value::Array(items) => items.into_iter().map(|item| walk(item, inflect)).collect(),
            value => value,
        }
    }
    let body = serde_json::from_slice(&reply.body).map(|body| walk(body, inflect));
    body.map_or(reply.clone(), |body| Reply::json(reply.status, &body))
}

fn camel(key: &str) -> String {
    let mut parts = key.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |camel, part| {
        let (initial, rest) = part.split_at_checked(1).unwrap_or_default();
        camel + &initial.to_ascii_uppercase() + rest
    })
}

/// Every answer to somebody who was let in says what is left.
fn with_rate(reply: Reply, limit: u32, left: Left) -> Reply {
    reply
        .header("ratelimit-limit", limit.into())
        .header("ratelimit-remaining", left.remaining.into())
        .header("ratelimit-reset", left.reset_seconds)
}

fn not_found() -> Reply {
    error(StatusCode::NOT_FOUND, "Record not found")
}

fn error(status: StatusCode, title: &str) -> Reply {
    Reply::json(status, &json!({"errors": [{"title": title, "status": status.as_str()}]}))
}
