//! What calls on endpoints take.

use model::OnUntrusted;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// What an endpoint does with webhooks that are not verified. What is left out stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyInput {
    /// What happens to webhooks whose verdict is invalid, missing or stale.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    pub on_untrusted: Option<OnUntrusted>,
    /// Whether webhooks of a provider that signs nothing are forwarded.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    pub forward_unsigned: Option<bool>,
    /// Whether the provider's API is asked before a webhook is forwarded.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    pub confirm_before_forwarding: Option<bool>,
}

/// A header that every genuine request carries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderInput {
    #[schema(min_length = 1, pattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
    pub name: String,
    /// A secret: it does not come out again.
    #[schema(value_type = String, min_length = 1, write_only)]
    pub value: SecretString,
}

/// Tells a field that is there, be it `null`, from one that is not: that one is left to `default`.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
