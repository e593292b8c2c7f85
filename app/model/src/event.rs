use serde::{Deserialize, Serialize};

use crate::{Outcome, Timestamp};

/// The longest text, in bytes, that is kept of a field that a provider fills.
pub const TEXT_LIMIT: usize = 256;

/// A field that came from outside and is stored, indexed and shown: never empty, never longer than [`TEXT_LIMIT`]
/// bytes, and without control characters (PostgreSQL has no NUL, and a page has no use for the rest) or those that turn
/// the direction of writing, with which a sender could disguise what stands beside its text.
///
/// A longer text is cut: the whole of it is still in the body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// `None` when nothing is left of it.
    pub fn new(text: &str) -> Option<Self> {
        if text.len() <= TEXT_LIMIT && text.chars().all(is_kept) {
            return if text.is_empty() { None } else { Some(Self(text.to_owned())) };
        }
        let mut kept = String::with_capacity(TEXT_LIMIT);
        for character in text.chars().filter(|&character| is_kept(character)) {
            if kept.len() + character.len_utf8() > TEXT_LIMIT {
                break;
            }
            kept.push(character);
        }
        if kept.is_empty() { None } else { Some(Self(kept)) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

fn is_kept(character: char) -> bool {
    let turns_direction = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !character.is_control() && !turns_direction
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The provider's object that an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resource {
    #[serde(rename = "type")]
    pub kind: Text,
    pub id: Text,
}

/// What a webhook says. A webhook carries none, one or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// The type as the provider writes it, such as `inquiry.approved`.
    pub event_type: Text,
    pub outcome: Outcome,
    /// Your own reference for the person, as the provider echoes it.
    pub subject: Option<Text>,
    pub resource: Option<Resource>,
    /// The provider's id of the event, where it has one.
    pub provider_event_id: Option<Text>,
    /// When it happened by the provider's clock.
    pub occurred_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, kept: Option<&str>) {
        assert_eq!(Text::new(text).as_ref().map(Text::as_str), kept);
    }

    #[test]
    fn a_text_loses_what_cannot_be_stored_or_shown() {
        check("user-1042", Some("user-1042"));
        check("", None);
        check("\0\u{1}", None);
        check("a\0b\nc", Some("abc"));
        check("user\u{202e}-1", Some("user-1"));
        let long = "é".repeat(TEXT_LIMIT);
        check(&long, Some(&long[..TEXT_LIMIT]));
    }
}
