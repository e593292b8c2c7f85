//! The same JSON written in other ways: what a proxy that "only" reads and writes a body makes of it.
//!
//! Works on the tokens: the order of keys, numbers and strings stay as they are written, only white space changes.

use model::Reserialisation;

use super::json::{Reader, end_of_string};

/// Longer bodies are not written again: explaining why a signature is wrong must not cost more than receiving it.
pub(super) const LONGEST_BODY: usize = 256 * 1024;

/// No form that is longer than this is made, as a deep body that is indented would be.
const LONGEST_FORM: usize = 2 * LONGEST_BODY;

/// The forms in which the body may have been signed, without the one in which it came. None when the body is longer
/// than [`LONGEST_BODY`] or not JSON.
pub(super) fn other_forms(body: &[u8]) -> impl Iterator<Item = (Reserialisation, Vec<u8>)> {
    let body = if body.len() <= LONGEST_BODY && Reader::over(body).is_ok() {
        body
    } else {
        b""
    };
    let trimmed = body.trim_ascii();
    let is_json = !body.is_empty();
    let written = [Reserialisation::Compact, Reserialisation::Spaced, Reserialisation::Indented]
        .into_iter()
        .filter_map(move |form| Some((form, write(trimmed, form)?)));
    let trimmed_or_ended = [trimmed.to_vec(), [trimmed, b"\n"].concat()].map(|form| (Reserialisation::Trimmed, form));
    written
        .chain(trimmed_or_ended)
        .filter(move |(_, form)| is_json && form != body)
}

/// Writes well-formed JSON in a form. `None` when it becomes too long.
fn write(json: &[u8], form: Reserialisation) -> Option<Vec<u8>> {
    let mut written = Vec::with_capacity(json.len() + json.len() / 4);
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        let from = at;
        at += 1;
        match byte {
            byte if byte.is_ascii_whitespace() => {}
            b'"' => {
                at = end_of_string(json, from).0;
                written.extend_from_slice(&json[from..at]);
            }
            b'{' | b'[' => {
                written.push(byte);
                let space = json[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                if let Some(closing @ (b'}' | b']')) = json.get(at + space) {
                    written.push(*closing);
                    at += space + 1;
                } else {
                    depth += 1;
                    break_line(&mut written, depth, form);
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut written, depth, form);
                written.push(byte);
            }
            b',' => {
                written.push(byte);
                if form == Reserialisation::Spaced {
                    written.push(b' ');
                }
                break_line(&mut written, depth, form);
            }
            b':' => {
                written.push(byte);
                if form != Reserialisation::Compact {
                    written.push(b' ');
                }
            }
            _ => written.push(byte),
        }
        if written.len() > LONGEST_FORM {
            return None;
        }
    }
    Some(written)
}

fn break_line(written: &mut Vec<u8>, depth: usize, form: Reserialisation) {
    if form == Reserialisation::Indented {
        written.push(b'\n');
        written.resize(written.len() + 2 * depth, b' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPACT: &str = r#"{"b":[1.0,{"a":null}],"a":"x: \"y\", {z}","e":{},"f":[]}"#;
    const SPACED: &str = r#"{"b": [1.0, {"a": null}], "a": "x: \"y\", {z}", "e": {}, "f": []}"#;
    const INDENTED: &str = "{\n  \"b\": [\n    1.0,\n    {\n      \"a\": null\n    }\n  ],\n  \"a\": \"x: \\\"y\\\", {z}\",\n  \"e\": {},\n  \"f\": []\n}";

    #[test]
    fn each_form_is_made_of_each_other() {
        for body in [COMPACT, SPACED, INDENTED, &format!(" {INDENTED}\n")] {
            let forms: Vec<_> = other_forms(body.as_bytes()).collect();
            let check = |form, expected: &str| {
                let is_made = forms.contains(&(form, expected.as_bytes().to_vec()));
                assert_eq!(is_made, body != expected, "{form} of {body}");
            };
            check(Reserialisation::Compact, COMPACT);
            check(Reserialisation::Spaced, SPACED);
            check(Reserialisation::Indented, INDENTED);
            check(Reserialisation::Trimmed, &format!("{}\n", body.trim()));
        }
    }

    #[test]
    fn a_body_that_is_long_or_not_json_is_not_written_again() {
        assert_eq!(other_forms(b"{\"a\":1").count(), 0);
        assert_eq!(other_forms(b"").count(), 0);
        assert_eq!(other_forms(format!("[{}1]", "1,".repeat(LONGEST_BODY)).as_bytes()).count(), 0);
    }

    #[test]
    fn a_form_that_would_grow_out_of_proportion_is_left_out() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(
            other_forms(deep.as_bytes())
                .all(|(form, written)| form != Reserialisation::Indented && written.len() <= LONGEST_FORM)
        );
    }
}
