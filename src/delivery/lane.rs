//! A lane takes the deliveries of one destination that are due and sends them, as many at once as the destination allows.
//!
//! Each destination has its own, so that one which is slow, or down with a million deliveries behind it, delays no other. What
//! a lane holds in memory are the webhooks that it is sending, and no more.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use model::{DestinationId, DisabledReason, Health, Timestamp};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::OpenDestination;
use super::attempt::{Ended, Sender};
use super::breaker::{DOWN_AFTER, has_failed_for_good};
use super::disable::Disabler;
use super::pace::Pace;
use super::within::within;
use crate::clock::Ids;
use crate::store::Store;
use crate::store::delivery::{LeaseRequest, Leased, LeasedDelivery};

/// How often a lane looks for what other nodes and the command line made due.
const POLL: Duration = Duration::from_secs(1);

/// How long a lease lasts beyond the longest attempt: for recording it.
pub(super) const LEASE_MARGIN: Duration = Duration::from_secs(15);

/// How long leasing, or giving back, may take. What a lease that comes too late has leased is due again when it ends.
const ANSWER: Duration = Duration::from_secs(10);

/// How long attempts under way may go on when the lane is to end.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// After [`DOWN_AFTER`] failures, and until the breaker opens or one succeeds, one attempt is made in so many seconds: all that
/// waits would otherwise run through its schedule against a wall, and keep the database from those who do get through.
const FAILING_PACE_SECONDS: i64 = 1;

/// How long nothing is begun after the destination was disabled: until every lane hears of it.
const DISABLED_SECONDS: i64 = 2;

pub(super) struct Lane {
    id: DestinationId,
    destination: watch::Receiver<Arc<OpenDestination>>,
    bell: Arc<Notify>,
    store: Arc<dyn Store>,
    ids: Arc<Ids>,
    sender: Sender,
    disabler: Disabler,
    pace: Pace,
    /// Leased and not begun: what the destination's rate does not let out yet.
    ready: VecDeque<LeasedDelivery>,
    under_way: JoinSet<Ended>,
    health: Health,
    /// When something is due that was not leased, as far as is known.
    next_due: Option<Timestamp>,
    /// Nothing is leased or begun before.
    not_before: Option<Timestamp>,
    /// Something may be due that is not known of.
    is_woken: bool,
    /// The database did not answer; what is logged is logged once.
    is_away: bool,
}

impl Lane {
    pub fn new(
        destination: watch::Receiver<Arc<OpenDestination>>,
        bell: Arc<Notify>,
        store: Arc<dyn Store>,
        ids: Arc<Ids>,
        sender: Sender,
        disabler: Disabler,
    ) -> Self {
        let id = destination.borrow().stored.id;
        Self {
            id,
            destination,
            bell,
            store,
            ids,
            pace: Pace::new(&sender.clock),
            sender,
            disabler,
            ready: VecDeque::new(),
            under_way: JoinSet::new(),
            health: Health::default(),
            next_due: None,
            not_before: None,
            is_woken: true,
            is_away: false,
        }
    }

    /// Sends until it is to stop. Then lets attempts under way finish, for a while, and gives back what was not begun.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            self.lease().await;
            self.begin();
            let wait = self.wait();
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.bell.notified() => self.is_woken = true,
                Some(ended) = self.under_way.join_next() => self.take_in(ended).await,
                () = sleep(wait) => self.is_woken = true,
            }
        }
        self.give_back().await;
        let finished = async {
            while let Some(ended) = self.under_way.join_next().await {
                self.take_in(ended).await;
            }
        };
        // Those that take longer are broken off, and made again when their leases end.
        let _ = timeout(GRACE, finished).await;
    }

    /// Leases what is due, if there may be something and there is room for it.
    async fn lease(&mut self) {
        let destination = Arc::clone(&self.destination.borrow());
        let now = self.now();
        let room = self.room(&destination, now);
        if !self.is_woken || room == 0 {
            return;
        }
        self.is_woken = false;
        let lasts = self.sender.client.longest() + LEASE_MARGIN;
        let request = LeaseRequest {
            destination: self.id,
            now,
            until: now.plus_seconds(i64::try_from(lasts.as_secs()).unwrap_or(i64::MAX)),
            lease: self.ids.next(now),
            most: room,
        };
        match within(ANSWER, self.store.lease(&request)).await {
            Ok(Leased {
                health,
                deliveries,
                next_due,
                parked,
            }) => {
                self.is_away = false;
                self.health = health;
                self.ready.extend(deliveries);
                self.next_due = next_due;
                self.is_woken = parked;
            }
            Err(error) => {
                if !std::mem::replace(&mut self.is_away, true) {
                    tracing::error!(%error, destination = %self.id, "deliveries not leased");
                }
            }
        }
    }

    /// How many more deliveries may be leased now.
    fn room(&self, destination: &OpenDestination, now: Timestamp) -> u32 {
        if !self.ready.is_empty() || self.not_before.is_some_and(|not_before| now < not_before) {
            return 0;
        }
        let at_once = if self.is_failing() {
            1
        } else {
            destination.stored.concurrency
        };
        let under_way = u32::try_from(self.under_way.len()).unwrap_or(u32::MAX);
        // What the rate lets out within a second, so that no lease runs out while its delivery waits.
        let within_rate = destination.stored.rate_limit.unwrap_or(u32::MAX);
        at_once.saturating_sub(under_way).min(within_rate)
    }

    /// Begins the attempts that the destination's rate lets out.
    fn begin(&mut self) {
        let now = self.now();
        if self.not_before.is_some_and(|not_before| now < not_before) {
            return;
        }
        let destination = Arc::clone(&self.destination.borrow());
        while !self.ready.is_empty() {
            if let Err(not_before) = self.pace.admit(destination.stored.rate_limit, now) {
                self.not_before = Some(not_before);
                return;
            }
            let delivery = self.ready.pop_front().expect("it was just seen");
            let sender = self.sender.clone();
            self.under_way.spawn(sender.attempt(Arc::clone(&destination), delivery));
        }
    }

    /// How long nothing can be done unless someone rings or an attempt ends.
    fn wait(&self) -> Duration {
        let now = self.now();
        if self.is_woken && self.room(&self.destination.borrow(), now) > 0 {
            return Duration::ZERO;
        }
        let after_now = |time: &Timestamp| *time > now;
        let next = (self.not_before.filter(after_now))
            .or(self.next_due.filter(after_now))
            .or(self.health.resume_at.filter(after_now));
        let wait = next.map(|next| Duration::from_micros(now.micros_until(next).unsigned_abs()));
        wait.unwrap_or(POLL).min(POLL)
    }

    /// Takes in what the attempt came to, and all others that have ended by now.
    async fn take_in(&mut self, ended: Result<Ended, JoinError>) {
        let mut next = Some(ended);
        while let Some(ended) = next {
            match ended {
                Ok(ended) => self.go_by(ended).await,
                Err(error) => tracing::error!(%error, destination = %self.id, "an attempt broke off"),
            }
            next = self.under_way.try_join_next();
        }
        let now = self.now();
        // In order, the end of one delivery makes the next one due.
        let is_ordered = self.destination.borrow().stored.ordered;
        self.is_woken |= is_ordered || self.next_due.is_some_and(|due| due <= now);
    }

    async fn go_by(&mut self, ended: Ended) {
        self.next_due = [self.next_due, ended.again_at].into_iter().flatten().min();
        if let Some(health) = ended.health {
            self.health = health;
        }
        if self.is_failing() {
            self.not_before = Some(ended.at.plus_seconds(FAILING_PACE_SECONDS));
        }
        if self.health.resume_at.is_some_and(|resume_at| ended.at < resume_at) {
            self.give_back().await;
        }
        let url = self.destination.borrow().stored.url.clone();
        // Of an address that it had before it says nothing of the one that it has.
        let reason = if ended.gone.is_some_and(|gone| gone == url) {
            DisabledReason::Gone
        } else if has_failed_for_good(&self.health, ended.at) {
            DisabledReason::Failing
        } else {
            return;
        };
        self.not_before = Some(ended.at.plus_seconds(DISABLED_SECONDS));
        self.give_back().await;
        self.disabler.disable(self.id, &url, reason, ended.at).await;
    }

    async fn give_back(&mut self) {
        let Some(lease) = self.ready.front().map(|delivery| delivery.lease) else {
            return;
        };
        let deliveries: Vec<_> = self.ready.drain(..).map(|delivery| delivery.id).collect();
        if let Err(error) = within(ANSWER, self.store.give_back(lease, &deliveries, self.now())).await {
            tracing::warn!(%error, destination = %self.id, "deliveries not given back: they are due again when their lease ends");
        }
    }

    const fn is_failing(&self) -> bool {
        self.health.consecutive_failures >= DOWN_AFTER
    }

    fn now(&self) -> Timestamp {
        self.sender.clock.now()
    }
}
