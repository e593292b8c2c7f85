//! Everything of one person: a file a verb.

mod erase;
mod export;
mod show;

pub use erase::*;
pub use export::*;
pub use show::*;
