//! Presigned links: whoever has one may read what it leads to, until it ends. Providers hand them out for pictures and
//! documents.

use model::Timestamp;
use serde_json::Value;
use time::PrimitiveDateTime;
use time::macros::format_description;
use url::Url;

use super::comparison::pointer_of;

/// The longest life of a link, in seconds: a week, as S3 has it.
const LONGEST_LIFE: i64 = 7 * 24 * 60 * 60;

/// The most links that are shown of one document.
const MAX_LINKS: usize = 1_000;

/// A link in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresignedLink {
    /// Where it stands, as a JSON pointer.
    pub path: String,
    pub url: String,
    pub expires_at: Timestamp,
}

/// The presigned links in a document: texts that are a URL with `X-Amz-Date` and `X-Amz-Expires`.
pub fn links(document: &Value) -> Vec<PresignedLink> {
    let mut found = Vec::new();
    collect(document, &mut Vec::new(), &mut found);
    found
}

/// When a presigned link ends; `None` for any other text.
pub(super) fn expiry(text: &str) -> Option<Timestamp> {
    const FORM: &[time::format_description::BorrowedFormatItem<'_>] =
        format_description!("[year][month][day]T[hour][minute][second]Z");

    if !text.contains("X-Amz-Expires=") {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let parameter = |name: &str| url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value);
    let signed_at = PrimitiveDateTime::parse(&parameter("X-Amz-Date")?, FORM).ok()?;
    let life: i64 = parameter("X-Amz-Expires")?.parse().ok()?;
    let signed_at = Timestamp::from_date_time(signed_at.assume_utc())?;
    (0..=LONGEST_LIFE).contains(&life).then(|| signed_at.plus_seconds(life))
}

/// Whether two texts are links to the same thing, signed at different times.
pub(super) fn is_renewed(before: &str, after: &str) -> bool {
    let without_query = |link: &str| link.split(['?', '#']).next().map(str::to_owned);
    expiry(before).is_some() && expiry(after).is_some() && without_query(before) == without_query(after)
}

fn collect(value: &Value, path: &mut Vec<String>, found: &mut Vec<PresignedLink>) {
    if found.len() >= MAX_LINKS {
        return;
    }
    match value {
        Value::String(text) => {
            if let Some(expires_at) = expiry(text) {
                found.push(PresignedLink {
                    path: pointer_of(path),
                    url: text.clone(),
                    expires_at,
                });
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(at.to_string());
                collect(item, path, found);
                path.pop();
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                path.push(name.clone());
                collect(field, path, found);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LINK: &str = "https://bucket.s3.ap-southeast-1.amazonaws.com/front.jpg?X-Amz-Algorithm=AWS4-HMAC-SHA256\
                        &X-Amz-Date=20251120T005300Z&X-Amz-Expires=300&X-Amz-Signature=aaa";

    #[test]
    fn a_link_ends_so_many_seconds_after_it_was_signed() {
        let check = |text: &str, expected: Option<&str>| {
            let expected = expected.map(|time| Timestamp::parse(time).expect("a time"));
            assert_eq!(expiry(text), expected, "{text}");
        };
        check(LINK, Some("2025-11-20T00:58:00Z"));
        check(
            "https://x.example/?X-Amz-Expires=0&X-Amz-Date=20251120T005300Z",
            Some("2025-11-20T00:53:00Z"),
        );
        check("https://x.example/?X-Amz-Date=20251120T005300Z", None);
        check("https://x.example/?X-Amz-Expires=300", None);
        check("https://x.example/?X-Amz-Date=20251320T005300Z&X-Amz-Expires=300", None);
        check("https://x.example/?X-Amz-Date=20251120T005300Z&X-Amz-Expires=-1", None);
        check("https://x.example/?X-Amz-Date=20251120T005300Z&X-Amz-Expires=604801", None);
        check("X-Amz-Date=20251120T005300Z&X-Amz-Expires=300", None);
        check("", None);
    }

    #[test]
    fn links_are_found_wherever_they_stand() {
        let document = json!({"id": "v-1", "a/b": [{"image": LINK}, "https://x.example/?v=1"], "c": {"~": LINK}});
        let found = links(&document);
        let paths: Vec<_> = found.iter().map(|link| link.path.as_str()).collect();
        assert_eq!(paths, ["/a~1b/0/image", "/c/~0"]);
        assert!(
            found
                .iter()
                .all(|link| link.url == LINK && document.pointer(&link.path) == Some(&json!(LINK)))
        );
    }

    #[test]
    fn a_link_is_renewed_when_only_its_signature_is_another() {
        let check = |one: &str, other: &str, expected: bool| assert_eq!(is_renewed(one, other), expected, "{one} {other}");
        check(LINK, &LINK.replace("005300Z", "010000Z"), true);
        check(LINK, &LINK.replace("front", "back"), false);
        check("https://x.example/?v=1", "https://x.example/?v=2", false);
    }
}
