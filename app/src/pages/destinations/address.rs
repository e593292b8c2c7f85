//! The addresses of destinations.

use model::DestinationId;

pub const LIST: &str = "/destinations";
pub const NEW: &str = "/destinations/new";

/// The parameter with which a page tells what came of a test.
pub const TESTED: &str = "tested";

pub fn destination(id: DestinationId) -> String {
    format!("{LIST}/{id}")
}

/// The page that says what came of the test that was just sent. What that was does not stand in the address, since anyone
/// can make one up.
pub fn tested(id: DestinationId) -> String {
    format!("{}?{TESTED}=true#test", destination(id))
}
