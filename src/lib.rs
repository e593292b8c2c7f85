//! Hookproof: the console and gateway for the webhooks of identity-verification providers.
//!
//! ARCHITECTURE.md has the bird's-eye view. The crate is a library so that tests and benches can reach it; the binary
//! only wires.

pub mod accounts;
pub mod api;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod deliveries;
pub mod delivery;
pub mod destinations;
pub mod endpoints;
pub mod health;
pub mod ingest;
pub mod operation;
pub mod providers;
pub mod records;
pub mod router;
pub mod server;
pub mod store;
pub mod subjects;
pub mod webhooks;
