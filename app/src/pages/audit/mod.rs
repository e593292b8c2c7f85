//! Who did what.

mod address;
mod filters;
pub mod list;
mod table;
