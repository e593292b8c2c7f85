//! Which webhooks of a batch tell of an event that was told of before.

use std::collections::{BTreeMap, BTreeSet};

use model::{EndpointId, WebhookId};

use super::NewWebhook;
use crate::providers::SameEvent;

/// What makes two webhooks tell of the same event. Sorted, so that every node locks keys in the same order.
pub(super) type EventKey = (EndpointId, SameEvent);

/// The most trusted webhook so far that tells of an event, the first one among equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Original {
    pub webhook_id: WebhookId,
    pub trust: u8,
}

/// What a batch does to the originals.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Resolved {
    /// For each webhook of the batch the one that it repeats.
    pub duplicate_of: Vec<Option<WebhookId>>,
    /// The originals after the batch, where they differ from before.
    pub changed: BTreeMap<EventKey, Original>,
}

/// The events that a batch tells of, each once.
pub(super) fn event_keys(batch: &[NewWebhook]) -> BTreeSet<EventKey> {
    batch.iter().filter_map(key).collect()
}

/// Decides in the order of the batch. `known` holds the originals before it, of the events that it tells of.
///
/// A webhook repeats the original that is trusted at least as much as itself; otherwise it becomes the original, so
/// that a forged webhook does not shadow the genuine one that comes after it.
pub(super) fn resolve(batch: &[NewWebhook], known: &BTreeMap<EventKey, Original>) -> Resolved {
    let mut resolved = Resolved {
        duplicate_of: Vec::with_capacity(batch.len()),
        changed: BTreeMap::new(),
    };
    for webhook in batch {
        let mut duplicate_of = None;
        if let Some(key) = key(webhook) {
            let trust = webhook.trust();
            match resolved.changed.get(&key).or_else(|| known.get(&key)) {
                Some(original) if original.trust >= trust => duplicate_of = Some(original.webhook_id),
                _ => {
                    resolved.changed.insert(
                        key,
                        Original {
                            webhook_id: webhook.id,
                            trust,
                        },
                    );
                }
            }
        }
        resolved.duplicate_of.push(duplicate_of);
    }
    resolved
}

fn key(webhook: &NewWebhook) -> Option<EventKey> {
    webhook.same_event.map(|same_event| (webhook.endpoint_id, same_event))
}
