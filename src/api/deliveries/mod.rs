//! Deliveries: a file a verb.

mod cancel;
mod list;
mod retry;
mod show;
mod view;

pub use cancel::*;
pub use list::*;
pub use retry::*;
pub use show::*;
pub use view::{DeliveryItem, QueuedDeliveries};
