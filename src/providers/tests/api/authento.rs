use model::Environment;
use serde_json::{Value, json};

use super::{AGREES, BUT_FOR_SUBJECT, CANNOT_TELL, agreement, api, event, request};
use crate::providers::digest::hex;

const USER: &str = "khz3h1vqr0023ptxk3j8w0a78";

/// The documented sample, with another event and other statuses.
fn webhook(name: &str, basic: &str, poa: &str) -> Value {
    json!({
        "event": name,
        "userId": USER,
        "userIdentifier": "4c510784-368c-4e32-8750-90d71efa5c4d",
        "type": "INDIVIDUAL",
        "status": {"basic": basic, "poa": poa},
        "timeCreated": 1_687_938_817.611,
    })
}

fn record(basic: &str, poa: &str, updated: f64) -> Value {
    json!({"success": true, "result": {
        "id": USER, "type": "INDIVIDUAL", "status": {"basic": basic, "poa": poa}, "timeUpdated": updated,
    }})
}

const THEN: f64 = 1_687_938_817.611;
const LATER: f64 = 1_687_938_900.0;

#[test]
fn the_request_is_the_documented_one() {
    let told = event("authento", &webhook("REVIEWED", "VERIFIED", "VERIFIED"));
    let check = |environment, base: &str, signature: &str| {
        let (url, headers) = request("authento", environment, &told, None, "2023-06-28T07:53:37.611Z");
        assert_eq!(url, format!("{base}/userinfo/full?id={USER}"));
        let expected = [
            ("x-authento-apikey", "our-api_key"),
            ("x-authento-signature", signature),
            ("x-authento-ts", "1687938817611"),
        ];
        assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    };
    // Made with OpenSSL: `printf %s "1687938817611GET$url" | openssl dgst -sha256 -hmac our-api_secret`.
    check(
        Environment::Production,
        "https://api.authento.io/v1",
        "cb4f5b1b8cb63ec18eda3be9c636b6762640bb202b1e32f062e0bb949cdb27d9",
    );
    check(
        Environment::Sandbox,
        "https://demo-api.authento.io/v1",
        "b2564b5531793c852694cd0c484f73939e9381d6c7dd8e895b44619489aa56a5",
    );
}

#[test]
fn what_is_signed_is_the_time_the_method_and_the_whole_url() {
    use hmac::{Hmac, KeyInit, Mac};

    let told = event("authento", &json!({"event": "INIT", "userId": "a b&c=d", "timeCreated": 1}));
    let (url, headers) = request("authento", Environment::Production, &told, None, "2026-11-20T12:00:00.0427Z");
    assert_eq!(url, "https://api.authento.io/v1/userinfo/full?id=a+b%26c%3Dd");
    let signed = b"1795176000042GEThttps://api.authento.io/v1/userinfo/full?id=a+b%26c%3Dd";
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"our-api_secret").expect("any length");
    mac.update(signed);
    let expected = hex(&mac.finalize().into_bytes());
    let signature = headers.iter().find(|(name, _)| name == "x-authento-signature");
    assert_eq!(signature.map(|(_, value)| value), Some(&expected));
}

#[test]
fn a_record_agrees_on_all_but_the_reference_which_it_does_not_tell() {
    let check = |told: (&str, &str, &str), found: (&str, &str, f64), expected: &str| {
        let (told, found) = (webhook(told.0, told.1, told.2), record(found.0, found.1, found.2));
        assert_eq!(agreement("authento", &told, &found), expected, "{told} and {found}");
    };
    let approved = ("REVIEWED", "VERIFIED", "VERIFIED");
    let contradicts = "/result/status";
    check(approved, ("VERIFIED", "VERIFIED", THEN), BUT_FOR_SUBJECT);
    check(approved, ("VERIFIED", "VERIFIED", LATER), BUT_FOR_SUBJECT);
    check(approved, ("REJECTED", "VERIFIED", THEN), contradicts);
    check(approved, ("REJECTED", "UNVERIFIED", LATER), contradicts);
    check(approved, ("VERIFIED", "UNVERIFIED", THEN), contradicts);
    // It was begun anew since.
    check(approved, ("UNVERIFIED", "UNVERIFIED", LATER), CANNOT_TELL);
    let declined = ("REVIEWED", "REJECTED", "UNVERIFIED");
    check(declined, ("REJECTED", "UNVERIFIED", THEN), BUT_FOR_SUBJECT);
    check(declined, ("VERIFIED", "VERIFIED", LATER), contradicts);
    let on_hold = ("ON_HOLD", "INFO_REQUIRED", "PROCESSING");
    check(on_hold, ("VERIFIED", "VERIFIED", LATER), BUT_FOR_SUBJECT);
    check(on_hold, ("REJECTED", "PROCESSING", LATER), BUT_FOR_SUBJECT);
    check(on_hold, ("PROCESSING", "PROCESSING", THEN), CANNOT_TELL);
    check(on_hold, ("INFO_REQUIRED", "PROCESSING", THEN), BUT_FOR_SUBJECT);
    check(
        ("INIT", "UNVERIFIED", "UNVERIFIED"),
        ("VERIFIED", "VERIFIED", LATER),
        BUT_FOR_SUBJECT,
    );
    check(
        ("INFO_UPDATED", "VERIFIED", "VERIFIED"),
        ("UNVERIFIED", "REJECTED", LATER),
        BUT_FOR_SUBJECT,
    );
}

#[test]
fn a_webhook_that_names_the_user_only_by_authentos_id_agrees_throughout() {
    let mut told = webhook("REVIEWED", "VERIFIED", "VERIFIED");
    told.as_object_mut().expect("an object").remove("userIdentifier");
    assert_eq!(agreement("authento", &told, &record("VERIFIED", "VERIFIED", THEN)), AGREES);
}

#[test]
fn another_user_contradicts_and_without_a_status_nothing_can_be_told() {
    let told = webhook("REVIEWED", "VERIFIED", "VERIFIED");
    let check = |found: &Value, expected: &str| assert_eq!(agreement("authento", &told, found), expected, "{found}");
    check(
        &json!({"result": {"id": "somebody", "status": {"basic": "VERIFIED"}}}),
        "/result/id",
    );
    check(&json!({"result": {"id": USER}}), CANNOT_TELL);
    check(&json!({"result": {}}), CANNOT_TELL);
}

#[test]
fn news_that_it_did_not_work_is_no_record() {
    let check = |answer: &Value, expected: bool| assert_eq!(api("authento").is_record(answer), expected, "{answer}");
    check(&json!({"success": true, "result": {"id": USER}}), true);
    check(&json!({"success": false, "error": "user not found"}), false);
    check(&json!({"success": false, "result": {}}), false);
    check(&json!({"success": true, "result": null}), false);
}
