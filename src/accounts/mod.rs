//! Who may do what, and what must stay secret.

mod rotate;
pub mod secrets;
mod sign_in_limits;
mod unlock;
pub mod vault;

pub use rotate::RotateError;
pub use sign_in_limits::SignInLimits;
pub use unlock::{UnlockError, unlock};
