use std::collections::HashSet;

use model::{Event, Outcome};

use super::*;
use crate::providers::{MAX_EVENTS, ParseProblem, Parsed, SameEvent};

fn parse(key: &str, body: &str) -> Parsed {
    provider(key).parse(&Request {
        headers: &HeaderMap::new(),
        body: body.as_bytes(),
        received_at: now(),
    })
}

fn event(key: &str, body: &str) -> Event {
    let parsed = parse(key, body);
    assert_eq!(parsed.problem, None, "{body}");
    parsed.events.into_iter().next().expect("an event")
}

#[test]
fn a_field_of_another_type_reads_as_absent_and_costs_no_other() {
    let check = |key: &str, body: &str, expected: [Option<&str>; 4]| {
        let event = event(key, body);
        let resource = event.resource.as_ref().map(|resource| resource.id.as_str().to_owned());
        let read = [
            Some(event.event_type.as_str()),
            event.subject.as_ref().map(model::Text::as_str),
            resource.as_deref(),
            event.provider_event_id.as_ref().map(model::Text::as_str),
        ];
        assert_eq!(read, expected, "{body}");
    };
    check(
        "persona",
        r#"{"data":{"id":7,"attributes":{"name":"inquiry.approved","created-at":{},"payload":1e999}}}"#,
        [Some("inquiry.approved"), None, None, None],
    );
    check(
        "persona",
        r#"{"data":{"id":"evt","attributes":{"name":"a","payload":{"included":"\ud800","data":{"type":[],"id":"i","attributes":{"reference-id":"r"}}}}}}"#,
        [Some("a"), Some("r"), None, Some("evt")],
    );
    check(
        "authento",
        r#"{"event":"INIT","userId":"u","userIdentifier":5,"status":"\udfff","timeCreated":"x"}"#,
        [Some("INIT"), Some("u"), Some("u"), None],
    );
    check(
        "case_keeper",
        r#"{"key":"k","data":[1e999],"dataId":"d","id":"e"}"#,
        [Some("k"), None, Some("d"), Some("e")],
    );
    check(
        "case_keeper",
        r#"{"key":"k","data":{"id":null},"dataId":"d"}"#,
        [Some("k"), None, Some("d"), None],
    );
    check(
        "case_keeper",
        r#"{"key":"k","data":{"id":4711},"id":12345678901234567890123}"#,
        [Some("k"), None, Some("4711"), Some("12345678901234567890123")],
    );
    check(
        "case_keeper",
        r#"{"key":"k","data":{"id":true},"dataId":17}"#,
        [Some("k"), None, Some("17"), None],
    );
    check(
        "peleza",
        r#"{"status":"yes","response_code":"00","widget_info":{"user_ref":"u"}}"#,
        [Some("sdk.verification"), Some("u"), None, None],
    );
    check(
        "pleenk",
        r#"{"events":[{"eventType":"USER","data":{"ref":"u","result":1e999}}]}"#,
        [Some("USER"), Some("u"), None, None],
    );
    check(
        "standard_webhooks",
        r#"{"type":5,"timestamp":[]}"#,
        [Some("webhook"), None, None, None],
    );
}

#[test]
fn of_doubled_fields_the_last_counts() {
    let persona = |body: &str| event("persona", body).event_type.into_string();
    assert_eq!(persona(r#"{"data":{"attributes":{"name":"a","name":"b"}}}"#), "b");
    assert_eq!(
        persona(r#"{"data":{"attributes":{"name":"a"}},"data":{"attributes":{"name":"b"}}}"#),
        "b"
    );
    let body = r#"{"data":{"attributes":{"name":"a","payload":{"data":{"type":"t","id":"i"}},"payload":{}}}}"#;
    assert_eq!(event("persona", body).resource, None);
    let body = r#"{"event":"REVIEWED","status":{"basic":"REJECTED","poa":"VERIFIED"},"status":{"basic":"VERIFIED"}}"#;
    assert_eq!(event("authento", body).outcome, Outcome::Approved);
}

#[test]
fn a_review_at_authento_is_what_its_status_says() {
    let check = |status: &str, expected: Outcome| {
        let body = format!(r#"{{"event":"REVIEWED","userId":"u","status":{status}}}"#);
        assert_eq!(event("authento", &body).outcome, expected, "{status}");
    };
    check(r#"{"basic":"VERIFIED","poa":"VERIFIED"}"#, Outcome::Approved);
    check(r#"{"basic":"VERIFIED"}"#, Outcome::Approved);
    check(r#"{"basic":"VERIFIED","poa":"UNVERIFIED"}"#, Outcome::Pending);
    check(r#"{"basic":"INFO_REQUIRED","poa":"REJECTED"}"#, Outcome::Declined);
    check("{}", Outcome::Pending);
    check("null", Outcome::Pending);
}

#[test]
fn an_approval_at_pleenk_needs_a_yes_to_everything() {
    let check = |result: &str, expected: Outcome| {
        let body = format!(r#"{{"events":[{{"eventType":"APPROVE","data":{{"userRef":"u","result":{result}}}}}]}}"#);
        assert_eq!(event("pleenk", &body).outcome, expected, "{result}");
    };
    check(r#"{"age_over_18":true}"#, Outcome::Approved);
    check(r#"{"age_over_18":true,"estimated_age_over_18":true}"#, Outcome::Approved);
    check(r#"{"age_over_18":true,"estimated_age_over_18":false}"#, Outcome::Declined);
    check(r#"{"age_over_18":true,"gender":"f"}"#, Outcome::Completed);
    check(r#"{"age_over_18":false,"gender":"f"}"#, Outcome::Declined);
    check(r#"{"age_over_18":false,"age_over_18":true}"#, Outcome::Approved);
    check("{}", Outcome::Completed);
    check("true", Outcome::Completed);
}

#[test]
fn an_outcome_at_peleza_follows_code_and_face() {
    let check = |body: &str, expected: Outcome| assert_eq!(event("peleza", body).outcome, expected, "{body}");
    check(r#"{"status":true,"response_code":"00"}"#, Outcome::Approved);
    check(r#"{"status":false,"response_code":"00"}"#, Outcome::Completed);
    check(
        r#"{"status":true,"response_code":"00","face_data":{"Status":false}}"#,
        Outcome::Declined,
    );
    check(
        r#"{"status":true,"response_code":"00","face_data":{"status":false}}"#,
        Outcome::Declined,
    );
    check(
        r#"{"status":false,"response_code":"02","face_data":{"Status":false}}"#,
        Outcome::Declined,
    );
    check(r#"{"status":false,"response_code":"03"}"#, Outcome::Failed);
    check(r#"{"status":true,"response_code":"77"}"#, Outcome::Completed);
    check("{}", Outcome::Completed);
    check(r#"{"x":1}"#, Outcome::Completed);
    // The status of the whole is small, that of the face has a capital.
    check(r#"{"Status":true,"response_code":"00"}"#, Outcome::Completed);
    check(r#"{"Status":false,"status":true,"response_code":"00"}"#, Outcome::Approved);
    check(r#"{"status":true,"status":false,"response_code":"00"}"#, Outcome::Completed);
    // A flag may be a word, and a code a number.
    check(r#"{"status":"true","response_code":"00"}"#, Outcome::Approved);
    check(r#"{"status":"TRUE","response_code":0}"#, Outcome::Approved);
    check(r#"{"status":"False","response_code":"00"}"#, Outcome::Completed);
    check(r#"{"status":"yes","response_code":"00"}"#, Outcome::Completed);
    check(r#"{"status":1,"response_code":"00"}"#, Outcome::Completed);
    check(r#"{"status":true,"response_code":"0"}"#, Outcome::Completed);
    check(r#"{"status":false,"response_code":1}"#, Outcome::Declined);
    check(r#"{"status":false,"response_code":2}"#, Outcome::Failed);
    check(r#"{"status":false,"response_code":3}"#, Outcome::Failed);
    check(r#"{"status":true,"response_code":-0}"#, Outcome::Completed);
    check(r#"{"status":true,"response_code":{}}"#, Outcome::Completed);
}

#[test]
fn a_no_to_the_face_at_peleza_is_never_overlooked() {
    let check = |face: &str, expected: Outcome| {
        let body = format!(r#"{{"status":true,"response_code":"00","face_data":{face}}}"#);
        assert_eq!(event("peleza", &body).outcome, expected, "{face}");
    };
    check(r#"{"Status":true}"#, Outcome::Approved);
    check(r#"{"Status":"True"}"#, Outcome::Approved);
    check("{}", Outcome::Approved);
    check("null", Outcome::Approved);
    check(r#"{"Status":"false"}"#, Outcome::Declined);
    check(r#"{"Status":" FALSE "}"#, Outcome::Declined);
    check(r#"{"Status":false,"status":true}"#, Outcome::Declined);
    check(r#"{"status":true,"Status":"false"}"#, Outcome::Declined);
    check(r#"{"Status":true,"status":false}"#, Outcome::Declined);
    check(r#"{"Status":false,"Status":true}"#, Outcome::Approved);
    check(r#"{"Status":null}"#, Outcome::Completed);
    check(r#"{"Status":0}"#, Outcome::Completed);
    check(r#"{"Status":"no"}"#, Outcome::Completed);
    check(r#"{"Status":true,"status":"no"}"#, Outcome::Completed);
    check(r#""false""#, Outcome::Completed);
    check("false", Outcome::Completed);
}

#[test]
fn any_object_at_peleza_is_an_event_of_the_widget_or_of_the_api() {
    let check = |body: &str, expected: &str| assert_eq!(event("peleza", body).event_type.as_str(), expected, "{body}");
    check("{}", "api.verification");
    check(r#"{"x":1}"#, "api.verification");
    check(r#"{"face_data":null}"#, "sdk.verification");
    check(r#"{"widget_info":null}"#, "sdk.verification");
    check(r#"{"widget_info":[],"status":true}"#, "sdk.verification");
}

#[test]
fn more_events_than_are_kept_are_counted() {
    let parsed = parse(
        "pleenk",
        &format!(r#"{{"events":[{}{{}}]}}"#, r#"{"eventType":"USER"},"#.repeat(MAX_EVENTS)),
    );
    assert_eq!(parsed.events.len(), MAX_EVENTS);
    assert_eq!(parsed.problem, Some(ParseProblem::TooManyEvents { count: MAX_EVENTS + 1 }));
}

#[test]
fn a_body_of_another_form_is_said_to_be_so() {
    let check = |key: &str, body: &str, expected: &str| {
        let parsed = parse(key, body);
        assert_eq!(parsed.events, Vec::new(), "{key}");
        let said = parsed.problem.expect("a problem").to_string();
        assert_eq!(
            said,
            format!("the body is JSON, but not of the documented form: {expected}"),
            "{key}"
        );
    };
    check(
        "persona",
        r#"{"data":{"id":"evt_1","attributes":{"name":""}}}"#,
        "data.attributes.name is not there",
    );
    check("authento", r#"{"userId":"u","timeCreated":1}"#, "event is not there");
    check("case_keeper", r#"{"data":{"id":"d"}}"#, "key is not there");
    check("pleenk", r#"{"events":{}}"#, "events is not a list");
    check("peleza", r#"["hello"]"#, "it is not an object");
    check("standard_webhooks", "[]", "it is not an object");
}

#[test]
fn an_event_without_a_type_is_left_out_and_named() {
    let parsed = parse("pleenk", r#"{"events":[{"eventType":"USER"},7,{"eventType":"PAYMENT"}]}"#);
    assert_eq!(parsed.events.len(), 2);
    assert_eq!(
        parsed.problem,
        Some(ParseProblem::OtherForm {
            what: "events[1].eventType is not there".to_owned()
        })
    );
}

#[test]
fn the_same_event_is_known_by_the_rule_of_its_provider() {
    let check = |key: &str, one: &str, other: &str, is_same: bool| {
        let [one, other] = [one, other].map(|body| parse(key, body).same_event);
        assert_eq!(one.is_some() && one == other, is_same, "{key}");
    };
    let persona = |id: &str, name: &str| format!(r#"{{"data":{{"id":"{id}","attributes":{{"name":"{name}"}}}}}}"#);
    check("persona", &persona("evt_1", "a"), &persona("evt_1", "b"), true);
    check("persona", &persona("evt_1", "a"), &persona("evt_2", "a"), false);
    check("persona", &persona("evt_1", "a"), r#"{"data":{"id":"evt_1"}}"#, true);
    check("persona", &persona("", "a"), &persona("", "a"), false);
    let authento = |user: &str, time: &str| format!(r#"{{"event":"INIT","userId":"{user}","timeCreated":{time}}}"#);
    check("authento", &authento("u", "1.5"), &format!("{} ", authento("u", "1.5")), true);
    check("authento", &authento("u", "1.5"), &authento("u", "1.6"), false);
    check("authento", &authento("u", "1.5"), &authento("v", "1.5"), false);
    // Where one of the three cannot be read, the bytes count.
    check("authento", &authento("u", "null"), &authento("u", "null"), true);
    check(
        "authento",
        &authento("u", "null"),
        &format!("{} ", authento("u", "null")),
        false,
    );
    check("authento", &authento("", "1"), &format!("{} ", authento("", "1")), false);
    check("peleza", r#"{"status":true}"#, r#"{"status":true}"#, true);
    check("peleza", r#"{"status":true}"#, r#"{"status": true}"#, false);
    check(
        "case_keeper",
        r#"{"id":"e","key":"k"}"#,
        r#"{"id":"e","key":"k","data":{}}"#,
        false,
    );
}

#[test]
fn a_body_of_any_form_that_comes_again_is_the_same_event_where_no_id_is_known() {
    let bodies: [&[u8]; 7] = [
        b"nope",
        b"{}",
        b"[]",
        br#"{"a":1}"#,
        b" ",
        b"\xff",
        br#"["?X-Amz-Signature=1"]"#,
    ];
    for key in ["authento", "case_keeper", "pleenk", "peleza"] {
        let same_event = |body| {
            let request = Request {
                headers: &HeaderMap::new(),
                body,
                received_at: now(),
            };
            provider(key).parse(&request).same_event
        };
        let told: HashSet<_> = bodies
            .iter()
            .map(|body| same_event(body).expect("the rule of its bytes"))
            .collect();
        assert_eq!(told.len(), bodies.len(), "{key}");
        assert_eq!(same_event(b""), None, "{key}");
    }
    check_case_keeper(r#"["?X-Amz-Signature=1"]"#, r#"["?X-Amz-Signature=2"]"#, true);
    check_case_keeper(r#"{"a":"?X-Amz-Signature=1"}"#, r#"{"a":"?X-Amz-Signature=2"}"#, true);
    check_case_keeper("a ?X-Amz-Signature=1", "a ?X-Amz-Signature=2", false);
}

fn check_case_keeper(one: &str, other: &str, is_same: bool) {
    let [one, other] = [one, other].map(|body| parse("case_keeper", body).same_event);
    assert_eq!(one == other, is_same);
}

#[test]
fn the_id_of_a_standard_webhook_stands_in_its_header_whatever_the_body_is() {
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", "msg_1".parse().expect("a value"));
    let parsed = provider("standard_webhooks").parse(&Request {
        headers: &headers,
        body: b"hello",
        received_at: now(),
    });
    assert!(parsed.events.is_empty() && matches!(parsed.problem, Some(ParseProblem::NotJson { .. })));
    assert_eq!(parsed.same_event, Some(SameEvent::of("webhook-id", &[b"msg_1"])));
    // An empty id names nothing.
    headers.insert("webhook-id", "".parse().expect("a value"));
    let parsed = provider("standard_webhooks").parse(&Request {
        headers: &headers,
        body: b"{}",
        received_at: now(),
    });
    assert_eq!((parsed.same_event, parsed.events[0].provider_event_id.as_ref()), (None, None));
}

#[test]
fn delivery_notes_that_are_no_numbers_are_left_out() {
    let mut headers = HeaderMap::new();
    headers.insert("persona-webhook-attempts-made", "-1".parse().expect("a value"));
    headers.insert("persona-webhook-attempts-left", "6".parse().expect("a value"));
    headers.insert(
        "persona-webhook-first-attempted-at",
        "99999999999999999".parse().expect("a value"),
    );
    let notes = provider("persona").delivery_notes(&headers);
    assert_eq!(
        (notes.attempts_made, notes.attempts_left, notes.first_attempted_at),
        (None, Some(6), None)
    );
}
