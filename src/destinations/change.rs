use std::fmt::Display;

use model::{AuditAction, AuditChange, DestinationId, EndpointId, Outcome, Role, Subscription, Text};
use secrecy::SecretString;

use super::headers::Headers;
use super::{DestinationView, target};
use crate::endpoints::changed;
use crate::operation::{Actor, Errors, OperationError, Operations};
use crate::store::StoreError;
use crate::store::change::Change;
use crate::store::delivery::Destination;

/// What an admin changes of a destination. `None` leaves a setting as it is; the inner `None` takes it away.
#[derive(Debug, Default)]
pub struct DestinationChange {
    pub name: Option<String>,
    pub url: Option<String>,
    pub endpoints: Option<Vec<EndpointId>>,
    pub event_types: Option<Vec<Text>>,
    pub outcomes: Option<Vec<Outcome>>,
    /// All that are to be there afterwards.
    pub headers: Option<Vec<HeaderChange>>,
    pub concurrency: Option<u32>,
    pub rate_limit: Option<Option<u32>>,
    pub ordered: Option<bool>,
    pub schedule: Option<Vec<u32>>,
}

/// A header that is added to each request.
#[derive(Debug)]
pub struct HeaderChange {
    pub name: String,
    /// `None` leaves the value as it is.
    pub value: Option<SecretString>,
}

impl Operations {
    /// Changes a destination's settings, for what waits for it as well. What is left as it is needs no line in the audit
    /// log. For admins.
    pub async fn change_destination(
        &self,
        actor: &Actor,
        id: DestinationId,
        change: DestinationChange,
    ) -> Result<DestinationView, OperationError> {
        actor.require(Role::Admin)?;
        let mut may_try_again = true;
        let after = loop {
            let before = self.destination_in_use(id).await?;
            let (after, detail) = self.think_out(&before, &change).await?;
            if detail.is_empty() {
                break before;
            }
            let entry = self.entry(actor, AuditAction::DestinationChanged, Some(target(&before)), detail);
            let update = Change::UpdateDestination {
                before: before.into(),
                after: after.clone().into(),
            };
            match self.change_and_tell(&update, &entry).await {
                // What someone else changed stays, as what this change names is put on top of it.
                Err(StoreError::Changed(_)) if may_try_again => may_try_again = false,
                done => {
                    done?;
                    break after;
                }
            }
        };
        self.view_of(after).await
    }

    /// The destination as it is to be, and what the audit log says of the change.
    async fn think_out(
        &self,
        before: &Destination,
        change: &DestinationChange,
    ) -> Result<(Destination, Vec<AuditChange>), OperationError> {
        let mut errors = Errors::default();
        let mut after = apply(before, change);
        let mut new_values = Vec::new();
        if let Some(wanted) = &change.headers {
            let key = self.sealing_key().await?;
            let earlier = Headers::open(before, &key)?;
            let headers = earlier.changed(wanted, &mut errors);
            new_values = headers.with_new_values(&earlier).map(str::to_owned).collect();
            after.header_names = headers.names();
            if !new_values.is_empty() || after.header_names != before.header_names {
                after.sealed_headers = headers.seal(&key, before.id);
            }
        }
        self.check_settings(&after, &mut errors).await?;
        errors.none_or_invalid()?;
        let detail = differences(before, &after, new_values);
        Ok((after, detail))
    }
}

fn apply(before: &Destination, change: &DestinationChange) -> Destination {
    fn or<T: Clone>(change: Option<&T>, before: &T) -> T {
        change.unwrap_or(before).clone()
    }
    let subscription = &before.subscription;
    Destination {
        name: or(change.name.as_ref(), &before.name),
        url: or(change.url.as_ref(), &before.url),
        subscription: Subscription {
            endpoints: or(change.endpoints.as_ref(), &subscription.endpoints),
            event_types: or(change.event_types.as_ref(), &subscription.event_types),
            outcomes: or(change.outcomes.as_ref(), &subscription.outcomes),
        },
        concurrency: change.concurrency.unwrap_or(before.concurrency),
        rate_limit: change.rate_limit.unwrap_or(before.rate_limit),
        ordered: change.ordered.unwrap_or(before.ordered),
        schedule: or(change.schedule.as_ref(), &before.schedule),
        ..before.clone()
    }
}

/// What the audit log says of a destination that is added: what is sent there, and where that is. Of headers only their names.
pub(super) fn settings(destination: &Destination) -> Vec<AuditChange> {
    let takes = &destination.subscription;
    let settings = [
        changed("url", None, Some(&destination.url)),
        changed("endpoints", None, list(&takes.endpoints)),
        changed("event_types", None, list(&takes.event_types)),
        changed("outcomes", None, list(&takes.outcomes)),
        changed("headers", None, list(&destination.header_names)),
    ];
    settings.into_iter().flatten().collect()
}

/// What the audit log says of a change, field by field. Of headers only their names, and which have other values.
fn differences(before: &Destination, after: &Destination, new_values: Vec<String>) -> Vec<AuditChange> {
    let (was, is) = (&before.subscription, &after.subscription);
    let settings = [
        changed("name", Some(&before.name), Some(&after.name)),
        changed("url", Some(&before.url), Some(&after.url)),
        changed("endpoints", list(&was.endpoints), list(&is.endpoints)),
        changed("event_types", list(&was.event_types), list(&is.event_types)),
        changed("outcomes", list(&was.outcomes), list(&is.outcomes)),
        changed("headers", list(&before.header_names), list(&after.header_names)),
        changed("concurrency", Some(before.concurrency), Some(after.concurrency)),
        changed("rate_limit", before.rate_limit, after.rate_limit),
        changed("ordered", Some(before.ordered), Some(after.ordered)),
        changed("schedule", list(&before.schedule), list(&after.schedule)),
    ];
    let values = new_values.into_iter().map(|name| AuditChange {
        field: format!("headers.{name}"),
        before: None,
        after: None,
    });
    settings.into_iter().flatten().chain(values).collect()
}

fn list<T: Display>(values: &[T]) -> Option<String> {
    let texts: Vec<_> = values.iter().map(ToString::to_string).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}
