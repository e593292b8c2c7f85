//! Time-based codes as authenticator apps make them: RFC 6238 with SHA-1, six digits and steps of 30 seconds, which is what
//! every app can do.

use model::Timestamp;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use super::unguessable::random_bytes;

/// In bytes: what the RFC recommends for SHA-1.
pub const SECRET_LENGTH: usize = 20;
const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;
/// How many steps a device's clock may be off.
const SKEW: u16 = 1;

/// What is shown so that an authenticator learns the secret.
pub struct Enrolment {
    /// In base32, in groups of four.
    pub secret: String,
    /// `otpauth://…`
    pub url: String,
    /// The URL as a QR code: an SVG.
    pub qr: String,
}

pub fn new_secret() -> Zeroizing<[u8; SECRET_LENGTH]> {
    random_bytes()
}

/// The step whose code it is, if it is one of now, a step before or a step after.
pub fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Option<u64> {
    let seconds = u64::try_from(now.as_seconds()).ok()?;
    totp(secret, "").check(code, seconds)
}

pub fn enrolment(secret: &[u8], email: &str) -> Enrolment {
    let totp = totp(secret, email);
    let url = totp.to_url().unwrap_or_default();
    let base32 = Zeroizing::new(totp.secret().to_base32());
    let groups: Vec<_> = base32.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    Enrolment {
        secret: groups.join(" "),
        qr: qr(&url),
        url,
    }
}

fn totp(secret: &[u8], account: &str) -> Totp {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP_SECONDS)
        .with_skew(SKEW)
        .with_secret(Secret::new(secret.into()))
        .with_issuer(Some("Hookproof"))
        .with_account_name(account)
        .build_noncompliant()
}

/// The picture without a prologue, to stand within a page. Its colours do not follow the theme: scanners want dark on
/// light.
fn qr(text: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return String::new();
    };
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
    drawn.find("<svg").map(|begin| drawn[begin..].to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn check(seconds: i64, code: &str, expected: Option<u64>) {
        let now = Timestamp::from_seconds(seconds).expect("a time");
        assert_eq!(step_of(SECRET, code, now), expected, "{code} at {seconds}");
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        // Appendix B of RFC 6238, the last six of its eight digits.
        check(59, "287082", Some(1));
        check(1_111_111_109, "081804", Some(37_037_036));
        check(1_234_567_890, "005924", Some(41_152_263));
        check(2_000_000_000, "279037", Some(66_666_666));
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        check(59 + 30, "287082", Some(1));
        check(59 - 30, "287082", Some(1));
        check(59 + 61, "287082", None);
        check(59, "287083", None);
        check(59, "", None);
        check(59, "٢٨٧٠٨٢", None);
    }

    #[test]
    fn an_authenticator_is_told_everything_without_inline_styles() {
        let shown = enrolment(SECRET, "ada@example.com");
        assert_eq!(shown.secret, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(
            shown.url.starts_with("otpauth://totp/Hookproof:ada%40example.com?"),
            "{}",
            shown.url
        );
        assert!(shown.url.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{}", shown.url);
        assert!(shown.qr.starts_with("<svg") && shown.qr.ends_with("</svg>"));
        assert!(!shown.qr.contains("style"), "the pages' policy forbids inline styles");
    }
}
