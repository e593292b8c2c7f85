//! Where webhooks are forwarded to: the list, the form for a new one, and the page of one.

pub mod address;
mod end;
pub mod health;
pub mod list;
pub mod new;
mod secrets;
mod settings;
pub mod show;
pub mod timeline;

use model::Role;

use crate::port::visitor;

/// Whether the one who looks may change destinations.
fn may_change() -> bool {
    visitor().is_some_and(|visitor| visitor.role >= Role::Admin)
}
