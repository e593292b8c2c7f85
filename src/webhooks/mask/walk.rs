//! Going through JSON leaf by leaf, without recursion: depth costs memory for the frames that are open, and nothing else.
//!
//! Every key and every value is read once, when it is met. What the values in an object or array need to know of the way to
//! them is kept in its frame and has the same size whatever the way, so that the work grows with the body and no faster.

use std::ops::Range;

use super::keys::{Key, Kind};
use super::{MASK, Rules, values};
use crate::providers::json;

/// How much of a place is told.
const MOST_SEGMENTS: usize = 32;
const LONGEST_SEGMENT: usize = 64;

/// Fields of an object whose text is the name of what its field [`VALUES`] holds: `{"name":"given_name","value":"Ada"}`.
const LABELS: [&str; 5] = ["field", "key", "label", "name", "type"];
const VALUES: [&str; 2] = ["value", "values"];

/// Something personal: a string or a number, or the name of a field.
pub(super) struct Found {
    /// Where it stands, a string's quotation marks included.
    pub(super) range: Range<usize>,
    pub(super) is_key: bool,
}

/// Where something stands.
pub(super) struct Place<'a> {
    text: &'a str,
    frames: &'a [Frame],
    name: &'a Name,
}

impl Place<'_> {
    /// Such as `data.events[0].name`; of a place that is very deep only the beginning.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        // The name of a frame is the one that leads to it, so the outermost has none.
        let names = self.frames.iter().skip(1).map(|frame| &frame.name).chain([self.name]);
        for (name, frame) in names.zip(self.frames).take(MOST_SEGMENTS) {
            if frame.is_object {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&name.shown(self.text));
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

/// What is kept of a field's name.
#[derive(Clone, Default)]
struct Name {
    /// Quotation marks included; empty where there is none.
    range: Range<usize>,
    is_personal: bool,
    /// See [`Key::is_numbered`].
    is_numbered: bool,
}

impl Name {
    fn shown(&self, text: &str) -> String {
        if self.is_personal {
            return MASK.to_owned();
        }
        let written = &text[self.range.clone()];
        // One that is so long is shown as it is written, as reading it for each place would cost its length each time.
        let key = if written.len() > 8 * LONGEST_SEGMENT {
            written[1..].into()
        } else {
            json::unquote(written)
        };
        let key = &key[..key.floor_char_boundary(LONGEST_SEGMENT)];
        key.chars().filter(|character| !character.is_control()).collect()
    }
}

/// An object or array that is open.
struct Frame {
    is_object: bool,
    /// What its leaves are unless their own keys say otherwise.
    kind: Kind,
    /// Whether the provider's rules call all of it personal, which no key in it undoes.
    by_rule: bool,
    /// Which of the provider's rules fit the way to it, a bit each.
    personal: u64,
    not_personal: u64,
    /// The name that leads to it; for the items of an array that of the array.
    name: Name,
    /// What a label says that stood in it says of the value: see [`LABELS`].
    labelled: Kind,
}

/// Gives everything personal to `found`, in order. `text` is well-formed JSON.
pub(super) fn personal(text: &str, rules: &Rules, found: impl FnMut(Found, Place<'_>)) {
    Walk {
        text,
        rules,
        found,
        frames: Vec::new(),
        field: None,
    }
    .run();
}

/// A field whose name was read and whose value comes next.
struct Field {
    key: Key,
    name: Name,
}

struct Walk<'a, F> {
    text: &'a str,
    rules: &'a Rules,
    found: F,
    frames: Vec<Frame>,
    /// `None` in an array.
    field: Option<Field>,
}

impl<F: FnMut(Found, Place<'_>)> Walk<'_, F> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut expects_key = false;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let from = at;
            at += 1;
            match byte {
                b'{' | b'[' => {
                    let next = self.context(true);
                    self.frames.push(Frame {
                        is_object: byte == b'{',
                        ..next
                    });
                    expects_key = byte == b'{';
                    self.field = None;
                }
                b'}' | b']' => {
                    self.frames.pop();
                    expects_key = false;
                    self.field = None;
                }
                b',' => expects_key = self.frames.last().is_some_and(|frame| frame.is_object),
                b'"' => {
                    (at, _) = json::end_of_string(bytes, from);
                    if expects_key {
                        expects_key = false;
                        self.key(from..at);
                    } else {
                        self.string(from..at);
                    }
                }
                b'-' | b'0'..=b'9' => {
                    let rest = &bytes[at..];
                    at += rest.iter().position(|byte| ends_number(*byte)).unwrap_or(rest.len());
                    if self.context(false).kind == Kind::Personal {
                        self.tell(from..at, false);
                    }
                }
                // White space, colons, and the letters of `true`, `false` and `null`.
                _ => {}
            }
        }
    }

    fn key(&mut self, range: Range<usize>) {
        let text = json::unquote(&self.text[range.clone()]);
        let key = Key::read(&text);
        let name = Name {
            range: range.clone(),
            is_personal: values::reaches_someone(&text),
            is_numbered: key.is_numbered(),
        };
        let is_personal = name.is_personal;
        self.field = Some(Field { key, name });
        if is_personal {
            self.tell(range, true);
        }
    }

    fn string(&mut self, range: Range<usize>) {
        let kind = self.context(false).kind;
        let text = json::unquote(&self.text[range.clone()]);
        if is_personal(&text, kind) {
            self.tell(range, false);
        }
        if let (Some(frame), Some(field)) = (self.frames.last_mut(), &self.field)
            && field.key.is_one_of(&LABELS)
        {
            frame.labelled = frame.labelled.max(Key::read(&text).kind(false));
        }
    }

    fn tell(&mut self, range: Range<usize>, is_key: bool) {
        let none = Name::default();
        let place = Place {
            text: self.text,
            frames: &self.frames,
            name: self.field.as_ref().map_or(&none, |field| &field.name),
        };
        (self.found)(Found { range, is_key }, place);
    }

    /// What the value that comes next is, going by the way to it.
    fn context(&self, is_container: bool) -> Frame {
        let Some(parent) = self.frames.last() else {
            // A body that is one string or number says nothing of what it is.
            return Frame {
                is_object: false,
                kind: if is_container { Kind::Plain } else { Kind::Personal },
                by_rule: false,
                personal: u64::MAX,
                not_personal: u64::MAX,
                name: Name::default(),
                labelled: Kind::Plain,
            };
        };
        let own = self.field.as_ref();
        let depth = self.frames.len() - 1;
        let key = own.map(|field| &field.key);
        let personal = Fit::of(self.rules.personal, parent.personal, depth, key);
        let not_personal = Fit::of(self.rules.not_personal, parent.not_personal, depth, key);
        let by_rule = !not_personal.is_whole && (personal.is_whole || parent.by_rule);
        let kind = match key {
            _ if not_personal.is_whole => Kind::Neutral,
            _ if by_rule => Kind::Personal,
            None => parent.kind,
            Some(key) if key.is_one_of(&VALUES) => parent.kind.max(parent.labelled),
            Some(key) => match key.kind(parent.name.is_numbered) {
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
            by_rule,
            personal: personal.rules,
            not_personal: not_personal.rules,
            name: own.map_or(&parent.name, |field| &field.name).clone(),
            labelled: Kind::Plain,
        }
    }
}

fn is_personal(text: &str, kind: Kind) -> bool {
    match kind {
        _ if text.trim().is_empty() => false,
        Kind::Personal => true,
        Kind::Picture => values::leads_to_a_file(text) || values::looks_personal(text),
        Kind::Plain | Kind::Neutral => values::looks_personal(text),
    }
}

fn ends_number(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace()
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
