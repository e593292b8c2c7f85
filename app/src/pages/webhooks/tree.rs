//! JSON as a tree that opens and closes without scripts.
//!
//! Written as HTML text in one pass: thousands of components for a body would cost more than the page.

use super::json::{Line, Value, read};
use crate::text::numbers::count;

/// Objects and arrays up to this depth are open at first; in a short body all are.
const OPEN_TO: usize = 2;
const SHORT: usize = 120;

/// The tree of a JSON text; `None` when it has to be shown as text.
pub fn html(text: &str) -> Option<String> {
    let lines = read(text)?;
    let mut html = String::with_capacity(text.len() * 4);
    let mut open: Vec<Closing> = Vec::new();
    for line in &lines {
        while open.len() > line.depth {
            close(&mut html, &mut open);
        }
        write(&mut html, &mut open, line, lines.len() <= SHORT || line.depth <= OPEN_TO);
    }
    while !open.is_empty() {
        close(&mut html, &mut open);
    }
    Some(html)
}

/// The bracket that ends an open object or array.
type Closing = char;

fn write(html: &mut String, open: &mut Vec<Closing>, line: &Line<'_>, is_open: bool) {
    let (opening, closing, held) = match line.value {
        Value::Object { members: 0 } => return leaf(html, line.key, "p", "{}"),
        Value::Array { items: 0 } => return leaf(html, line.key, "p", "[]"),
        Value::String(text) => return leaf(html, line.key, "s", text),
        Value::Number(text) => return leaf(html, line.key, "n", text),
        Value::Word(text) => return leaf(html, line.key, "w", text),
        Value::Object { members } => ('{', '}', count(members as u64, "key", "keys")),
        Value::Array { items } => ('[', ']', count(items as u64, "item", "items")),
    };
    html.push_str(if is_open {
        "<details open><summary>"
    } else {
        "<details><summary>"
    });
    key(html, line.key);
    html.push_str("<span class=\"p\">");
    html.push(opening);
    html.push_str("</span><span class=\"held\">");
    html.push_str(&held);
    html.push_str(" <span class=\"p\">");
    html.push(closing);
    html.push_str("</span></span></summary><div class=\"below\">");
    open.push(closing);
}

fn close(html: &mut String, open: &mut Vec<Closing>) {
    if let Some(closing) = open.pop() {
        html.push_str("</div><span class=\"p\">");
        html.push(closing);
        html.push_str("</span></details>");
    }
}

fn leaf(html: &mut String, name: Option<&str>, class: &str, text: &str) {
    html.push_str("<div class=\"leaf\">");
    key(html, name);
    html.push_str("<span class=\"");
    html.push_str(class);
    html.push_str("\">");
    escape(html, text);
    html.push_str("</span></div>");
}

fn key(html: &mut String, name: Option<&str>) {
    if let Some(name) = name {
        html.push_str("<span class=\"k\">");
        escape(html, name);
        html.push_str("</span><span class=\"p\">: </span>");
    }
}

/// Text from outside: nothing of it may become markup.
fn escape(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            // A browser would read these as nothing or as another character.
            '\0' => html.push('\u{fffd}'),
            '\r' => html.push_str("&#13;"),
            _ => html.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_a_line() {
        assert_eq!(
            html("17").as_deref(),
            Some("<div class=\"leaf\"><span class=\"n\">17</span></div>")
        );
        assert_eq!(
            html("[]").as_deref(),
            Some("<div class=\"leaf\"><span class=\"p\">[]</span></div>")
        );
    }

    #[test]
    fn an_object_opens_and_closes_and_says_what_it_holds() {
        assert_eq!(
            html("{\"a\":[true]}").as_deref(),
            Some(concat!(
                "<details open><summary><span class=\"p\">{</span><span class=\"held\">1 key <span class=\"p\">}</span></span></summary>",
                "<div class=\"below\">",
                "<details open><summary><span class=\"k\">&quot;a&quot;</span><span class=\"p\">: </span>",
                "<span class=\"p\">[</span><span class=\"held\">1 item <span class=\"p\">]</span></span></summary>",
                "<div class=\"below\"><div class=\"leaf\"><span class=\"w\">true</span></div></div>",
                "<span class=\"p\">]</span></details>",
                "</div><span class=\"p\">}</span></details>",
            ))
        );
    }

    #[test]
    fn nothing_of_a_body_becomes_markup() {
        let html = html(r#"{"<script>": "</span><img src=x onerror='alert(1)'> & \"\u0000"}"#).expect("a tree");
        for tag in ["<script", "<img", "'alert"] {
            assert!(!html.contains(tag), "{html}");
        }
        assert!(html.contains("&quot;&lt;script&gt;&quot;"));
        assert!(html.contains("&amp;"));
    }

    #[test]
    fn every_element_is_closed_again() {
        for text in [
            "[[[1],[]],{\"a\":{\"b\":[{}]}},2]",
            "[[[[[[[[1]]]]]]]]",
            "{\"a\":[1,{\"b\":2}],\"c\":{}}",
        ] {
            let html = html(text).expect("a tree");
            for element in ["details", "summary", "div", "span"] {
                let opened = html.matches(&format!("<{element}")).count();
                assert_eq!(opened, html.matches(&format!("</{element}>")).count(), "{element} in {html}");
            }
        }
    }

    #[test]
    fn a_long_body_is_open_only_near_its_root() {
        let text = format!("[[[[{}0]]]]", "0,".repeat(SHORT));
        let html = html(&text).expect("a tree");
        assert_eq!(
            (html.matches("<details open>").count(), html.matches("<details>").count()),
            (OPEN_TO + 1, 1)
        );
    }
}
