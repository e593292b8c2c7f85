//! Resending, releasing and re-fetching everything that a filter lets through: a file a verb.

mod cancel;
mod filter;
mod show;
mod start;

pub use cancel::*;
pub use show::*;
pub use start::*;
