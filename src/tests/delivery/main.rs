//! One attempt at a destination, over real sockets: what it gets, and what every way of not answering comes to. And the worker
//! that makes attempts (`worker_…`): when, in which order, and what becomes of each delivery.

mod answers;
mod authority;
mod connections;
#[expect(dead_code, reason = "the crash test and the benches use other parts of it")]
#[path = "../load/database.rs"]
mod database;
mod destination;
mod failures;
mod hostile;
mod names;
mod setup;
#[path = "../support/mod.rs"]
mod support;
mod worker_answers;
mod worker_order;
mod worker_pauses;
mod worker_schedule;
mod worker_shared;
mod world;
