use serde::{Deserialize, Serialize};

use crate::{EndpointId, ProviderKey, Timestamp, Verdict, words};

words! {
    /// Which of a provider's environments posts to an endpoint.
    Environment, "environment" {
        Production = "production",
        Sandbox = "sandbox",
    }
}

words! {
    /// What happens to a webhook whose verdict is invalid, missing or stale.
    OnUntrusted, "policy" {
        /// It is stored, answered with 200 and held.
        Hold = "hold",
        /// It is stored and answered with 401.
        Reject = "reject",
    }
}

words! {
    /// How a digest is keyed where the provider does not document it.
    DigestMode, "digest mode" {
        HmacSha256 = "hmac_sha256",
        Sha256BodySecret = "sha256_body_secret",
        Sha256SecretBody = "sha256_secret_body",
    }
}

/// What an endpoint does with webhooks that are not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EndpointPolicy {
    pub on_untrusted: OnUntrusted,
    pub forward_unsigned: bool,
    pub confirm_before_forwarding: bool,
}

impl Default for EndpointPolicy {
    fn default() -> Self {
        Self {
            on_untrusted: OnUntrusted::Hold,
            forward_unsigned: false,
            confirm_before_forwarding: false,
        }
    }
}

/// What is known of a webhook that says whether it may go on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// The sender's address lies outside the networks that the endpoint names.
    pub foreign_network: bool,
    /// The provider's record says something else.
    pub contradicted: bool,
}

impl EndpointPolicy {
    /// Whether a webhook goes on by itself. What does not is held until a person releases it, or until it is trusted after
    /// all. One from outside the networks that the endpoint names, or that the provider's record contradicts, is held whatever
    /// its signature.
    pub const fn forwards(&self, judgement: Judgement) -> bool {
        if judgement.foreign_network || judgement.contradicted {
            return false;
        }
        match judgement.verdict {
            Verdict::Confirmed => true,
            Verdict::Verified => !self.confirm_before_forwarding,
            Verdict::Unsigned => self.forward_unsigned && !self.confirm_before_forwarding,
            Verdict::IntegrityOnly | Verdict::Stale | Verdict::Missing | Verdict::Invalid | Verdict::Unconfigured => false,
        }
    }

    /// Whether a webhook waits for the provider's record: it would go on if it were confirmed, and there is reason to ask.
    pub const fn awaits_record(&self, judgement: Judgement) -> bool {
        self.confirm_before_forwarding
            && !judgement.foreign_network
            && matches!(judgement.verdict, Verdict::Verified | Verdict::Unsigned)
    }
}

/// An endpoint as lists and filters show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointSummary {
    pub id: EndpointId,
    pub provider: ProviderKey,
    pub name: String,
    pub environment: Environment,
    /// The address to give to the provider.
    pub url: String,
    pub enabled: bool,
    pub created_at: Timestamp,
    /// How many secrets or public keys it has, live or not.
    pub secrets: usize,
}

/// Whether a secret is accepted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretState {
    NotYet,
    Live,
    /// Live, and ends within two weeks.
    EndsSoon,
    Ended,
}

/// How far checking an endpoint's webhooks again has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReverifyProgress {
    pub state: ReverifyState,
    /// About how many there are to check.
    pub total: u64,
    pub checked: u64,
    pub changed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReverifyState {
    Running,
    Done,
    Cancelled,
    /// The log says why; what was changed until then stays.
    Failed,
}
