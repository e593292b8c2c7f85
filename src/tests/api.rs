//! `/api/v1`: what programs are answered, through the HTTP door.

#[path = "api/answers.rs"]
mod answers;
#[path = "api/elsewhere.rs"]
mod elsewhere;
#[path = "api/erasure.rs"]
mod erasure;
#[path = "api/errors.rs"]
mod errors;
#[path = "api/follow.rs"]
mod follow;
#[path = "api/forwarding.rs"]
mod forwarding;
#[path = "api/programs.rs"]
mod programs;
#[path = "api/reconcile.rs"]
mod reconcile;
#[path = "api/records.rs"]
mod records;
#[path = "api/refetch.rs"]
mod refetch;
#[path = "api/roles.rs"]
mod roles;
#[path = "api/subjects.rs"]
mod subjects;
mod support;
