//! Who gets in, how far, and for how long: through the HTTP door.

mod cross_site;
mod links;
mod roles;
mod second_factor;
mod sessions;
mod sign_in;
#[path = "../support/mod.rs"]
mod support;
mod tokens;
mod users;
