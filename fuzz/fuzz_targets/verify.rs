//! Every provider checks any headers and body: nothing panics, and nothing is verified that its key did not sign.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use hookproof_fuzz::providers::sandbox::{self, Attempt, Keys, Random, StandIn};
use hookproof_fuzz::providers::{Keyring, Provider, Request, SigningSecret, StaticHeader};
use libfuzzer_sys::fuzz_target;
use model::{DigestMode, SecretId, Timestamp, Verdict};
use rand::SeedableRng;
use uuid::Uuid;

/// A request at the endpoint of one of the providers.
#[derive(Debug, Arbitrary)]
struct Input<'a> {
    provider: u8,
    /// Values of the headers that the providers look at; the first names which.
    headers: Vec<(u8, &'a [u8])>,
    /// Whether the headers begin as those of a genuine request with this body.
    is_signed: bool,
    digest_mode: u8,
    signed: &'a [u8],
    body: &'a [u8],
}

const HEADERS: &[&str] = &[
    "persona-signature",
    "x-payload-digest",
    "pleenk-signature",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "x-hook-token",
    "persona-webhook-attempts-made",
];

struct Endpoint {
    stand_in: &'static dyn StandIn,
    keys: Keys,
}

static ENDPOINTS: LazyLock<Vec<Endpoint>> = LazyLock::new(|| {
    let mut random = Random::seed_from_u64(1);
    sandbox::ALL
        .iter()
        .map(|stand_in| Endpoint {
            stand_in: *stand_in,
            keys: stand_in.make_keys(&mut random),
        })
        .collect()
});

fn keyring(provider: &dyn Provider, keys: &Keys, digest_mode: u8) -> Keyring {
    let secret = |registered| SigningSecret {
        id: SecretId(Uuid::nil()),
        label: String::new(),
        key: provider.read_secret(registered).expect("a secret of its form"),
        not_before: None,
        expires_at: None,
    };
    Keyring {
        secrets: keys.registered().map(secret).into_iter().collect(),
        digest_mode: DigestMode::ALL.get(usize::from(digest_mode % 4)).copied(),
        static_header: Some(StaticHeader {
            name: "x-hook-token".to_owned(),
            value: "token".to_owned().into(),
        }),
    }
}

fuzz_target!(|input: Input<'_>| {
    let Endpoint { stand_in, keys } = &ENDPOINTS[usize::from(input.provider) % ENDPOINTS.len()];
    let received_at = Timestamp::from_seconds(1_763_600_000).expect("a time of this century");
    let mut headers = HeaderMap::new();
    if input.is_signed {
        headers = stand_in.sign(keys, "msg_1", input.signed, Attempt::first(received_at));
    }
    for (name, value) in &input.headers {
        let name = HEADERS[usize::from(*name) % HEADERS.len()];
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    let provider = stand_in.provider();
    let keyring = keyring(provider, keys, input.digest_mode);
    let verification = provider.verify(
        &Request {
            headers: &headers,
            body: input.body,
            received_at,
        },
        &keyring,
    );
    if verification.verdict == Verdict::Verified && keys.registered().is_some() {
        assert!(
            input.is_signed && input.signed == input.body,
            "{provider:?} verified what it did not sign"
        );
    }
    assert_eq!(
        verification.verdict == Verdict::Invalid && keys.registered().is_some(),
        !verification.evidence.diagnoses.is_empty()
    );
    provider.delivery_notes(&headers);
});
