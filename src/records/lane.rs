//! A lane takes the re-fetches of one endpoint that are due and makes them, a few at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::{EndpointId, RefetchId, Timestamp};
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::access::NoAccess;
use super::r#try::{LONGEST_TRY, Question, Try};
use super::worker::POLL;
use crate::delivery::within;
use crate::operation::{OperationError, Operations};
use crate::store::records::{LeasedRefetch, RefetchLease};

/// How many requests an endpoint's provider gets at once.
const AT_ONCE: usize = 4;

/// How long a lease lasts beyond the longest try: for writing down what came of it.
const LEASE_MARGIN: Duration = Duration::from_secs(30);

/// How long the database may take to lease, or to take back. What a lease that comes too late has leased is due again when it
/// ends.
pub(super) const ANSWER: Duration = Duration::from_secs(10);

/// How long what is under way may go on when the lane is to end.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// How long nothing is begun when the endpoint or its credentials cannot be read.
const UNREADABLE_SECONDS: i64 = 10;

pub(super) struct Lane {
    endpoint: EndpointId,
    bell: Arc<Notify>,
    operations: Operations,
    /// Each gives the time before which the provider is not to be asked again, if there is one.
    under_way: JoinSet<Option<Timestamp>>,
    leased: HashMap<Id, (Uuid, RefetchId)>,
    /// Nothing is leased before.
    not_before: Option<Timestamp>,
    /// The database did not answer; what is logged is logged once.
    is_away: bool,
}

impl Lane {
    pub(super) fn new(endpoint: EndpointId, bell: Arc<Notify>, operations: Operations) -> Self {
        Self {
            endpoint,
            bell,
            operations,
            under_way: JoinSet::new(),
            leased: HashMap::new(),
            not_before: None,
            is_away: false,
        }
    }

    /// Asks until nothing is due any more, or until it is to stop. Then lets what is under way finish, for a while, and gives back
    /// the rest.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut has_waited = false;
        loop {
            let found_nothing = self.lease().await;
            if found_nothing && has_waited && self.under_way.is_empty() {
                return;
            }
            let wait = self.wait();
            has_waited = false;
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.bell.notified() => {}
                Some(ended) = self.under_way.join_next_with_id() => self.take_in(ended),
                () = sleep(wait) => has_waited = true,
            }
        }
        self.end().await;
    }

    /// Leases what is due and begins it, if there is room and the provider may be asked. Whether nothing was due.
    async fn lease(&mut self) -> bool {
        let now = self.operations.clock.now();
        let room = AT_ONCE.saturating_sub(self.under_way.len());
        if room == 0 || self.not_before.is_some_and(|not_before| now < not_before) {
            return false;
        }
        let lasts = i64::try_from((LONGEST_TRY + LEASE_MARGIN).as_secs()).unwrap_or(i64::MAX);
        let request = RefetchLease {
            endpoint: self.endpoint,
            now,
            until: now.plus_seconds(lasts),
            lease: self.operations.ids.next(now),
            most: u32::try_from(room).unwrap_or(u32::MAX),
        };
        match within(ANSWER, self.operations.store.lease_refetches(&request)).await {
            Ok(leased) => {
                self.is_away = false;
                let found_nothing = leased.is_empty();
                if !found_nothing {
                    self.begin(request.lease, leased).await;
                }
                found_nothing
            }
            Err(error) => {
                if !std::mem::replace(&mut self.is_away, true) {
                    tracing::error!(%error, endpoint = %self.endpoint, "re-fetches not leased");
                }
                false
            }
        }
    }

    async fn begin(&mut self, lease: Uuid, leased: Vec<LeasedRefetch>) {
        let question = match self.question().await {
            Ok(question) => Arc::new(question),
            Err(error) => {
                tracing::error!(%error, endpoint = %self.endpoint, "a provider is not asked");
                let later = self.operations.clock.now().plus_seconds(UNREADABLE_SECONDS);
                self.not_before = Some(later);
                let ids: Vec<_> = leased.iter().map(|refetch| refetch.id).collect();
                return self.give_back(lease, &ids, later).await;
            }
        };
        for refetch in leased {
            let id = refetch.id;
            let one = Try {
                operations: self.operations.clone(),
                endpoint: self.endpoint,
                lease,
                refetch,
            };
            let task = self.under_way.spawn(one.make(Arc::clone(&question))).id();
            self.leased.insert(task, (lease, id));
        }
    }

    /// How the provider is asked now.
    async fn question(&self) -> Result<Question, OperationError> {
        let endpoint = self.operations.store.endpoint(self.endpoint).await?;
        let Some(endpoint) = endpoint.filter(|endpoint| endpoint.archived_at.is_none()) else {
            return Ok(Question::Never);
        };
        match self.operations.access(&endpoint).await {
            Ok(access) => Ok(Question::With(access)),
            Err(NoAccess::NoCredentials) => Ok(Question::WithoutCredentials(endpoint)),
            Err(NoAccess::NoApi(_)) => Ok(Question::Never),
            Err(NoAccess::Failed(error)) => Err(error),
        }
    }

    /// How long nothing can be done unless someone rings or a try ends.
    fn wait(&self) -> Duration {
        let now = self.operations.clock.now();
        let until = |not_before: Timestamp| Duration::from_micros(now.micros_until(not_before).unsigned_abs());
        let held = self.not_before.filter(|not_before| *not_before > now);
        held.map_or(POLL, until).min(POLL)
    }

    fn take_in(&mut self, ended: Result<(Id, Option<Timestamp>), JoinError>) {
        match ended {
            Ok((task, not_before)) => {
                self.leased.remove(&task);
                self.not_before = self.not_before.max(not_before);
            }
            // What it leased is due again when the lease ends.
            Err(error) => {
                self.leased.remove(&error.id());
                tracing::error!(%error, endpoint = %self.endpoint, "a re-fetch broke off");
            }
        }
    }

    async fn end(mut self) {
        let finished = async {
            while let Some(ended) = self.under_way.join_next_with_id().await {
                self.take_in(ended);
            }
        };
        if timeout(GRACE, finished).await.is_ok() {
            return;
        }
        self.under_way.shutdown().await;
        let now = self.operations.clock.now();
        let mut by_lease = HashMap::<Uuid, Vec<RefetchId>>::new();
        for (lease, id) in std::mem::take(&mut self.leased).into_values() {
            by_lease.entry(lease).or_default().push(id);
        }
        for (lease, ids) in by_lease {
            self.give_back(lease, &ids, now).await;
        }
    }

    async fn give_back(&self, lease: Uuid, refetches: &[RefetchId], due_at: Timestamp) {
        let store = &self.operations.store;
        if let Err(error) = within(ANSWER, store.give_back_refetches(lease, refetches, due_at)).await {
            tracing::warn!(%error, endpoint = %self.endpoint, "re-fetches not given back: they are due when their lease ends");
        }
    }
}
