use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use p521::ecdsa::signature::Signer as _;
use p521::ecdsa::{DerSignature, SigningKey};
use p521::elliptic_curve::Generate;
use p521::pkcs8::{EncodePublicKey, LineEnding};
use rand::RngExt;
use zeroize::Zeroizing;

use super::super::digest;
use super::Random;

/// What an endpoint is told so that it can check signatures, and what signs.
pub struct Keys {
    registered: Option<Zeroizing<String>>,
    signer: Signer,
}

enum Signer {
    None,
    Shared(Zeroizing<Vec<u8>>),
    P521(Box<SigningKey>),
}

impl Keys {
    /// For a provider that signs nothing.
    pub(super) fn none() -> Self {
        Self {
            registered: None,
            signer: Signer::None,
        }
    }

    /// A secret that is used as it is written.
    pub(super) fn text(prefix: &str, random: &mut Random) -> Self {
        let secret = format!("{prefix}{}", uuid::Builder::from_random_bytes(random.random()).into_uuid());
        Self {
            signer: Signer::Shared(secret.clone().into_bytes().into()),
            registered: Some(secret.into()),
        }
    }

    /// A secret that is written in base64.
    pub(super) fn base64(prefix: &str, random: &mut Random) -> Self {
        let secret: [u8; 24] = random.random();
        let registered = format!("{prefix}{}", BASE64_STANDARD.encode(secret));
        Self {
            signer: Signer::Shared(secret.to_vec().into()),
            registered: Some(registered.into()),
        }
    }

    /// A private key, of which an endpoint is told the public one.
    pub(super) fn p521(random: &mut Random) -> Self {
        let key = SigningKey::generate_from_rng(random);
        let pem = key
            .verifying_key()
            .to_public_key_pem(LineEnding::LF)
            .expect("a public key can always be written");
        Self {
            registered: Some(pem.into()),
            signer: Signer::P521(Box::new(key)),
        }
    }

    /// What an admin pastes into the endpoint; `None` where the provider signs nothing.
    pub fn registered(&self) -> Option<&str> {
        self.registered.as_deref().map(String::as_str)
    }

    /// HMAC-SHA256 over the parts one after another; zeros when the keys are of another kind.
    pub(super) fn hmac_sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        match &self.signer {
            Signer::Shared(secret) => digest::hmac_sha256(secret, parts),
            Signer::None | Signer::P521(_) => [0; 32],
        }
    }

    /// ECDSA over P-521 with SHA-512, in DER; empty when the keys are of another kind.
    pub(super) fn ecdsa(&self, body: &[u8]) -> Vec<u8> {
        match &self.signer {
            Signer::P521(key) => {
                let signature: DerSignature = key.sign(body);
                signature.as_bytes().to_vec()
            }
            Signer::None | Signer::Shared(_) => Vec::new(),
        }
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}
