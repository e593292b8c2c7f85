use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::providers;

fn masked(provider: &str, body: &str) -> Masked {
    let provider = providers::find(&model::ProviderKey::new(provider)).expect("a provider");
    mask(body.as_bytes(), &Rules::of(provider.about()))
}

#[test]
fn what_is_not_masked_stays_the_same_bytes() {
    let check = |body: &str, expected: &str| assert_eq!(masked("standard_webhooks", body).text, expected);
    check(
        "{ \"type\" : \"person.verified\",\n\t\"email\":\"ada@example.com\" , \"n\":1e2}",
        "{ \"type\" : \"person.verified\",\n\t\"email\":\"•••\" , \"n\":1e2}",
    );
    check(r#"{"phone":4915112345678,"x":[1,-2.5]}"#, r#"{"phone":"•••","x":[1,-2.5]}"#);
    check(
        r#"{"names":["Ada",null,true,{"first":"A"}],"name":""}"#,
        r#"{"names":["•••",null,true,{"first":"•••"}],"name":""}"#,
    );
    check(
        r#"{"birth":{"date":"1815-12-10","status":"ok"},"dob":"1815"}"#,
        r#"{"birth":{"date":"•••","status":"ok"},"dob":"•••"}"#,
    );
    check(
        r#"{"documents":[{"type":"passport","number":"X1","page":1}],"number":1}"#,
        r#"{"documents":[{"type":"passport","number":"•••","page":1}],"number":1}"#,
    );
    check(
        r#"{"photo":{"id":"pho_1","url":"https://files.example/1"}}"#,
        r#"{"photo":{"id":"pho_1","url":"•••"}}"#,
    );
    check(
        r#"{"contact":"ada@example.com","link":"https://a.example/x.PNG?v=1"}"#,
        r#"{"contact":"•••","link":"•••"}"#,
    );
    check(
        r#"{"id":"x","status":"approved","created_at":"2025-11-20T00:53:10Z"}"#,
        r#"{"id":"x","status":"approved","created_at":"2025-11-20T00:53:10Z"}"#,
    );
}

#[test]
fn what_a_provider_calls_personal_is_so_whatever_its_fields_are_called() {
    let check = |provider: &str, body: &str, expected: &str| assert_eq!(masked(provider, body).text, expected);
    check(
        "peleza",
        r#"{"data":{"marital_status":"WIDOWED","lives_at":"12 Baker Street","blood_type":{"type":"AB-"},"request_id":"r"}}"#,
        r#"{"data":{"marital_status":"•••","lives_at":"•••","blood_type":{"type":"•••"},"request_id":"r"}}"#,
    );
    check(
        "persona",
        r#"{"data":{"attributes":{"payload":{"data":{"attributes":{"status":"approved","fields":{"x":{"type":"hash","value":{"status":"WIDOWED","at":["home"]}}}}}}}}}"#,
        r#"{"data":{"attributes":{"payload":{"data":{"attributes":{"status":"approved","fields":{"x":{"type":"hash","value":{"status":"•••","at":["•••"]}}}}}}}}}"#,
    );
}

#[test]
fn a_value_is_what_the_label_beside_it_says() {
    let check = |body: &str, expected: &str| assert_eq!(masked("standard_webhooks", body).text, expected);
    check(
        r#"[{"key":"firstName","value":"Ada"},{"label":"Date of birth","value":{"year":1815}},{"field":"x","value":"y"}]"#,
        r#"[{"key":"firstName","value":"•••"},{"label":"Date of birth","value":{"year":"•••"}},{"field":"x","value":"y"}]"#,
    );
    check(
        r#"[{"type":"email_status","value":"confirmed"},{"type":"document_number","values":["X1",2]}]"#,
        r#"[{"type":"email_status","value":"confirmed"},{"type":"document_number","values":["•••","•••"]}]"#,
    );
    check(
        r#"{"key":"firstName","other":{"value":"shown"},"next":"shown"}"#,
        r#"{"key":"firstName","other":{"value":"shown"},"next":"shown"}"#,
    );
}

#[test]
fn a_name_that_is_an_address_or_phone_number_is_masked_and_does_not_stand_in_a_place() {
    let found = masked(
        "standard_webhooks",
        r#"{"people":{"ada@example.com":{"score":1,"email":"a"},"+49 151 1234567":2}}"#,
    );
    assert_eq!(found.text, r#"{"people":{"••• 1":{"score":1,"email":"•••"},"••• 2":2}}"#);
    assert_eq!(found.values.paths, ["people.•••", "people.•••.email", "people.•••"]);
}

#[test]
fn a_name_written_with_escapes_is_read_like_any_other_and_so_is_a_value() {
    let check = |body: &str, expected: &str| assert_eq!(masked("standard_webhooks", body).text, expected);
    check(
        r#"{"\u0065mail":"x","e\u006dail":"y"}"#,
        r#"{"\u0065mail":"•••","e\u006dail":"•••"}"#,
    );
    check(r#"{"a":"ada\u0040example.com"}"#, r#"{"a":"•••"}"#);
    check(
        r#"{"a":"\"}, \"email\": \"","b":"c"}"#,
        r#"{"a":"\"}, \"email\": \"","b":"c"}"#,
    );
}

#[test]
fn of_two_fields_of_one_name_both_are_masked() {
    let text = masked("standard_webhooks", r#"{"email":"a","email":"b"}"#).text;
    assert_eq!(text, r#"{"email":"•••","email":"•••"}"#);
}

#[test]
fn a_body_that_is_not_json_is_hidden_whole() {
    let check = |body: &[u8]| {
        let masked = mask(body, &Rules::default());
        assert!(masked.text.starts_with(MASK) && masked.values.count == 1, "{masked:?}");
    };
    check(b"name=Ada+Lovelace");
    check(b"{\"name\":\"Ada\"");
    check(b"\xff\xfeAda");
    check(b"{\"name\":\"Ada\"} {}");
    assert_eq!(mask(b"", &Rules::default()).values.count, 0);
    assert_eq!(mask(b"\"Ada\"", &Rules::default()).text, "\"•••\"");
}

#[test]
fn of_persona_the_event_and_its_state_stay_and_the_person_goes() {
    let body = json!({"data": {"type": "event", "id": "evt_1", "attributes": {
    "name": "inquiry.approved",
    "payload": {
        "data": {"type": "inquiry", "id": "inq_1", "attributes": {
            "status": "approved", "reference-id": "user-1042", "note": "nice", "created-at": "2025-11-20T00:53:10.000Z",
            "fields": {
                "name-first": {"type": "string", "value": "Ada"},
                "favourite-number": {"type": "integer", "value": 42},
            }}},
        "included": [
            {"type": "verification/government-id", "id": "ver_1", "attributes": {
                "status": "passed", "name-last": "Lovelace", "front-photo-url": "...", "identification-number": "X1",
                "checks": [{"name": "id_expired_detection", "status": "passed"}]}},
        ]}}}});
    insta::assert_snapshot!(masked("persona", &serde_json::to_string_pretty(&body).expect("JSON")).text, @r#"
    {
      "data": {
        "attributes": {
          "name": "inquiry.approved",
          "payload": {
            "data": {
              "attributes": {
                "created-at": "2025-11-20T00:53:10.000Z",
                "fields": {
                  "favourite-number": {
                    "type": "integer",
                    "value": "•••"
                  },
                  "name-first": {
                    "type": "string",
                    "value": "•••"
                  }
                },
                "note": "•••",
                "reference-id": "user-1042",
                "status": "approved"
              },
              "id": "inq_1",
              "type": "inquiry"
            },
            "included": [
              {
                "attributes": {
                  "checks": [
                    {
                      "name": "id_expired_detection",
                      "status": "passed"
                    }
                  ],
                  "front-photo-url": "•••",
                  "identification-number": "•••",
                  "name-last": "•••",
                  "status": "passed"
                },
                "id": "ver_1",
                "type": "verification/government-id"
              }
            ]
          }
        },
        "id": "evt_1",
        "type": "event"
      }
    }
    "#);
}

#[test]
fn of_the_others_the_outcome_stays_as_well() {
    let check = |provider: &str, body: &str, expected: &str| assert_eq!(masked(provider, body).text, expected);
    check(
        "peleza",
        r#"{"status":true,"detail":"Verification Successful","response_code":"00","data":{"request_id":"r","serial":"1","id_number":2},"face_data":{"Status":true,"confidence":"95.3"},"widget_info":{"email":"a","user_ref":"u"}}"#,
        r#"{"status":true,"detail":"Verification Successful","response_code":"00","data":{"request_id":"r","serial":"•••","id_number":"•••"},"face_data":{"Status":true,"confidence":"95.3"},"widget_info":{"email":"•••","user_ref":"u"}}"#,
    );
    check(
        "authento",
        r#"{"event":"REVIEWED","userId":"k1","userIdentifier":"user-1","type":"INDIVIDUAL","status":{"basic":"VERIFIED","poa":"VERIFIED"},"timeCreated":1763599990.25}"#,
        r#"{"event":"REVIEWED","userId":"k1","userIdentifier":"user-1","type":"INDIVIDUAL","status":{"basic":"VERIFIED","poa":"VERIFIED"},"timeCreated":1763599990.25}"#,
    );
    check(
        "pleenk",
        r#"{"events":[{"eventType":"APPROVE","data":{"userRef":"u","request":["age"],"result":{"age_over_18":true}}}]}"#,
        r#"{"events":[{"eventType":"APPROVE","data":{"userRef":"u","request":["age"],"result":{"age_over_18":true}}}]}"#,
    );
    check(
        "case_keeper",
        r#"{"key":"verification.frontIdCardResult.confirmed","data":{"id":"v1","status":"pending","frontIdCardResult":{"imageUrl":"x","fullName":"Ada","confidence":0.9,"isConfirmed":true}}}"#,
        r#"{"key":"verification.frontIdCardResult.confirmed","data":{"id":"v1","status":"pending","frontIdCardResult":{"imageUrl":"•••","fullName":"•••","confidence":0.9,"isConfirmed":true}}}"#,
    );
}

#[test]
fn what_was_masked_is_named_by_its_place() {
    let found = masked(
        "standard_webhooks",
        r#"{"data":{"people":[{"name":"Ada"},{"x":1}],"email":"a"},"ip":"::1"}"#,
    );
    assert_eq!(found.values.paths, ["data.people[].name", "data.email", "ip"]);
    assert_eq!(found.values.count, 3);
}

#[test]
fn no_depth_and_no_length_makes_it_slow() {
    let deep = format!("{}\"ada@example.com\"{}", "{\"name\":[".repeat(60_000), "]}".repeat(60_000));
    let found = masked("persona", &deep);
    assert_eq!(found.values.count, 1);
    assert!(found.values.paths[0].ends_with('…') && found.values.paths[0].len() < 1000);
    let wide = format!("[{}0]", "{\"email\":\"@@@@@@\"},".repeat(50_000));
    assert_eq!(masked("persona", &wide).values.count, 50_000);
    let named = format!("{{\"{}\":\"x\"}}", "a_".repeat(500_000));
    assert_eq!(masked("persona", &named).values.count, 1);
    let around = format!(
        "{{\"{}\":{{{}\"no\":1}}}}",
        "a1".repeat(128),
        "\"\":1,\"no\":2,".repeat(80_000)
    );
    assert_eq!(masked("persona", &around).values.count, 0);
    let escaped = format!(
        "{{\"{}\":[{}0]}}",
        "\\u0061_".repeat(60_000),
        "{\"email\":\"a\"},".repeat(50_000)
    );
    assert_eq!(masked("persona", &escaped).values.count, 50_001);
}

/// JSON with keys of which some are personal.
fn payload() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[a-z]{1,8}@[a-z]{1,8}\\.[a-z]{2,3}".prop_map(Value::from),
        "\\+[1-9][0-9]{7,13}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        "\\PC{0,8}",
        "(email|firstName|date_of_birth|id-number|address|photo|status|data)"
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|fields| Value::Object(Map::from_iter(fields))),
        ]
    })
}

/// Whether `masked` is `plain` with some strings, numbers and names that reach someone replaced by the mask.
fn is_same_but_for_masks(plain: &Value, masked: &Value) -> bool {
    match (plain, masked) {
        (Value::Object(plain), Value::Object(masked)) => {
            plain.len() == masked.len()
                && plain.iter().all(|(key, value)| {
                    masked
                        .iter()
                        .filter(|(name, _)| *name == key || (values::reaches_someone(key) && name.starts_with(MASK)))
                        .any(|(_, other)| is_same_but_for_masks(value, other))
                })
        }
        (Value::Array(plain), Value::Array(masked)) => {
            plain.len() == masked.len()
                && plain
                    .iter()
                    .zip(masked)
                    .all(|(value, other)| is_same_but_for_masks(value, other))
        }
        (Value::String(_) | Value::Number(_), Value::String(masked)) if masked == MASK => true,
        (plain, masked) => plain == masked,
    }
}

/// All strings and numbers that stand under a personal name or look personal on their own.
fn personal_left(value: &Value, under_personal: bool) -> bool {
    let is_open = |text: &str| !text.trim().is_empty() && text != MASK;
    match value {
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            let own = ["email", "firstName", "date_of_birth", "id-number", "address"].contains(&key.as_str());
            // A status says how it went, wherever it stands.
            key != "status"
                && personal_left(
                    value,
                    own || (under_personal && keys::Key::read(key).kind(false) != keys::Kind::Neutral),
                )
        }),
        Value::Array(items) => items.iter().any(|item| personal_left(item, under_personal)),
        Value::String(text) => is_open(text) && (under_personal || text.contains("@example")),
        Value::Number(_) => under_personal,
        _ => false,
    }
}

proptest! {
    #[test]
    fn masked_json_is_json_of_the_same_structure_without_a_personal_value(body in payload(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&body) } else { serde_json::to_string(&body) }.expect("JSON");
        for provider in providers::ALL {
            let found = mask(text.as_bytes(), &Rules::of(provider.about()));
            let read: Value = serde_json::from_str(&found.text).expect("still JSON");
            prop_assert!(is_same_but_for_masks(&body, &read), "{}", found.text);
            if provider.about().not_personal.is_empty() {
                prop_assert!(!personal_left(&read, !(body.is_object() || body.is_array())), "{}", found.text);
            }
            let again = mask(found.text.as_bytes(), &Rules::of(provider.about()));
            prop_assert_eq!(&again.text, &found.text);
        }
    }

    #[test]
    fn whatever_bytes_come_nothing_panics(body in prop::collection::vec(any::<u8>(), 0..256)) {
        mask(&body, &Rules::default());
    }
}
