//! The audit log: who did what. Read by admins, and checked by whoever can read the database.
//!
//! Written by [`crate::store::Store::change`], together with what was done. Each entry carries a hash over itself and the hash
//! of the one before, and the last one is kept beside the log, so that [`verify`] finds an entry that was changed or taken out.
//! None of that takes a secret: someone who can write to the database can cut the end off, or make everything anew, and set
//! what is kept beside the log to fit. That shows only against an end ([`crate::store::audit::AuditHead`]) that was kept
//! elsewhere, such as in the server's log ([`log_head`]).

mod head;
mod list;
mod verify;
#[cfg(test)]
mod verify_tests;

pub use head::{NotAHead, log_head};
pub use verify::{Broken, Fault, VerifyError, verify};
