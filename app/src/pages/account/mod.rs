//! The account of the one who is signed in.

mod second_factor;
mod sessions;
pub mod show;
mod tokens;
