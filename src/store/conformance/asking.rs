//! What the cases of re-fetching have in common: an endpoint, webhooks whose records are asked for, and what came of it.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use model::{
    Agreement, Contradiction, EndpointId, Evidence, Failure, RecordEvidence, RecordId, RefetchId, RefetchRow, RefetchState,
    RefetchTrigger, Resource, Verdict, WebhookId,
};
use uuid::Uuid;

use super::database::Database;
use super::forwarding::Forwarding;
use super::world::{World, at, text};
use crate::store::change::Change;
use crate::store::records::{
    FinishedRefetch, LeasedRefetch, NewRecord, NewRefetch, QueuedRefetch, RefetchEnd, RefetchLease, Refetchable, Rejudged,
};
use crate::store::reverify::NewVerdict;
use crate::store::{NewWebhook, StoreError};

pub const LEASE_SECONDS: i64 = 60;

pub struct Asking {
    pub forwarding: Forwarding,
    leases: AtomicU64,
}

impl Asking {
    pub async fn new(database: &Database) -> Self {
        let forwarding = Forwarding::new(database).await;
        let leases = AtomicU64::new(1);
        Self { forwarding, leases }
    }

    pub fn world(&self) -> &World {
        &self.forwarding.world
    }

    pub fn endpoint(&self) -> EndpointId {
        self.forwarding.endpoint
    }

    pub fn new_refetch(&self, trigger: RefetchTrigger, seconds: i64) -> NewRefetch {
        NewRefetch {
            id: RefetchId(self.world().id(at(seconds))),
            trigger,
            due_at: at(seconds),
        }
    }

    /// A webhook with its re-fetch, not yet appended.
    pub fn webhook(&self, seconds: i64) -> NewWebhook {
        NewWebhook {
            refetch: Some(self.new_refetch(RefetchTrigger::Automatic, seconds)),
            ..self.world().webhook(self.endpoint(), seconds)
        }
    }

    /// Appends a webhook with its re-fetch.
    pub async fn append(&self, seconds: i64) -> (WebhookId, RefetchId) {
        let webhook = self.webhook(seconds);
        let ids = (webhook.id, webhook.refetch.expect("it has one").id);
        self.world().append(&[webhook]).await;
        ids
    }

    pub fn queued(&self, webhook_id: WebhookId, seconds: i64) -> QueuedRefetch {
        QueuedRefetch {
            id: RefetchId(self.world().id(at(seconds))),
            webhook_id,
        }
    }

    /// A person asks. The id of the re-fetch, should one be made.
    pub async fn ask(&self, webhook: WebhookId, seconds: i64) -> RefetchId {
        let queued = self.queued(webhook, seconds);
        self.world().change(ask(vec![queued], seconds)).await;
        queued.id
    }

    pub fn request(&self, endpoint: EndpointId, seconds: i64, most: u32) -> RefetchLease {
        RefetchLease {
            endpoint,
            now: at(seconds),
            until: at(seconds + LEASE_SECONDS),
            lease: Uuid::from_u128(self.leases.fetch_add(1, Ordering::Relaxed).into()),
            most,
        }
    }

    /// The lease, and what was leased.
    pub async fn lease(&self, seconds: i64, most: u32) -> (Uuid, Vec<LeasedRefetch>) {
        let request = self.request(self.endpoint(), seconds, most);
        let leased = self.world().store.lease_refetches(&request).await.expect("leased");
        (request.lease, leased)
    }

    pub async fn leased(&self, seconds: i64, most: u32) -> Vec<RefetchId> {
        let (_, leased) = self.lease(seconds, most).await;
        leased.iter().map(|refetch| refetch.id).collect()
    }

    /// Leases the one that is due.
    pub async fn lease_one(&self, seconds: i64) -> (Uuid, LeasedRefetch) {
        let (lease, mut leased) = self.lease(seconds, 1).await;
        (lease, leased.pop().expect("one is due"))
    }

    pub fn finished(&self, (lease, refetch): (Uuid, LeasedRefetch), seconds: i64, end: RefetchEnd) -> FinishedRefetch {
        let status = match &end {
            RefetchEnd::Record(record, _) | RefetchEnd::RecordAndAgain(record, ..) => Some(record.status),
            RefetchEnd::Again(..) | RefetchEnd::Failed(_) => Some(500),
            RefetchEnd::Cancelled => None,
        };
        FinishedRefetch {
            id: refetch.id,
            webhook_id: refetch.webhook_id,
            endpoint_id: self.endpoint(),
            lease,
            asked_at: at(seconds),
            url: format!("https://example.com/inquiries/{seconds}"),
            duration_ms: 7,
            status,
            end,
        }
    }

    pub async fn finish(&self, leased: (Uuid, LeasedRefetch), seconds: i64, end: RefetchEnd) -> bool {
        self.try_finish(leased, seconds, end).await.expect("an answer")
    }

    pub async fn try_finish(&self, leased: (Uuid, LeasedRefetch), seconds: i64, end: RefetchEnd) -> Result<bool, StoreError> {
        let finished = self.finished(leased, seconds, end);
        self.world().store.finish_refetch(&finished).await
    }

    /// Leases and finishes all that are due, one after the other. How many it were.
    pub async fn finish_all(&self, seconds: i64, failure: Option<Failure>) -> usize {
        let (lease, leased) = self.lease(seconds, 1000).await;
        let count = leased.len();
        for refetch in leased {
            let end = match failure {
                Some(failure) => RefetchEnd::Failed(failure),
                None => RefetchEnd::Record(self.record(seconds, "inq_1", "{}"), None),
            };
            assert!(self.finish((lease, refetch), seconds, end).await);
        }
        count
    }

    pub fn record(&self, seconds: i64, object: &str, body: &str) -> NewRecord {
        NewRecord {
            id: RecordId(self.world().id(at(seconds))),
            resource: resource(object),
            fetched_at: at(seconds),
            status: 200,
            body: Bytes::copy_from_slice(body.as_bytes()),
            agreement: Agreement::Agrees,
        }
    }

    pub async fn refetchable(&self, webhook: WebhookId) -> Refetchable {
        let found = self.world().store.refetchable(webhook).await.expect("an answer");
        found.expect("the webhook is there")
    }

    pub async fn refetches(&self, webhook: WebhookId) -> Vec<RefetchRow> {
        self.world().store.refetches(webhook).await.expect("re-fetches")
    }

    /// Of the newest one of the webhook.
    pub async fn state(&self, webhook: WebhookId) -> RefetchState {
        self.refetches(webhook).await[0].state
    }

    /// The webhook as it is by now, and as a record that was fetched makes it.
    pub async fn rejudged(&self, webhook: WebhookId, verdict: Verdict, record: &NewRecord) -> Rejudged {
        let before = self.refetchable(webhook).await;
        let contradicted = matches!(record.agreement, Agreement::Contradicts(_));
        let after = NewVerdict {
            before: None,
            id: webhook,
            verdict,
            evidence: Evidence {
                record: Some(RecordEvidence {
                    record: Some(record.id),
                    fetched_at: record.fetched_at,
                    agreement: record.agreement.clone(),
                }),
                ..before.evidence.clone()
            },
            contradicted,
            forwards: !contradicted && verdict == Verdict::Confirmed,
            deliveries: Vec::new(),
            refetch: None,
        };
        Rejudged { before, after }
    }
}

pub fn resource(id: &str) -> Resource {
    Resource {
        kind: text("inquiry"),
        id: text(id),
    }
}

pub fn contradiction() -> Agreement {
    Agreement::Contradicts(Contradiction {
        path: "/data/attributes/status".to_owned(),
        webhook: "approved".to_owned(),
        record: "declined".to_owned(),
    })
}

pub fn ask(refetches: Vec<QueuedRefetch>, seconds: i64) -> Change {
    let at = at(seconds);
    Change::Refetch { refetches, at }
}
