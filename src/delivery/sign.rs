//! Signing what is forwarded, as Standard Webhooks 1.0 describes it, so that receivers can check it with a library.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::accounts::random_bytes;
use crate::providers::digest::hmac_sha256;

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// The length of a new secret's key, in bytes.
const KEY_LENGTH: usize = 32;

/// What a destination knows our requests by. Has no way to be printed; [`Self::to_text`] is for the one time that it is shown
/// and for sealing it.
#[derive(Clone, PartialEq, Eq)]
pub struct DestinationSecret(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for DestinationSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DestinationSecret(…)")
    }
}

/// The text is no secret of a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret is `{PREFIX}` and base64")]
pub struct NotASecret;

impl DestinationSecret {
    /// A new one that nobody knows.
    pub fn new_random() -> Self {
        Self(Zeroizing::new(random_bytes::<KEY_LENGTH>().to_vec()))
    }

    /// Reads what [`Self::to_text`] wrote.
    pub fn read(text: &str) -> Result<Self, NotASecret> {
        let key = text.strip_prefix(PREFIX).and_then(|key| BASE64.decode(key).ok());
        match key.map(Zeroizing::new) {
            Some(key) if !key.is_empty() => Ok(Self(key)),
            _ => Err(NotASecret),
        }
    }

    /// `whsec_…`, as receivers' libraries want it.
    pub fn to_text(&self) -> SecretString {
        let key = Zeroizing::new(BASE64.encode(self.0.as_slice()));
        SecretString::from([PREFIX, &key].concat())
    }

    /// `v1,` and the base64 of HMAC-SHA256 over id, time and body.
    fn signature(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        let digest = hmac_sha256(&self.0, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body]);
        format!("v1,{}", BASE64.encode(digest))
    }
}

/// The value of `webhook-signature`: one signature for each secret. While a secret is being replaced there are two, and a
/// receiver that knows either is content.
pub(super) fn signatures(secrets: &[DestinationSecret], id: &str, timestamp: &str, body: &[u8]) -> String {
    let made: Vec<_> = secrets.iter().map(|secret| secret.signature(id, timestamp, body)).collect();
    made.join(" ")
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    /// Computed with Python's own `hmac`: the keys are 32 bytes of 1 and 32 bytes of 2.
    #[test]
    fn each_secret_signs_id_time_and_body() {
        let secrets = [1, 2].map(|byte| DestinationSecret(Zeroizing::new(vec![byte; KEY_LENGTH])));
        let check = |secrets: &[DestinationSecret], expected: &str| {
            let made = signatures(secrets, "0193", "1763600000", b"{\"a\":\"\xff\"}");
            assert_eq!(made, expected);
        };
        check(&secrets[..1], "v1,G3uYwTlzTgqh6SPiG4b6PnDr9x7L7f7hqKl4f04vdgY=");
        check(
            &secrets,
            "v1,G3uYwTlzTgqh6SPiG4b6PnDr9x7L7f7hqKl4f04vdgY= v1,A4S7hq8+M6eo2lqSxQOSTkD1FQAbsKLxN1+QbYmPs1o=",
        );
        check(&[], "");
    }

    #[test]
    fn a_secret_is_read_back_and_never_printed() {
        let secret = DestinationSecret::new_random();
        let text = secret.to_text();
        assert_eq!(text.expose_secret().len(), PREFIX.len() + 44);
        assert_eq!(DestinationSecret::read(text.expose_secret()), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "DestinationSecret(…)");
        assert_ne!(DestinationSecret::new_random(), secret);
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        for text in ["", "whsec_", "whsec_???", "AQEBAQ==", "WHSEC_AQEBAQ=="] {
            assert_eq!(DestinationSecret::read(text), Err(NotASecret), "{text}");
        }
    }
}
