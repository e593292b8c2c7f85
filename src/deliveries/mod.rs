//! Deliveries: the operations that every door to them calls.
//!
//! What people can do about a delivery:
//! - *retry* tries it now. A manual attempt takes the place of the scheduled one, and the schedule goes on from there; one
//!   that was at its end begins its schedule anew;
//! - *cancel* ends it. An ordered destination then gets the next of the subject;
//! - *resend* sends a webhook again, to one destination or to all that take it. What is on its way already is sent now
//!   instead of twice; otherwise it is a delivery of its own. It stands in for an earlier one that failed: that one is
//!   cancelled, and counts as failed again when the new one is cancelled before it was tried. One that was delivered stays so.
//!   An ordered destination gets the failed one itself again, in its place before those that wait for it;
//! - *release* lets go what is held because the webhook is not trusted.
//!
//! Promises:
//! - neither resending nor retrying lets go what is not trusted: what they make or bring back is held, also where an earlier
//!   one was cancelled. Letting go is releasing, and says so in the audit log;
//! - nothing is sent of a webhook that was erased, whoever asks for it;
//! - a bulk resend survives a crash at any instruction: what it has dealt with is written with what it made.

mod bulk;
mod bulk_job;
mod list;
mod overview;
mod release;
mod resend;
mod retry;
mod targets;

use model::{AuditChange, AuditTarget, AuditTargetKind, DeliveryRow, DestinationId, Text};

use crate::store::delivery::Resendable;

pub use bulk::{BulkCount, BulkRequest};
pub use overview::Backlog;

/// How many webhooks can be named in one request; more are resent in bulk.
pub const MOST_AT_ONCE: usize = 200;

/// The delivery as the audit log names it.
fn target(delivery: &DeliveryRow) -> AuditTarget {
    let what = delivery.event_type.as_ref().map_or(WITHOUT_EVENT, Text::as_str);
    AuditTarget {
        kind: AuditTargetKind::Delivery,
        id: delivery.id.to_string(),
        name: format!("{what} to {}", delivery.destination_name),
    }
}

/// The webhook as the audit log names it; of several the detail has to say which.
pub(crate) fn target_of_webhooks(webhooks: &[Resendable]) -> Option<AuditTarget> {
    let [webhook] = webhooks else { return None };
    let event = webhook.events.first();
    Some(AuditTarget {
        kind: AuditTargetKind::Webhook,
        id: webhook.id.to_string(),
        name: event.map_or(WITHOUT_EVENT, |event| event.event_type.as_str()).to_owned(),
    })
}

/// What the audit log says of webhooks that were resent or released.
fn detail(webhooks: &[Resendable], destination: Option<DestinationId>, deliveries: usize) -> Vec<AuditChange> {
    let field = |name: &str, value: String| AuditChange {
        field: name.to_owned(),
        before: None,
        after: Some(value),
    };
    let several = webhooks.iter().filter(|_| webhooks.len() > 1);
    several
        .map(|webhook| field("webhook", webhook.id.to_string()))
        .chain(destination.map(|id| field("destination", id.to_string())))
        .chain([field("deliveries", deliveries.to_string())])
        .collect()
}

/// What is said to whoever sends what was erased.
const ERASED: &str = "it was erased: there is nothing left to send";

/// What is said to whoever sends what they have to release.
const RELEASE_FIRST: &str = "it is held because it is not trusted: release it first";

const WITHOUT_EVENT: &str = "webhook without an event";
