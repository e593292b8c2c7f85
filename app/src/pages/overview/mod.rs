//! The first page: what needs a person, then how much came and how the destinations do.

mod needs;
pub mod show;
mod steps;
