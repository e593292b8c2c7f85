//! Who may do what, and what must stay secret.

pub mod secrets;
mod sign_in_limits;
mod unlock;
pub mod vault;

pub use sign_in_limits::SignInLimits;
pub use unlock::{UnlockError, unlock};
