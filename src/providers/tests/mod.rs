//! What the vectors leave open: explanations of an `invalid`, the lives of secrets, odd bodies, and what is said of
//! each provider.

mod about;
mod api;
mod headers;
mod read;
mod secrets;
mod verify;

use axum::http::HeaderMap;
use model::{ProviderKey, SecretId, Timestamp};
use rand::SeedableRng;
use uuid::Uuid;

use super::sandbox::{self, Attempt, Keys, Random, StandIn};
use super::{Keyring, Provider, Request, SigningSecret};

fn provider(key: &str) -> &'static dyn Provider {
    super::find(&ProviderKey::new(key)).expect("a provider of the registry")
}

fn now() -> Timestamp {
    Timestamp::parse("2025-11-20T00:53:20Z").expect("a time")
}

/// A provider that signs, with a keyring that knows its keys.
struct Signing {
    stand_in: &'static dyn StandIn,
    keys: Keys,
    keyring: Keyring,
}

impl Signing {
    fn of(key: &str) -> Self {
        let stand_in = sandbox::find(&ProviderKey::new(key)).expect("a stand-in");
        let keys = stand_in.make_keys(&mut Random::seed_from_u64(1));
        let keyring = Keyring {
            secrets: vec![secret(stand_in.provider(), &keys, 1)],
            ..Keyring::default()
        };
        Self { stand_in, keys, keyring }
    }

    fn sign(&self, body: &[u8]) -> HeaderMap {
        self.stand_in.sign(&self.keys, "msg_1", body, Attempt::first(now()))
    }

    /// The verdict on a body that comes with these headers, and what was noted about it.
    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> super::Verification {
        self.stand_in.provider().verify(
            &Request {
                headers,
                body,
                received_at: now(),
            },
            &self.keyring,
        )
    }
}

fn secret(provider: &dyn Provider, keys: &Keys, number: u128) -> SigningSecret {
    SigningSecret {
        id: SecretId(Uuid::from_u128(number)),
        label: format!("secret {number}"),
        key: provider
            .read_secret(keys.registered().expect("a signing provider"))
            .expect("a secret of its form"),
        not_before: None,
        expires_at: None,
    }
}
