use std::collections::BTreeMap;

use model::Environment;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{AGREES, CANNOT_TELL, agreement, api, event, request};
use crate::providers::Credentials;
use crate::providers::api::MissingCredential;

const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

fn webhook(key: &str) -> Value {
    json!({"key": key, "data": {"id": ID}})
}

#[test]
fn the_request_is_the_known_one() {
    let told = event("case_keeper", &webhook("verification.updated"));
    let (url, headers) = request(
        "case_keeper",
        Environment::Production,
        &told,
        Some("eyJ.a.b"),
        "2026-11-20T12:00:00Z",
    );
    assert_eq!(
        url,
        format!("https://portal.mac.appmanteam.com/api/v3/case-keeper/verifications/{ID}")
    );
    assert_eq!(headers, [("authorization".to_owned(), "Bearer eyJ.a.b".to_owned())]);
}

#[test]
fn a_token_is_asked_for_with_client_credentials() {
    let form = |fields: &[(&str, &str)]| {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), SecretString::from(*value));
        let values: BTreeMap<_, _> = fields.iter().map(own).collect();
        let form = api("case_keeper")
            .token_form(Credentials::new(&values))
            .expect("it has tokens");
        form.map(|form| form.expose_secret().to_owned())
    };
    assert_eq!(
        form(&[("client_id", "service-1"), ("client_secret", "a&b=c+d")]),
        Ok("grant_type=client_credentials&client_id=service-1&client_secret=a%26b%3Dc%2Bd".to_owned())
    );
    assert_eq!(form(&[("client_id", "service-1")]), Err(MissingCredential("client_secret")));
    assert_eq!(
        api("case_keeper").token_url(Environment::Production),
        Some("https://mac-portal.appmanteam.com/auth/realms/mac-portal/protocol/openid-connect/token")
    );
}

#[test]
fn a_record_agrees_on_what_it_shows() {
    let check = |key: &str, found: Value, expected: &str| {
        assert_eq!(agreement("case_keeper", &webhook(key), &found), expected, "{key} and {found}");
    };
    let with = |name: &str, value: Value| json!({"id": ID, name: value});
    let status = |status: &str| with("status", json!(status));
    check("verification.created", json!({"id": ID}), AGREES);
    check("verification.created", json!({"id": "another"}), "/id");
    check("verification.created", json!({"ref": "r"}), CANNOT_TELL);
    check("verification.updated", json!({"id": ID}), AGREES);
    check("verification.verified", status("verified"), AGREES);
    check("verification.verified", status("VERIFIED"), AGREES);
    check(
        "verification.verified",
        with("verifiedAt", json!("2025-11-20T00:53:20Z")),
        AGREES,
    );
    check("verification.verified", with("verifiedAt", json!(null)), CANNOT_TELL);
    check("verification.verified", status("completed"), CANNOT_TELL);
    check("verification.verified", status("pending"), "/status");
    check("verification.verified", status("rejected"), "/status");
    check("verification.verified", status("some-new-one"), CANNOT_TELL);
    check("verification.completed", status("completed"), AGREES);
    check("verification.completed", status("verified"), AGREES);
    check("verification.completed", status("pending"), "/status");
    check("verification.deleted", status("verified"), CANNOT_TELL);
    let front = "verification.frontIdCardResult.created";
    check(front, with("frontIdCardResult", json!({"confirmed": false})), AGREES);
    check(front, with("frontIdCardResult", json!(null)), CANNOT_TELL);
    check(front, json!({"id": ID}), CANNOT_TELL);
    check("something.else.created", with("else", json!({})), CANNOT_TELL);
}

#[test]
fn an_id_that_is_a_number_is_the_same_id() {
    let told = json!({"key": "verification.created", "data": {"id": 12}});
    assert_eq!(agreement("case_keeper", &told, &json!({"id": 12})), AGREES);
    assert_eq!(agreement("case_keeper", &told, &json!({"id": "12"})), AGREES);
    assert_eq!(agreement("case_keeper", &told, &json!({"id": 13})), "/id");
}
