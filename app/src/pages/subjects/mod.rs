//! One person over all providers: the search, the page of one, and its end.

pub mod address;
mod erase;
mod events;
pub mod list;
mod present;
mod records;
pub mod show;
