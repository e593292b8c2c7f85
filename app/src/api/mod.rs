//! Server functions: what islands may ask, and what forms change. Each reads what it is given, calls the port, which asks
//! whether the one who calls may do that, and leads on to the page where the result is seen.

pub mod account;
pub mod deliveries;
pub mod destinations;
pub mod endpoints;
#[cfg(feature = "ssr")]
mod reading;
pub mod records;
pub mod sign_in;
pub mod subjects;
pub mod users;
pub mod webhooks;
