//! Values that nobody can guess: the database keeps only their digests.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::store::accounts::Digest;

/// 256 random bits as text that needs no escaping in a URL.
pub fn new_text() -> Zeroizing<String> {
    Zeroizing::new(URL_SAFE_NO_PAD.encode(random_bytes::<32>().as_slice()))
}

pub fn random_bytes<const N: usize>() -> Zeroizing<[u8; N]> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).expect("the operating system gives random bytes");
    bytes
}

/// What is stored in the value's place.
pub fn digest(value: impl AsRef<[u8]>) -> Digest {
    Digest(Sha256::digest(value.as_ref()).into())
}
