//! What new verdicts of stored webhooks do to the originals, the duplicates and the counters.

use std::collections::{BTreeMap, BTreeSet};

use model::{EndpointId, Evidence, Outcome, Timestamp, Verdict, WebhookId};
use sqlx::FromRow;
use uuid::Uuid;

use super::StoreError;
use super::delivery::NewDelivery;
use super::duplicates::{EventKey, Original};
use super::reverify::{Before, NewVerdict};
use super::rollups::{Counter, MINUTE};
use super::rows::{unreadable, word};
use super::stored_time::StoredTime;
use crate::providers::SameEvent;

/// A stored webhook as far as its verdict matters elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    pub id: WebhookId,
    pub endpoint_id: EndpointId,
    pub received_at: Timestamp,
    pub same_event: Option<SameEvent>,
    pub foreign_network: bool,
    /// It repeated another until now.
    pub was_duplicate: bool,
    /// Of the event that names its row.
    pub outcome: Option<Outcome>,
    /// The verdict before.
    pub before: Verdict,
    pub after: Verdict,
}

#[derive(FromRow)]
pub(super) struct JudgedColumns {
    id: Uuid,
    endpoint_id: Uuid,
    received_at: StoredTime,
    same_event: Option<Vec<u8>>,
    foreign_network: bool,
    was_duplicate: bool,
    outcome: Option<String>,
    verdict: String,
    evidence: String,
    contradicted: bool,
}

/// What new verdicts do to the links between webhooks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Relinked {
    /// For each webhook the one that it repeats now.
    pub duplicate_of: Vec<Option<WebhookId>>,
    /// The originals that are others, or are trusted otherwise, than before.
    pub changed: BTreeMap<EventKey, Original>,
}

/// The stored webhooks with their new verdicts, in the order of the rows, and those that changed since their verdicts were computed.
pub(super) fn judged(rows: Vec<JudgedColumns>, verdicts: &[NewVerdict]) -> Result<(Vec<Judged>, Vec<WebhookId>), StoreError> {
    let verdicts: BTreeMap<_, _> = verdicts.iter().map(|new| (new.id, new)).collect();
    let (mut judged, mut changed) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let Some(new) = verdicts.get(&WebhookId(row.id)) else {
            continue;
        };
        match &new.before {
            Some(before) if !row.is_as(before)? => changed.push(new.id),
            _ => judged.push(row.judged(new.verdict)?),
        }
    }
    Ok((judged, changed))
}

impl JudgedColumns {
    fn is_as(&self, before: &Before) -> Result<bool, StoreError> {
        let evidence: Evidence = serde_json::from_str(&self.evidence).map_err(unreadable)?;
        let stored = (word(&self.verdict)?, &evidence, self.contradicted);
        Ok(stored == (before.verdict, &before.evidence, before.contradicted))
    }

    fn judged(self, after: Verdict) -> Result<Judged, StoreError> {
        Ok(Judged {
            id: WebhookId(self.id),
            endpoint_id: EndpointId(self.endpoint_id),
            received_at: self.received_at.0,
            same_event: self.same_event.map(same_event).transpose()?,
            foreign_network: self.foreign_network,
            was_duplicate: self.was_duplicate,
            outcome: self.outcome.as_deref().map(word).transpose()?,
            before: word(&self.verdict)?,
            after,
        })
    }
}

/// What makes webhooks tell of the same event, as it is stored.
pub(super) fn same_event(bytes: Vec<u8>) -> Result<SameEvent, StoreError> {
    let digest = bytes.try_into();
    let digest = digest.map_err(|_| StoreError::Unreadable("an event's digest".to_owned()))?;
    Ok(SameEvent(digest))
}

impl Judged {
    fn key(&self) -> Option<EventKey> {
        self.same_event.map(|same_event| (self.endpoint_id, same_event))
    }

    /// As [`super::NewWebhook::trust`] has it for one that arrives.
    const fn trust(&self) -> u8 {
        if self.foreign_network { 0 } else { self.after.trust() }
    }

    fn counter(&self, verdict: Verdict) -> Counter {
        Counter {
            minute: self.received_at.floor_to(MINUTE),
            endpoint_id: self.endpoint_id,
            verdict,
            outcome: self.outcome,
        }
    }
}

/// The events that they tell of, each once, in the order in which their originals are locked.
pub(super) fn event_keys(webhooks: &[Judged]) -> BTreeSet<EventKey> {
    webhooks.iter().filter_map(Judged::key).collect()
}

/// Decides in the order of the webhooks. `known` holds the originals of the events that they tell of: every webhook that
/// tells of an event has left one behind, itself or another.
///
/// An original stays one, with its new trust. Any other becomes the original when it is trusted more, and repeats the
/// original otherwise: also one that came later, as that may have been forwarded already.
pub(super) fn relink(webhooks: &[Judged], known: &BTreeMap<EventKey, Original>) -> Relinked {
    let mut relinked = Relinked {
        duplicate_of: Vec::with_capacity(webhooks.len()),
        changed: BTreeMap::new(),
    };
    for webhook in webhooks {
        let original = webhook
            .key()
            .and_then(|key| Some((key, *relinked.changed.get(&key).or_else(|| known.get(&key))?)));
        let mut duplicate_of = None;
        if let Some((key, original)) = original {
            let trust = webhook.trust();
            if original.webhook_id != webhook.id && original.trust >= trust {
                duplicate_of = Some(original.webhook_id);
            } else if (original.webhook_id, original.trust) != (webhook.id, trust) {
                let webhook_id = webhook.id;
                relinked.changed.insert(key, Original { webhook_id, trust });
            }
        }
        relinked.duplicate_of.push(duplicate_of);
    }
    relinked
}

/// The deliveries of those that repeat no other any more, in the order of the webhooks.
pub(super) fn first_deliveries<'a>(
    webhooks: &[Judged],
    relinked: &Relinked,
    verdicts: &'a [NewVerdict],
) -> Vec<(WebhookId, &'a NewDelivery)> {
    let verdicts: BTreeMap<_, _> = verdicts.iter().map(|new| (new.id, new)).collect();
    let originals = webhooks.iter().zip(&relinked.duplicate_of);
    originals
        .filter(|(webhook, duplicate_of)| webhook.was_duplicate && duplicate_of.is_none())
        .flat_map(|(webhook, _)| verdicts[&webhook.id].deliveries.iter().map(|delivery| (webhook.id, delivery)))
        .collect()
}

/// What is added to the counters, and taken from them: never nothing.
pub(super) fn moves(webhooks: &[Judged]) -> BTreeMap<Counter, i64> {
    let mut moves = BTreeMap::new();
    for webhook in webhooks {
        *moves.entry(webhook.counter(webhook.before)).or_default() -= 1;
        *moves.entry(webhook.counter(webhook.after)).or_default() += 1;
    }
    moves.retain(|_, count| *count != 0);
    moves
}

#[cfg(test)]
#[path = "relink_tests.rs"]
mod tests;
