//! The inbound addresses.

pub mod list;
