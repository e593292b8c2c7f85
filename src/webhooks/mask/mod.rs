//! Masking: a payload with its personal data covered, the rest the same bytes.
//!
//! What is personal is told by three things: the provider's own rules (`About::personal`), the name of a field ([`keys`]),
//! and what a value looks like ([`values`]). The names of fields are covered where they are someone's e-mail address or phone
//! number. A body that is not JSON cannot be told apart and is covered whole.
//!
//! Promises:
//! - a mask keeps no part of the value, not even its length;
//! - the masked text is JSON of the same structure, and everything that is not covered is there byte for byte;
//! - whatever body comes, nothing recurses and the time taken grows no faster than the body.

mod keys;
#[cfg(test)]
mod tests;
mod values;
mod walk;

use crate::providers::{About, json};

/// What stands in place of a personal value.
pub const MASK: &str = "•••";

/// How many masked values are named with their places.
const MOST_PATHS: usize = 50;

/// What a provider's module says of its payloads: see `About`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules {
    personal: &'static [&'static str],
    not_personal: &'static [&'static str],
}

impl Rules {
    pub fn of(about: &About) -> Self {
        Self {
            personal: about.personal,
            not_personal: about.not_personal,
        }
    }
}

/// A payload that anyone who is signed in may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    pub text: String,
    pub values: MaskedValues,
}

/// Which values are masked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaskedValues {
    pub count: u32,
    /// Where the first of them stand, such as `widget_info.email`. No values.
    pub paths: Vec<String>,
}

/// Masks what is personal in a body.
pub fn mask(body: &[u8], rules: &Rules) -> Masked {
    match json::text_of(body) {
        Ok(text) => mask_json(text, rules),
        Err(_) if body.trim_ascii().is_empty() => Masked {
            text: String::new(),
            values: MaskedValues::default(),
        },
        Err(_) => Masked {
            text: format!("{MASK} (hidden whole: what is not JSON cannot be told apart)"),
            values: MaskedValues {
                count: 1,
                paths: vec!["the whole body".to_owned()],
            },
        },
    }
}

fn mask_json(text: &str, rules: &Rules) -> Masked {
    let mut masked = String::with_capacity(text.len());
    let mut values = MaskedValues::default();
    let mut copied = 0;
    let mut names = 0_u32;
    walk::personal(text, rules, |found, place| {
        masked.push_str(&text[copied..found.range.start]);
        masked.push('"');
        masked.push_str(MASK);
        if found.is_key {
            names += 1;
            // Numbered, as fields of one name would be taken for one field.
            masked.push(' ');
            masked.push_str(&names.to_string());
        }
        masked.push('"');
        copied = found.range.end;
        values.count = values.count.saturating_add(1);
        if values.paths.len() < MOST_PATHS {
            values.paths.push(place.path());
        }
    });
    masked.push_str(&text[copied..]);
    Masked { text: masked, values }
}
