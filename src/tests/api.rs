//! `/api/v1`: what programs are answered, through the HTTP door.

#[path = "api/answers.rs"]
mod answers;
#[path = "api/errors.rs"]
mod errors;
#[path = "api/follow.rs"]
mod follow;
#[path = "api/forwarding.rs"]
mod forwarding;
#[path = "api/programs.rs"]
mod programs;
#[path = "api/roles.rs"]
mod roles;
mod support;
