//! Checking stored webhooks again, after a secret was added or corrected.
//!
//! Promises:
//! - a webhook is checked as it came: the bytes, the headers and the time of arrival are those of then, the secrets and
//!   settings those of now. A secret counts for the times in its window, and one without a beginning for all earlier ones;
//! - what cannot be checked again (a static header whose value was not stored) keeps its verdict and is not counted;
//! - the value of a static header, stored before it was declared a secret or renamed, is not stored any more afterwards;
//! - what the provider's API confirmed stays confirmed: a signature proves no more;
//! - webhooks stay served meanwhile: small batches, each with a transaction of its own, checked away from the threads that
//!   answer requests.

use std::sync::Arc;

use app::view::{ReverifyProgress, ReverifyState};
use model::{AuditAction, AuditChange, EndpointId, Role, Timestamp};
use serde::Serialize;
use tokio::task::JoinHandle;

use super::check_again::{Checked, check_batch};
use super::reverifications::Job;
use super::target;
use crate::ingest::{DirectoryError, OpenEndpoint};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;

/// How many webhooks are held in memory at once. Bodies of the longest kind, a mebibyte each, still fit.
const BATCH: u32 = 100;

/// How long after the start webhooks may come that are checked as well: the door notices a new secret within a second.
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
        let stored = self.endpoint_in_use(id).await?;
        let secrets = self.secrets_of(id).await?;
        let endpoint = OpenEndpoint::open(stored, secrets, self.sealing_key().await?.as_ref(), None)?;
        let running = || OperationError::Conflict("this endpoint's webhooks are being checked again already".to_owned());
        let job = self.reverifications.begin(id).ok_or_else(running)?;
        let span = Span { endpoint: id, from, to };
        let (operations, actor) = (self.clone(), actor.clone());
        Ok(tokio::spawn(async move {
            operations.run_reverify(&actor, Arc::new(endpoint), span, &job).await
        }))
    }

    async fn run_reverify(
        &self,
        actor: &Actor,
        endpoint: Arc<OpenEndpoint>,
        span: Span,
        job: &Job,
    ) -> Result<Reverified, OperationError> {
        let ended = self.check_all(&endpoint, span, job).await;
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
        let entry = self.entry(actor, AuditAction::Reverified, Some(target(&endpoint.stored)), detail);
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

    async fn check_all(&self, endpoint: &Arc<OpenEndpoint>, span: Span, job: &Job) -> Result<(), OperationError> {
        let Span { endpoint: id, from, to } = span;
        let to = Some(to.unwrap_or_else(|| self.clock.now().plus_seconds(OVERLAP_SECONDS)));
        job.set_total(self.store.count_of_endpoint(id, from, to).await?);
        let mut after = None;
        while !job.is_cancelled() {
            let batch = self.store.stored_requests(id, from, to, after, BATCH).await?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = Some(last.id);
            let endpoint = Arc::clone(endpoint);
            let checking = tokio::task::spawn_blocking(move || check_batch(&endpoint, &batch));
            let Checked {
                count,
                changed,
                verdicts,
                headers,
            } = checking.await.map_err(|error| {
                let error = format!("a provider's module panicked: {error}");
                OperationError::Conflict(error)
            })?;
            if !verdicts.is_empty() {
                self.store.set_verdicts(id, &verdicts).await?;
            }
            if !headers.is_empty() {
                // After the verdicts, which cannot be found again without the values.
                self.store.replace_headers(id, &headers).await?;
            }
            job.count(count, changed);
        }
        Ok(())
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
            error @ (DirectoryError::UnknownProvider { .. } | DirectoryError::Secret { .. }) => Self::Conflict(error.to_string()),
        }
    }
}

#[cfg(test)]
#[path = "reverify_tests.rs"]
mod tests;
