//! What is forwarded: the list of deliveries, and the page of one.

pub mod actions;
pub mod address;
mod attempts;
pub mod brief;
mod filters;
mod life;
pub mod list;
pub mod show;
pub mod table;

use model::Role;

use crate::port::visitor;

/// Whether the one who looks may retry, cancel, resend and release.
pub fn may_act() -> bool {
    visitor().is_some_and(|visitor| visitor.role >= Role::Operator)
}
