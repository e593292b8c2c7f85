use model::{Diagnosis, DigestMode, Reserialisation, Scheme, Verdict};
use rand::SeedableRng;

use super::*;
use crate::providers::digest;
use crate::providers::{Key, SecretShape};

const SIGNING: [&str; 4] = ["persona", "authento", "pleenk", "standard_webhooks"];
const BODY: &[u8] = br#"{"data": {"id": "evt_1", "n": [1, 2.50]}}"#;

#[test]
fn a_body_that_was_rewritten_on_the_way_is_explained() {
    for key in SIGNING {
        let signing = Signing::of(key);
        let check = |signed: &[u8], came: &[u8], form| {
            let verification = signing.verify(&signing.sign(signed), came);
            assert_eq!(verification.verdict, Verdict::Invalid, "{key}");
            assert_eq!(verification.evidence.diagnoses, [Diagnosis::BodyRewritten { form }], "{key}");
        };
        let compact: &[u8] = br#"{"data":{"id":"evt_1","n":[1,2.50]}}"#;
        let indented: &[u8] = b"{\n  \"data\": {\n    \"id\": \"evt_1\",\n    \"n\": [\n      1,\n      2.50\n    ]\n  }\n}";
        check(compact, BODY, Reserialisation::Compact);
        check(BODY, compact, Reserialisation::Spaced);
        check(indented, BODY, Reserialisation::Indented);
        check(compact, &[compact, b"\n"].concat(), Reserialisation::Compact);
        check(&[BODY, b"\n"].concat(), BODY, Reserialisation::Trimmed);
    }
}

#[test]
fn a_body_that_says_something_else_is_explained_by_nothing() {
    for key in SIGNING {
        let signing = Signing::of(key);
        let verification = signing.verify(&signing.sign(BODY), br#"{"data": {"id": "evt_2", "n": [1, 2.50]}}"#);
        assert_eq!(verification.verdict, Verdict::Invalid, "{key}");
        assert_eq!(verification.evidence.diagnoses, [Diagnosis::NothingFits], "{key}");
        assert_eq!(verification.evidence.live_secrets, 1, "{key}");
    }
}

#[test]
fn a_body_that_is_too_long_is_not_rewritten_to_explain_it() {
    let signing = Signing::of("authento");
    let check = |length: usize, expected: Diagnosis| {
        let body = format!("[\"{}\"]", "a".repeat(length));
        let verification = signing.verify(&signing.sign(body.as_bytes()), format!(" {body}").as_bytes());
        assert_eq!(verification.evidence.diagnoses, [expected]);
    };
    check(
        200 * 1024,
        Diagnosis::BodyRewritten {
            form: Reserialisation::Compact,
        },
    );
    check(256 * 1024, Diagnosis::NothingFits);
}

#[test]
fn only_a_secret_that_is_live_verifies_and_another_explains() {
    for key in SIGNING {
        let mut signing = Signing::of(key);
        let headers = signing.sign(BODY);
        let other_keys = signing.stand_in.make_keys(&mut Random::seed_from_u64(2));
        let other = secret(signing.stand_in.provider(), &other_keys, 2);
        let not_live = [Diagnosis::SecretNotLive {
            secret: signing.keyring.secrets[0].id,
            label: "secret 1".to_owned(),
        }];
        let mut check = |not_before: Option<i64>, expires_at: Option<i64>, verdict, diagnoses: &[Diagnosis]| {
            signing.keyring.secrets[0].not_before = not_before.map(|seconds| now().plus_seconds(seconds));
            signing.keyring.secrets[0].expires_at = expires_at.map(|seconds| now().plus_seconds(seconds));
            let verification = signing.verify(&headers, BODY);
            assert_eq!(
                (verification.verdict, verification.evidence.diagnoses.as_slice()),
                (verdict, diagnoses),
                "{key}"
            );
        };
        check(Some(0), Some(1), Verdict::Verified, &[]);
        check(None, Some(0), Verdict::Invalid, &not_live);
        check(Some(1), None, Verdict::Invalid, &not_live);
        // The same beside one that is live.
        signing.keyring.secrets.push(other);
        let verification = signing.verify(&headers, BODY);
        assert_eq!(verification.evidence.diagnoses, not_live, "{key}");
        signing.keyring.secrets[0].not_before = None;
        let verification = signing.verify(&headers, BODY);
        assert_eq!(verification.verdict, Verdict::Verified, "{key}");
        assert_eq!(verification.evidence.secret_label.as_deref(), Some("secret 1"), "{key}");
        assert_eq!(verification.evidence.live_secrets, 2, "{key}");
    }
}

#[test]
fn a_header_that_holds_no_signature_is_named() {
    let check = |key: &str, header: &'static str, value: &[u8]| {
        let signing = Signing::of(key);
        let mut headers = signing.sign(BODY);
        headers.insert(header, axum::http::HeaderValue::from_bytes(value).expect("a value"));
        let verification = signing.verify(&headers, BODY);
        assert_eq!(verification.verdict, Verdict::Invalid, "{header}: {value:?}");
        let malformed = Diagnosis::Malformed {
            header: header.to_owned(),
        };
        assert_eq!(verification.evidence.diagnoses, [malformed], "{header}: {value:?}");
    };
    check("persona", "persona-signature", b"");
    check("persona", "persona-signature", b"\xff\xfe");
    check("persona", "persona-signature", b"v1=00");
    check(
        "persona",
        "persona-signature",
        format!("t=x,v1={}", "0".repeat(64)).as_bytes(),
    );
    check("authento", "x-payload-digest", b"sha256");
    check("authento", "x-payload-digest", "é".repeat(32).as_bytes());
    check("pleenk", "pleenk-signature", b"AAAA");
    check("standard_webhooks", "webhook-timestamp", b"yesterday");
    check("standard_webhooks", "webhook-signature", b"v9,AAAA");
}

#[test]
fn a_digest_that_is_keyed_in_another_way_is_explained() {
    let mut signing = Signing::of("authento");
    let headers = signing.sign(BODY);
    signing.keyring.digest_mode = Some(DigestMode::Sha256SecretBody);
    let verification = signing.verify(&headers, BODY);
    assert_eq!(
        verification.evidence.diagnoses,
        [Diagnosis::OtherDigestMode {
            mode: DigestMode::HmacSha256
        }]
    );
    assert_eq!(verification.evidence.scheme, Some(Scheme::Sha256SecretBody));
}

#[test]
fn a_digest_that_anyone_can_make_is_never_verified() {
    let mut signing = Signing::of("authento");
    let mut headers = signing.sign(BODY);
    let digest = sandbox::hex(&digest::sha256(&[BODY])).to_uppercase();
    headers.insert("x-payload-digest", digest.parse().expect("a value"));
    let verification = signing.verify(&headers, BODY);
    assert_eq!(
        (verification.verdict, verification.evidence.scheme),
        (Verdict::IntegrityOnly, Some(Scheme::Sha256Body))
    );
    signing.keyring.secrets.clear();
    assert_eq!(signing.verify(&headers, BODY).verdict, Verdict::Unconfigured);
}

#[test]
fn the_age_of_a_signature_is_noted_and_too_old_or_too_new_is_stale() {
    for key in ["persona", "standard_webhooks"] {
        let signing = Signing::of(key);
        let check = |signed_seconds_ago: i64, verdict: Verdict| {
            let attempt = Attempt::first(now().plus_seconds(-signed_seconds_ago));
            let verification = signing.verify(&signing.stand_in.sign(&signing.keys, "msg_1", BODY, attempt), BODY);
            assert_eq!(verification.verdict, verdict, "{key}: {signed_seconds_ago}");
            assert_eq!(verification.evidence.skew_seconds, Some(signed_seconds_ago), "{key}");
        };
        check(300, Verdict::Verified);
        check(301, Verdict::Stale);
        check(-300, Verdict::Verified);
        check(-301, Verdict::Stale);
    }
}

#[test]
fn of_two_sets_at_persona_a_fresh_one_counts_before_an_old_one() {
    let signing = Signing::of("persona");
    let at = |seconds| {
        signing
            .stand_in
            .sign(&signing.keys, "", BODY, Attempt::first(now().plus_seconds(seconds)))
    };
    let [old, fresh] = [at(-1000), at(-1)].map(|headers| headers["persona-signature"].to_str().expect("text").to_owned());
    let mut headers = signing.sign(BODY);
    headers.insert("persona-signature", format!("{old} {fresh}").parse().expect("a value"));
    assert_eq!(signing.verify(&headers, BODY).verdict, Verdict::Verified);
    // Sets without end are not looked at: each would cost a digest of the body.
    headers.insert(
        "persona-signature",
        format!("{old} {old} {old} {old} {fresh}").parse().expect("a value"),
    );
    assert_eq!(signing.verify(&headers, BODY).verdict, Verdict::Stale);
}

#[test]
fn a_public_key_of_standard_webhooks_verifies_what_its_private_key_signed() {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use ed25519_dalek::Signer as _;

    let private = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let mut signing = Signing::of("standard_webhooks");
    let registered = format!("whpk_{}", BASE64_STANDARD.encode(private.verifying_key().as_bytes()));
    signing.keyring.secrets[0].key = signing.stand_in.provider().read_secret(&registered).expect("a public key");
    let mut headers = signing.sign(BODY);
    let message = [b"msg_1.1763600000.", BODY].concat();
    let made = BASE64_STANDARD.encode(private.sign(&message).to_bytes());
    headers.insert("webhook-signature", format!("v1,AAAA v1a,{made}").parse().expect("a value"));
    let verification = signing.verify(&headers, BODY);
    assert_eq!(
        (verification.verdict, verification.evidence.scheme),
        (Verdict::Verified, Some(Scheme::Ed25519))
    );
    assert_eq!(signing.verify(&headers, b"{}").verdict, Verdict::Invalid);
}

#[test]
fn the_first_of_the_three_headers_that_is_missing_is_named() {
    let signing = Signing::of("standard_webhooks");
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let mut headers = signing.sign(BODY);
        headers.remove(name);
        let verification = signing.verify(&headers, BODY);
        assert_eq!(
            (verification.verdict, verification.evidence.header.as_deref()),
            (Verdict::Missing, Some(name))
        );
    }
}

#[test]
fn a_secret_of_a_wrong_shape_is_refused_in_words() {
    let check = |key: &str, value: &str, expected: Result<(), &str>| {
        let read = provider(key).read_secret(value).map(drop).map_err(|shape| shape.to_string());
        match (read, expected) {
            (Ok(()), Ok(())) => {}
            (Err(said), Err(part)) => assert!(said.contains(part), "{said}"),
            (read, _) => panic!("{key}: {value:?} gives {read:?}"),
        }
    };
    check("persona", " wbhsec_1\n", Ok(()));
    check("persona", "whatever-it-is", Ok(()));
    check("persona", "  ", Err("empty"));
    check("persona", "wbhsec_1 wbhsec_2", Err("no white space"));
    check("persona", "persona_production_1", Err("not an API key"));
    check("authento", "a secret of one's own", Ok(()));
    check("authento", "", Err("empty"));
    check("standard_webhooks", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", Ok(()));
    check("standard_webhooks", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD", Ok(()));
    check("standard_webhooks", "whsec_", Err("whsec_"));
    check("standard_webhooks", "whsec_not base64", Err("whsec_"));
    check("standard_webhooks", "whpk_AAAA", Err("Ed25519"));
    check("pleenk", "MIGbMBAG", Err("BEGIN PUBLIC KEY"));
    check(
        "pleenk",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        Err("P-521"),
    );
    check("case_keeper", "a", Err("no secret"));
    check("peleza", "a", Err("no secret"));
}

#[test]
fn a_public_key_is_read_however_it_is_indented_or_broken() {
    let signing = Signing::of("pleenk");
    let pem = signing.keys.registered().expect("a public key");
    let indented = format!("    {}", pem.replace('\n', "\r\n    "));
    let on_one_line = pem.replace('\n', " ");
    for pem in [pem, &indented, &on_one_line] {
        assert!(matches!(provider("pleenk").read_secret(pem), Ok(Key::P521(_))), "{pem}");
    }
    // P-256: the same form, another curve.
    let other_curve = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEukMFJ9Wk6JlHQqAPVTXg6x8K+IZO
8/DCdiSy3U8itvN1WIfC3OQ5otV+ns0c5Z1roS8r0XcdEjGfbXotRpthcA==
-----END PUBLIC KEY-----";
    assert!(matches!(
        provider("pleenk").read_secret(other_curve),
        Err(SecretShape::Unexpected { .. })
    ));
}

#[test]
fn the_hint_of_a_secret_is_its_end_and_gives_away_little() {
    let check = |key: &str, value: &str, expected: &str| assert_eq!(provider(key).hint(value), expected, "{value}");
    check("persona", "wbhsec_9f0c1d7a-5b1e", "5b1e");
    check("persona", " wbhsec_9f0c1d7a-5b1e\n", "5b1e");
    check("authento", "eleven-long", "");
    check("authento", "twelve-longé", "ongé");
    check("authento", "a secret -----END of my own", " own");
    let pem = "-----BEGIN PUBLIC KEY-----\n  MIGbMBAGByqGSM49\n  AgEGBSuBBAAj+4Q=\n  -----END PUBLIC KEY-----\n";
    check("pleenk", pem, "+4Q=");
    check("pleenk", &format!("The key:\n{pem}\nSee you"), "+4Q=");
}

#[test]
fn a_key_prints_nothing_of_itself() {
    let signing = Signing::of("persona");
    let printed = format!("{:?}{:?}", signing.keyring, signing.keys);
    let secret = signing.keys.registered().expect("a secret");
    assert!(!printed.contains(secret) && !printed.contains("wbhsec"), "{printed}");
}
