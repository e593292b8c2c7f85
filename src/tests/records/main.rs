//! Asking providers' APIs for records, over real HTTP: at their stand-ins, and at servers that do everything wrong.

#[path = "../delivery/authority.rs"]
mod authority;
#[path = "../delivery/destination.rs"]
#[expect(dead_code, reason = "these tests use a part of it")]
mod destination;
#[path = "../delivery/setup.rs"]
#[expect(dead_code, reason = "these tests use a part of it")]
mod setup;

mod answers;
mod asking;
mod failures;
mod pace;
mod stand_ins;
mod tokens;
