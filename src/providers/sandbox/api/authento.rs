//! Authento's API: what is known of a user, to whoever signs the question.

use axum::http::{Method, StatusCode};
use model::Timestamp;
use rand::RngExt;
use serde_json::{Value, json};

use super::known::{History, Window};
use super::{ApiAccess, ApiStandIn, Question, Reply};
use crate::providers::digest::{are_equal, hex, hmac_sha256};
use crate::providers::sandbox::authento::seconds;
use crate::providers::sandbox::{Person, Random, Told};

pub(super) struct AuthentoApi {
    api_key: String,
    api_secret: String,
    users: History<User>,
    window: Window,
}

struct User {
    person: Person,
    /// As the webhook had them.
    kind: Value,
    status: Value,
}

impl AuthentoApi {
    pub(super) fn new(random: &mut Random) -> Self {
        let mut id = || {
            uuid::Builder::from_random_bytes(random.random())
                .into_uuid()
                .simple()
                .to_string()
        };
        Self {
            api_key: id(),
            api_secret: id(),
            users: History::default(),
            window: Window::new(5, 1),
        }
    }

    fn is_signed(&self, question: &Question) -> bool {
        let header = |name| question.header(name).unwrap_or_default();
        let timestamp = header("x-authento-ts");
        let signed: [&[u8]; 3] = [timestamp.as_bytes(), b"GET", question.url.as_bytes()];
        let expected = hex(&hmac_sha256(self.api_secret.as_bytes(), &signed));
        header("x-authento-apikey") == self.api_key
            && timestamp.parse::<u64>().is_ok()
            && are_equal(expected.as_bytes(), header("x-authento-signature").as_bytes())
    }

    fn record(&self, question: &Question, is_full: bool) -> Option<Value> {
        let id = question.parameter("id")?;
        let (since, user) = self.users.now(id, question.now)?;
        let person = &user.person;
        let mut record = json!({
            "id": id,
            "type": user.kind,
            "status": user.status,
            "basicInfo": {
                "country": country(person.country),
                "nonUS": person.country != "US",
                "nonEU": !matches!(person.country, "DE" | "FR" | "ES" | "SE"),
                "eighteenPlus": true,
                "pep": null,
            },
            "addresses": [],
            "questionnaires": [],
            "timeUpdated": seconds(since),
        });
        if is_full {
            record["fullInfo"] = json!({
                "firstName": person.first_name,
                "firstNameEn": person.first_name,
                "lastName": person.last_name,
                "lastNameEn": person.last_name,
                "idDocs": self.id_documents(id, person, question.now),
            });
        }
        Some(record)
    }

    /// They are there once the person has handed them in.
    fn id_documents(&self, id: &str, person: &Person, now: Timestamp) -> Value {
        let is_processed = |(_, user): (Timestamp, &User)| user.status["basic"] != "UNVERIFIED";
        if !self.users.all_until(id, now).any(is_processed) {
            return json!([]);
        }
        json!([{
            "docType": "ID_CARD",
            "docSubtype": "FRONT_SIDE",
            "country": country(person.country),
            "number": null,
            "validUntil": null,
        }])
    }
}

impl ApiStandIn for AuthentoApi {
    fn provider(&self) -> &'static str {
        "authento"
    }

    fn access(&self, folder: &str) -> ApiAccess {
        let credentials = [("api_key", self.api_key.clone()), ("api_secret", self.api_secret.clone())];
        ApiAccess {
            credentials: credentials.into(),
            base_url: format!("{folder}/v1"),
            token_url: None,
        }
    }

    fn learn(&mut self, person: &Person, told: Told, _folder: &str) -> Told {
        let Ok(body) = serde_json::from_slice::<Value>(&told.body) else {
            return told;
        };
        if let Some(id) = body["userId"].as_str() {
            let user = User {
                person: person.clone(),
                kind: body["type"].clone(),
                status: body["status"].clone(),
            };
            self.users.add(id, told.at, user);
        }
        told
    }

    fn answer(&mut self, question: &Question) -> Reply {
        let is_full = match (&question.method, question.path.as_str()) {
            (&Method::GET, "/v1/userinfo/full") => true,
            (&Method::GET, "/v1/userinfo/basic") => false,
            _ => return error(StatusCode::NOT_FOUND, "there is no such endpoint"),
        };
        if !self.is_signed(question) {
            return error(StatusCode::UNAUTHORIZED, "the signature is wrong");
        }
        if self.window.count(question.now).is_over {
            return error(StatusCode::TOO_MANY_REQUESTS, "too many requests");
        }
        match self.record(question, is_full) {
            Some(record) => Reply::json(StatusCode::OK, &json!({"success": true, "result": record})),
            None => error(StatusCode::NOT_FOUND, "there is no such user"),
        }
    }
}

fn error(status: StatusCode, error: &str) -> Reply {
    Reply::json(status, &json!({"success": false, "error": error}))
}

/// The three letters of a country where people of the sandbox live.
fn country(two_letters: &str) -> &'static str {
    match two_letters {
        "DE" => "DEU",
        "FR" => "FRA",
        "US" => "USA",
        "KE" => "KEN",
        "TH" => "THA",
        "HK" => "HKG",
        "ES" => "ESP",
        "SE" => "SWE",
        _ => "BRA",
    }
}
