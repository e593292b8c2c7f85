//! Webhooks that come again after they were erased: what was erased must not come back with them. Pure.

use std::collections::BTreeSet;

use bytes::Bytes;
use model::{Event, WebhookId};
use uuid::Uuid;

use super::{Appended, NewWebhook};

/// The webhooks that those of a batch repeat: seldom any.
pub(super) fn repeated(appended: &[Appended]) -> Vec<Uuid> {
    let repeated: BTreeSet<_> = appended
        .iter()
        .filter_map(|appended| appended.duplicate_of)
        .map(|original| original.0)
        .collect();
    repeated.into_iter().collect()
}

/// A batch of which some repeat what was erased.
pub(super) struct ErasedAgain {
    /// All of it, those without what was erased.
    pub batch: Vec<NewWebhook>,
    /// Those, as they came.
    pub webhooks: Vec<Came>,
}

/// A webhook that is erased as it is stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came {
    pub id: WebhookId,
    pub at: model::Timestamp,
    /// Of its body, in bytes.
    pub size: i64,
}

/// `None` when nothing of what the batch repeats was erased.
pub(super) fn erased_again(batch: &[NewWebhook], appended: &[Appended], erased: &[Uuid]) -> Option<ErasedAgain> {
    if erased.is_empty() {
        return None;
    }
    let mut webhooks = Vec::new();
    let batch = batch.iter().zip(appended).map(|(webhook, appended)| {
        let is_erased = appended.duplicate_of.is_some_and(|original| erased.contains(&original.0));
        if !is_erased {
            return webhook.clone();
        }
        webhooks.push(Came {
            id: webhook.id,
            at: webhook.received_at,
            size: i64::try_from(webhook.body.len()).unwrap_or(i64::MAX),
        });
        without_contents(webhook)
    });
    let batch = batch.collect();
    Some(ErasedAgain { batch, webhooks })
}

fn without_contents(webhook: &NewWebhook) -> NewWebhook {
    let events = webhook.events.iter().map(|event| Event {
        subject: None,
        resource: None,
        provider_event_id: None,
        ..event.clone()
    });
    NewWebhook {
        headers: Vec::new(),
        body: Bytes::new(),
        parse_error: None,
        events: events.collect(),
        ..webhook.clone()
    }
}
