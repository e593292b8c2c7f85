//! Passwords: hashed with argon2id, away from the threads that answer requests, and never many at once.
//!
//! Promises:
//! - checking a password costs one hash, whether there is such a user or not;
//! - at most three hashes are computed at a time, so that a flood of sign-ins takes neither all memory nor all processors;
//!   when too many wait, the next are told to come again instead of waiting for ever;
//! - those who are known wait in a line of their own, which no flood of strangers makes longer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::{Semaphore, SemaphorePermit};
use zeroize::Zeroizing;

use crate::operation::OperationError;

/// In characters.
pub const SHORTEST: usize = 12;
/// In characters. Longer ones would only cost more to hash.
pub const LONGEST: usize = 256;

/// How many hashes are computed at once for strangers, and beside them for those who are known.
const AT_ONCE_FOR_STRANGERS: usize = 2;
const AT_ONCE_FOR_KNOWN: usize = 1;
/// How many may be in a line, those whose hash is being computed included.
const LONGEST_LINE: usize = 32;

/// Where one waits for a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Strangers,
    /// For whoever is signed in, comes with a live link, or sits at a browser that the user was signed in with before.
    Known,
}

/// Makes and checks the hashes of passwords.
pub struct Passwords {
    argon2: Argon2<'static>,
    /// Looks like a hash and is the hash of no password: what is checked where there is none.
    decoy: String,
    strangers: Queue,
    known: Queue,
    computed: AtomicU64,
}

struct Queue {
    line: Semaphore,
    at_once: Arc<Semaphore>,
}

/// A place in a line, which is good for one hash.
pub struct Place<'a> {
    at_once: &'a Arc<Semaphore>,
    _in_line: SemaphorePermit<'a>,
}

impl Queue {
    fn new(at_once: usize) -> Self {
        Self {
            line: Semaphore::new(LONGEST_LINE),
            at_once: Arc::new(Semaphore::new(at_once)),
        }
    }
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
            strangers: Queue::new(AT_ONCE_FOR_STRANGERS),
            known: Queue::new(AT_ONCE_FOR_KNOWN),
            computed: AtomicU64::new(0),
        }
    }

    /// The cheapest parameters that there are, for tests of what happens around a password.
    pub fn cheap() -> Self {
        Self::with(Params::new(Params::MIN_M_COST, 1, 1, None).expect("the smallest parameters are valid"))
    }

    /// A place in the line; `Throttled` when it is too long. Taken before a try is counted, so that whoever is sent away has
    /// not used up a try.
    pub fn place(&self, line: Line) -> Result<Place<'_>, OperationError> {
        let queue = match line {
            Line::Strangers => &self.strangers,
            Line::Known => &self.known,
        };
        let in_line = queue.line.try_acquire();
        Ok(Place {
            at_once: &queue.at_once,
            _in_line: in_line.map_err(|_| OperationError::Throttled { seconds: 1 })?,
        })
    }

    /// Hashes a new password, in PHC form. Whoever may choose one is known. `Invalid` names `field` when it is too short or too
    /// long.
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
        let place = self.place(Line::Known)?;
        let computed = self.compute(place, move || {
            let hash = argon2.hash_password(password.as_bytes());
            hash.expect("the parameters are valid and the password is short").to_string()
        });
        Ok(computed.await)
    }

    /// Whether it is the password of that hash. Never true without a hash, at the same cost.
    pub async fn verify(&self, place: Place<'_>, password: &str, hash: Option<&str>) -> bool {
        let argon2 = self.argon2.clone();
        let password = Zeroizing::new(password.to_owned());
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        self.compute(place, move || {
            PasswordHash::new(&hash).is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    /// How many hashes were computed so far.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    async fn compute<T: Send + 'static>(&self, place: Place<'_>, work: impl FnOnce() -> T + Send + 'static) -> T {
        let turn = Arc::clone(place.at_once).acquire_owned().await;
        let turn = turn.expect("the semaphore is never closed");
        self.computed.fetch_add(1, Ordering::Relaxed);
        // The turn ends when the hash is done, also when whoever asked for it has gone by then.
        let computed = tokio::task::spawn_blocking(move || {
            let computed = work();
            drop(turn);
            computed
        });
        computed.await.expect("hashing does not panic")
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

    async fn verify(passwords: &Passwords, password: &str, hash: Option<&str>) -> bool {
        let place = passwords.place(Line::Strangers).expect("a place");
        passwords.verify(place, password, hash).await
    }

    #[tokio::test]
    async fn only_the_password_that_was_hashed_is_right() {
        let passwords = Passwords::cheap();
        let hash = passwords.hash("password", "correct horse battery").await.expect("hashed");
        assert!(verify(&passwords, "correct horse battery", Some(&hash)).await);
        assert!(!verify(&passwords, "correct horse batterx", Some(&hash)).await);
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
    }

    #[tokio::test]
    async fn checking_without_a_hash_costs_as_much_and_is_never_right() {
        let passwords = Passwords::default();
        let hash = PasswordHash::new(&passwords.decoy).expect("a hash in PHC form");
        let params = Params::try_from(&hash).expect("parameters");
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (19 * 1024, 2, 1));

        let passwords = Passwords::cheap();
        assert!(!verify(&passwords, "correct horse battery", None).await);
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
    async fn when_too_many_wait_the_next_is_told_to_come_again_and_those_who_are_known_are_not() {
        let passwords = Passwords::cheap();
        let places: Vec<_> = (0..LONGEST_LINE).map(|_| passwords.place(Line::Strangers)).collect();
        assert!(places.iter().all(Result::is_ok));
        let refused = passwords.place(Line::Strangers).err();
        assert!(
            matches!(refused, Some(OperationError::Throttled { seconds: 1 })),
            "{refused:?}"
        );
        let _turns = passwords.strangers.at_once.try_acquire_many(2).expect("free");
        let place = passwords.place(Line::Known).expect("a line of their own");
        assert!(!passwords.verify(place, "correct horse battery", None).await);
        drop(places);
        assert!(passwords.place(Line::Strangers).is_ok());
    }
}
