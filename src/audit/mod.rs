//! The audit log: who did what. Read by admins, and checked by whoever can read the database.
//!
//! Written by [`crate::store::Store::change`], together with what was done. Each entry carries a hash over itself and the hash
//! of the one before, so that [`verify`] finds one that was changed or taken out. Someone who can write to the database can make
//! all hashes anew: whoever wants to notice that keeps the last hash elsewhere and compares.

mod list;
mod verify;
#[cfg(test)]
mod verify_tests;

pub use verify::{Broken, Fault, Verified, VerifyError, verify};
