use std::cmp::Reverse;
use std::collections::BTreeSet;

use model::{EndpointId, PresentOutcome, RecordRow, Role, SubjectEvent, Text};

use super::present;
use super::present::order;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::subjects::SubjectSize;

/// How many events are shown of a subject: those that came last.
pub const MOST_EVENTS: u32 = 1_000;
const MOST_RECORDS: u32 = 200;

/// Everything that is told of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// One for each provider that says anything of it that counts.
    pub present: Vec<PresentOutcome>,
    /// By the events' own time, the newest first.
    pub events: Vec<SubjectEvent>,
    /// There are more, which came earlier.
    pub has_more: bool,
}

impl Operations {
    /// All events of the subject. `NotFound` when nothing tells of it. For viewers.
    pub async fn subject(&self, actor: &Actor, subject: &Text) -> Result<Subject, OperationError> {
        actor.require(Role::Viewer)?;
        let mut events = self.store.subject_events(subject, MOST_EVENTS + 1).await?;
        if events.is_empty() {
            return Err(OperationError::NotFound("subject"));
        }
        let has_more = events.len() > MOST_EVENTS as usize;
        if has_more {
            events.sort_by_key(|event| Reverse((event.received_at, event.webhook_id)));
            events.truncate(MOST_EVENTS as usize);
        }
        let present = present(&events);
        events.sort_by_key(|event| Reverse(order(event)));
        Ok(Subject {
            present,
            events,
            has_more,
        })
    }

    /// The records that were fetched for the subject's webhooks, newest first. For viewers.
    pub async fn records_of_subject(&self, actor: &Actor, subject: &Text) -> Result<Vec<RecordRow>, OperationError> {
        actor.require(Role::Viewer)?;
        let records = self.store.subject_records(subject, MOST_RECORDS).await?;
        self.with_masked_quotes(records).await
    }

    /// What erasing the subject would concern. For admins.
    pub async fn subject_size(&self, actor: &Actor, subject: &Text) -> Result<SubjectSize, OperationError> {
        actor.require(Role::Admin)?;
        Ok(self.store.subject_size(subject).await?)
    }

    /// The names of the endpoints, also of archived ones. For viewers.
    pub async fn endpoint_names(
        &self,
        actor: &Actor,
        endpoints: impl IntoIterator<Item = EndpointId>,
    ) -> Result<Vec<(EndpointId, String)>, OperationError> {
        actor.require(Role::Viewer)?;
        let each_once: BTreeSet<_> = endpoints.into_iter().collect();
        let ids: Vec<_> = each_once.into_iter().collect();
        Ok(self.store.endpoint_names(&ids).await?)
    }
}
