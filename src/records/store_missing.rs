use axum::http::HeaderMap;
use model::{
    Agreement, AuditAction, AuditChange, EndpointId, Evidence, ReconcileState, RecordEvidence, Role, Timestamp, Verdict,
    WebhookId,
};

use super::reconcile::target;
use crate::ingest::{OpenEndpoint, Routes};
use crate::operation::{Actor, OperationError, Operations};
use crate::providers::Request;
use crate::providers::api::ListedEvent;
use crate::store::change::Change;
use crate::store::{NewWebhook, encode_headers};

/// How many webhooks are stored in one transaction.
const AT_ONCE: usize = 100;

impl Operations {
    /// Stores what was found missing, as webhooks that are `reconciled` and `confirmed`, and forwards it like the rest. How many
    /// it were: not those that came in the meantime. `Conflict` unless a comparison ended. For operators.
    pub async fn store_missing(&self, actor: &Actor, id: EndpointId) -> Result<u64, OperationError> {
        actor.require(Role::Operator)?;
        let (operations, actor) = (self.clone(), actor.clone());
        // In a task of its own, so that whoever leaves stops nothing half-way.
        let storing = tokio::spawn(async move { operations.store_missing_of(&actor, id).await });
        let broke_off = |error| OperationError::Conflict(format!("storing was broken off: {error}"));
        storing.await.map_err(broke_off)?
    }

    async fn store_missing_of(&self, actor: &Actor, id: EndpointId) -> Result<u64, OperationError> {
        let endpoint = self.open_endpoint(id).await?;
        let job = self.reconciliations.newest(id).ok_or_else(not_compared)?;
        // Whoever presses twice waits for the first, and finds nothing left.
        let _storing = job.storing.lock().await;
        if job.progress().state != ReconcileState::Done {
            return Err(not_compared());
        }
        if job.is_forgotten(self.clock.now()) {
            return Err(OperationError::Conflict(FORGOTTEN.to_owned()));
        }
        // The oldest first, as they would have come.
        let missing: Vec<_> = job.bodies().into_iter().rev().collect();
        if missing.is_empty() {
            return Ok(0);
        }
        let count = AuditChange {
            field: "webhooks".to_owned(),
            before: None,
            after: Some(missing.len().to_string()),
        };
        // First, so that nothing is ever stored without a line that says who did it.
        let entry = self.entry(actor, AuditAction::MissingStored, Some(target(&endpoint.stored)), vec![count]);
        self.store.change(&Change::Nothing, &entry).await?;
        let stored = self.store_listed(&endpoint, missing).await?;
        job.note_stored(stored);
        Ok(stored)
    }

    async fn store_listed(&self, endpoint: &OpenEndpoint, missing: Vec<ListedEvent>) -> Result<u64, OperationError> {
        let routes = Routes::to(&self.store.destinations().await?);
        let mut stored = 0;
        let mut missing = missing.into_iter().peekable();
        while missing.peek().is_some() {
            let now = self.clock.now();
            let webhook = |listed| self.reconciled(endpoint, &routes, listed, now);
            let mut batch: Vec<_> = missing.by_ref().take(AT_ONCE).map(webhook).collect();
            let same: Vec<_> = batch.iter().filter_map(|webhook| webhook.same_event).collect();
            let trust = Verdict::Verified.trust();
            let have_come = self.store.have_come(endpoint.stored.id, &same, trust).await?;
            let were_erased = self.store.were_erased(endpoint.stored.id, &same).await?;
            // What was erased is not to come back.
            let is_here = have_come
                .into_iter()
                .zip(were_erased)
                .map(|(came, was_erased)| came || was_erased);
            let here: Vec<_> = same.into_iter().zip(is_here).filter(|(_, is_here)| *is_here).collect();
            batch.retain(|webhook| !here.iter().any(|(same, _)| Some(*same) == webhook.same_event));
            let appended = self.store.append(&batch).await?;
            stored += appended.iter().filter(|appended| appended.duplicate_of.is_none()).count() as u64;
            self.forwarding.wake.all();
        }
        Ok(stored)
    }

    /// What the provider lists, as the webhook that it should have been.
    fn reconciled(&self, endpoint: &OpenEndpoint, routes: &Routes, listed: ListedEvent, now: Timestamp) -> NewWebhook {
        let request = Request {
            headers: &HeaderMap::new(),
            body: &listed.body,
            received_at: now,
        };
        let parsed = endpoint.provider.parse(&request);
        let mut webhook = NewWebhook {
            id: WebhookId(self.ids.next(now)),
            endpoint_id: endpoint.stored.id,
            received_at: now,
            peer: std::net::Ipv4Addr::UNSPECIFIED.into(),
            foreign_network: false,
            headers: encode_headers(&HeaderMap::new()),
            body: listed.body.into(),
            verdict: Verdict::Confirmed,
            evidence: Evidence {
                record: Some(RecordEvidence {
                    record: None,
                    fetched_at: now,
                    agreement: Agreement::Agrees,
                }),
                ..Evidence::default()
            },
            parse_error: parsed.problem.map(|problem| problem.to_string()),
            events: parsed.events,
            same_event: parsed.same_event,
            deliveries: Vec::new(),
            refetch: None,
            reconciled: true,
        };
        webhook.deliveries = routes.deliveries(endpoint, &webhook, &self.ids);
        webhook
    }
}

const FORGOTTEN: &str = "what was found is not kept any more: compare again";

fn not_compared() -> OperationError {
    OperationError::Conflict("nothing was compared yet, or not to the end".to_owned())
}
