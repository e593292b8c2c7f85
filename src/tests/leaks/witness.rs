//! Who hears everything that the product says, and knows what it must not say.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;
use reqwest::Response;

/// What a secret is, such as `password`.
pub type Kind = &'static str;

#[derive(Default)]
pub struct Witness {
    secrets: Vec<(Kind, Vec<u8>)>,
    heard: Vec<Heard>,
}

struct Heard {
    place: String,
    bytes: Vec<u8>,
    /// What may be shown there, this once.
    shows: Vec<Kind>,
}

impl Witness {
    /// Learns a value that must not be heard.
    pub fn knows(&mut self, kind: Kind, value: impl AsRef<[u8]>) {
        let value = value.as_ref().to_vec();
        assert!(value.len() >= 8, "{kind}: too short to be told from chance");
        self.secrets.push((kind, value));
    }

    /// Takes an answer in, and gives its body. A cookie may be set by it, and be nowhere else.
    pub async fn hears(&mut self, place: &str, response: Response, shows: &[Kind]) -> (u16, String) {
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        for (name, value) in response.headers() {
            let mut value = value.as_bytes().to_vec();
            if name == "set-cookie" {
                let text = String::from_utf8(value).expect("text");
                let (name, rest) = text.split_once('=').expect("a pair");
                let (cookie, attributes) = rest.split_once(';').expect("attributes");
                if !cookie.is_empty() {
                    self.knows("cookie", cookie);
                }
                value = format!("{name}=;{attributes}").into_bytes();
            }
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend(value);
            bytes.push(b'\n');
        }
        let body = response.bytes().await.expect("a body");
        bytes.extend_from_slice(&body);
        self.sees(&format!("{place} ({status})"), bytes, shows);
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    pub fn sees(&mut self, place: &str, bytes: Vec<u8>, shows: &[Kind]) {
        self.heard.push(Heard {
            place: place.to_owned(),
            bytes,
            shows: shows.to_vec(),
        });
    }

    /// Each secret that was heard where it must not be.
    pub fn leaks(&self) -> Vec<String> {
        let mut leaks = Vec::new();
        for (kind, value) in &self.secrets {
            for heard in self.heard.iter().filter(|heard| !heard.shows.contains(kind)) {
                let forms = forms(value).into_iter();
                let found = forms.filter(|(_, form)| memmem::find(&heard.bytes, form).is_some());
                leaks.extend(found.map(|(form, _)| format!("{kind}, {form}: {}", heard.place)));
            }
        }
        leaks.sort();
        leaks.dedup();
        leaks
    }

    /// Where a value was heard in any form that secrets are looked for in.
    pub fn places_of(&self, value: &[u8]) -> Vec<&str> {
        let forms = forms(value);
        let heard = self.heard.iter();
        let found = heard.filter(|heard| forms.iter().any(|(_, form)| memmem::find(&heard.bytes, form).is_some()));
        found.map(|heard| heard.place.as_str()).collect()
    }
}

/// How a value may be written, and as what.
fn forms(value: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let hex = value.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let mut forms = vec![
        ("plain", value.to_vec()),
        ("as hex", hex.to_uppercase().into_bytes()),
        ("as hex", hex.into_bytes()),
    ];
    if let Ok(text) = std::str::from_utf8(value) {
        let encoded: String = url::form_urlencoded::byte_serialize(value).collect();
        if encoded != text {
            forms.push(("percent-encoded", encoded.replace('+', "%20").into_bytes()));
            forms.push(("as of a form", encoded.into_bytes()));
        }
    }
    for before in 0..3 {
        for base64 in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            forms.push(("as base64", within_base64(&base64, value, before)));
        }
    }
    forms
}

/// The characters that are the value's own where it stands after so many other bytes, and before others.
fn within_base64(base64: &impl Engine, value: &[u8], before: usize) -> Vec<u8> {
    let padded = [&[0, 0][..before], value].concat();
    let encoded = base64.encode(&padded).into_bytes();
    // The last character holds bits of the next byte, unless three are complete.
    let end = encoded.len() - usize::from(padded.len() % 3 != 0);
    encoded[[0, 2, 3][before]..end].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_whatever_it_is_written_in() {
        let secret = b"wbhsec_0123456789?~";
        let check = |text: &[u8], expected: &[&str]| {
            let mut witness = Witness::default();
            witness.knows("secret", secret);
            witness.sees("page", text.to_vec(), &["another"]);
            assert_eq!(witness.leaks(), expected, "{}", String::from_utf8_lossy(text));
        };
        check(b"nothing of wbhsec_0123456789", &[]);
        check(b"<p>wbhsec_0123456789?~</p>", &["secret, plain: page"]);
        check(
            b"wbhsec_0123456789%3F%7E",
            &["secret, as of a form: page", "secret, percent-encoded: page"],
        );
        check(b"x'7762687365635f303132333435363738393f7e'", &["secret, as hex: page"]);
        for before in ["", "a", "ab", "abc"] {
            for after in ["", "x", "xy"] {
                let text = [before.as_bytes(), secret, after.as_bytes()].concat();
                check(STANDARD_NO_PAD.encode(&text).as_bytes(), &["secret, as base64: page"]);
                check(URL_SAFE_NO_PAD.encode(&text).as_bytes(), &["secret, as base64: page"]);
            }
        }
    }

    #[test]
    fn a_secret_may_be_where_it_is_shown_once() {
        let mut witness = Witness::default();
        witness.knows("secret", "wbhsec_0123456789");
        witness.sees("here", b"wbhsec_0123456789".to_vec(), &["secret"]);
        assert_eq!(witness.leaks(), Vec::<String>::new());
        assert_eq!(witness.places_of(b"wbhsec_0123456789"), ["here"]);
    }
}
