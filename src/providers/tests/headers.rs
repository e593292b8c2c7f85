use axum::http::HeaderValue;
use model::{Diagnosis, Verdict};

use super::*;
use crate::providers::StaticHeader;

const BODY: &[u8] = br#"{"data": {"id": "evt_1", "n": [1, 2.50]}}"#;

#[test]
fn a_header_that_holds_no_signature_is_named() {
    let check = |key: &str, header: &'static str, value: &[u8]| {
        let signing = Signing::of(key);
        let mut headers = signing.sign(BODY);
        headers.insert(header, HeaderValue::from_bytes(value).expect("a value"));
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
    check("standard_webhooks", "webhook-id", b"\xff");
    check("standard_webhooks", "webhook-timestamp", b"yesterday");
    check("standard_webhooks", "webhook-signature", b"v9,AAAA");
}

#[test]
fn a_digest_may_be_written_with_the_name_of_its_algorithm_and_in_either_case() {
    let signing = Signing::of("authento");
    let mut headers = signing.sign(BODY);
    let digest = headers["x-payload-digest"].to_str().expect("text").to_owned();
    let mut check = |written: String, verdict: Verdict| {
        headers.insert("x-payload-digest", written.parse().expect("a value"));
        assert_eq!(signing.verify(&headers, BODY).verdict, verdict, "{written}");
    };
    check(digest.to_uppercase(), Verdict::Verified);
    check(format!("sha256={digest}"), Verdict::Verified);
    check(format!("\t SHA256= {digest} "), Verdict::Verified);
    check(format!("sha1={digest}"), Verdict::Invalid);
    check(format!("sha256=sha256={digest}"), Verdict::Invalid);
}

#[test]
fn signatures_are_gathered_from_all_headers_that_list_them() {
    for (key, name) in [("persona", "persona-signature"), ("standard_webhooks", "webhook-signature")] {
        let signing = Signing::of(key);
        let right = signing.sign(BODY);
        let others = signing.sign(b"another body");
        let check = |values: &[&HeaderValue], verdict: Verdict| {
            let mut headers = right.clone();
            headers.remove(name);
            for value in values {
                headers.append(name, (*value).clone());
            }
            assert_eq!(signing.verify(&headers, BODY).verdict, verdict, "{key}");
        };
        let (right, other) = (&right[name], &others[name]);
        let not_text = HeaderValue::from_bytes(b"\xff").expect("a value");
        check(&[right, other], Verdict::Verified);
        check(&[other, right], Verdict::Verified);
        check(&[&not_text, right], Verdict::Verified);
        check(&[other, other], Verdict::Invalid);
    }
}

#[test]
fn a_header_of_one_value_that_comes_with_two_is_malformed() {
    let check = |signing: &Signing, name: &'static str, verdict: Verdict| {
        let mut headers = signing.sign(BODY);
        headers.append(name, headers[name].clone());
        assert_eq!(signing.verify(&headers, BODY).verdict, verdict, "{name}");
        headers.append(name, HeaderValue::from_static("1"));
        let verification = signing.verify(&headers, BODY);
        assert_eq!(verification.verdict, Verdict::Invalid, "{name}");
        let malformed = Diagnosis::Malformed { header: name.to_owned() };
        assert_eq!(verification.evidence.diagnoses, [malformed], "{name}");
    };
    check(&Signing::of("authento"), "x-payload-digest", Verdict::Verified);
    check(&Signing::of("pleenk"), "pleenk-signature", Verdict::Verified);
    check(&Signing::of("standard_webhooks"), "webhook-id", Verdict::Verified);
    check(&Signing::of("standard_webhooks"), "webhook-timestamp", Verdict::Verified);
}

#[test]
fn a_shared_token_that_comes_with_two_values_is_malformed() {
    let keyring = Keyring {
        static_header: Some(StaticHeader {
            name: "x-hook-token".to_owned(),
            value: "token".to_owned().into(),
        }),
        ..Keyring::default()
    };
    let check = |values: &[&'static str], verdict: Verdict, is_malformed: bool| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-hook-token", HeaderValue::from_static(value));
        }
        let request = Request {
            headers: &headers,
            body: BODY,
            received_at: now(),
        };
        let verification = provider("peleza").verify(&request, &keyring);
        assert_eq!(
            (verification.verdict, verification.evidence.diagnoses.len()),
            (verdict, usize::from(is_malformed)),
            "{values:?}"
        );
    };
    check(&[], Verdict::Missing, false);
    check(&["token"], Verdict::Verified, false);
    check(&["token", "token"], Verdict::Verified, false);
    check(&["other"], Verdict::Invalid, false);
    check(&["token", "other"], Verdict::Invalid, true);
    check(&["other", "token"], Verdict::Invalid, true);
}

#[test]
fn the_sets_of_persona_are_read_however_they_are_parted() {
    let signing = Signing::of("persona");
    let headers = signing.sign(BODY);
    let set = headers["persona-signature"].to_str().expect("text");
    let (time, right) = set.split_once(',').expect("a time and a digest");
    let wrong = format!("v1={}", "0".repeat(64));
    let check = |written: String, verdict: Verdict| {
        let mut headers = headers.clone();
        headers.insert("persona-signature", written.parse().expect("a value"));
        assert_eq!(signing.verify(&headers, BODY).verdict, verdict, "{written}");
    };
    check(format!("{time}, {right}"), Verdict::Verified);
    check(format!("{time} {right}"), Verdict::Verified);
    check(format!(" {time} ,\t{right} , "), Verdict::Verified);
    check(format!("{time},{wrong},{right}"), Verdict::Verified);
    check(format!("{time},{right},{wrong}"), Verdict::Verified);
    check(format!("{time},v0=x,{right}"), Verdict::Verified);
    check(format!("t=1,{wrong},{time},{right}"), Verdict::Verified);
    // A signature belongs to the time before it.
    check(format!("{time},{wrong} t=1,{right}"), Verdict::Invalid);
    check(format!("{time},t=x,{right}"), Verdict::Invalid);
    check(right.to_owned(), Verdict::Invalid);
    let many = |count| format!("{time}{}", format!(",{wrong}").repeat(count));
    check(format!("{},{right}", many(15)), Verdict::Verified);
    check(format!("{},{right}", many(16)), Verdict::Invalid);
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
        format!("{}{fresh}", format!("{old} ").repeat(16)).parse().expect("a value"),
    );
    assert_eq!(signing.verify(&headers, BODY).verdict, Verdict::Stale);
}

#[test]
fn the_first_of_the_three_headers_that_is_missing_is_named() {
    let signing = Signing::of("standard_webhooks");
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let check = |headers: &HeaderMap| {
            let verification = signing.verify(headers, BODY);
            assert_eq!(
                (verification.verdict, verification.evidence.header.as_deref()),
                (Verdict::Missing, Some(name))
            );
        };
        let mut headers = signing.sign(BODY);
        headers.remove(name);
        check(&headers);
        headers.insert(name, HeaderValue::from_static(""));
        check(&headers);
        headers.append(name, HeaderValue::from_static(" "));
        check(&headers);
    }
}
