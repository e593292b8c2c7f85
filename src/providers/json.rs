//! Reading JSON that strangers wrote.
//!
//! Whether a body is JSON is decided by `serde_json`, once, over the whole of it. What it says is then read in one
//! pass by a [`Reader`], which takes each field as it comes: of two fields of one name the last counts, a field of
//! another type than expected reads as absent, and a number or a string that no Rust type can hold does no harm to its
//! neighbours. `serde`'s typed reading would stop at each of these, and with it the events of a webhook would be lost.
//!
//! Nothing in here recurses, so no depth of nesting can exhaust the stack.

use std::borrow::Cow;

use memchr::memchr2;
use model::Timestamp;
use serde::de::{Deserialize, Deserializer, IgnoredAny, Visitor};

use super::ParseProblem;

/// Reads a body from front to back. Each of its methods takes the value that stands next.
pub(super) struct Reader<'a> {
    /// Well-formed JSON: [`Reader::over`] is the only way to make a reader.
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// A reader of the body, provided that it is one JSON value and nothing else. A byte order mark is passed over.
    pub(super) fn over(body: &'a [u8]) -> Result<Self, ParseProblem> {
        text_of(body).map(|text| Self { text, at: 0 })
    }

    /// As [`Reader::over`], for a body that must be an object to be of the documented form.
    pub(super) fn over_object(body: &'a [u8]) -> Result<Self, ParseProblem> {
        let mut reader = Self::over(body)?;
        if reader.peek() == Some(b'{') {
            Ok(reader)
        } else {
            Err(ParseProblem::OtherForm {
                what: "it is not an object".to_owned(),
            })
        }
    }

    /// Gives the fields of an object, in order, to `field`, which may take the value or leave it. `false` when the
    /// value is not an object.
    pub(super) fn object(&mut self, mut field: impl FnMut(&str, &mut Self)) -> bool {
        if self.peek() != Some(b'{') {
            self.skip();
            return false;
        }
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {}
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                _ => {
                    self.at += 1;
                    return true;
                }
            }
            let name = self.string();
            self.peek();
            self.at += 1;
            self.offer(|reader| field(&name, reader));
        }
    }

    /// Gives the items of an array, in order, to `item`, which may take each or leave it. `false` when the value is
    /// not an array.
    pub(super) fn array(&mut self, mut item: impl FnMut(&mut Self)) -> bool {
        if self.peek() != Some(b'[') {
            self.skip();
            return false;
        }
        self.at += 1;
        loop {
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') | None => {
                    self.at += 1;
                    return true;
                }
                Some(_) => self.offer(&mut item),
            }
        }
    }

    /// A string. Halves of surrogate pairs, which no text can hold, are replaced.
    pub(super) fn text(&mut self) -> Option<Cow<'a, str>> {
        if self.peek() == Some(b'"') {
            return Some(self.string());
        }
        self.skip();
        None
    }

    /// A number, as it is written.
    pub(super) fn number(&mut self) -> Option<&'a str> {
        let is_number = self.is_number();
        let from = self.at;
        self.skip();
        if is_number { self.text.get(from..self.at) } else { None }
    }

    /// A string, or a number as it is written: for ids and codes, which senders write as either.
    pub(super) fn text_or_number(&mut self) -> Option<Cow<'a, str>> {
        match self.peek() {
            Some(b'"') => Some(self.string()),
            _ => self.number().map(Cow::Borrowed),
        }
    }

    /// `true` or `false`, also written as a string, in any case.
    pub(super) fn flag(&mut self) -> Option<bool> {
        if self.peek() != Some(b'"') {
            return self.boolean();
        }
        let word = self.string();
        [true, false]
            .into_iter()
            .find(|flag| word.trim().eq_ignore_ascii_case(if *flag { "true" } else { "false" }))
    }

    /// Whether the value that stands next is a number. Takes nothing.
    pub(super) fn is_number(&mut self) -> bool {
        matches!(self.peek(), Some(b'-' | b'0'..=b'9'))
    }

    /// Whether the value that stands next is `null`. Takes nothing.
    pub(super) fn is_null(&mut self) -> bool {
        self.peek() == Some(b'n')
    }

    pub(super) fn boolean(&mut self) -> Option<bool> {
        let first = self.peek();
        self.skip();
        match first {
            Some(b't') => Some(true),
            Some(b'f') => Some(false),
            _ => None,
        }
    }

    /// The value as it is written.
    pub(super) fn raw(&mut self) -> &'a str {
        self.peek();
        let from = self.at;
        self.skip();
        self.text.get(from..self.at).unwrap_or_default()
    }

    /// Goes past white space and shows what comes then.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.at += space;
        rest.get(space).copied()
    }

    /// Lets `take` take the value that stands next, and goes past it otherwise.
    fn offer(&mut self, take: impl FnOnce(&mut Self)) {
        self.peek();
        let from = self.at;
        take(self);
        if self.at == from {
            self.skip();
        }
    }

    /// Goes past one value, however deep.
    fn skip(&mut self) {
        match self.peek() {
            Some(b'"') => {
                self.pass_string();
            }
            Some(b'{' | b'[') => self.skip_nested(),
            _ => {
                let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
                let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
            }
        }
    }

    fn skip_nested(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'"' => {
                    self.pass_string();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) -> Cow<'a, str> {
        let from = self.at;
        let has_escapes = self.pass_string();
        read_quoted(self.text.get(from..self.at).unwrap_or_default(), has_escapes)
    }

    /// Goes past a string and says whether anything in it is escaped.
    fn pass_string(&mut self) -> bool {
        let (after, has_escapes) = end_of_string(self.text.as_bytes(), self.at);
        self.at = after;
        has_escapes
    }
}

/// The body as text, provided that it is one JSON value and nothing else. A byte order mark is passed over.
pub(crate) fn text_of(body: &[u8]) -> Result<&str, ParseProblem> {
    let text = std::str::from_utf8(body).map_err(|error| ParseProblem::NotUtf8 { at: error.valid_up_to() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_ascii().is_empty() {
        return Err(ParseProblem::Empty);
    }
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| not_json(&error))?;
    Ok(text)
}

/// What a string says that is given with its quotation marks.
pub(crate) fn unquote(quoted: &str) -> Cow<'_, str> {
    read_quoted(quoted, quoted.contains('\\'))
}

fn read_quoted(quoted: &str, has_escapes: bool) -> Cow<'_, str> {
    if has_escapes {
        return unescape(quoted);
    }
    Cow::Borrowed(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default())
}

/// Where the string that begins at `from` ends, its quotation mark included, and whether anything in it is escaped.
pub(crate) fn end_of_string(json: &[u8], from: usize) -> (usize, bool) {
    let mut at = from + 1;
    let mut has_escapes = false;
    while let Some(found) = json.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if json[at] == b'"' {
            return (at + 1, has_escapes);
        }
        has_escapes = true;
        at += 2;
    }
    (json.len(), has_escapes)
}

/// The instant that many seconds after the epoch, from the decimal as it is written: a microsecond is exact, which a
/// detour over a float would not be. Digits beyond the microsecond are cut.
pub(super) fn read_seconds(decimal: &str) -> Option<Timestamp> {
    let (mantissa, exponent) = match decimal.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (decimal, 0),
    };
    let (is_negative, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut digits = whole.bytes().chain(fraction.bytes()).peekable();
    // How many digits of the number are whole microseconds.
    let mut wanted = i64::try_from(whole.len()).ok()? + i64::from(exponent) + 6;
    while digits.next_if_eq(&b'0').is_some() {
        wanted -= 1;
    }
    if digits.peek().is_none() {
        wanted = 0;
    }
    if wanted > 18 {
        return None;
    }
    let micros = (0..wanted).fold(0_i64, |micros, _| {
        micros * 10 + i64::from(digits.next().unwrap_or(b'0') - b'0')
    });
    Timestamp::from_micros(if is_negative { -micros } else { micros })
}

fn not_json(error: &serde_json::Error) -> ParseProblem {
    let said = error.to_string();
    let reason = said
        .rsplit_once(" at line ")
        .map_or(said.as_str(), |(reason, _)| reason)
        .to_owned();
    ParseProblem::NotJson {
        reason,
        line: error.line(),
        column: error.column(),
    }
}

fn unescape(quoted: &str) -> Cow<'static, str> {
    /// The bytes of a string, which `serde_json` gives also where a surrogate has no partner.
    struct Bytes(Vec<u8>);

    impl<'de> Deserialize<'de> for Bytes {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct BytesVisitor;

            impl Visitor<'_> for BytesVisitor {
                type Value = Bytes;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a string")
                }

                fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                    Ok(Bytes(bytes.to_owned()))
                }
            }

            deserializer.deserialize_bytes(BytesVisitor)
        }
    }

    let bytes = serde_json::from_str::<Bytes>(quoted).map(|bytes| bytes.0).unwrap_or_default();
    match String::from_utf8(bytes) {
        Ok(text) => Cow::Owned(text),
        Err(error) => Cow::Owned(String::from_utf8_lossy(error.as_bytes()).into_owned()),
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
