//! Forwarding: how a webhook comes to the addresses that are to have it.

pub mod breaker;
