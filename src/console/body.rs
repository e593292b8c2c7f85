use std::fmt::Write;

use app::view::{BodyView, PersonalData};

/// How much of a body that is not JSON a page shows, in bytes.
const TEXT_LIMIT: usize = 64 * 1024;
const DUMP_LIMIT: usize = 4 * 1024;
/// JSON is shown as a tree, which is many times larger than the text.
const JSON_LIMIT: usize = 256 * 1024;

const DUMP_LINE: usize = 16;

/// What a page shows of a body.
pub fn view(body: &[u8]) -> BodyView {
    if body.is_empty() {
        return BodyView::Empty;
    }
    match std::str::from_utf8(body) {
        Ok(text) if text.len() <= JSON_LIMIT && is_json(text) => BodyView::Json(text.to_owned()),
        Ok(text) => {
            let shown = &text[..text.floor_char_boundary(TEXT_LIMIT)];
            BodyView::Text {
                text: shown.to_owned(),
                truncated: shown.len() < text.len(),
            }
        }
        Err(_) => {
            let shown = &body[..body.len().min(DUMP_LIMIT)];
            BodyView::Binary {
                dump: dump(shown),
                truncated: shown.len() < body.len(),
            }
        }
    }
}

/// How far a body's personal data is shown in which so many values are masked.
pub fn personal_data(masked: u32, may_reveal: bool) -> PersonalData {
    match masked {
        0 => PersonalData::None,
        values => PersonalData::Masked { values, may_reveal },
    }
}

/// `IgnoredAny` is read without recursion, so depth does no harm.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Offset, sixteen bytes in hex, and the same as text.
fn dump(bytes: &[u8]) -> String {
    let mut dump = String::with_capacity(bytes.len() * 5);
    for (line, chunk) in bytes.chunks(DUMP_LINE).enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(dump, "{:08x} ", line * DUMP_LINE);
        for at in 0..DUMP_LINE {
            let _ = match chunk.get(at) {
                Some(byte) => write!(dump, " {byte:02x}"),
                None => write!(dump, "   "),
            };
        }
        let text: String = chunk
            .iter()
            .map(|&byte| if byte.is_ascii_graphic() { char::from(byte) } else { '.' })
            .collect();
        let _ = writeln!(dump, "  {text}");
    }
    dump
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_shown_as_what_it_is() {
        assert_eq!(view(b""), BodyView::Empty);
        assert_eq!(view(b"{\"a\": 1}"), BodyView::Json("{\"a\": 1}".to_owned()));
        assert_eq!(
            view(b"{oops"),
            BodyView::Text {
                text: "{oops".to_owned(),
                truncated: false
            }
        );
        insta::assert_snapshot!(dump(b"\xff\x00PNG and more than one line"), @r"
        00000000  ff 00 50 4e 47 20 61 6e 64 20 6d 6f 72 65 20 74  ..PNG.and.more.t
        00000010  68 61 6e 20 6f 6e 65 20 6c 69 6e 65              han.one.line
        ");
    }

    #[test]
    fn a_deep_body_is_json_all_the_same() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(view(deep.as_bytes()), BodyView::Json(deep));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let BodyView::Text { text, truncated } = view("é".repeat(TEXT_LIMIT).as_bytes()) else {
            panic!("text")
        };
        assert!(truncated && text.len() == TEXT_LIMIT);
        let BodyView::Text { text, truncated } = view(format!("x{}", "é".repeat(TEXT_LIMIT)).as_bytes()) else {
            panic!("text")
        };
        assert!(truncated && text.len() == TEXT_LIMIT - 1);
    }
}
