//! The inbound addresses: their list, the form for a new one, and the page of one.

mod again;
mod credentials;
mod end;
pub mod list;
mod missing;
pub mod new;
mod secrets;
mod settings;
pub mod show;

use model::{EndpointId, Role, Timestamp};

use crate::port::visitor;

/// Whether the one who looks may change endpoints.
fn may_change() -> bool {
    visitor().is_some_and(|visitor| visitor.role >= Role::Admin)
}

/// The address at which a browser without scripts sees a card of the endpoint as it is by then.
fn look_again(endpoint: EndpointId, card: &str, now: Timestamp) -> String {
    // Where nothing but what follows the `#` is new, nothing is asked of the server.
    format!("/endpoints/{endpoint}?look={}#{card}", now.as_millis())
}
