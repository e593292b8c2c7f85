use model::{Diagnosis, DigestMode, Reserialisation, Scheme, Verdict};
use rand::SeedableRng;

use super::*;
use crate::providers::digest;

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
fn a_digest_that_is_keyed_in_another_way_is_explained() {
    let mut signing = Signing::of("authento");
    let mut headers = signing.sign(BODY);
    signing.keyring.digest_mode = Some(DigestMode::Sha256SecretBody);
    let is_explained = |signing: &Signing, headers: &HeaderMap, scheme, mode| {
        let verification = signing.verify(headers, BODY);
        assert_eq!(verification.verdict, Verdict::Invalid);
        assert_eq!(verification.evidence.diagnoses, [Diagnosis::OtherDigestMode { mode }]);
        assert_eq!(verification.evidence.scheme, Some(scheme));
    };
    is_explained(&signing, &headers, Scheme::Sha256SecretBody, DigestMode::HmacSha256);
    let secret = signing.keys.registered().expect("a secret").as_bytes();
    let digests = [
        (DigestMode::Sha256BodySecret, digest::sha256(&[BODY, secret])),
        (DigestMode::Sha256SecretBody, digest::sha256(&[secret, BODY])),
    ];
    signing.keyring.digest_mode = None;
    for (mode, digest) in digests {
        headers.insert("x-payload-digest", digest::hex(&digest).parse().expect("a value"));
        is_explained(&signing, &headers, Scheme::HmacSha256, mode);
    }
}

#[test]
fn a_digest_that_anyone_can_make_is_never_verified() {
    let mut signing = Signing::of("authento");
    let mut headers = signing.sign(BODY);
    let digest = digest::hex(&digest::sha256(&[BODY])).to_uppercase();
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
