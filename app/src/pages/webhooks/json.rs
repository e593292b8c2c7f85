//! Reads JSON text into the lines of a tree, keeping strings and numbers as they are written, keys in their order and
//! keys that come twice.
//!
//! Bodies come from outside, so this neither recurses nor builds more than a page can show: text that is too deep, too
//! long or not JSON gives `None`, and is shown as it is.

/// Deeper nesting is shown as text.
const DEEPEST: usize = 64;
/// More values than this are shown as text.
const MOST_LINES: usize = 5_000;

/// One value of the text, in the order of the text.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// How many objects and arrays it lies in.
    pub depth: usize,
    /// As written, with its quotes, when it lies in an object.
    pub key: Option<&'a str>,
    pub value: Value<'a>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Holds the lines below it that are one deeper.
    Object {
        members: usize,
    },
    Array {
        items: usize,
    },
    /// As written, with its quotes.
    String(&'a str),
    Number(&'a str),
    /// `true`, `false` or `null`.
    Word(&'a str),
}

/// The values of the text; `None` when it cannot be shown as a tree.
pub fn read(text: &str) -> Option<Vec<Line<'_>>> {
    let mut reader = Reader {
        text,
        at: 0,
        lines: Vec::new(),
        open: Vec::new(),
    };
    reader.value(None)?;
    while let Some(&container) = reader.open.last() {
        reader.next_of(container)?;
    }
    reader.skip_space();
    (reader.at == text.len()).then_some(reader.lines)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    lines: Vec<Line<'a>>,
    /// The lines of the objects and arrays that are not closed yet.
    open: Vec<usize>,
}

impl<'a> Reader<'a> {
    /// Reads the next member of an open object or array, or its end.
    fn next_of(&mut self, container: usize) -> Option<()> {
        let (is_object, count) = match self.lines[container].value {
            Value::Object { members } => (true, members),
            Value::Array { items } => (false, items),
            _ => return None,
        };
        self.skip_space();
        if self.take(if is_object { b'}' } else { b']' }) {
            self.open.pop();
            return Some(());
        }
        if count > 0 && !self.take(b',') {
            return None;
        }
        self.skip_space();
        let key = if is_object { Some(self.key()?) } else { None };
        self.value(key)?;
        match &mut self.lines[container].value {
            Value::Object { members: count } | Value::Array { items: count } => *count += 1,
            _ => return None,
        }
        Some(())
    }

    fn key(&mut self) -> Option<&'a str> {
        let key = self.string()?;
        self.skip_space();
        self.take(b':').then_some(key)
    }

    fn value(&mut self, key: Option<&'a str>) -> Option<()> {
        self.skip_space();
        let depth = self.open.len();
        let value = match self.peek()? {
            b'{' => Value::Object { members: 0 },
            b'[' => Value::Array { items: 0 },
            b'"' => Value::String(self.string()?),
            b'-' | b'0'..=b'9' => Value::Number(self.run(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'))),
            b'a'..=b'z' => match self.run(|byte| byte.is_ascii_lowercase()) {
                word @ ("true" | "false" | "null") => Value::Word(word),
                _ => return None,
            },
            _ => return None,
        };
        if self.lines.len() == MOST_LINES {
            return None;
        }
        if matches!(value, Value::Object { .. } | Value::Array { .. }) {
            if depth == DEEPEST {
                return None;
            }
            self.at += 1;
            self.open.push(self.lines.len());
        }
        self.lines.push(Line { depth, key, value });
        Some(())
    }

    /// A string with its quotes.
    fn string(&mut self) -> Option<&'a str> {
        let start = self.at;
        if !self.take(b'"') {
            return None;
        }
        loop {
            match self.peek()? {
                b'"' => break,
                // What is escaped is never the end; a longer escape has no quote in it.
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.text.get(start..self.at)
    }

    fn run(&mut self, belongs: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(&belongs) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line as its depth, key and value.
    fn check(text: &str, expected: Option<&[&str]>) {
        let lines = read(text).map(|lines| {
            let line = |line: &Line<'_>| {
                let value = match &line.value {
                    Value::Object { members } => format!("object of {members}"),
                    Value::Array { items } => format!("array of {items}"),
                    Value::String(text) | Value::Number(text) | Value::Word(text) => (*text).to_owned(),
                };
                format!(
                    "{} {}{value}",
                    line.depth,
                    line.key.map(|key| format!("{key}: ")).unwrap_or_default()
                )
            };
            lines.iter().map(line).collect::<Vec<_>>()
        });
        assert_eq!(
            lines,
            expected.map(|lines| lines.iter().map(|&line| line.to_owned()).collect()),
            "{text}"
        );
    }

    #[test]
    fn values_stay_as_they_are_written() {
        check("1e400", Some(&["0 1e400"]));
        check(r#" "a\"\\" "#, Some(&[r#"0 "a\"\\""#]));
        check("null\n", Some(&["0 null"]));
        check(
            r#"{"b": [1.0, -0, {}], "a":"é", "b":true}"#,
            Some(&[
                "0 object of 3",
                "1 \"b\": array of 3",
                "2 1.0",
                "2 -0",
                "2 object of 0",
                "1 \"a\": \"é\"",
                "1 \"b\": true",
            ]),
        );
    }

    #[test]
    fn what_is_not_json_is_no_tree() {
        for text in [
            "",
            " ",
            "{",
            "[1",
            "[1 2]",
            "{\"a\"}",
            "{\"a\" 1}",
            "{a:1}",
            "\"a",
            "\"\\",
            "\"\\é",
            "nul",
            "1 2",
            "[]]",
            "]",
            "'a'",
            "é",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn hostile_nesting_and_length_are_no_tree() {
        check(&"[".repeat(1_000_000), None);
        check(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)), None);
        check(&format!("[{}0]", "0,".repeat(MOST_LINES)), None);
        let deepest = format!("{}{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST));
        assert_eq!(read(&deepest).map(|lines| lines.len()), Some(DEEPEST));
        check(&format!("[{deepest}]"), None);
    }
}
