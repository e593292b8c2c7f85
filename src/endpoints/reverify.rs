//! Checking stored webhooks again, after a secret was added or corrected.
//!
//! Promises:
//! - a webhook is checked as it came: the bytes, the headers and the time of arrival are those of then, the secrets and
//!   settings those of now, read again for each batch. A secret counts for the times in its window, and one without a
//!   beginning for all earlier ones;
//! - what cannot be checked again (a static header whose value was not stored) keeps its verdict and is not counted;
//! - the value of a static header, stored before it was declared a secret or renamed, is not stored any more afterwards;
//! - a webhook that repeated one which is trusted less than it by now, and so never went anywhere, goes to the destinations that
//!   were there when it came and take it;
//! - what the provider's API confirmed stays confirmed: a signature proves no more;
//! - webhooks stay served meanwhile: small batches, each with a transaction of its own, checked away from the threads that
//!   answer requests, and two endpoints at once on a node; others wait for their turn.
//!
//! Not promised, and put right by checking again without a span:
//! - what another node stores after the last batch was read, and took in before its door noticed a new secret, keeps the
//!   verdict that it got there;
//! - a duplicate outside the span goes on repeating a webhook in the span that is trusted less by now. To find the duplicates
//!   of an original would take an index that every arriving webhook pays for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::{
    AuditAction, AuditChange, DeliveryId, DestinationId, EndpointId, RefetchId, RefetchTrigger, ReverifyProgress, ReverifyState,
    Role, Timestamp, WebhookId,
};
use serde::Serialize;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::check_again::check_batch;
use super::reverifications::Job;
use super::target;
use crate::ingest::{DirectoryError, OpenEndpoint};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::Endpoint;
use crate::store::change::Change;
use crate::store::delivery::NewDelivery;
use crate::store::records::NewRefetch;
use crate::store::reverify::{Most, NewVerdict, StoredRequest};

/// How much is held in memory at once.
const BATCH: Most = Most {
    webhooks: 100,
    bytes: 16 << 20,
};

/// How often a webhook is checked that changes meanwhile.
const TRIES: u32 = 5;

/// How long before and after the start webhooks come that are looked for twice, and those after it checked at all: the doors of
/// other nodes notice a new secret within a second.
const OVERLAP_SECONDS: i64 = 5;

/// What checking again came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Reverified {
    /// How many webhooks were checked.
    pub checked: u64,
    /// How many of them have another verdict than before.
    pub changed: u64,
}

/// The webhooks that are to be checked.
#[derive(Debug, Clone, Copy)]
struct Span {
    endpoint: EndpointId,
    from: Option<Timestamp>,
    /// Excluded.
    to: Option<Timestamp>,
}

impl Operations {
    /// Checks the endpoint's stored webhooks again, those that came from `from` until before `to`, and waits for the end.
    /// Goes on when the caller does not wait any more. `Conflict` while that is already going on. For admins.
    pub async fn reverify(
        &self,
        actor: &Actor,
        id: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Reverified, OperationError> {
        let task = self.begin_reverify(actor, id, from, to).await?;
        let failed = |error| OperationError::Conflict(format!("checking again was broken off: {error}"));
        task.await.unwrap_or_else(|error| Err(failed(error)))
    }

    /// As [`Operations::reverify`], without waiting: [`Operations::reverify_progress`] tells how far it is.
    pub async fn start_reverify(
        &self,
        actor: &Actor,
        id: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<(), OperationError> {
        self.begin_reverify(actor, id, from, to).await.map(drop)
    }

    /// The newest one that was started on this node. For viewers.
    pub async fn reverify_progress(&self, actor: &Actor, id: EndpointId) -> Result<Option<ReverifyProgress>, OperationError> {
        actor.require(Role::Viewer)?;
        self.endpoint_in_use(id).await?;
        Ok(self.reverifications.newest(id).map(|job| job.progress()))
    }

    /// Ends it after the batch that is being checked; what was changed until then stays. For admins.
    pub async fn cancel_reverify(&self, actor: &Actor, id: EndpointId) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        self.endpoint_in_use(id).await?;
        if let Some(job) = self.reverifications.newest(id) {
            job.cancel();
        }
        Ok(())
    }

    async fn begin_reverify(
        &self,
        actor: &Actor,
        id: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<JoinHandle<Result<Reverified, OperationError>>, OperationError> {
        actor.require(Role::Admin)?;
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(OperationError::invalid("to", "it lies before the beginning"));
        }
        // What cannot be checked is refused now, and not in the background.
        let endpoint = self.open_endpoint(id).await?.stored;
        let running = || OperationError::Conflict("this endpoint's webhooks are being checked again already".to_owned());
        let job = self.reverifications.begin(id).ok_or_else(running)?;
        let span = Span { endpoint: id, from, to };
        let (operations, actor) = (self.clone(), actor.clone());
        Ok(tokio::spawn(async move {
            operations.run_reverify(&actor, &endpoint, span, &job).await
        }))
    }

    async fn run_reverify(
        &self,
        actor: &Actor,
        endpoint: &Endpoint,
        span: Span,
        job: &Job,
    ) -> Result<Reverified, OperationError> {
        let ended = match self.reverifications.turn(job).await {
            Some(_turn) => self.check_all(span, job).await,
            None => Ok(()),
        };
        let state = match &ended {
            Ok(()) if job.is_cancelled() => ReverifyState::Cancelled,
            Ok(()) => ReverifyState::Done,
            Err(error) => {
                tracing::error!(%error, endpoint = %span.endpoint, "webhooks not checked again");
                ReverifyState::Failed
            }
        };
        let progress = job.progress();
        let detail = detail(span, state, &progress);
        let entry = self.entry(actor, AuditAction::Reverified, Some(target(endpoint)), detail);
        let audited = self.store.change(&Change::Nothing, &entry).await;
        if let Err(error) = &audited {
            tracing::error!(%error, endpoint = %span.endpoint, "checking again is not in the audit log");
        }
        job.end(if audited.is_ok() { state } else { ReverifyState::Failed });
        ended?;
        audited?;
        if state == ReverifyState::Cancelled {
            return Err(OperationError::Conflict("checking again was cancelled".to_owned()));
        }
        Ok(Reverified {
            checked: progress.checked,
            changed: progress.changed,
        })
    }

    async fn check_all(&self, span: Span, job: &Job) -> Result<(), OperationError> {
        let started = self.clock.now();
        let to = Some(span.to.unwrap_or_else(|| started.plus_seconds(OVERLAP_SECONDS)));
        job.set_total(self.store.count_of_endpoint(span.endpoint, span.from, to).await?);
        // What came about the start may have been stored after later ones were read, with the verdict of before: at the end
        // those are looked for.
        let recent = started.plus_seconds(-OVERLAP_SECONDS);
        let mut seen = HashSet::new();
        let (mut version, mut endpoint) = self.read_endpoint(span.endpoint).await?;
        for from in [span.from, span.from.max(Some(recent))] {
            let mut after = None;
            while !job.is_cancelled() {
                let mut batch = self.store.stored_requests(span.endpoint, from, to, after, BATCH).await?;
                let Some(last) = batch.last() else { break };
                after = Some(last.id);
                batch.retain(|stored| stored.received_at < recent || seen.insert(stored.id));
                if self.store.configuration_version().await? != version {
                    (version, endpoint) = self.read_endpoint(span.endpoint).await?;
                }
                self.check_some(&endpoint, batch, job).await?;
            }
        }
        Ok(())
    }

    /// What a re-fetch changes meanwhile is read and checked again, so that neither undoes the other.
    async fn check_some(
        &self,
        endpoint: &Arc<OpenEndpoint>,
        mut batch: Vec<StoredRequest>,
        job: &Job,
    ) -> Result<(), OperationError> {
        for _ in 0..TRIES {
            let changed = self.check_once(endpoint, batch, job).await?;
            if changed.is_empty() {
                return Ok(());
            }
            batch = self.read_again(endpoint.stored.id, &changed).await?;
        }
        tracing::warn!(endpoint = %endpoint.stored.id, webhooks = batch.len(), "webhooks that change all the time not checked again");
        Ok(())
    }

    async fn read_again(&self, endpoint: EndpointId, ids: &[WebhookId]) -> Result<Vec<StoredRequest>, OperationError> {
        let one = Most { webhooks: 1, bytes: 1 };
        let mut batch = Vec::with_capacity(ids.len());
        for id in ids {
            let before = WebhookId(Uuid::from_u128(id.0.as_u128().saturating_sub(1)));
            let mut stored = self.store.stored_requests(endpoint, None, None, Some(before), one).await?;
            // One that was erased meanwhile is not there any more.
            stored.retain(|stored| stored.id == *id);
            batch.append(&mut stored);
        }
        Ok(batch)
    }

    /// The ids of those that were changed since they were read.
    async fn check_once(
        &self,
        endpoint: &Arc<OpenEndpoint>,
        batch: Vec<StoredRequest>,
        job: &Job,
    ) -> Result<Vec<WebhookId>, OperationError> {
        let id = endpoint.stored.id;
        let repeating = batch.iter().filter(|stored| stored.duplicate_of.is_some());
        let repeating: HashMap<_, _> = repeating.map(|stored| (stored.id, stored.received_at)).collect();
        let endpoint = Arc::clone(endpoint);
        let checking = tokio::task::spawn_blocking(move || check_batch(&endpoint, &batch));
        let failed = |error| OperationError::Conflict(format!("a provider's module panicked: {error}"));
        let mut checked = checking.await.map_err(failed)?;
        let mut meanwhile = Vec::new();
        if !checked.verdicts.is_empty() {
            self.plan_deliveries(&mut checked.verdicts, &repeating).await?;
            self.plan_refetches(&mut checked.verdicts, &checked.awaiting);
            meanwhile = self.store.set_verdicts(id, &checked.verdicts, self.clock.now()).await?;
            checked.leave_out(&meanwhile);
            self.forwarding.wake.all();
            self.refetching.wake.notify_one();
        }
        if !checked.headers.is_empty() {
            // After the verdicts, which cannot be found again without the values.
            self.store.replace_headers(id, &checked.headers).await?;
        }
        job.count(checked.count, checked.changed);
        Ok(meanwhile)
    }

    /// Where webhooks go that may turn out not to repeat another: to the destinations that take them and were there when they
    /// came.
    async fn plan_deliveries(
        &self,
        verdicts: &mut [NewVerdict],
        repeating: &HashMap<WebhookId, Timestamp>,
    ) -> Result<(), OperationError> {
        if repeating.is_empty() {
            return Ok(());
        }
        let takers = self.takers(repeating).await?;
        let now = self.clock.now();
        for new in verdicts {
            let delivery = |destination: &DestinationId| NewDelivery {
                id: DeliveryId(self.ids.next(now)),
                destination_id: *destination,
                held: !new.forwards,
                due_at: now,
            };
            new.deliveries = takers.get(&new.id).into_iter().flatten().map(delivery).collect();
        }
        Ok(())
    }

    /// Those that wait for their provider's record are asked for.
    fn plan_refetches(&self, verdicts: &mut [NewVerdict], awaiting: &HashSet<WebhookId>) {
        let now = self.clock.now();
        for new in verdicts.iter_mut().filter(|new| awaiting.contains(&new.id)) {
            new.refetch = Some(NewRefetch {
                id: RefetchId(self.ids.next(now)),
                trigger: RefetchTrigger::Confirmation,
                due_at: now,
            });
        }
    }

    /// The endpoint as it is now, and the version that is at least as old.
    async fn read_endpoint(&self, id: EndpointId) -> Result<(i64, Arc<OpenEndpoint>), OperationError> {
        let version = self.store.configuration_version().await?;
        Ok((version, Arc::new(self.open_endpoint(id).await?)))
    }

    /// The endpoint with its secrets opened, unless it is archived.
    pub(crate) async fn open_endpoint(&self, id: EndpointId) -> Result<OpenEndpoint, OperationError> {
        let stored = self.endpoint_in_use(id).await?;
        let secrets = self.secrets_of(id).await?;
        Ok(OpenEndpoint::open(stored, secrets, self.sealing_key().await?.as_ref(), None)?)
    }
}

fn detail(span: Span, state: ReverifyState, progress: &ReverifyProgress) -> Vec<AuditChange> {
    let field = |name: &str, value: Option<String>| {
        value.map(|value| AuditChange {
            field: name.to_owned(),
            before: None,
            after: Some(value),
        })
    };
    let ended = match state {
        ReverifyState::Running | ReverifyState::Done => None,
        ReverifyState::Cancelled => Some("cancelled".to_owned()),
        ReverifyState::Failed => Some("failed".to_owned()),
    };
    [
        field("from", span.from.map(|from| from.to_string())),
        field("to", span.to.map(|to| to.to_string())),
        field("checked", Some(progress.checked.to_string())),
        field("changed", Some(progress.changed.to_string())),
        field("ended", ended),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl From<DirectoryError> for OperationError {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Store(error) => error.into(),
            DirectoryError::WrongKey { .. } => Self::KeyUnavailable,
            DirectoryError::Destination(error) => error.into(),
            error @ (DirectoryError::UnknownProvider { .. } | DirectoryError::Secret { .. }) => Self::Conflict(error.to_string()),
        }
    }
}

#[cfg(test)]
#[path = "reverify_tests.rs"]
mod tests;
