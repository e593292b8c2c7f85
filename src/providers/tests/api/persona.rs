use model::Environment;
use serde_json::{Value, json};

use super::{AGREES, BUT_FOR_SUBJECT, CANNOT_TELL, agreement, api, event, request};

const INQUIRY: &str = "inq_2CVZ4HyVg7qaboXz2PUHknAn";

fn webhook(name: &str, kind: &str, id: &str, reference: &Value) -> Value {
    json!({"data": {"type": "event", "id": "evt_XGuYWp7WuDzNxie5z16s7sGJ", "attributes": {
        "name": name,
        "payload": {"data": {"type": kind, "id": id, "attributes": {"reference-id": reference}}},
        "created-at": "2019-09-09T22:46:27.598Z",
    }}})
}

fn record(kind: &str, id: &str, status: &str, reference: &Value) -> Value {
    json!({"data": {"type": kind, "id": id, "attributes": {"status": status, "reference-id": reference}}})
}

#[test]
fn inquiries_and_verifications_are_asked_for_by_their_ids_and_all_else_as_the_event() {
    let check = |kind: &str, id: &str, path: &str, expected: (&str, &str)| {
        let asked = api("persona")
            .ask(&event("persona", &webhook("x.y", kind, id, &json!(null))))
            .expect("something");
        assert_eq!(asked.path, path);
        assert_eq!((asked.resource.kind.as_str(), asked.resource.id.as_str()), expected);
    };
    let (verification, told) = ("ver_KnqQRXmxmtquRE65CHTzymhR", "evt_XGuYWp7WuDzNxie5z16s7sGJ");
    check(
        "inquiry",
        INQUIRY,
        "/inquiries/inq_2CVZ4HyVg7qaboXz2PUHknAn",
        ("inquiry", INQUIRY),
    );
    check(
        "verification/driver-license",
        verification,
        "/verifications/ver_KnqQRXmxmtquRE65CHTzymhR",
        ("verification/driver-license", verification),
    );
    check("account", "act_1", "/events/evt_XGuYWp7WuDzNxie5z16s7sGJ", ("event", told));
    check(
        "inquiry-session",
        "iqse_1",
        "/events/evt_XGuYWp7WuDzNxie5z16s7sGJ",
        ("event", told),
    );
    check("inquiry", "..", "/events/evt_XGuYWp7WuDzNxie5z16s7sGJ", ("event", told));
}

#[test]
fn the_request_is_the_documented_one() {
    let told = event("persona", &webhook("inquiry.approved", "inquiry", INQUIRY, &json!(null)));
    let (url, headers) = request("persona", Environment::Production, &told, None, "2026-11-20T12:00:00Z");
    assert_eq!(
        url,
        "https://api.withpersona.com/api/v1/inquiries/inq_2CVZ4HyVg7qaboXz2PUHknAn"
    );
    let expected = [
        ("authorization", "Bearer our-api_key"),
        ("key-inflection", "kebab"),
        ("persona-version", "2023-01-05"),
    ];
    assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn an_inquiry_agrees_in_the_state_that_was_told_or_further_on() {
    let check = |name: &str, status: &str, expected: &str| {
        let told = webhook(name, "inquiry", INQUIRY, &json!(null));
        let found = record("inquiry", INQUIRY, status, &json!(null));
        assert_eq!(agreement("persona", &told, &found), expected, "{name} and {status}");
    };
    let contradicts = "/data/attributes/status";
    check("inquiry.approved", "approved", AGREES);
    check("inquiry.approved", "declined", contradicts);
    check("inquiry.approved", "needs_review", contradicts);
    check("inquiry.approved", "pending", contradicts);
    check("inquiry.declined", "declined", AGREES);
    check("inquiry.declined", "approved", contradicts);
    check("inquiry.started", "approved", AGREES);
    check("inquiry.created", "created", AGREES);
    check("inquiry.completed", "needs_review", AGREES);
    check("inquiry.completed", "pending", contradicts);
    check("inquiry.marked-for-review", "declined", AGREES);
    check("inquiry.marked-for-review", "completed", contradicts);
    check("inquiry.failed", "failed", AGREES);
    check("inquiry.failed", "approved", contradicts);
    check("inquiry.expired", "expired", AGREES);
    check("inquiry.expired", "pending", CANNOT_TELL);
    check("inquiry.expired", "created", CANNOT_TELL);
    check("inquiry.transitioned", "pending", AGREES);
    check("inquiry.some-new-one", "pending", AGREES);
    check("inquiry.approved", "some_new_one", CANNOT_TELL);
}

#[test]
fn a_verification_agrees_in_the_same_way() {
    let check = |name: &str, status: &str, expected: &str| {
        let told = webhook(name, "verification/selfie", "ver_1", &json!(null));
        let found = record("verification/selfie", "ver_1", status, &json!(null));
        assert_eq!(agreement("persona", &told, &found), expected, "{name} and {status}");
    };
    let contradicts = "/data/attributes/status";
    check("verification.submitted", "passed", AGREES);
    check("verification.passed", "passed", AGREES);
    check("verification.passed", "failed", contradicts);
    check("verification.passed", "submitted", contradicts);
    check("verification.passed", "canceled", contradicts);
    check("verification.failed", "failed", AGREES);
}

#[test]
fn another_id_or_another_reference_contradicts() {
    let check = |told: &Value, found: &Value, expected: &str| {
        let told = webhook("inquiry.approved", "inquiry", INQUIRY, told);
        assert_eq!(agreement("persona", &told, found), expected, "{found}");
    };
    let approved = |id: &str, reference: Value| record("inquiry", id, "approved", &reference);
    check(&json!("user-1"), &approved(INQUIRY, json!("user-1")), AGREES);
    check(
        &json!("user-1"),
        &approved(INQUIRY, json!("user-2")),
        "/data/attributes/reference-id",
    );
    check(
        &json!("user-1"),
        &approved(INQUIRY, json!(null)),
        "/data/attributes/reference-id",
    );
    check(&json!(null), &approved(INQUIRY, json!("user-2")), BUT_FOR_SUBJECT);
    check(&json!(null), &approved(INQUIRY, json!(null)), AGREES);
    check(&json!("user-1"), &approved("inq_other", json!("user-1")), "/data/id");
    let without_reference = json!({"data": {"type": "inquiry", "id": INQUIRY, "attributes": {"status": "approved"}}});
    check(&json!("user-1"), &without_reference, BUT_FOR_SUBJECT);
    let without_status = json!({"data": {"type": "inquiry", "id": INQUIRY, "attributes": {"reference-id": "user-1"}}});
    check(&json!("user-1"), &without_status, CANNOT_TELL);
    check(&json!("user-1"), &json!({"errors": []}), CANNOT_TELL);
}

#[test]
fn an_event_agrees_when_it_was_told_as_it_is_kept() {
    let told = webhook("account.redacted", "account", "act_1", &json!("user-1"));
    let check = |change: &dyn Fn(&mut Value), expected: &str| {
        let mut kept = told.clone();
        change(&mut kept);
        assert_eq!(agreement("persona", &told, &kept), expected, "{kept}");
    };
    check(&|_| {}, AGREES);
    check(&|kept| kept["data"]["id"] = json!("evt_2"), "/data/id");
    check(
        &|kept| kept["data"]["attributes"]["name"] = json!("account.created"),
        "/data/attributes/name",
    );
    check(
        &|kept| kept["data"]["attributes"]["payload"]["data"]["id"] = json!("act_2"),
        "/data/attributes/payload/data/id",
    );
    check(
        &|kept| kept["data"]["attributes"]["payload"]["data"]["attributes"]["reference-id"] = json!("user-2"),
        "/data/attributes/payload/data/attributes/reference-id",
    );
    check(
        &|kept| kept["data"]["attributes"]["payload"]["data"]["attributes"] = json!({}),
        BUT_FOR_SUBJECT,
    );
}

#[test]
fn only_an_object_or_a_list_of_them_is_a_record() {
    let check = |answer: &Value, expected: bool| assert_eq!(api("persona").is_record(answer), expected, "{answer}");
    check(&json!({"data": {"id": "inq_1"}}), true);
    check(&json!({"data": []}), true);
    check(&json!({"errors": [{"title": "Record not found"}]}), false);
    check(&json!({"data": null}), false);
    check(&json!([]), false);
}
