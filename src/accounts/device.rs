//! A mark that a browser keeps after a sign-in: it proves that the user has been signed in there before.
//!
//! It opens nothing. Whoever brings it along with the user's e-mail address tries passwords on an allowance of its own, so
//! that strangers who use up the account's allowance do not keep its owner out.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use model::UserId;
use sha2::Sha256;
use uuid::Uuid;

use super::secrets::SealingKey;
use super::unguessable::random_bytes;

const USER_LENGTH: usize = 16;
const NONCE_LENGTH: usize = 16;

/// One browser of one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Device([u8; NONCE_LENGTH]);

/// The mark of a browser that was not marked before.
pub fn mark(key: &SealingKey, user: UserId) -> String {
    let nonce = random_bytes::<NONCE_LENGTH>();
    let marked = [user.0.as_bytes().as_slice(), nonce.as_slice()].concat();
    let proof = mac(key, &marked).finalize().into_bytes();
    URL_SAFE_NO_PAD.encode([marked.as_slice(), proof.as_slice()].concat())
}

/// Whose browser it is, if the mark is one of ours.
pub fn read(key: &SealingKey, mark: &str) -> Option<(UserId, Device)> {
    let bytes = URL_SAFE_NO_PAD.decode(mark).ok()?;
    let (marked, proof) = bytes.split_at_checked(USER_LENGTH + NONCE_LENGTH)?;
    mac(key, marked).verify_slice(proof).ok()?;
    let (user, nonce) = marked.split_at(USER_LENGTH);
    Some((UserId(Uuid::from_slice(user).ok()?), Device(nonce.try_into().ok()?)))
}

fn mac(key: &SealingKey, marked: &[u8]) -> Hmac<Sha256> {
    let derived = key.derive("device mark");
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(derived.as_slice()).expect("HMAC takes a key of any length");
    mac.update(marked);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_mark_of_this_key_is_believed() {
        let (key, user) = (SealingKey::new([1; 32]), UserId(Uuid::from_u128(1)));
        let first = mark(&key, user);
        assert_eq!(read(&key, &first).map(|(user, _)| user), Some(user));
        assert_ne!(first, mark(&key, user), "each browser has a mark of its own");
        assert_eq!(read(&SealingKey::new([2; 32]), &first), None);

        let mut forged = URL_SAFE_NO_PAD.decode(&first).expect("base64");
        forged[15] ^= 1;
        assert_eq!(read(&key, &URL_SAFE_NO_PAD.encode(forged)), None, "another user");
        assert_eq!(read(&key, ""), None);
    }
}
