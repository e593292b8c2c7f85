//! Case Keeper's API: a token by client credentials, verifications as they are now, and the pictures that their links lead
//! to.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use model::Timestamp;
use rand::RngExt;
use serde_json::{Value, json};
use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use url::form_urlencoded;

use super::known::{History, MOST};
use super::{ApiAccess, ApiStandIn, Question, Reply};
use crate::providers::digest::{are_equal, hex, hmac_sha256};
use crate::providers::sandbox::case_keeper::{LINK_LIFE, PICTURES};
use crate::providers::sandbox::course::written;
use crate::providers::sandbox::{Person, Random, Told, compact};

pub(super) struct CaseKeeperApi {
    client_id: String,
    client_secret: String,
    /// What links and tokens are made with.
    key: [u8; 32],
    verifications: History<Value>,
    /// When each token ends.
    tokens: BTreeMap<String, Timestamp>,
    given: u64,
    folder: String,
    link_life: u32,
}

/// How links write times.
const FORM: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");

/// How long a token lives, in seconds.
const TOKEN_LIFE: i64 = 300;

impl CaseKeeperApi {
    pub(super) fn new(random: &mut Random) -> Self {
        let id = uuid::Builder::from_random_bytes(random.random()).into_uuid();
        Self {
            client_id: "hookproof-service-account".to_owned(),
            client_secret: id.to_string(),
            key: random.random(),
            verifications: History::default(),
            tokens: BTreeMap::new(),
            given: 0,
            folder: String::new(),
            link_life: LINK_LIFE,
        }
    }

    fn give_token(&mut self, question: &Question) -> Reply {
        let form: Vec<(String, String)> = form_urlencoded::parse(&question.body).into_owned().collect();
        let field = |name: &str| form.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
        if field("grant_type") != Some("client_credentials") {
            return Reply::json(StatusCode::BAD_REQUEST, &json!({"error": "unsupported_grant_type"}));
        }
        if field("client_id") != Some(&self.client_id) || field("client_secret") != Some(&self.client_secret) {
            return Reply::json(StatusCode::UNAUTHORIZED, &json!({"error": "unauthorized_client"}));
        }
        self.given += 1;
        let token = hex(&hmac_sha256(&self.key, &[b"token", &self.given.to_le_bytes()]));
        self.tokens.retain(|_, ends_at| *ends_at > question.now);
        if self.tokens.len() >= MOST {
            self.tokens.pop_first();
        }
        self.tokens.insert(token.clone(), question.now.plus_seconds(TOKEN_LIFE));
        let answer = json!({"access_token": token, "expires_in": TOKEN_LIFE, "token_type": "Bearer", "scope": "profile email"});
        Reply::json(StatusCode::OK, &answer)
    }

    fn verification(&self, id: &str, question: &Question) -> Reply {
        let token = question.bearer().and_then(|token| self.tokens.get(token));
        if token.is_none_or(|ends_at| *ends_at <= question.now) {
            return Reply::json(
                StatusCode::UNAUTHORIZED,
                &json!({"statusCode": 401, "message": "Unauthorized"}),
            );
        }
        let Some((since, data)) = self.verifications.now(id, question.now) else {
            return Reply::json(StatusCode::NOT_FOUND, &json!({"statusCode": 404, "message": "Not Found"}));
        };
        let is_verified = |state: &Value| matches!(state["status"].as_str(), Some("verified"));
        let verified_at = self
            .verifications
            .all_until(id, question.now)
            .find(|(_, state)| is_verified(state));
        let mut record = data.clone();
        self.sign_links(&mut record, question.now);
        record["updatedAt"] = written(since).into();
        record["verifiedAt"] = verified_at.map(|(at, _)| written(at)).into();
        Reply::json(StatusCode::OK, &record)
    }

    /// Lets every link to a picture lead here, for as long as links live.
    fn sign_links(&self, value: &mut Value, now: Timestamp) {
        match value {
            Value::String(text) => {
                if let Some(picture) = text.strip_prefix(PICTURES) {
                    let path = picture.split('?').next().unwrap_or_default();
                    *text = self.link(path, now);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.sign_links(item, now)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.sign_links(field, now)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn link(&self, picture: &str, now: Timestamp) -> String {
        let date = now.to_date_time().format(FORM);
        let date = date.expect("a time of the years 1 to 9999 has all these parts");
        let life = self.link_life.to_string();
        let signature = self.signature(picture, &date, &life);
        format!(
            "{}/pictures/{picture}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}&X-Amz-Expires={life}\
             &X-Amz-SignedHeaders=host&X-Amz-Signature={signature}",
            self.folder
        )
    }

    fn signature(&self, picture: &str, date: &str, life: &str) -> String {
        let parts = [picture.as_bytes(), b"\n", date.as_bytes(), b"\n", life.as_bytes()];
        hex(&hmac_sha256(&self.key, &parts))
    }

    /// Answers as the store of the pictures does.
    fn picture(&self, picture: &str, question: &Question) -> Reply {
        let parameter = |name| question.parameter(name).unwrap_or_default();
        let (date, life) = (parameter("X-Amz-Date"), parameter("X-Amz-Expires"));
        let expected = self.signature(picture, date, life);
        if !are_equal(expected.as_bytes(), parameter("X-Amz-Signature").as_bytes()) {
            return denied("SignatureDoesNotMatch", "The signature is not that of the request");
        }
        let signed_at = PrimitiveDateTime::parse(date, FORM).ok().map(PrimitiveDateTime::assume_utc);
        let signed_at = signed_at.and_then(Timestamp::from_date_time);
        let ends_at = signed_at.zip(life.parse().ok()).map(|(at, life)| at.plus_seconds(life));
        match ends_at {
            Some(ends_at) if ends_at > question.now => {
                Reply::with_type(StatusCode::OK, "image/svg+xml", drawing(picture).into_bytes())
            }
            _ => denied("AccessDenied", "Request has expired"),
        }
    }
}

impl ApiStandIn for CaseKeeperApi {
    fn provider(&self) -> &'static str {
        "case_keeper"
    }

    fn access(&self, folder: &str) -> ApiAccess {
        let credentials = [
            ("client_id", self.client_id.clone()),
            ("client_secret", self.client_secret.clone()),
        ];
        ApiAccess {
            credentials: credentials.into(),
            base_url: format!("{folder}/api/v3/case-keeper"),
            token_url: Some(format!("{folder}/auth/realms/sandbox/protocol/openid-connect/token")),
        }
    }

    /// Nothing is signed, so a body may get other links on its way out.
    fn learn(&mut self, _person: &Person, mut told: Told, folder: &str) -> Told {
        folder.clone_into(&mut self.folder);
        let Ok(mut body) = serde_json::from_slice::<Value>(&told.body) else {
            return told;
        };
        if let Some(id) = body["data"]["id"].as_str() {
            self.verifications.add(id, told.at, body["data"].clone());
        }
        self.sign_links(&mut body, told.at);
        told.body = compact(&body);
        told
    }

    fn set_link_life(&mut self, seconds: u32) {
        self.link_life = seconds;
    }

    fn answer(&mut self, question: &Question) -> Reply {
        let path: Vec<_> = question.path.split('/').skip(1).collect();
        match (&question.method, path.as_slice()) {
            (&Method::POST, ["auth", "realms", _, "protocol", "openid-connect", "token"]) => self.give_token(question),
            (&Method::GET, ["api", "v3", "case-keeper", "verifications", id]) => self.verification(id, question),
            (&Method::GET, ["pictures", id, name]) => self.picture(&format!("{id}/{name}"), question),
            _ => Reply::json(StatusCode::NOT_FOUND, &json!({"statusCode": 404, "message": "Not Found"})),
        }
    }
}

fn denied(code: &str, message: &str) -> Reply {
    let body =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    Reply::with_type(StatusCode::FORBIDDEN, "application/xml", body.into_bytes())
}

/// A card with the outline of a head, which is nobody's.
fn drawing(picture: &str) -> String {
    let title = if picture.ends_with("/back.svg") { "back" } else { "front" };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 320 200\" role=\"img\"><title>{title}</title>\
         <rect width=\"320\" height=\"200\" rx=\"12\" fill=\"#dfe6ee\"/><circle cx=\"80\" cy=\"80\" r=\"30\" fill=\"#8fa1b5\"/>\
         <path d=\"M30 165c0-35 22-50 50-50s50 15 50 50z\" fill=\"#8fa1b5\"/>\
         <path d=\"M160 60h120M160 95h120M160 130h80\" stroke=\"#8fa1b5\" stroke-width=\"12\"/></svg>"
    )
}
