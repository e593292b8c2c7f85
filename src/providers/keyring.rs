//! What an endpoint checks signatures with.

use model::{DigestMode, SecretId, Timestamp};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A secret or public key, read once and ready to check signatures with. Has no way to be printed or serialised.
pub enum Key {
    /// The bytes that key an HMAC or a digest.
    Shared(Zeroizing<Vec<u8>>),
    P521(Box<p521::ecdsa::VerifyingKey>),
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
}

impl Key {
    pub(super) fn shared(secret: &[u8]) -> Self {
        Self::Shared(Zeroizing::new(secret.to_vec()))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Why a pasted secret is not one of this provider's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretShape {
    #[error("the secret is empty")]
    Empty,
    #[error("the provider documents no secret, so there is nothing to check with one")]
    NotUsed,
    #[error("there are several keys in it: add each by itself")]
    Several,
    #[error("expected {expected}")]
    Unexpected { expected: &'static str },
}

/// One secret of an endpoint with the window in which it is live.
#[derive(Debug)]
pub struct SigningSecret {
    pub id: SecretId,
    pub label: String,
    pub key: Key,
    pub not_before: Option<Timestamp>,
    /// The first instant at which it is not live any more.
    pub expires_at: Option<Timestamp>,
}

impl SigningSecret {
    pub fn is_live_at(&self, time: Timestamp) -> bool {
        self.not_before.is_none_or(|from| from <= time) && self.expires_at.is_none_or(|until| time < until)
    }
}

/// A header that every genuine request carries, where the provider signs nothing.
pub struct StaticHeader {
    /// In lower case.
    pub name: String,
    pub value: Zeroizing<String>,
}

impl StaticHeader {
    /// Compares in constant time.
    pub fn is(&self, value: &[u8]) -> bool {
        self.value.as_bytes().ct_eq(value).into()
    }
}

impl std::fmt::Debug for StaticHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StaticHeader({}: …)", self.name)
    }
}

/// Everything that an endpoint checks signatures with.
#[derive(Debug, Default)]
pub struct Keyring {
    pub secrets: Vec<SigningSecret>,
    /// `None` means the provider's likeliest one.
    pub digest_mode: Option<DigestMode>,
    pub static_header: Option<StaticHeader>,
}

impl Keyring {
    pub fn live_at(&self, time: Timestamp) -> impl Iterator<Item = &SigningSecret> {
        self.secrets.iter().filter(move |secret| secret.is_live_at(time))
    }

    /// Retired secrets and those whose time has not come: they prove nothing, but explain an `invalid`.
    pub fn not_live_at(&self, time: Timestamp) -> impl Iterator<Item = &SigningSecret> {
        self.secrets.iter().filter(move |secret| !secret.is_live_at(time))
    }
}
