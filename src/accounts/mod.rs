//! Who may do what, and what must stay secret. In this version: sealing of secrets at rest.

pub mod secrets;
mod unlock;

pub use unlock::{UnlockError, unlock};
