//! The inbound addresses: their list, the form for a new one, and the page of one.

mod again;
mod credentials;
mod end;
pub mod list;
mod missing;
pub mod new;
mod secrets;
mod settings;
pub mod show;

use model::Role;

use crate::port::visitor;

/// Whether the one who looks may change endpoints.
fn may_change() -> bool {
    visitor().is_some_and(|visitor| visitor.role >= Role::Admin)
}
