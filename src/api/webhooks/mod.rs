//! The log: a file a verb.

mod body;
mod list;
mod refetch;
mod resend;
mod show;
mod view;

pub use body::*;
pub use list::*;
pub use refetch::*;
pub use resend::*;
pub use show::*;
pub use view::WebhookItem;
