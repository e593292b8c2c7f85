//! Passwords: hashed with argon2id, away from the threads that answer requests, and never many at once.
//!
//! Promises:
//! - checking a password costs one hash, whether there is such a user or not;
//! - at most two hashes are computed at a time, so that a flood of sign-ins takes neither all memory nor all processors;
//!   when too many wait, the next are told to come again instead of waiting for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::operation::OperationError;

/// In characters.
pub const SHORTEST: usize = 12;
/// In characters. Longer ones would only cost more to hash.
pub const LONGEST: usize = 256;

const AT_ONCE: usize = 2;
const MOST_WAITING: usize = 32;

/// Makes and checks the hashes of passwords.
pub struct Passwords {
    argon2: Argon2<'static>,
    /// Looks like a hash and is the hash of no password: what is checked where there is none.
    decoy: String,
    places: Arc<Semaphore>,
    waiting: Semaphore,
    computed: AtomicU64,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Passwords({:?})", self.argon2.params())
    }
}

impl Default for Passwords {
    /// With what OWASP recommends of argon2id at least: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self::with(Params::DEFAULT)
    }
}

impl Passwords {
    pub fn with(params: Params) -> Self {
        Self {
            decoy: decoy(&params),
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Semaphore::new(MOST_WAITING),
            computed: AtomicU64::new(0),
        }
    }

    /// The cheapest parameters that there are, for tests of what happens around a password.
    pub fn cheap() -> Self {
        Self::with(Params::new(Params::MIN_M_COST, 1, 1, None).expect("the smallest parameters are valid"))
    }

    /// Hashes a new password, in PHC form. `Invalid` names `field` when it is too short or too long.
    pub async fn hash(&self, field: &str, password: &str) -> Result<String, OperationError> {
        let length = password.chars().count();
        if length < SHORTEST {
            let message = format!("it has {length} characters; it takes at least {SHORTEST}");
            return Err(OperationError::invalid(field, message));
        }
        if length > LONGEST {
            return Err(OperationError::invalid(
                field,
                format!("it has more than {LONGEST} characters"),
            ));
        }
        let argon2 = self.argon2.clone();
        let password = Zeroizing::new(password.to_owned());
        self.compute(move || {
            let hash = argon2.hash_password(password.as_bytes());
            hash.expect("the parameters are valid and the password is short").to_string()
        })
        .await
    }

    /// Whether it is the password of that hash. Never true without a hash, at the same cost.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, OperationError> {
        let argon2 = self.argon2.clone();
        let password = Zeroizing::new(password.to_owned());
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        self.compute(move || {
            PasswordHash::new(&hash).is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    /// How many hashes were computed so far.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, OperationError> {
        let Ok(_waiting) = self.waiting.try_acquire() else {
            return Err(OperationError::Throttled { seconds: 1 });
        };
        let place = Arc::clone(&self.places);
        let place = place.acquire_owned().await.expect("the semaphore is never closed");
        self.computed.fetch_add(1, Ordering::Relaxed);
        // The place is given back when the hash is done, also when whoever asked for it has gone by then.
        let computed = tokio::task::spawn_blocking(move || {
            let computed = work();
            drop(place);
            computed
        });
        Ok(computed.await.expect("hashing does not panic"))
    }
}

fn decoy(params: &Params) -> String {
    let (salt, output) = (STANDARD_NO_PAD.encode([0; 16]), STANDARD_NO_PAD.encode([0; 32]));
    let (memory, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
    format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${output}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_that_was_hashed_is_right() {
        let passwords = Passwords::cheap();
        let hash = passwords.hash("password", "correct horse battery").await.expect("hashed");
        assert!(passwords.verify("correct horse battery", Some(&hash)).await.expect("checked"));
        assert!(!passwords.verify("correct horse batterx", Some(&hash)).await.expect("checked"));
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
    }

    #[tokio::test]
    async fn checking_without_a_hash_costs_as_much_and_is_never_right() {
        let passwords = Passwords::default();
        let hash = PasswordHash::new(&passwords.decoy).expect("a hash in PHC form");
        let params = Params::try_from(&hash).expect("parameters");
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (19 * 1024, 2, 1));

        let passwords = Passwords::cheap();
        assert!(!passwords.verify("correct horse battery", None).await.expect("checked"));
        assert_eq!(passwords.computed(), 1);
    }

    #[tokio::test]
    async fn a_password_has_twelve_to_256_characters() {
        async fn check(password: String, expected: bool) {
            let hashed = Passwords::cheap().hash("new", &password).await;
            assert_eq!(hashed.is_ok(), expected, "{} characters", password.chars().count());
        }
        check("a".repeat(11), false).await;
        check("ä".repeat(12), true).await;
        check("ä".repeat(256), true).await;
        check("a".repeat(257), false).await;
    }

    #[tokio::test]
    async fn when_too_many_wait_the_next_is_told_to_come_again() {
        let passwords = Passwords::cheap();
        let _all = passwords
            .waiting
            .try_acquire_many(u32::try_from(MOST_WAITING).expect("few"))
            .expect("free");
        let refused = passwords.verify("correct horse battery", None).await;
        assert!(
            matches!(refused, Err(OperationError::Throttled { seconds: 1 })),
            "{refused:?}"
        );
        assert_eq!(passwords.computed(), 0);
    }
}
