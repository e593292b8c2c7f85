//! Hookproof: the console and gateway for the webhooks of identity-verification providers.
//!
//! ARCHITECTURE.md has the bird's-eye view. The crate is a library so that tests and benches can reach it; the binary
//! only wires.

pub mod clock;
pub mod providers;
pub mod store;
