//! Who may do what, and what must stay secret.
//!
//! The cast: [`Passwords`] hashes; [`SignInLimits`] counts tries, with a `limit` for each kind; `refusals` keeps the audit
//! log short; [`sessions`] keeps who is signed in, for the cookie's sake; `sign_in`, `links`, `second_factor`, `account`,
//! `users` and `tokens` are the operations; [`secrets`] and [`vault`] seal what is kept.
//!
//! Promises:
//! - a password costs one hash to check, whether there is such a user or not, and the answer is the same;
//! - the database holds no password, session id, token, link or recovery code, only what they are checked with;
//! - a code, a recovery code and a link work once;
//! - a role is read from the database for each request: who is demoted or disabled is so at once.

mod account;
pub mod device;
mod limit;
mod links;
pub mod passwords;
mod refusals;
mod rotate;
#[cfg(test)]
mod rotate_tests;
mod second_factor;
pub mod secrets;
pub mod sessions;
mod sign_in;
mod sign_in_limits;
mod tokens;
mod totp;
mod unguessable;
mod unlock;
mod users;
pub mod vault;

use std::net::IpAddr;

use model::{ActorKind, AuditTarget, AuditTargetKind, UserId, UserSummary};

use crate::operation::{Actor, OperationError};
use crate::store::accounts::User;

pub use account::NewPassword;
pub use links::IssuedLink;
pub use passwords::Passwords;
pub use rotate::RotateError;
pub use second_factor::RecoveryCodes;
pub use sign_in::{Entered, SignInError, password_mark};
pub use sign_in_limits::{Origin, SignInLimits};
pub use tokens::NewTokenValue;
pub use unguessable::{digest, new_text, random_bytes};
pub use unlock::{UnlockError, unlock};

impl Actor {
    /// Someone who is signed in.
    pub fn signed_in(user: &User, address: IpAddr) -> Self {
        Self {
            kind: ActorKind::User,
            user: Some(user.id),
            name: user.email.clone(),
            role: Some(user.role),
            address: Some(address),
        }
    }

    /// The user that acts, for what concerns themselves.
    fn own(&self) -> Result<UserId, OperationError> {
        self.user.ok_or(OperationError::NotSignedIn)
    }
}

impl From<&User> for UserSummary {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            email: user.email.clone(),
            role: user.role,
            invited: user.password_hash.is_none(),
            second_factor: user.second_factor.is_some(),
            disabled: user.disabled_at.is_some(),
            created_at: user.created_at,
            signed_in_at: user.signed_in_at,
        }
    }
}

/// The user as the audit log names them.
fn target(user: &User) -> AuditTarget {
    AuditTarget {
        kind: AuditTargetKind::User,
        id: user.id.to_string(),
        name: user.email.clone(),
    }
}
