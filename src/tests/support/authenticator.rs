//! An authenticator app, as far as the tests need one.

use model::Timestamp;
use totp_rs::{Algorithm, Builder, Secret};

/// The code that the app shows at that time.
pub fn code(secret: &[u8], now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_seconds()).expect("after 1970");
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(Secret::new(secret.into()))
        .with_account_name("test")
        .build_noncompliant();
    totp.generate(seconds).to_string()
}
