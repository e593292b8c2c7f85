//! What the providers' APIs are asked, and what their answers say of a webhook.

mod authento;
mod case_keeper;
mod events;
mod persona;

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use model::{Agreement, Environment, Event, Timestamp};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::provider;
use crate::providers::api::Login;
use crate::providers::{Api, Credentials, Request};

fn api(key: &str) -> &'static dyn Api {
    provider(key).api().expect("it has an API")
}

/// The first event of a webhook with that body.
fn event(key: &str, body: &Value) -> Event {
    let body = body.to_string();
    let request = Request {
        headers: &HeaderMap::new(),
        body: body.as_bytes(),
        received_at: super::now(),
    };
    let mut parsed = provider(key).parse(&request);
    assert_eq!(parsed.problem, None);
    parsed.events.remove(0)
}

/// The URL that is asked, and the headers of the request, made at `now` with credentials that are named as they are.
fn request(
    key: &str,
    environment: Environment,
    event: &Event,
    token: Option<&str>,
    now: &str,
) -> (String, Vec<(String, String)>) {
    let names = ["api_key", "api_secret", "client_id", "client_secret"];
    let values: BTreeMap<String, SecretString> = names.map(|name| (name.to_owned(), format!("our-{name}").into())).into();
    let (api, asked) = (api(key), api(key).ask(event).expect("something to ask for"));
    let url = Url::parse(&format!("{}{}", api.base_url(environment), asked.path)).expect("a URL");
    let login = Login {
        url: &url,
        credentials: Credentials::new(&values),
        token,
        now: Timestamp::parse(now).expect("a time"),
    };
    let headers = api.headers(&login).expect("all credentials");
    assert!(!format!("{headers:?}").contains("our-"), "credentials are not printed");
    let line = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.to_string(), value.to_str().expect("visible").to_owned())
    };
    let mut headers: Vec<_> = headers.iter().map(line).collect();
    headers.sort();
    (url.into(), headers)
}

/// The agreement, with a contradiction as the place in the record.
fn agreement(key: &str, webhook: &Value, record: &Value) -> String {
    match api(key).compare(&event(key, webhook), record) {
        Agreement::Contradicts(contradiction) => contradiction.path,
        agreement => format!("{agreement:?}"),
    }
}

const AGREES: &str = "Agrees";
const BUT_FOR_SUBJECT: &str = "AgreesButForSubject";
const CANNOT_TELL: &str = "CannotTell";

#[test]
fn whoever_says_that_there_is_an_api_has_one() {
    for provider in crate::providers::ALL {
        let is_documented = matches!(provider.about().refetch, crate::providers::Refetch::Documented { .. });
        assert_eq!(provider.api().is_some(), is_documented, "{provider:?}");
    }
}

#[test]
fn what_is_asked_by_itself_is_in_the_catalogue() {
    for provider in crate::providers::ALL {
        for event_type in provider.api().map(Api::asked_by_itself).unwrap_or_default() {
            assert!(provider.about().usual_outcome(event_type).is_some(), "{event_type}");
        }
    }
}
