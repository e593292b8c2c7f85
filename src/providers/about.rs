//! What a provider is called, what an admin must configure for it, and what it sends: data, not behaviour.

use model::{CatalogueEvent, Outcome, ProviderKey, ProviderMark};

/// A provider's description, from which lists, forms and docs are made.
#[derive(Debug)]
pub struct About {
    /// As it stands in the database and in URLs: `case_keeper`.
    pub key: &'static str,
    /// As people write it: `Case Keeper`.
    pub title: &'static str,
    /// Two letters in place of a logo.
    pub monogram: &'static str,
    /// The monogram's hue in degrees of OKLCH.
    pub hue: u16,
    /// Where in the provider's dashboard our address is pasted.
    pub paste_address_at: &'static str,
    /// What proves a webhook genuine; `None` where the provider documents nothing.
    pub secret: Option<SecretField>,
    /// Whether how the digest is keyed is undocumented, so that an admin can choose.
    pub has_digest_mode: bool,
    /// Whether an admin may name a header that every genuine request carries.
    pub has_static_header: bool,
    /// The headers that its signature is in, in lower case. They go with a webhook that is forwarded, so that a destination
    /// can check it for itself. Not one that is itself a secret.
    pub signature_headers: &'static [&'static str],
    pub catalogue: &'static [CatalogueEntry],
    /// Seconds between the provider's tries while it gets no 200, if it documents them.
    pub retry_schedule: Option<&'static [u32]>,
    pub refetch: Refetch,
    /// Where personal data stands in its payloads, beside what the names of fields and the looks of values tell
    /// (`webhooks::mask`): the way to it as words joined by hyphens, whatever way the provider writes them, such as
    /// `data.first-name`. `*` stands for any field, and for the items of a list. Everything below is meant too.
    pub personal: &'static [&'static str],
    /// What is not personal although its name says so, in the same form.
    pub not_personal: &'static [&'static str],
}

/// The one thing that an admin pastes so that signatures can be checked.
#[derive(Debug)]
pub struct SecretField {
    pub kind: KeyKind,
    pub label: &'static str,
    /// Where to find it at the provider's.
    pub find_it_at: &'static str,
    pub placeholder: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    SharedSecret,
    PublicKey,
}

/// One event type of a provider's documentation.
#[derive(Debug)]
pub struct CatalogueEntry {
    pub event_type: &'static str,
    pub group: &'static str,
    pub title: &'static str,
    pub usual_outcome: Outcome,
}

/// Whether the provider's API can be asked again for what a webhook is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refetch {
    Documented {
        /// The names of what it is asked with, such as `api_key`.
        credentials: &'static [&'static str],
        /// Whether a token has to be fetched from another address first.
        has_token_url: bool,
    },
    /// There is no such API; the sentence says so in the console.
    Undocumented(&'static str),
}

impl About {
    pub fn mark(&self) -> ProviderMark {
        ProviderMark {
            key: ProviderKey::new(self.key),
            title: self.title.to_owned(),
            monogram: self.monogram.to_owned(),
            hue: self.hue,
        }
    }

    /// The usual outcome of an event type of the catalogue.
    pub fn usual_outcome(&self, event_type: &str) -> Option<Outcome> {
        self.catalogue
            .iter()
            .find(|entry| entry.event_type == event_type)
            .map(|entry| entry.usual_outcome)
    }
}

impl CatalogueEntry {
    pub fn to_event(&self) -> CatalogueEvent {
        CatalogueEvent {
            event_type: self.event_type.to_owned(),
            group: self.group.to_owned(),
            title: self.title.to_owned(),
            usual_outcome: self.usual_outcome,
        }
    }
}

/// A line of a catalogue.
pub(super) const fn entry(
    group: &'static str,
    event_type: &'static str,
    title: &'static str,
    usual_outcome: Outcome,
) -> CatalogueEntry {
    CatalogueEntry {
        event_type,
        group,
        title,
        usual_outcome,
    }
}
