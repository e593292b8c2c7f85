//! Asking providers' APIs for records, over real HTTP: at their stand-ins, and at servers that do everything wrong. And what
//! becomes of webhooks because of it, in a running server.

#[path = "../delivery/authority.rs"]
mod authority;
#[path = "../delivery/destination.rs"]
#[expect(dead_code, reason = "these tests use a part of it")]
mod destination;
#[path = "../delivery/setup.rs"]
#[expect(dead_code, reason = "these tests use a part of it")]
mod setup;
#[path = "../support/mod.rs"]
mod support;

mod answers;
mod asking;
mod automatic;
mod bulk;
mod confirmation;
mod failures;
mod named;
mod pace;
mod reconcile;
mod retries;
mod stand_ins;
mod tokens;
mod world;
