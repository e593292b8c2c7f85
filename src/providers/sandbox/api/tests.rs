use std::collections::HashSet;
use std::sync::Arc;

use model::{Agreement, Event, Timestamp};
use rand::SeedableRng;
use secrecy::SecretString;
use url::Url;

use super::super::{ALL, Note, Pace, Random, Source, Traffic};
use super::*;
use crate::providers::api::{EventQuery, Login};
use crate::providers::{self, Credentials, Provider, Request};

const BASE: &str = "http://127.0.0.1:3200";

fn begins_at() -> Timestamp {
    Timestamp::parse("2025-11-20T00:53:20Z").expect("a time")
}

/// Traffic that the APIs know of, and the APIs.
fn traffic(seed: u64) -> (Traffic, Arc<Apis>) {
    let apis = Arc::new(Apis::new(BASE, [7; 32]));
    let mut random = Random::seed_from_u64(seed);
    let source = |stand_in: &&'static dyn super::super::StandIn| Source {
        stand_in: *stand_in,
        keys: stand_in.make_keys(&mut random),
    };
    let pace = Pace {
        begins_at: begins_at(),
        webhooks_per_second: 1.0,
        speed: 1.0,
    };
    let sources = ALL.iter().map(source).collect();
    (Traffic::new(seed, pace, sources).known_to(Arc::clone(&apis)), apis)
}

/// Asks as the product does.
fn ask(apis: &Apis, provider: &str, path: &str, now: Timestamp) -> Reply {
    let key = ProviderKey::new(provider);
    let api = providers::find(&key).and_then(Provider::api).expect("an API");
    let access = apis.access(&key).expect("it is served");
    let values = access
        .credentials
        .iter()
        .map(|(name, value)| ((*name).to_owned(), SecretString::from(value.as_str())))
        .collect();
    let url = Url::parse(&format!("{}{path}", access.base_url)).expect("a URL");
    let token = api.token_form(Credentials::new(&values)).map(|form| {
        let url = Url::parse(access.token_url.as_deref().expect("an address")).expect("a URL");
        let form = form.expect("all credentials");
        let form = secrecy::ExposeSecret::expose_secret(&form).to_owned();
        let reply = apis.answer(question(Method::POST, &url, HeaderMap::new(), form.into(), now));
        let given: Value = serde_json::from_slice(&reply.body).expect("JSON");
        given["access_token"].as_str().expect("a token").to_owned()
    });
    let login = Login {
        url: &url,
        credentials: Credentials::new(&values),
        token: token.as_deref(),
        now,
    };
    let headers = api.headers(&login).expect("all credentials");
    apis.answer(question(Method::GET, &url, headers, Bytes::new(), now))
}

fn question(method: Method, url: &Url, headers: HeaderMap, body: Bytes, now: Timestamp) -> Question {
    Question {
        method,
        url: url.to_string(),
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        headers,
        body,
        now,
    }
}

fn get(apis: &Apis, url: &str, now: Timestamp) -> Reply {
    let url = Url::parse(url).expect("a URL");
    apis.answer(question(Method::GET, &url, HeaderMap::new(), Bytes::new(), now))
}

fn events(key: &str, body: &[u8]) -> Vec<Event> {
    let request = Request {
        headers: &HeaderMap::new(),
        body,
        received_at: begins_at(),
    };
    let provider = providers::find(&ProviderKey::new(key)).expect("a provider");
    provider.parse(&request).events
}

#[test]
fn a_record_agrees_with_every_genuine_webhook_when_it_is_sent() {
    let (traffic, apis) = traffic(1);
    let mut compared = HashSet::new();
    for sent in traffic.take(1_500).filter(|sent| sent.note == Note::Genuine) {
        let key = ALL[sent.source].provider().about().key;
        let Some(api) = providers::find(&ProviderKey::new(key)).and_then(Provider::api) else {
            continue;
        };
        for event in events(key, &sent.body) {
            let asked = api.ask(&event).expect("something to ask for");
            // Far enough from each other that no provider has enough of it.
            let reply = ask(&apis, key, &asked.path, sent.at);
            if reply.status == StatusCode::TOO_MANY_REQUESTS {
                continue;
            }
            assert_eq!(reply.status, StatusCode::OK, "{key}: {asked:?}");
            let record: Value = serde_json::from_slice(&reply.body).expect("JSON");
            assert!(api.is_record(&record));
            let agreement = api.compare(&event, &record);
            let agrees = matches!(agreement, Agreement::Agrees | Agreement::AgreesButForSubject);
            assert!(agrees, "{key}: {event:?} {agreement:?} {record}");
            compared.insert(event.event_type);
        }
    }
    assert!(compared.len() > 25, "{compared:?}");
}

#[test]
fn a_record_is_as_far_as_its_story_by_then() {
    let (traffic, apis) = traffic(2);
    let is_approval = |sent: &super::super::Sent| {
        ALL[sent.source].provider().about().key == "persona" && sent.body.windows(16).any(|text| text == b"inquiry.approved")
    };
    let approval = traffic.take(3_000).find(is_approval).expect("somebody is approved");
    let event = &events("persona", &approval.body)[0];
    let (id, told_at) = (
        event.resource.as_ref().expect("an inquiry").id.as_str(),
        event.occurred_at.expect("a time"),
    );
    let status = |now: Timestamp| {
        let reply = ask(&apis, "persona", &format!("/inquiries/{id}"), now);
        let record: Value = serde_json::from_slice(&reply.body).expect("JSON");
        record
            .pointer("/data/attributes/status")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    assert_eq!(status(told_at).as_deref(), Some("approved"));
    assert_ne!(status(told_at.plus_seconds(-1)).as_deref(), Some("approved"));
    assert_eq!(status(told_at.plus_seconds(-1_000_000)), None);
}

#[test]
fn the_list_has_every_event_also_those_whose_webhooks_were_dropped() {
    let (traffic, apis) = traffic(3);
    let sent: Vec<_> = traffic
        .take(4_000)
        .filter(|sent| ALL[sent.source].provider().about().key == "persona")
        .collect();
    let until = sent.iter().map(|sent| sent.at).min().expect("some").plus_seconds(2_000);
    let list = providers::find(&ProviderKey::new("persona"))
        .and_then(|persona| persona.api()?.event_list())
        .expect("a list");
    let mut listed = Vec::new();
    let mut next: Option<String> = None;
    for page in 0.. {
        let path = list.ask(&EventQuery {
            after: next.as_deref(),
            ..EventQuery::default()
        });
        // A minute later each time would show more events, so the limit of a minute has to be enough.
        let reply = ask(&apis, "persona", &path, until);
        assert_eq!(reply.status, StatusCode::OK, "page {page}");
        let read = list.read(&reply.body).expect("a page");
        listed.extend(read.events);
        match read.next {
            Some(cursor) => next = Some(cursor),
            None => break,
        }
    }
    assert!(listed.len() > 100 && listed.is_sorted_by(|newer, older| newer.created_at >= older.created_at));
    let ids: HashSet<_> = listed.iter().map(|event| event.id.clone()).collect();
    assert_eq!(ids.len(), listed.len(), "no event is on two pages");
    assert!(listed.iter().all(|event| event.created_at <= until));
    let arrived: HashSet<_> = sent
        .iter()
        .filter_map(|sent| events("persona", &sent.body).pop()?.provider_event_id)
        .collect();
    let dropped = listed.iter().filter(|event| !arrived.contains(&event.id)).count();
    assert!(
        (1..listed.len() / 10).contains(&dropped),
        "{dropped} of {} were dropped",
        listed.len()
    );
    let told: std::collections::HashMap<_, _> = sent
        .iter()
        .filter(|sent| sent.note == Note::Genuine)
        .filter_map(|sent| Some((events("persona", &sent.body).pop()?.provider_event_id?, sent.body.clone())))
        .collect();
    for event in &listed {
        if let Some(body) = told.get(&event.id) {
            assert_eq!(&event.body, body, "as its webhook was");
        }
    }
}

#[test]
fn the_list_is_narrowed_by_name_and_object_and_paged_both_ways() {
    let (traffic, apis) = traffic(4);
    assert_eq!(traffic.take(500).count(), 500);
    let now = begins_at().plus_seconds(100_000);
    let page = |query: &str| {
        let reply = ask(&apis, "persona", &format!("/events?{query}"), now);
        let page: Value = serde_json::from_slice(&reply.body).expect("JSON");
        (reply.status, page)
    };
    let ids = |page: &Value| -> Vec<String> {
        let events = page["data"].as_array().expect("a list");
        events
            .iter()
            .map(|event| event["id"].as_str().expect("an id").to_owned())
            .collect()
    };
    let (_, first) = page("page[size]=7");
    let first = ids(&first);
    assert_eq!(first.len(), 7);
    let (_, second) = page(&format!("page[size]=7&page[after]={}", first[6]));
    let second = ids(&second);
    let (_, back) = page(&format!("page[size]=7&page[before]={}", second[0]));
    assert_eq!(ids(&back), first);
    let (_, created) = page("filter[name]=inquiry.created&page[size]=100");
    let created = created["data"].as_array().expect("a list");
    assert!(!created.is_empty() && created.iter().all(|event| event["attributes"]["name"] == "inquiry.created"));
    let object = created[0]["attributes"]["payload"]["data"]["id"].as_str().expect("an id");
    let (_, of_object) = page(&format!("filter[object-id]={object}&page[size]=100"));
    let of_object = of_object["data"].as_array().expect("a list");
    assert!(!of_object.is_empty());
    assert!(
        of_object
            .iter()
            .all(|event| event["attributes"]["payload"]["data"]["id"] == object)
    );
    assert_eq!(page("page[size]=101").0, StatusCode::BAD_REQUEST);
    assert_eq!(page("page[after]=evt_none").0, StatusCode::BAD_REQUEST);
}

#[test]
fn keys_come_in_the_form_that_is_asked_for() {
    let (traffic, apis) = traffic(4);
    assert_eq!(traffic.take(100).count(), 100);
    let access = apis.access(&ProviderKey::new("persona")).expect("it is served");
    let bearer = format!("Bearer {}", access.credentials["api_key"]);
    let url = Url::parse(&format!("{}/events?filter[name]=inquiry.created", access.base_url)).expect("a URL");
    let check = |inflection: &str, expected: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", bearer.parse().expect("a value"));
        headers.insert("key-inflection", inflection.parse().expect("a value"));
        let now = begins_at().plus_seconds(100_000);
        let reply = apis.answer(question(Method::GET, &url, headers, Bytes::new(), now));
        let page: Value = serde_json::from_slice(&reply.body).expect("JSON");
        let attributes = page["data"][0]["attributes"].as_object().expect("an event");
        let keys: Vec<_> = attributes.keys().map(String::as_str).collect();
        assert_eq!(keys, [expected, "name", "payload"]);
    };
    check("kebab", "created-at");
    check("camel", "createdAt");
    check("snake", "created_at");
}

#[test]
fn whoever_is_not_let_in_or_asks_for_what_nobody_told_of_is_refused() {
    let (_, apis) = traffic(5);
    let now = begins_at();
    let refused = |path: &str| get(&apis, &format!("{BASE}{path}"), now).status;
    assert_eq!(refused("/persona/api/v1/inquiries/inq_1"), StatusCode::UNAUTHORIZED);
    assert_eq!(refused("/authento/v1/userinfo/full?id=k1"), StatusCode::UNAUTHORIZED);
    assert_eq!(
        refused("/case_keeper/api/v3/case-keeper/verifications/v1"),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(refused("/case_keeper/pictures/v1/front.svg"), StatusCode::FORBIDDEN);
    assert_eq!(refused("/pleenk/anything"), StatusCode::NOT_FOUND);
    assert_eq!(refused("/"), StatusCode::NOT_FOUND);
    let unknown = |provider, path| ask(&apis, provider, path, now).status;
    assert_eq!(unknown("persona", "/inquiries/inq_1"), StatusCode::NOT_FOUND);
    assert_eq!(unknown("persona", "/events/evt_1"), StatusCode::NOT_FOUND);
    assert_eq!(unknown("authento", "/userinfo/full?id=k1"), StatusCode::NOT_FOUND);
    assert_eq!(unknown("case_keeper", "/verifications/v1"), StatusCode::NOT_FOUND);
}

#[test]
fn more_than_a_provider_allows_is_too_much() {
    let (_, apis) = traffic(6);
    let status = |provider, path, now| ask(&apis, provider, path, now).status;
    let now = begins_at();
    for _ in 0..5 {
        assert_eq!(status("authento", "/userinfo/full?id=k1", now), StatusCode::NOT_FOUND);
    }
    assert_eq!(status("authento", "/userinfo/full?id=k1", now), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        status("authento", "/userinfo/full?id=k1", now.plus_seconds(1)),
        StatusCode::NOT_FOUND
    );
    for _ in 0..300 {
        assert_eq!(status("persona", "/inquiries/inq_1", now), StatusCode::NOT_FOUND);
    }
    let reply = ask(&apis, "persona", "/inquiries/inq_1", now.plus_seconds(7));
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(reply.headers["ratelimit-limit"], "300");
    assert_eq!(reply.headers["ratelimit-remaining"], "0");
    assert_eq!(reply.headers["ratelimit-reset"], "53");
    assert_eq!(
        status("persona", "/inquiries/inq_1", now.plus_seconds(60)),
        StatusCode::NOT_FOUND
    );
}

#[test]
fn links_to_pictures_end_and_are_renewed_by_asking_again() {
    let (traffic, apis) = traffic(8);
    let shows_picture = |sent: &super::super::Sent| sent.body.windows(9).any(|text| text == b"/pictures");
    let sent = traffic.take(2_000).find(shows_picture).expect("a picture");
    let links = |body: &[u8]| crate::records::links(&serde_json::from_slice(body).expect("JSON"));
    let told = links(&sent.body).remove(0);
    let picture = |url: &str, now| get(&apis, url, now);
    let fresh = picture(&told.url, sent.at);
    assert_eq!(fresh.status, StatusCode::OK);
    assert_eq!(fresh.headers["content-type"], "image/svg+xml");
    let ended = picture(&told.url, told.expires_at);
    assert_eq!(ended.status, StatusCode::FORBIDDEN);
    assert!(String::from_utf8_lossy(&ended.body).contains("Request has expired"));
    let forged = told.url.replace("X-Amz-Expires=300", "X-Amz-Expires=3000");
    assert_eq!(picture(&forged, told.expires_at).status, StatusCode::FORBIDDEN);

    let id = events("case_keeper", &sent.body)
        .remove(0)
        .resource
        .expect("a verification")
        .id;
    let renewed = ask(&apis, "case_keeper", &format!("/verifications/{id}"), told.expires_at);
    let renewed = links(&renewed.body).remove(0);
    assert_ne!(renewed.url, told.url);
    assert_eq!(picture(&renewed.url, told.expires_at).status, StatusCode::OK);
}
