//! Destinations: a file a verb.

mod add;
mod archive;
mod change;
mod list;
mod rotate;
mod show;
mod switch;
mod test;

pub use add::*;
pub use archive::*;
pub use change::*;
pub use list::*;
pub use rotate::*;
pub use show::*;
pub use switch::*;
pub use test::*;
