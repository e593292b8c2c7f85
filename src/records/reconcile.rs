//! Comparing what a provider lists with what came.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use app::text::records::failure_with_advice;
use axum::http::HeaderMap;
use model::{
    AuditAction, AuditChange, AuditTarget, EndpointId, Event, MissingEvent, ReconcileProgress, ReconcileState, Role, Text,
    Timestamp, Verdict,
};
use tokio::task::JoinHandle;

use super::listing::Listing;
use super::reconciliations::forget_in_time;
use super::reconciliations::{Found, Job, Missing};
use super::{Access, Unanswered};
use crate::operation::{Actor, OperationError, Operations};
use crate::providers::api::{EventList, ListedEvent};
use crate::providers::{self, Api, Provider, Request, SameEvent};
use crate::store::Endpoint;
use crate::store::change::Change;

/// The span that is compared when nobody names one.
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// A comparison that is to be made.
struct Comparison {
    endpoint: Endpoint,
    provider: &'static dyn Provider,
    list: &'static dyn EventList,
    access: Access,
    from: Timestamp,
    /// Excluded.
    to: Timestamp,
}

/// An event of the span, read.
struct Read {
    same_event: SameEvent,
    event: Event,
    listed: ListedEvent,
}

/// Which event types ever came to the endpoint, each asked for once.
#[derive(Debug, Default)]
struct Types(HashMap<Text, bool>);

/// Why a comparison came to no end.
enum BrokenOff {
    Cancelled,
    Unanswered(Unanswered),
    /// What came is not a list of events; why.
    NotAList(String),
    Operation(OperationError),
}

impl From<OperationError> for BrokenOff {
    fn from(error: OperationError) -> Self {
        Self::Operation(error)
    }
}

impl Operations {
    /// Begins to compare what the provider lists in the span (`to` excluded; the last day without one) with the log, in the
    /// background. `Conflict` while that is already going on, or where the provider lists nothing, `Unprocessable` without
    /// credentials. For operators.
    pub async fn start_reconcile(
        &self,
        actor: &Actor,
        id: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<(), OperationError> {
        self.begin_reconcile(actor, id, from, to).await.map(drop)
    }

    /// The same, and waits for the end. For operators.
    pub async fn reconcile(
        &self,
        actor: &Actor,
        id: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<ReconcileProgress, OperationError> {
        let task = self.begin_reconcile(actor, id, from, to).await?;
        let broke_off = |error| OperationError::Conflict(format!("comparing was broken off: {error}"));
        task.await.map_err(broke_off)
    }

    /// The newest one that was started on this node. For viewers.
    pub async fn reconcile_progress(&self, actor: &Actor, id: EndpointId) -> Result<Option<ReconcileProgress>, OperationError> {
        actor.require(Role::Viewer)?;
        self.endpoint_in_use(id).await?;
        Ok(self.reconciliations.newest(id).map(|job| job.progress()))
    }

    /// Ends it after the page that is being read. For operators.
    pub async fn cancel_reconcile(&self, actor: &Actor, id: EndpointId) -> Result<(), OperationError> {
        actor.require(Role::Operator)?;
        self.endpoint_in_use(id).await?;
        if let Some(job) = self.reconciliations.newest(id) {
            job.cancel();
        }
        Ok(())
    }

    async fn begin_reconcile(
        &self,
        actor: &Actor,
        id: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<JoinHandle<ReconcileProgress>, OperationError> {
        actor.require(Role::Operator)?;
        let to = to.unwrap_or_else(|| self.clock.now());
        let from = from.unwrap_or_else(|| to.plus_seconds(-DAY_SECONDS));
        if to < from {
            return Err(OperationError::invalid("to", "it lies before the beginning"));
        }
        let endpoint = self.endpoint_in_use(id).await?;
        let provider = providers::find(&endpoint.provider);
        let provider = provider.ok_or_else(|| OperationError::Conflict(UNKNOWN_PROVIDER.to_owned()))?;
        let no_list = || OperationError::Conflict(format!("{} keeps no list of its events", provider.about().title));
        let list = provider.api().and_then(Api::event_list).ok_or_else(no_list)?;
        let access = self.access(&endpoint).await?;
        let running = || OperationError::Conflict("this endpoint's events are being compared already".to_owned());
        let job = self.reconciliations.begin(id, from, to).ok_or_else(running)?;
        let comparison = Comparison {
            endpoint,
            provider,
            list,
            access,
            from,
            to,
        };
        let (operations, actor) = (self.clone(), actor.clone());
        Ok(tokio::spawn(async move {
            operations.run_reconcile(&actor, &comparison, &job).await
        }))
    }

    async fn run_reconcile(&self, actor: &Actor, comparison: &Comparison, job: &Arc<Job>) -> ReconcileProgress {
        let (mut state, mut failure) = match self.compare_all(comparison, job).await {
            Ok(()) => (ReconcileState::Done, None),
            Err(BrokenOff::Cancelled) => (ReconcileState::Cancelled, None),
            Err(BrokenOff::Unanswered(unanswered)) => (
                ReconcileState::Failed,
                Some(failure_with_advice(unanswered.failure, unanswered.status)),
            ),
            Err(BrokenOff::NotAList(why)) => (ReconcileState::Failed, Some(why)),
            Err(BrokenOff::Operation(error)) => {
                tracing::error!(%error, endpoint = %comparison.endpoint.id, "events not compared");
                (ReconcileState::Failed, Some(error.to_string()))
            }
        };
        let detail = detail(&job.progress(), state);
        let entry = self.entry(actor, AuditAction::Reconciled, Some(target(&comparison.endpoint)), detail);
        if let Err(error) = self.store.change(&Change::Nothing, &entry).await {
            tracing::error!(%error, endpoint = %comparison.endpoint.id, "comparing is not in the audit log");
            (state, failure) = (ReconcileState::Failed, Some(error.to_string()));
        }
        job.end(state, failure, self.clock.now());
        let (job_that_ended, clock) = (Arc::downgrade(job), Arc::clone(&self.clock));
        tokio::spawn(forget_in_time(job_that_ended, clock));
        job.progress()
    }

    /// Reads the list, the newest first, until it is older than the span.
    async fn compare_all(&self, comparison: &Comparison, job: &Job) -> Result<(), BrokenOff> {
        let mut listing = Listing::new(self, &comparison.access, comparison.list);
        let mut types = Types::default();
        loop {
            let page = tokio::select! {
                biased;
                () = job.cancelled() => return Err(BrokenOff::Cancelled),
                page = listing.next() => page.map_err(BrokenOff::Unanswered)?,
            };
            let Some(page) = page else { return Ok(()) };
            let page = page.map_err(|problem| BrokenOff::NotAList(format!("{problem}.")))?;
            let is_over = page.iter().any(|listed| listed.created_at < comparison.from);
            let of_span = page.into_iter().filter(|listed| comparison.has(listed.created_at));
            let listed: Vec<_> = of_span.filter_map(|listed| comparison.read(listed)).collect();
            let found = self.compare(comparison, listed, &mut types).await?;
            let has_room = job.count(found);
            if is_over || !has_room {
                return Ok(());
            }
        }
    }

    /// Which of the events never came.
    async fn compare(&self, comparison: &Comparison, listed: Vec<Read>, types: &mut Types) -> Result<Found, OperationError> {
        let endpoint = comparison.endpoint.id;
        let same: Vec<_> = listed.iter().map(|listed| listed.same_event).collect();
        let have_come = self.store.have_come(endpoint, &same, Verdict::Verified.trust()).await?;
        let mut found = Found {
            listed: same.len() as u64,
            ..Found::default()
        };
        let were_erased = self.store.were_erased(endpoint, &same).await?;
        // What was erased is not to come back.
        let is_here = have_come
            .into_iter()
            .zip(were_erased)
            .map(|(came, was_erased)| came || was_erased);
        let missing: Vec<_> = listed.into_iter().zip(is_here).filter(|(_, is_here)| !is_here).collect();
        found.arrived = found.listed - missing.len() as u64;
        let unknown = types.unknown(missing.iter().map(|(missing, _)| &missing.event.event_type));
        if !unknown.is_empty() {
            let came = self.store.types_that_came(endpoint, &unknown).await?;
            types.learn(unknown, &came);
        }
        let same: Vec<_> = missing.iter().map(|(missing, _)| missing.same_event).collect();
        let came_at_all = self.store.have_come(endpoint, &same, LEAST_TRUST).await?;
        for ((Read { event, listed, .. }, _), came_untrusted) in missing.into_iter().zip(came_at_all) {
            if types.came(&event.event_type) {
                let subject = event.subject;
                let event = MissingEvent {
                    provider_event_id: listed.id.clone(),
                    event_type: event.event_type,
                    resource: event.resource,
                    created_at: listed.created_at,
                    came_untrusted,
                };
                found.missing.push(Missing { event, listed, subject });
            } else {
                found.other_types += 1;
            }
        }
        Ok(found)
    }
}

impl Types {
    /// Those of them that were not asked for yet, each once.
    fn unknown<'a>(&self, types: impl Iterator<Item = &'a Text>) -> Vec<Text> {
        let unknown: HashSet<_> = types.filter(|name| !self.0.contains_key(*name)).collect();
        unknown.into_iter().cloned().collect()
    }

    fn learn(&mut self, asked: Vec<Text>, came: &[Text]) {
        self.0.extend(asked.into_iter().map(|name| {
            let has_come = came.contains(&name);
            (name, has_come)
        }));
    }

    fn came(&self, event_type: &Text) -> bool {
        self.0.get(event_type).copied().unwrap_or_default()
    }
}

impl Comparison {
    fn has(&self, time: Timestamp) -> bool {
        (self.from..self.to).contains(&time)
    }

    /// `None` for what its webhook could not be told by either.
    fn read(&self, listed: ListedEvent) -> Option<Read> {
        let request = Request {
            headers: &HeaderMap::new(),
            body: &listed.body,
            received_at: listed.created_at,
        };
        let mut parsed = self.provider.parse(&request);
        Some(Read {
            same_event: parsed.same_event?,
            event: (!parsed.events.is_empty()).then(|| parsed.events.swap_remove(0))?,
            listed,
        })
    }
}

/// What came with no trust at all has come too, but not in a form that can be acted upon.
const LEAST_TRUST: u8 = 0;

const UNKNOWN_PROVIDER: &str = "this version does not know the endpoint's provider";

pub(super) fn target(endpoint: &Endpoint) -> AuditTarget {
    crate::endpoints::target(endpoint)
}

fn detail(progress: &ReconcileProgress, state: ReconcileState) -> Vec<AuditChange> {
    let field = |name: &str, value: String| AuditChange {
        field: name.to_owned(),
        before: None,
        after: Some(value),
    };
    let ended = match state {
        ReconcileState::Running | ReconcileState::Done => None,
        ReconcileState::Cancelled => Some("cancelled"),
        ReconcileState::Failed => Some("failed"),
    };
    let counts = [
        ("listed", progress.listed),
        ("arrived", progress.arrived),
        ("missing", progress.missing.len() as u64),
        ("untrusted", progress.untrusted),
    ];
    let span = [field("from", progress.from.to_string()), field("to", progress.to.to_string())];
    let counts = counts.map(|(name, count)| field(name, count.to_string()));
    let ended = ended.map(|ended| field("ended", ended.to_owned()));
    span.into_iter().chain(counts).chain(ended).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_asked_for_once_whether_it_came_or_not() {
        let text = |name: &str| Text::new(name).expect("a text");
        let (came, never) = (text("inquiry.approved"), text("account.created"));
        let mut types = Types::default();
        let mut unknown = types.unknown([&came, &never, &came].into_iter());
        unknown.sort();
        assert_eq!(unknown, [never.clone(), came.clone()]);
        types.learn(unknown, std::slice::from_ref(&came));
        assert!(types.came(&came) && !types.came(&never));
        assert!(types.unknown([&came, &never].into_iter()).is_empty());
    }
}
