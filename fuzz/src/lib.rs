//! The provider modules alone. Built as a part of the server they would bring its web framework and databases with
//! them, and the first run would take a quarter of an hour instead of a minute or two.

#[path = "../../src/providers/mod.rs"]
pub mod providers;
