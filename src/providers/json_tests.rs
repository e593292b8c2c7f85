use super::*;

fn read_name(body: &str) -> Option<String> {
    let mut name = None;
    Reader::over(body.as_bytes()).expect("JSON").object(|field, value| {
        if field == "name" {
            name = value.text();
        }
    });
    name.map(Cow::into_owned)
}

#[test]
fn a_field_is_read_whatever_stands_beside_it() {
    let check = |body: &str, expected: Option<&str>| assert_eq!(read_name(body).as_deref(), expected, "{body}");
    check(r#"{"name":"a"}"#, Some("a"));
    check(" { \"name\"\t:\n\"a\" } ", Some("a"));
    check(r#"{"x":[{"name":"b"},"}","\"]"],"name":"a"}"#, Some("a"));
    check(r#"{"x":1e999,"y":-12345678901234567890123,"name":"a"}"#, Some("a"));
    check(r#"{"x":"\ud800","\udc00":null,"name":"a"}"#, Some("a"));
    check(r#"{"name":"\u0061\ud83d\ude00\\"}"#, Some("a😀\\"));
    check(r#"{"n\u0061me":"a"}"#, Some("a"));
    check(r#"{"name":""}"#, Some(""));
    check("{}", None);
    check("[{\"name\":\"a\"}]", None);
    check("\u{feff}{\"name\":\"a\"}", Some("a"));
}

#[test]
fn of_two_fields_of_one_name_the_last_counts_also_when_it_is_of_another_type() {
    let check = |body: &str, expected: Option<&str>| assert_eq!(read_name(body).as_deref(), expected, "{body}");
    check(r#"{"name":"a","name":"b"}"#, Some("b"));
    check(r#"{"name":"a","name":1}"#, None);
    check(r#"{"name":{"name":"b"},"name":"c"}"#, Some("c"));
}

#[test]
fn half_a_surrogate_pair_is_replaced() {
    let name = read_name(r#"{"name":"user-\ud800"}"#).expect("a text");
    assert!(name.starts_with("user-\u{fffd}"), "{name}");
}

#[test]
fn a_nesting_of_any_depth_is_gone_past() {
    let deep = format!("{{\"x\":{}{},\"name\":\"a\"}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read_name(&deep).as_deref(), Some("a"));
}

#[test]
fn what_is_not_json_is_named_with_its_place() {
    let check = |body: &[u8], expected: &str| {
        let problem = Reader::over(body).err().expect("a problem");
        assert_eq!(problem.to_string(), expected);
    };
    check(b"", "the body is empty");
    check(b" \n", "the body is empty");
    check(b"\xef\xbb\xbf", "the body is empty");
    check(b"{\"a\":\"\xff\"}", "the body is not UTF-8 text: byte 6 cannot be read");
    check(b"{\n\"a\"}", "the body is not JSON: expected `:` at line 2, column 4");
    check(b"{} {}", "the body is not JSON: trailing characters at line 1, column 4");
    check(
        "[".repeat(1 << 20).as_bytes(),
        "the body is not JSON: EOF while parsing a list at line 1, column 1048576",
    );
    check(
        b"{\"a\":\"\0\"}",
        "the body is not JSON: control character (\\u0000-\\u001F) found while parsing a string at line 1, column 6",
    );
}

#[test]
fn seconds_are_exact_to_the_microsecond() {
    let check = |decimal: &str, expected: Option<&str>| {
        assert_eq!(
            read_seconds(decimal).map(Timestamp::to_rfc3339).as_deref(),
            expected,
            "{decimal}"
        );
    };
    check("1687938817.611", Some("2023-06-28T07:53:37.611Z"));
    check("1687938817.6110009", Some("2023-06-28T07:53:37.611Z"));
    check("1687938817.000001", Some("2023-06-28T07:53:37.000001Z"));
    check("1687938817", Some("2023-06-28T07:53:37Z"));
    check("1.687938817611e9", Some("2023-06-28T07:53:37.611Z"));
    check("16879388176110E-4", Some("2023-06-28T07:53:37.611Z"));
    check("0.25", Some("1970-01-01T00:00:00.25Z"));
    check("-0.25", Some("1969-12-31T23:59:59.75Z"));
    check("0e99999", Some("1970-01-01T00:00:00Z"));
    check("1e-99999", Some("1970-01-01T00:00:00Z"));
    check("0.00000000000000000000000000000001", Some("1970-01-01T00:00:00Z"));
    check("1e999", None);
    check("1e99999999999999", None);
    check("1687938817611000000000", None);
    check(&"9".repeat(10_000), None);
}
