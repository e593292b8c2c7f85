//! The users, for admins.

mod entry;
pub mod list;
