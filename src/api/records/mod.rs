//! What providers' APIs answered: a file a verb.

mod body;
mod show;
mod view;

pub use body::*;
pub use show::*;
pub use view::{Fetched, RecordItem, RecordWhole};
