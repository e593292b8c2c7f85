//! Presigned links: they differ each time that the same event is sent, so they are no part of its identity.

use memchr::{memchr, memmem};

use super::super::SameEvent;

/// The identity of an unsigned body: all of it but the query strings of presigned URLs.
pub(super) fn same_event(body: &[u8]) -> SameEvent {
    let mut kept = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(question_mark) = memchr(b'?', rest) {
        let (before, query) = rest.split_at(question_mark);
        let (query, after) = query.split_at(end_of_query(query));
        kept.extend_from_slice(before);
        if memmem::find(query, b"X-Amz-Signature=").is_none() {
            kept.extend_from_slice(query);
        }
        rest = after;
    }
    kept.extend_from_slice(rest);
    SameEvent::of("case_keeper body", &[&kept])
}

/// Where a query ends that stands in a JSON string. A slash and any character may be written escaped (`\/`, `\u0026`);
/// another escape stands for something that no URL holds.
fn end_of_query(query: &[u8]) -> usize {
    let mut bytes = query.iter().enumerate();
    bytes
        .find(|(at, byte)| match byte {
            b'"' | b'#' | b'<' | b'>' => true,
            b'\\' => !matches!(query.get(at + 1), Some(b'u' | b'/')),
            byte => byte.is_ascii_whitespace(),
        })
        .map_or(query.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(one: &str, other: &str, is_same: bool) {
        assert_eq!(
            same_event(one.as_bytes()) == same_event(other.as_bytes()),
            is_same,
            "{one} and {other}"
        );
    }

    #[test]
    fn only_the_query_of_a_presigned_url_is_no_part_of_the_event() {
        check(
            r#"{"a":"https://x/y?X-Amz-Signature=1"}"#,
            r#"{"a":"https://x/y?X-Amz-Signature=2"}"#,
            true,
        );
        check(
            r#"{"a":"https://x/y?a=1&X-Amz-Signature=1&b=1"}"#,
            r#"{"a":"https://x/y?X-Amz-Signature=2"}"#,
            true,
        );
        check(
            r#"{"a":"https:\/\/x\/y?a=\/1\u0026X-Amz-Signature=1"}"#,
            r#"{"a":"https:\/\/x\/y?X-Amz-Signature=2"}"#,
            true,
        );
        check(
            r#"{"a":"https://x/y?X-Amz-Signature=1"}"#,
            r#"{"a":"https://x/z?X-Amz-Signature=1"}"#,
            false,
        );
        check(r#"{"a":"https://x/y?v=1"}"#, r#"{"a":"https://x/y?v=2"}"#, false);
        check(
            r#"{"a":"?X-Amz-Signature=1","b":1}"#,
            r#"{"a":"?X-Amz-Signature=2","b":2}"#,
            false,
        );
        check(
            r#"{"a":"?X-Amz-Signature=1 and ?v=1"}"#,
            r#"{"a":"?X-Amz-Signature=2 and ?v=2"}"#,
            false,
        );
        check(r#"{"a":"?X-Amz-Signature=1#p1"}"#, r#"{"a":"?X-Amz-Signature=1#p2"}"#, false);
        check(r#"{"a":"?X-Amz-Signature=1\nb"}"#, r#"{"a":"?X-Amz-Signature=1\nc"}"#, false);
    }
}
