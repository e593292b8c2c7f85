//! The digests that providers make signatures with, and their comparison in constant time.

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub(crate) type Digest256 = [u8; 32];

/// Takes base64 with or without its padding, as providers write both.
const BASE64: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, INDIFFERENT);

/// Takes also base64 whose last digit says more than fits in a byte.
const LENIENT_BASE64: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::STANDARD, INDIFFERENT.with_decode_allow_trailing_bits(true));

const INDIFFERENT: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// HMAC-SHA256 over the parts one after another, so that a body need not be copied to be signed with its timestamp.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Digest256 {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// SHA-256 over the parts one after another.
pub(super) fn sha256(parts: &[&[u8]]) -> Digest256 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Compares in constant time.
pub(super) fn are_equal(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// Hexadecimal digits in lower case.
pub(super) fn hex(digest: &[u8]) -> String {
    use std::fmt::Write as _;

    digest.iter().fold(String::with_capacity(2 * digest.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

/// Reads 64 hexadecimal digits of either case.
pub(super) fn read_hex(text: &str) -> Option<Digest256> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = hex_digit(pair[0])? << 4 | hex_digit(pair[1])?;
    }
    Some(digest)
}

/// Reads base64 in the standard or the URL-safe alphabet, padded or not.
pub(super) fn read_base64(text: &str) -> Option<Vec<u8>> {
    decode(&BASE64, text)
}

/// As [`read_base64`], for secrets and keys that people made up or cut off: most decoders drop the bits that are too
/// many, so the sender does. A signature is made by a machine and stays strict, so that it can be written in one way only.
pub(super) fn read_base64_leniently(text: &str) -> Option<Vec<u8>> {
    decode(&LENIENT_BASE64, text)
}

fn decode(engine: &GeneralPurpose, text: &str) -> Option<Vec<u8>> {
    if text.contains(['-', '_']) {
        engine.decode(text.replace('-', "+").replace('_', "/")).ok()
    } else {
        engine.decode(text).ok()
    }
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_of_either_case_are_read_and_nothing_else() {
        let check = |text: &str, expected: Option<Digest256>| assert_eq!(read_hex(text), expected, "{text}");
        check(&"aB".repeat(32), Some([0xab; 32]));
        check(&"0f".repeat(31), None);
        check(&"0f".repeat(33), None);
        check(&"0g".repeat(32), None);
        check(&"é".repeat(32), None);
    }

    #[test]
    fn base64_is_read_in_both_alphabets_with_and_without_padding() {
        let check = |text: &str, expected: Option<&[u8]>| assert_eq!(read_base64(text).as_deref(), expected, "{text}");
        check("+/8=", Some(&[0xfb, 0xff]));
        check("-_8=", Some(&[0xfb, 0xff]));
        check("-_8", Some(&[0xfb, 0xff]));
        check("not base64", None);
        check("dGVzdB", None);
    }

    #[test]
    fn a_secret_may_end_in_bits_that_are_too_many() {
        let check = |text: &str, expected: Option<&[u8]>| assert_eq!(read_base64_leniently(text).as_deref(), expected, "{text}");
        check("dGVzdB", Some(b"test"));
        check("dGVzdB==", Some(b"test"));
        check("dGVzdA", Some(b"test"));
        check("dGVzd", None);
        check("dGVz!", None);
    }

    #[test]
    fn a_digest_over_parts_is_the_digest_over_the_whole() {
        // RFC 4231, test case 2.
        let expected = read_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert_eq!(Some(hmac_sha256(b"Jefe", &[b"what do ya want", b" for nothing?"])), expected);
        assert_eq!(sha256(&[b"a", b"bc"]), sha256(&[b"abc"]));
    }
}
