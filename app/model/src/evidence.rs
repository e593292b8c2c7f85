use serde::{Deserialize, Serialize};

use crate::{DigestMode, RecordEvidence, SecretId, words};

words! {
    /// How a provider proves that a webhook is its own.
    Scheme, "scheme" {
        /// HMAC-SHA256, in hex, over the body or over a timestamp and the body.
        HmacSha256 = "hmac_sha256",
        /// SHA-256 over the body followed by the secret.
        Sha256BodySecret = "sha256_body_secret",
        /// SHA-256 over the secret followed by the body.
        Sha256SecretBody = "sha256_secret_body",
        /// SHA-256 over the body alone, which anyone can make.
        Sha256Body = "sha256_body",
        /// ECDSA over P-521 with SHA-512.
        EcdsaP521Sha512 = "ecdsa_p521_sha512",
        /// Ed25519.
        Ed25519 = "ed25519",
        /// A header with a value that only the provider was told.
        StaticHeader = "static_header",
    }
}

words! {
    /// A way in which something between the provider and us can write the same JSON differently.
    Reserialisation, "reserialisation" {
        /// Without white space: `{"a":1,"b":2}`.
        Compact = "compact",
        /// With a space after colons and commas: `{"a": 1, "b": 2}`.
        Spaced = "spaced",
        /// Indented by two spaces.
        Indented = "indented",
        /// White space around the whole body was taken away or added.
        Trimmed = "trimmed",
    }
}

/// Why no live secret made the signature, as far as it can be told: something that a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Diagnosis {
    /// The signature fits the same JSON written differently: something on the way rewrote the body.
    BodyRewritten { form: Reserialisation },
    /// The signature fits a secret that is not live any more, or not yet.
    SecretNotLive { secret: SecretId, label: String },
    /// The signature fits another digest mode with the same secret.
    OtherDigestMode { mode: DigestMode },
    /// The signature is not of the form that the provider documents.
    Malformed { header: String },
    /// The signature is well formed, but neither a secret nor another reading of the body explains it: the secret is
    /// a wrong one, the body was altered, or the webhook is forged.
    NothingFits,
}

/// What the verdict rests on. Never holds a secret, a signature or a part of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// The header that carried, or should have carried, the proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// The secret that made the signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretId>,
    /// Its label at the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_label: Option<String>,
    /// The time of arrival minus the signature's timestamp, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew_seconds: Option<i64>,
    /// How many secrets of the endpoint were live at arrival, whether or not there was a signature to try them on.
    #[serde(default)]
    pub live_secrets: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnoses: Vec<Diagnosis>,
    /// What the provider's API said when it was asked. Not touched by checking the signature again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordEvidence>,
}
