//! Bodies that can be made again from their number, so that what comes back is compared byte for byte without keeping it.

use crate::load::numbers::Numbers;
use crate::load::sender::write_hex;

/// What begins a body that is an event of Persona; its number follows, in hexadecimal.
const START: &[u8] = br#"{"data":{"id":"evt_"#;
const DIGITS: usize = 24;

/// What begins a body that is no text at all; its number follows, in 8 bytes.
const BINARY: u8 = 0xff;

/// What the long text in a body is made of: also what a rewriting of JSON would change.
const PIECES: [&str; 16] = [
    "a",
    "Z",
    "7",
    " ",
    "  ",
    "é",
    "漢",
    "🙂",
    r"\n",
    r"\u00e9",
    r#"\""#,
    r"\/",
    "{",
    "]",
    "1e2",
    "</script>",
];

/// The body of that number, of 200 bytes to 200 KB; small ones and large ones are equally frequent. One in eight is not
/// JSON: it carries no event and is stored all the same.
pub fn body(number: u64) -> Vec<u8> {
    let mut numbers = Numbers::from_seed(number);
    let smallest = 200 << numbers.below(10);
    let length = usize::try_from(smallest + numbers.below(smallest)).expect("200 KB fit");
    if numbers.below(8) == 0 {
        binary(number, length, &mut numbers)
    } else {
        event(number, length, &mut numbers)
    }
}

/// The event of that number, of some 400 bytes.
pub fn small_body(number: u64) -> Vec<u8> {
    event(number, 400, &mut Numbers::from_seed(number))
}

/// The number of a body that [`body`] or [`small_body`] made, if it is one.
pub fn number_of(body: &[u8]) -> Option<u64> {
    if let Some(rest) = body.strip_prefix(START) {
        let digits = std::str::from_utf8(rest.get(..DIGITS)?).ok()?;
        return u64::from_str_radix(digits, 16).ok();
    }
    let number = body.strip_prefix(&[BINARY])?.first_chunk()?;
    Some(u64::from_be_bytes(*number))
}

fn event(number: u64, length: usize, numbers: &mut Numbers) -> Vec<u8> {
    let mut body = Vec::with_capacity(length + 64);
    body.extend_from_slice(START);
    let digits_from = body.len();
    body.resize(digits_from + DIGITS, 0);
    write_hex(number, &mut body[digits_from..]);
    body.extend_from_slice(
        br#"","type":"event","attributes":{"name":"inquiry.completed","created-at":"2026-02-03T09:41:27.318Z","payload":{"#,
    );
    body.extend_from_slice(br#""data":{"type":"inquiry","id":"inq_Ht2YpL7cQf5RwK9m","attributes":{"note":""#);
    while body.len() < length {
        let mut random = numbers.next();
        for _ in 0..16 {
            body.extend_from_slice(PIECES[usize::try_from(random & 15).expect("four bits fit")].as_bytes());
            random >>= 4;
        }
    }
    body.extend_from_slice(br#""}}}}}}"#);
    body
}

fn binary(number: u64, length: usize, numbers: &mut Numbers) -> Vec<u8> {
    let mut body = Vec::with_capacity(length + 8);
    body.push(BINARY);
    body.extend_from_slice(&number.to_be_bytes());
    while body.len() < length {
        body.extend_from_slice(&numbers.next().to_le_bytes());
    }
    body
}

#[test]
fn a_body_tells_its_number() {
    for number in (0..100).chain([u64::MAX]) {
        assert_eq!(number_of(&body(number)), Some(number));
        assert_eq!(number_of(&small_body(number)), Some(number));
    }
}

#[test]
fn bodies_are_small_and_large_and_mostly_json() {
    let bodies: Vec<_> = (0..1000).map(body).collect();
    assert!(bodies.iter().all(|body| (200..220_000).contains(&body.len())));
    assert!(bodies.iter().any(|body| body.len() < 400) && bodies.iter().any(|body| body.len() > 150_000));
    let json = bodies
        .iter()
        .filter(|body| serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok())
        .count();
    assert!((800..950).contains(&json), "{json} of 1000 are JSON");
}
