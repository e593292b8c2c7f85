//! Endpoints and their secrets: a file a verb.

mod add;
mod archive;
mod change;
mod credentials;
mod input;
mod list;
mod reconcile;
mod reverify;
mod secrets;
mod show;

pub use add::*;
pub use archive::*;
pub use change::*;
pub use credentials::*;
pub use input::given;
pub use list::*;
pub use reconcile::*;
pub use reverify::*;
pub use secrets::*;
pub use show::*;
