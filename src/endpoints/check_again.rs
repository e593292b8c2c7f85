//! Checking a batch of stored webhooks: everything of a re-verification that needs no database.

use std::collections::HashSet;

use axum::http::HeaderMap;
use model::{Evidence, Judgement, RefetchTrigger, Scheme, Verdict, WebhookId};

use crate::ingest::{HIDDEN, OpenEndpoint, asks_by_itself};
use crate::providers::{Request, StaticHeader};
use crate::store::reverify::{Before, NewVerdict, StoredRequest};
use crate::store::{decode_headers, encode_headers};

/// What a batch came to.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) count: u64,
    pub(super) changed: u64,
    /// Also those whose verdict stays and whose evidence does not; duplicates, which may be trusted more by now than what they
    /// repeat; and those with a delivery that waits, as the endpoint's policy may be another.
    pub(super) verdicts: Vec<NewVerdict>,
    /// Those that wait for their provider's record.
    pub(super) awaiting: HashSet<WebhookId>,
    /// The headers of those that were stored with the value of the static header, without it.
    pub(super) headers: Vec<(WebhookId, Vec<u8>)>,
}

impl Checked {
    /// Leaves out those that changed meanwhile, and what was to follow from them.
    pub(super) fn leave_out(&mut self, webhooks: &[WebhookId]) {
        let is_left_out = |id: &WebhookId| webhooks.contains(id);
        for new in self.verdicts.iter().filter(|new| is_left_out(&new.id)) {
            self.count = self.count.saturating_sub(1);
            let changed = new.before.as_ref().is_some_and(|before| before.verdict != new.verdict);
            self.changed = self.changed.saturating_sub(u64::from(changed));
        }
        self.verdicts.retain(|new| !is_left_out(&new.id));
        self.headers.retain(|(id, _)| !is_left_out(id));
    }
}

pub(super) fn check_batch(endpoint: &OpenEndpoint, batch: &[StoredRequest]) -> Checked {
    let mut checked = Checked::default();
    for stored in batch {
        let mut headers = decode_headers(&stored.headers);
        if let Some(new) = check(endpoint, stored, &headers) {
            checked.count += 1;
            checked.changed += u64::from(new.verdict != stored.verdict);
            let differs = new.verdict != stored.verdict || new.evidence != stored.evidence;
            if differs || stored.duplicate_of.is_some() || stored.waits {
                if awaits_record(endpoint, stored, &headers, new.verdict) {
                    checked.awaiting.insert(new.id);
                }
                checked.verdicts.push(new);
            }
        }
        let secret = endpoint.keyring.static_header.as_ref();
        if secret.is_some_and(|secret| redact(&mut headers, secret)) {
            checked.headers.push((stored.id, encode_headers(&headers)));
        }
    }
    checked
}

/// Checks one webhook as it came; `None` when it cannot be checked again.
fn check(endpoint: &OpenEndpoint, stored: &StoredRequest, headers: &HeaderMap) -> Option<NewVerdict> {
    let is_hidden = |name: &str| headers.get_all(name).iter().any(|value| value == HIDDEN);
    let was_checked_by = match stored.evidence.scheme {
        Some(Scheme::StaticHeader) => stored.evidence.header.as_deref(),
        _ => None,
    };
    let is_checked_by = endpoint.keyring.static_header.as_ref().map(|header| header.name.as_str());
    if [was_checked_by, is_checked_by].into_iter().flatten().any(is_hidden) {
        return None;
    }
    let forwards = |verdict| {
        let judgement = Judgement {
            verdict,
            foreign_network: stored.foreign_network,
            contradicted: stored.contradicted,
        };
        endpoint.stored.policy.forwards(judgement)
    };
    if stored.verdict == Verdict::Confirmed {
        return Some(NewVerdict {
            id: stored.id,
            before: Some(before(stored)),
            verdict: stored.verdict,
            evidence: stored.evidence.clone(),
            contradicted: stored.contradicted,
            forwards: forwards(stored.verdict),
            deliveries: Vec::new(),
            refetch: None,
        });
    }
    let request = Request {
        headers,
        body: &stored.body,
        received_at: stored.received_at,
    };
    let verification = endpoint.provider.verify(&request, &endpoint.keyring);
    Some(NewVerdict {
        id: stored.id,
        before: Some(before(stored)),
        verdict: verification.verdict,
        evidence: Evidence {
            record: stored.evidence.record.clone(),
            ..verification.evidence
        },
        contradicted: stored.contradicted,
        forwards: forwards(verification.verdict),
        deliveries: Vec::new(),
        refetch: None,
    })
}

fn before(stored: &StoredRequest) -> Before {
    Before {
        verdict: stored.verdict,
        evidence: stored.evidence.clone(),
        contradicted: stored.contradicted,
    }
}

/// Whether it goes on by itself only when its provider's record agrees, and the provider can be asked.
fn awaits_record(endpoint: &OpenEndpoint, stored: &StoredRequest, headers: &HeaderMap, verdict: Verdict) -> bool {
    let judgement = Judgement {
        verdict,
        foreign_network: stored.foreign_network,
        contradicted: stored.contradicted,
    };
    let request = Request {
        headers,
        body: &stored.body,
        received_at: stored.received_at,
    };
    let events = || endpoint.provider.parse(&request).events;
    endpoint.stored.policy.awaits_record(judgement)
        && asks_by_itself(endpoint, judgement, &events()) == Some(RefetchTrigger::Confirmation)
}

/// Hides the secret under whatever name it came; whether there was any. What else came under its name stays, as a value that
/// is put right later can still be looked for in it.
fn redact(headers: &mut HeaderMap, secret: &StaticHeader) -> bool {
    let mut found = false;
    for value in headers.values_mut().filter(|value| secret.is(value.as_bytes())) {
        *value = HIDDEN;
        found = true;
    }
    found
}
