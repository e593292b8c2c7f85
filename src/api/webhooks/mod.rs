//! The log: a file a verb.

mod body;
mod list;
mod show;
mod view;

pub use body::*;
pub use list::*;
pub use show::*;
pub use view::WebhookItem;
