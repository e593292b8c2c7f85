//! Whatever bytes come to an endpoint: nothing panics, limits hold, and one strange field costs no other.

#[path = "hostile/arbitrary.rs"]
mod arbitrary;
#[path = "hostile/case.rs"]
mod case;
#[path = "support/vectors.rs"]
#[expect(
    dead_code,
    reason = "the expectations of the vectors are the business of the test that is named after them"
)]
mod support;

use std::collections::HashSet;
use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue};
use hookproof::providers::sandbox::{self, Attempt, Random};
use hookproof::providers::{ALL, Keyring, MAX_EVENTS, ParseProblem, Parsed, Provider, Request, SigningSecret, StaticHeader};
use model::{Event, ProviderKey, SecretId, TEXT_LIMIT, Text, Timestamp, Verdict};
use proptest::prelude::*;
use rand::SeedableRng;
use serde::de::IgnoredAny;
use serde_json::Value;
use uuid::Uuid;

fn now() -> Timestamp {
    Timestamp::parse("2025-11-20T00:53:20Z").expect("a time")
}

/// Each provider with an endpoint of its own that is fully set up.
static ENDPOINTS: LazyLock<Vec<(&'static dyn Provider, Keyring)>> = LazyLock::new(|| {
    let mut random = Random::seed_from_u64(1);
    let secret = |provider: &dyn Provider, registered: &str| SigningSecret {
        id: SecretId(Uuid::nil()),
        label: "registered".to_owned(),
        key: provider.read_secret(registered).expect("a secret of its form"),
        not_before: None,
        expires_at: None,
    };
    let mut keyring = |provider: &dyn Provider| {
        let stand_in = sandbox::find(&ProviderKey::new(provider.about().key));
        let keys = stand_in.map(|stand_in| stand_in.make_keys(&mut random));
        let registered = keys.as_ref().and_then(|keys| keys.registered());
        let static_header = StaticHeader {
            name: "x-hook-token".to_owned(),
            value: "token".to_owned().into(),
        };
        Keyring {
            secrets: registered
                .map(|registered| secret(provider, registered))
                .into_iter()
                .collect(),
            digest_mode: None,
            static_header: Some(static_header),
        }
    };
    ALL.iter().map(|provider| (*provider, keyring(*provider))).collect()
});

/// Headers that look like each provider's, with signatures that are none of it.
fn signed_by_nobody() -> HeaderMap {
    let mut random = Random::seed_from_u64(2);
    sandbox::ALL
        .iter()
        .flat_map(|stand_in| stand_in.sign(&stand_in.make_keys(&mut random), "msg_1", b"{}", Attempt::first(now())))
        .filter_map(|(name, value)| Some((name?, value)))
        .collect()
}

/// What must hold for every body at every provider. Gives what was read.
fn survives(provider: &dyn Provider, keyring: &Keyring, headers: &HeaderMap, body: &[u8]) -> Parsed {
    let request = Request {
        headers,
        body,
        received_at: now(),
    };
    let verification = provider.verify(&request, keyring);
    let is_explained = !verification.evidence.diagnoses.is_empty();
    match verification.verdict {
        Verdict::Invalid => assert!(is_explained || provider.about().secret.is_none()),
        _ => assert!(!is_explained),
    }
    let parsed = provider.parse(&request);
    assert!(parsed.events.len() <= MAX_EVENTS);
    for text in parsed.events.iter().flat_map(texts) {
        assert!(!text.as_str().is_empty() && text.as_str().len() <= TEXT_LIMIT && !text.as_str().contains(char::is_control));
    }
    let is_json = serde_json::from_slice::<IgnoredAny>(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)).is_ok();
    let is_read_as_json = !matches!(
        parsed.problem,
        Some(ParseProblem::Empty | ParseProblem::NotUtf8 { .. } | ParseProblem::NotJson { .. })
    );
    assert_eq!(is_read_as_json, is_json && std::str::from_utf8(body).is_ok());
    assert!(is_read_as_json || parsed.events.is_empty());
    match provider.about().key {
        // Both know an event by its id alone.
        "persona" => assert!(is_read_as_json || parsed.same_event.is_none()),
        "standard_webhooks" => {
            let ids: HashSet<_> = headers.get_all("webhook-id").iter().collect();
            let is_text = |id: &HeaderValue| id.to_str().is_ok_and(|id| !id.trim().is_empty());
            assert_eq!(parsed.same_event.is_some(), ids.len() == 1 && ids.into_iter().all(is_text));
        }
        _ => assert_eq!(parsed.same_event.is_some(), !body.is_empty()),
    }
    parsed
}

fn texts(event: &Event) -> impl Iterator<Item = &Text> {
    let resource = event.resource.iter().flat_map(|resource| [&resource.kind, &resource.id]);
    [
        Some(&event.event_type),
        event.subject.as_ref(),
        event.provider_event_id.as_ref(),
    ]
    .into_iter()
    .flatten()
    .chain(resource)
}

fn all_survive(headers: &HeaderMap, body: &[u8]) {
    for (provider, keyring) in ENDPOINTS.iter() {
        survives(*provider, keyring, headers, body);
    }
}

fn parse(key: &str, body: &str) -> Parsed {
    let (provider, keyring) = ENDPOINTS
        .iter()
        .find(|(provider, _)| provider.about().key == key)
        .expect("a provider");
    survives(*provider, keyring, &HeaderMap::new(), body.as_bytes())
}

#[test]
fn bodies_made_to_hurt_are_survived_by_every_provider() {
    let mebi = 1 << 20;
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let bodies: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"\0".to_vec(),
        b"{\"data\":\"\0\"}".to_vec(),
        b"\xff\xfe{\0}\0".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"{\"key\":\"\xed\xa0\x80\"}".to_vec(),
        vec![b'['; mebi],
        vec![b'{'; mebi],
        vec![b'"'; mebi],
        vec![b'\\'; mebi],
        vec![b' '; mebi],
        b"\"\\".repeat(mebi / 2),
        b"{\"a\":".repeat(mebi / 5),
        deep("[", "]").into_bytes(),
        deep("{\"data\":", "}").into_bytes(),
        deep("{\"events\":[", "]}").into_bytes(),
        format!("{{\"data\":{}}}", "9".repeat(mebi)).into_bytes(),
        format!(
            "{{\"event\":\"INIT\",\"timeCreated\":{}.{}e{}}}",
            "9".repeat(9999),
            "9".repeat(9999),
            "9".repeat(9999)
        )
        .into_bytes(),
        format!("{{\"key\":\"{}\"}}", "\\ud800".repeat(mebi / 6)).into_bytes(),
        format!("{{\"key\":\"{}\"}}", "?X-Amz-Signature=".repeat(mebi / 17)).into_bytes(),
        format!("{{\"events\":[{}{{}}]}}", "{},".repeat(mebi / 3)).into_bytes(),
        format!("{{{}\"key\":\"k\"}}", "\"key\":\"k\",".repeat(mebi / 10)).into_bytes(),
    ];
    let headers = signed_by_nobody();
    for body in bodies {
        all_survive(&headers, &body);
    }
}

#[test]
fn a_mebibyte_of_brackets_is_named_as_what_it_is() {
    for provider in ALL {
        let body = vec![b'['; 1 << 20];
        let parsed = provider.parse(&Request {
            headers: &HeaderMap::new(),
            body: &body,
            received_at: now(),
        });
        let expected = ParseProblem::NotJson {
            reason: "EOF while parsing a list".to_owned(),
            line: 1,
            column: 1 << 20,
        };
        assert_eq!(parsed.problem, Some(expected), "{provider:?}");
    }
}

#[test]
fn what_hurts_elsewhere_in_a_body_costs_no_event() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let strange = [
        r#""\ud800""#,
        r#""\udfff\ud800""#,
        r#""\u0000""#,
        "1e999",
        "-0",
        "123456789012345678901234567890",
        &deep,
        r#"{"a":1,"a":2}"#,
        "null",
        "[]",
    ];
    let check = |key: &str, body: &str, event_type: &str| {
        for strange in strange {
            let parsed = parse(key, &body.replace("??", strange));
            assert_eq!(parsed.problem, None, "{key}");
            assert_eq!(parsed.events[0].event_type.as_str(), event_type, "{key}");
        }
    };
    let persona = r#"{"x":??,"data":{"x":??,"attributes":{"x":??,"payload":{"x":??,"data":{"x":??},"included":??},"name":"n"}}}"#;
    check("persona", persona, "n");
    check(
        "persona",
        r#"{"data":{"id":??,"attributes":{"name":"n","created-at":??,"payload":??}}}"#,
        "n",
    );
    check(
        "authento",
        r#"{"event":"INIT","userId":??,"userIdentifier":??,"status":??,"timeCreated":??}"#,
        "INIT",
    );
    check("case_keeper", r#"{"key":"k","data":??,"id":??,"createdAt":??}"#, "k");
    check(
        "pleenk",
        r#"{"events":[{"eventType":"USER","data":??},??],"x":??}"#.replace(",??]", "]").as_str(),
        "USER",
    );
    check(
        "peleza",
        r#"{"status":true,"response_code":??,"face_data":{"Status":??},"widget_info":{"user_ref":??}}"#,
        "sdk.verification",
    );
    check("standard_webhooks", r#"{"type":"t","timestamp":??,"data":??}"#, "t");
}

#[test]
fn of_doubled_keys_the_last_counts_as_in_most_parsers() {
    let check = |key: &str, body: &str, event_type: &str| {
        assert_eq!(parse(key, body).events[0].event_type.as_str(), event_type, "{body}");
    };
    check(
        "persona",
        r#"{"data":{"attributes":{"name":"a"},"attributes":{"name":"b"}}}"#,
        "b",
    );
    check("authento", r#"{"event":"INIT","event":"RESET"}"#, "RESET");
    check("case_keeper", r#"{"key":"a","key":"b"}"#, "b");
    check("pleenk", r#"{"events":[],"events":[{"eventType":"a","eventType":"b"}]}"#, "b");
    check("standard_webhooks", r#"{"type":"a","type":"b"}"#, "b");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(body: Vec<u8>) {
        all_survive(&signed_by_nobody(), &body);
    }

    #[test]
    fn any_json_is_read_as_serde_json_reads_it(body in arbitrary::json()) {
        all_survive(&HeaderMap::new(), body.as_bytes());
        for (key, rule) in TYPE_RULES {
            let read = parse(key, &body).events.into_iter().next().map(|event| event.event_type.into_string());
            if let Ok(value) = serde_json::from_str::<Value>(&body) {
                prop_assert_eq!(read, if value.is_object() { rule(&value) } else { None }, "{}: {}", key, body);
            }
        }
    }

    #[test]
    fn a_vector_is_survived_however_it_is_changed(place: prop::sample::Index, edits in arbitrary::edits()) {
        let cases = support::load();
        let case = place.get(&cases);
        let (headers, keyring) = (case.headers(), case.keyring());
        survives(case.provider(), &keyring, &headers, &arbitrary::edit(case.body(), &edits));
    }

    #[test]
    fn any_signature_headers_are_survived(text in r"((t=|v1=|v1a,|v1,|,| |-|[0-9a-f]{0,64}|[A-Za-z0-9+/=_]{0,180}){0,8})|\PC{0,40}") {
        let mut headers = HeaderMap::new();
        for name in [
            "persona-signature", "x-payload-digest", "pleenk-signature", "webhook-id", "webhook-timestamp", "webhook-signature",
            "x-hook-token", "persona-webhook-attempts-made", "persona-webhook-first-attempted-at",
        ] {
            if let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) {
                headers.insert(name, value);
            }
        }
        all_survive(&headers, b"{}");
        for (provider, _) in ENDPOINTS.iter() {
            provider.delivery_notes(&headers);
        }
    }

    #[test]
    fn any_secret_is_taken_or_refused(secret in r"(whsec_|whpk_|wbhsec_|-----BEGIN PUBLIC KEY-----)?\PC{0,60}(-----END PUBLIC KEY-----)?") {
        for provider in ALL {
            if let Err(shape) = provider.read_secret(&secret) {
                prop_assert!(!shape.to_string().is_empty());
            }
        }
    }
}

/// The type of the first event by the documentation, read the slow way from a body that is an object.
type TypeRule = fn(&Value) -> Option<String>;

const TYPE_RULES: &[(&str, TypeRule)] = &[
    ("persona", |body| text(body.pointer("/data/attributes/name")?)),
    ("authento", |body| text(&body["event"])),
    ("case_keeper", |body| text(&body["key"])),
    ("pleenk", |body| {
        body["events"]
            .as_array()?
            .iter()
            .find_map(|event| text(event.get("eventType")?))
    }),
    ("peleza", |body| {
        let is_sdk = ["face_data", "widget_info"].iter().any(|name| body.get(name).is_some());
        body.is_object()
            .then(|| if is_sdk { "sdk.verification" } else { "api.verification" }.to_owned())
    }),
    ("standard_webhooks", |body| {
        text(&body["type"]).or_else(|| Some("webhook".to_owned()))
    }),
];

fn text(value: &Value) -> Option<String> {
    value.as_str().and_then(Text::new).map(Text::into_string)
}
