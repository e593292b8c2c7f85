//! What a record says of the webhook that it was fetched for, and what that does to the webhook. Pure.

use model::{Agreement, EndpointPolicy, Event, Judgement, RecordEvidence, RecordId, Timestamp};
use serde_json::Value;

use super::verdict_after;
use crate::providers::{Api, Asked};
use crate::store::records::Refetchable;
use crate::store::reverify::NewVerdict;

/// What is asked about a webhook with those events: the first of them that can be asked for.
pub(super) fn asked(api: &dyn Api, events: &[Event]) -> Option<Asked> {
    events.iter().find_map(|event| api.ask(event))
}

/// What the record says of all that the webhook tells. One event that it contradicts is enough to contradict the webhook, and
/// one of which it says nothing leaves the webhook untold: what is forwarded is the whole of it.
pub(super) fn agreement(api: &dyn Api, events: &[Event], asked: &Asked, record: &Value) -> Agreement {
    let of = |event: &Event| match api.ask(event) {
        Some(of_event) if of_event == *asked => api.compare(event, record),
        _ => Agreement::CannotTell,
    };
    let weakest = events.iter().map(of).min_by_key(strength);
    weakest.unwrap_or(Agreement::CannotTell)
}

/// Whether nothing but that the record is in an earlier state than was told contradicts the webhook.
pub(super) fn is_behind(api: &dyn Api, events: &[Event], asked: &Asked, record: &Value) -> bool {
    let contradicts = |event: &&Event| {
        api.ask(event).is_some_and(|of_event| of_event == *asked) && api.compare(event, record).agrees() == Some(false)
    };
    let mut contradicted = events.iter().filter(contradicts).peekable();
    contradicted.peek().is_some() && contradicted.all(|event| api.is_behind(event, record))
}

const fn strength(agreement: &Agreement) -> u8 {
    match agreement {
        Agreement::Contradicts(_) => 0,
        Agreement::CannotTell => 1,
        Agreement::AgreesButForSubject => 2,
        Agreement::Agrees => 3,
    }
}

/// The webhook after that record, as the endpoint's policy has it. `None` where it stays as it is.
pub(super) fn judged(
    webhook: &Refetchable,
    policy: EndpointPolicy,
    record: RecordId,
    fetched_at: Timestamp,
    agreement: &Agreement,
) -> Option<NewVerdict> {
    let says = RecordEvidence {
        record: Some(record),
        fetched_at,
        agreement: agreement.clone(),
    };
    let mut evidence = webhook.evidence.clone();
    let (verdict, contradicted) = match agreement {
        // What an earlier record showed, a later one that shows nothing does not undo.
        Agreement::CannotTell => {
            let is_told = |before: &RecordEvidence| before.agreement != Agreement::CannotTell;
            if evidence.record.as_ref().is_some_and(is_told) {
                return None;
            }
            (webhook.verdict, webhook.contradicted)
        }
        Agreement::Contradicts(_) => (webhook.verdict, true),
        Agreement::Agrees | Agreement::AgreesButForSubject => (verdict_after(webhook.verdict, agreement), false),
    };
    evidence.record = Some(says);
    let forwards = policy.forwards(Judgement {
        verdict,
        foreign_network: webhook.foreign_network,
        contradicted,
    });
    Some(NewVerdict {
        before: None,
        id: webhook.id,
        verdict,
        evidence,
        contradicted,
        forwards,
        deliveries: Vec::new(),
        refetch: None,
    })
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
