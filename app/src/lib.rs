//! The console: shell, routes, pages and islands, and the port that the server implements.
//!
//! Pages are rendered on the server only. The browser is given the islands, what they ask ([`api`]), the words for it and
//! their [`look`]; everything else is compiled for the server alone, so it cannot reach the browser by accident.

#![recursion_limit = "256"]

pub mod api;
pub mod islands;
pub mod look;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
pub mod port;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod security;
#[cfg(feature = "ssr")]
mod shell;
pub mod text;
#[cfg(feature = "ssr")]
mod ui;
pub mod view;

#[cfg(feature = "ssr")]
pub use self::{routes::App, security::provide_content_security_policy, shell::shell};
