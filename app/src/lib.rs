//! The console: shell, routes, pages and islands, and the port that the server implements.

#[cfg(feature = "ssr")]
pub mod port;
pub mod view;
