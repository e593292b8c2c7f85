//! Going through JSON leaf by leaf, without recursion: depth costs memory for the frames that are open, and nothing else.

use std::ops::Range;

use super::Rules;
use super::keys::{Key, Kind};
use super::values;
use crate::providers::json;

/// How much of a place is told.
const MOST_SEGMENTS: usize = 32;
const LONGEST_SEGMENT: usize = 64;

/// A string or a number.
pub(super) struct Leaf<'a> {
    /// Where it stands, a string's quotation marks included.
    pub(super) range: Range<usize>,
    text: &'a str,
    kind: Kind,
}

impl Leaf<'_> {
    pub(super) fn is_personal(&self) -> bool {
        if !self.text.starts_with('"') {
            return self.kind == Kind::Personal;
        }
        let value = json::unquote(self.text);
        match self.kind {
            _ if value.trim().is_empty() => false,
            Kind::Personal => true,
            Kind::Picture => values::leads_to_a_file(&value) || values::looks_personal(&value),
            Kind::Plain | Kind::Neutral => values::looks_personal(&value),
        }
    }
}

/// Where a leaf stands.
pub(super) struct Place<'a> {
    text: &'a str,
    frames: &'a [Frame],
    key: &'a Range<usize>,
}

impl Place<'_> {
    /// Such as `data.events[0].name`; of a place that is very deep only the beginning.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        // The key of a frame is the one that leads to it, so the outermost has none.
        let keys = self.frames.iter().skip(1).map(|frame| &frame.key).chain([self.key]);
        for (key, frame) in keys.zip(self.frames).take(MOST_SEGMENTS) {
            if frame.is_object {
                let key = json::unquote(&self.text[key.clone()]);
                let shown = &key[..key.floor_char_boundary(LONGEST_SEGMENT)];
                if !path.is_empty() {
                    path.push('.');
                }
                path.extend(shown.chars().filter(|character| !character.is_control()));
            } else {
                path.push_str("[]");
            }
        }
        if self.frames.len() > MOST_SEGMENTS {
            path.push('…');
        }
        if path.is_empty() { "the whole body".to_owned() } else { path }
    }
}

/// An object or array that is open.
struct Frame {
    is_object: bool,
    /// What its leaves are unless their own keys say otherwise.
    kind: Kind,
    /// Which of the provider's rules fit the way to it, a bit each.
    personal: u64,
    not_personal: u64,
    /// The key that leads to it, quotation marks included; for the items of an array that of the array.
    key: Range<usize>,
}

/// Gives every string and every number that is a value to `leaf`, in order. `text` is well-formed JSON.
pub(super) fn leaves<'a>(text: &'a str, rules: &Rules, mut leaf: impl FnMut(Leaf<'a>, Place<'_>)) {
    let bytes = text.as_bytes();
    let mut frames: Vec<Frame> = Vec::new();
    let mut key = 0..0;
    let mut expects_key = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let from = at;
        at += 1;
        match byte {
            b'{' | b'[' => {
                let next = context(text, &frames, &key, rules, true);
                frames.push(Frame {
                    is_object: byte == b'{',
                    ..next
                });
                expects_key = byte == b'{';
                key = 0..0;
            }
            b'}' | b']' => {
                frames.pop();
                key = 0..0;
                expects_key = false;
            }
            b',' => expects_key = frames.last().is_some_and(|frame| frame.is_object),
            b'"' => {
                (at, _) = json::end_of_string(bytes, from);
                if expects_key {
                    key = from..at;
                    expects_key = false;
                    continue;
                }
                offer(text, from..at, &frames, &key, rules, &mut leaf);
            }
            b'-' | b'0'..=b'9' => {
                let rest = &bytes[at..];
                at += rest.iter().position(|byte| ends_number(*byte)).unwrap_or(rest.len());
                offer(text, from..at, &frames, &key, rules, &mut leaf);
            }
            // White space, colons, and the letters of `true`, `false` and `null`.
            _ => {}
        }
    }
}

fn ends_number(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace()
}

fn offer<'a>(
    text: &'a str,
    range: Range<usize>,
    frames: &[Frame],
    key: &Range<usize>,
    rules: &Rules,
    leaf: &mut impl FnMut(Leaf<'a>, Place<'_>),
) {
    let found = Leaf {
        text: &text[range.clone()],
        range,
        kind: context(text, frames, key, rules, false).kind,
    };
    leaf(found, Place { text, frames, key });
}

/// What the value behind `key` is, going by the way to it.
fn context(text: &str, frames: &[Frame], key: &Range<usize>, rules: &Rules, is_container: bool) -> Frame {
    let Some(parent) = frames.last() else {
        // A body that is one string or number says nothing of what it is.
        return Frame {
            is_object: false,
            kind: if is_container { Kind::Plain } else { Kind::Personal },
            personal: u64::MAX,
            not_personal: u64::MAX,
            key: 0..0,
        };
    };
    let own = parent.is_object.then(|| Key::read(&json::unquote(&text[key.clone()])));
    let depth = frames.len() - 1;
    let personal = Fit::of(rules.personal, parent.personal, depth, own.as_ref());
    let not_personal = Fit::of(rules.not_personal, parent.not_personal, depth, own.as_ref());
    let kind = match &own {
        _ if not_personal.is_whole => Kind::Neutral,
        _ if personal.is_whole => Kind::Personal,
        None => parent.kind,
        Some(own) => match own.kind(stands_in(text, parent).as_ref()) {
            // What is in `email_status` may say more than the status of an address.
            Kind::Neutral if is_container => parent.kind,
            Kind::Neutral => Kind::Neutral,
            kind => kind.max(parent.kind),
        },
    };
    Frame {
        is_object: false,
        kind: if is_container && kind == Kind::Neutral {
            Kind::Plain
        } else {
            kind
        },
        personal: personal.rules,
        not_personal: not_personal.rules,
        key: if parent.is_object { key } else { &parent.key }.clone(),
    }
}

fn stands_in(text: &str, frame: &Frame) -> Option<Key> {
    let key = text.get(frame.key.clone()).filter(|key| !key.is_empty());
    key.map(|key| Key::read(&json::unquote(key)))
}

/// Which rules fit the way to a value.
struct Fit {
    /// Those that fit so far, a bit each.
    rules: u64,
    /// Whether one of them ends here.
    is_whole: bool,
}

impl Fit {
    /// `key` is `None` for an item of an array.
    fn of(rules: &[&str], before: u64, depth: usize, key: Option<&Key>) -> Self {
        let mut fit = Self {
            rules: 0,
            is_whole: false,
        };
        if before == 0 {
            return fit;
        }
        let name = key.map(Key::joined);
        for (bit, rule) in rules.iter().enumerate().filter(|(bit, _)| before & (1 << bit) != 0) {
            let mut segments = rule.split('.').skip(depth);
            let fits = segments
                .next()
                .is_some_and(|segment| segment == "*" || Some(segment) == name.as_deref());
            if fits {
                fit.rules |= 1 << bit;
                fit.is_whole |= segments.next().is_none();
            }
        }
        fit
    }
}
