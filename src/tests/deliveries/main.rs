//! Destinations and deliveries: the operations, against a running door. No worker runs: the tests make the attempts, so that
//! each delivery is where they want it.

mod bulk;
mod checked_again;
mod destinations;
mod pages;
mod release;
mod resend;
mod retry;
#[path = "../support/mod.rs"]
mod support;
mod test_webhook;
mod world;

use hookproof::operation::{Actor, OperationError};
use model::{ActorKind, AuditEntry, Role};

/// Someone who is signed in with that role.
fn someone(role: Role) -> Actor {
    Actor {
        kind: ActorKind::User,
        user: None,
        name: format!("{role}@example.com"),
        role: Some(role),
        address: None,
    }
}

fn admin() -> Actor {
    someone(Role::Admin)
}

fn operator() -> Actor {
    someone(Role::Operator)
}

/// What a line of the audit log says: each field, before and after.
fn told(entry: &AuditEntry) -> Vec<(&str, Option<&str>, Option<&str>)> {
    let fields = entry.detail.iter();
    fields
        .map(|change| (change.field.as_str(), change.before.as_deref(), change.after.as_deref()))
        .collect()
}

/// The sentence of a conflict.
fn conflict<T: std::fmt::Debug>(done: Result<T, OperationError>) -> String {
    match done {
        Err(OperationError::Conflict(sentence)) => sentence,
        other => panic!("no conflict: {other:?}"),
    }
}

/// The fields that were refused.
fn refused<T: std::fmt::Debug>(done: Result<T, OperationError>) -> Vec<String> {
    match done {
        Err(OperationError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("not refused: {other:?}"),
    }
}
