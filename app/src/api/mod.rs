//! Server functions: what islands may ask. Each calls the port and returns.

pub mod webhooks;
