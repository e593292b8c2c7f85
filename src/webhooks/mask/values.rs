//! What a value looks like, whatever its field is called.

use std::net::IpAddr;

/// A text as long as this without a space is a file's contents in letters.
const LONGEST_WORD: usize = 1024;

/// The same of a text that belongs to a picture, for which ids are too short.
const LONGEST_WORD_OF_A_PICTURE: usize = 64;

/// What signed links have among their parameters, in lower case.
const SIGNATURES: [&str; 6] = [
    "x-amz-signature=",
    "x-goog-signature=",
    "signature=",
    "sig=",
    "token=",
    "x-amz-credential=",
];

const FILES: [&str; 12] = [
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".bmp", ".tif", ".tiff", ".pdf", ".mp4", ".mov",
];

/// Whether it holds an e-mail address, or is a phone number, an address in a network, a link to someone's picture or the
/// picture itself.
pub(super) fn looks_personal(value: &str) -> bool {
    reaches_someone(value) || is_network_address(value) || is_link_to_file(value) || is_blob(value, LONGEST_WORD)
}

/// Whether it holds an e-mail address or is a phone number.
pub(super) fn reaches_someone(text: &str) -> bool {
    holds_email(text) || is_phone_number(text)
}

/// Whether something that belongs to a picture is the way to it, or the picture itself.
pub(super) fn leads_to_a_file(value: &str) -> bool {
    value.contains("://") || ends_as_file(value) || is_blob(value, LONGEST_WORD_OF_A_PICTURE)
}

fn holds_email(value: &str) -> bool {
    let is_of_domain = |character: char| character.is_alphanumeric() || matches!(character, '.' | '-');
    value.match_indices('@').any(|(at, _)| {
        let has_local_part = value[..at]
            .chars()
            .next_back()
            .is_some_and(|character| !character.is_whitespace() && !matches!(character, '/' | ':' | '@'));
        let rest = &value[at + 1..];
        let domain = rest
            .split(|character: char| !is_of_domain(character))
            .next()
            .unwrap_or_default();
        has_local_part && domain.trim_matches('.').contains('.')
    })
}

/// In international form: a plus and seven to fifteen digits, written with or without spaces and the like.
fn is_phone_number(value: &str) -> bool {
    let Some(rest) = value.trim().strip_prefix('+') else {
        return false;
    };
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let is_of_number = |byte: u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'(' | b')' | b'.' | b'/');
    (7..=15).contains(&digits) && rest.bytes().all(is_of_number)
}

fn is_network_address(value: &str) -> bool {
    value.parse::<IpAddr>().is_ok()
}

fn is_link_to_file(value: &str) -> bool {
    if value.starts_with("data:") {
        return true;
    }
    if !value.contains("://") {
        return false;
    }
    let small = value.to_ascii_lowercase();
    SIGNATURES.iter().any(|sign| small.contains(sign)) || ends_as_file(&small)
}

/// Whether the path, with what follows it cut off, has the ending of a picture or document.
fn ends_as_file(value: &str) -> bool {
    let path = value.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rfind('.').map_or("", |at| &path[at..]);
    FILES.iter().any(|file| ending.eq_ignore_ascii_case(file))
}

fn is_blob(value: &str, longest: usize) -> bool {
    value.len() >= longest && !value.trim().contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_values_are_known_by_their_looks() {
        let check = |value: &str, expected: bool| assert_eq!(looks_personal(value), expected, "{value}");
        check("ada@example.com", true);
        check("write to <ada.l+kyc@mail.example.co.uk>, please", true);
        check("ада@пример.рф", true);
        check("@example.com", false);
        check("user@localhost", false);
        check("a @ b.c", false);
        check("+4915112345678", true);
        check("+49 (151) 123-456.78", true);
        check("+12", false);
        check("+02:00", false);
        check("192.0.2.1", true);
        check("2001:db8::1", true);
        check("https://files.example/front.jpg?X-Amz-Date=1&X-Amz-Signature=0a", true);
        check("https://files.example/FRONT.JPG", true);
        check("https://files.example/1?Expires=1&Signature=a", true);
        check("https://case.example/?v=1", false);
        check("data:image/png;base64,AAAA", true);
        check(&"A".repeat(1024), true);
        check("inquiry.approved", false);
        check("2025-11-20T00:53:10.000Z", false);
        check("019a7f3c-0000-7000-8000-000000000000", false);
        check("inq_2CVZ4HyVg7qaboXz2PUHknAn", false);
        check("status normal", false);
        check("", false);
    }
}
