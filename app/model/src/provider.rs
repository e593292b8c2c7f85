use serde::{Deserialize, Serialize};

use crate::Outcome;

/// A provider's key as it stands in the database, in URLs and in JSON: `persona`, `case_keeper` and so on.
///
/// Which keys exist is the registry's business (`hookproof::providers`); a new provider must not touch this crate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct ProviderKey(pub String);

impl ProviderKey {
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ProviderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the console shows of a provider wherever its name stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderMark {
    pub key: ProviderKey,
    /// The provider's name as people write it, such as `Case Keeper`.
    pub title: String,
    /// Two letters that stand in for a logo.
    pub monogram: String,
    /// The hue of the monogram's ground, in degrees of OKLCH.
    pub hue: u16,
}

/// One kind of event in a provider's catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueEvent {
    /// The event type as it stands in the webhook.
    pub event_type: String,
    /// The heading under which the provider lists it.
    pub group: String,
    /// What happened, in a sentence.
    pub title: String,
    /// The outcome that it usually has; what a webhook says can differ.
    pub usual_outcome: Outcome,
}
