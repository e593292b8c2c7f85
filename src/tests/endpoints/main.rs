//! Endpoints, their secrets, and what is shown of their webhooks: the operations, against a running door.

mod personal_data;
mod reverify;
mod secrets;
mod settings;
#[path = "../support/mod.rs"]
mod support;

use hookproof::operation::Actor;
use model::{ActorKind, AuditAction, AuditEntry, AuditFilter, Role};
use support::TestApp;

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

/// The entries of that action, newest first.
async fn audited(app: &TestApp, action: AuditAction) -> Vec<AuditEntry> {
    let filter = AuditFilter {
        actions: vec![action],
        ..AuditFilter::default()
    };
    app.store.audit(&filter, None, 50).await.expect("read").items
}

/// What a line of the audit log says: each field, before and after.
fn told(entry: &AuditEntry) -> Vec<(&str, Option<&str>, Option<&str>)> {
    let fields = entry.detail.iter();
    fields
        .map(|change| (change.field.as_str(), change.before.as_deref(), change.after.as_deref()))
        .collect()
}
