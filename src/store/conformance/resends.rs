use model::{BulkAction, DeliveryId, DeliveryState, DestinationId, Resend, ResendId, ResendState, Trigger, WebhookId};
use uuid::Uuid;

use super::database::Database;
use super::forwarding::{Forwarding, finished, retry_of};
use super::world::{at, filter};
use crate::store::StoreError;
use crate::store::change::Change;
use crate::store::delivery::{NewResend, Next, QueuedDelivery, ResendStep, RunningResend};

/// A bulk resend of some webhooks that are stored already.
struct Bulk {
    forwarding: Forwarding,
    destination: DestinationId,
    webhooks: Vec<WebhookId>,
    id: ResendId,
}

impl Bulk {
    async fn new(database: &Database, webhooks: i64) -> Self {
        let forwarding = Forwarding::new(database).await;
        let destination = forwarding.destination().await;
        let endpoint = forwarding.endpoint;
        let webhooks: Vec<_> = (0..webhooks)
            .map(|second| forwarding.world.webhook(endpoint, second))
            .collect();
        forwarding.world.append(&webhooks).await;
        let webhooks = webhooks.iter().map(|webhook| webhook.id).collect();
        let id = ResendId(forwarding.world.id(at(100)));
        let bulk = Self {
            forwarding,
            destination,
            webhooks,
            id,
        };
        bulk.start(BulkAction::Resend).await;
        bulk
    }

    async fn start(&self, action: BulkAction) {
        self.forwarding.world.change(Change::AddResend(self.new_resend(action))).await;
    }

    fn new_resend(&self, action: BulkAction) -> NewResend {
        NewResend {
            id: self.id,
            action,
            filter: "verdict=verified&duplicates=false".to_owned(),
            destination_id: Some(self.destination),
            count: self.webhooks.len() as u64,
            last: *self.webhooks.last().expect("a webhook"),
            created_at: at(100),
            created_by: "a@example.com".to_owned(),
        }
    }

    /// The step over these webhooks.
    fn step(&self, from: usize, to: usize) -> ResendStep {
        let webhooks = &self.webhooks[from..to];
        let queued = webhooks.iter().map(|id| self.forwarding.queued(*id, self.destination, 101));
        ResendStep {
            id: self.id,
            queued: queued.collect(),
            released: Vec::new(),
            refetches: Vec::new(),
            after: webhooks.last().copied(),
            finished: to == self.webhooks.len(),
            at: at(101),
        }
    }

    async fn go(&self, step: &ResendStep) -> bool {
        let store = &self.forwarding.world.store;
        store.continue_resend(step, at(160)).await.expect("an answer")
    }

    async fn resend(&self) -> Resend {
        let resend = self.forwarding.world.store.resend(self.id).await.expect("an answer");
        resend.expect("the resend is there")
    }

    /// The state with deliveries, done and failed.
    async fn check(&self, state: ResendState, counts: [u64; 3]) {
        let resend = self.resend().await;
        assert_eq!(
            (resend.state, [resend.deliveries, resend.done, resend.failed]),
            (state, counts)
        );
        assert_eq!(resend.count, self.webhooks.len() as u64, "what it was begun with");
    }

    async fn claim(&self, now: i64) -> Option<RunningResend> {
        let store = &self.forwarding.world.store;
        store.claim_resend(at(now), at(now + 60)).await.expect("an answer")
    }
}

pub async fn a_bulk_resend_queues_counts_and_ends(database: Database) {
    let bulk = Bulk::new(&database, 5).await;
    let resend = bulk.resend().await;
    assert_eq!(resend.filter, "verdict=verified&duplicates=false");
    assert_eq!(
        (resend.action, resend.destination_id),
        (BulkAction::Resend, Some(bulk.destination))
    );
    assert_eq!((resend.created_at, resend.created_by.as_str()), (at(100), "a@example.com"));
    bulk.check(ResendState::Running, [0, 0, 0]).await;

    assert!(bulk.go(&bulk.step(0, 2)).await);
    let row = bulk.forwarding.delivery(bulk.forwarding.deliveries("").await[0]).await.row;
    assert_eq!(
        (row.state, row.trigger, row.next_attempt_at),
        (DeliveryState::Pending, Trigger::Bulk, Some(at(101)))
    );
    let done = bulk.forwarding.attempt_all(bulk.destination, 101, Next::Delivered).await;
    assert_eq!(done.len(), 2);
    // All that were queued are at their ends, and there are more to queue.
    bulk.check(ResendState::Running, [2, 2, 0]).await;

    assert!(bulk.go(&bulk.step(2, 5)).await);
    bulk.check(ResendState::Running, [5, 2, 0]).await;
    let leased = bulk.forwarding.lease(bulk.destination, 102, 10).await.deliveries;
    let ends = [Next::Delivered, Next::Failed, Next::Again(at(500))];
    let attempts: Vec<_> = leased
        .iter()
        .zip(ends)
        .map(|(delivery, next)| finished(bulk.destination, delivery, 102, next))
        .collect();
    bulk.forwarding.record(&attempts).await;
    bulk.check(ResendState::Running, [5, 3, 1]).await;
    bulk.forwarding.attempt_all(bulk.destination, 500, Next::Delivered).await;
    bulk.check(ResendState::Done, [5, 4, 1]).await;

    // It counted each once: what a person does with one afterwards is another matter.
    bulk.forwarding.world.change(retry_of(leased[1].id, at(600))).await;
    bulk.forwarding.attempt_all(bulk.destination, 600, Next::Delivered).await;
    bulk.check(ResendState::Done, [5, 4, 1]).await;
    let nothing = bulk.forwarding.world.store.resend(ResendId(Uuid::nil())).await;
    assert_eq!(nothing.expect("an answer"), None);
}

pub async fn a_bulk_resend_goes_on_where_it_stopped_and_does_no_step_twice(database: Database) {
    let bulk = Bulk::new(&database, 6).await;
    assert_eq!(bulk.claim(99).await, None);
    let claimed = bulk.claim(100).await.expect("it is to be gone on with");
    assert_eq!((claimed.id, claimed.after, claimed.last), (bulk.id, None, bulk.webhooks[5]));
    assert_eq!(claimed.filter, filter("verdict=verified&duplicates=false"));
    assert_eq!(
        (claimed.action, claimed.destination_id),
        (BulkAction::Resend, Some(bulk.destination))
    );
    // Somebody goes on with it.
    assert_eq!(bulk.claim(101).await, None);
    assert!(bulk.go(&bulk.step(0, 2)).await);
    assert_eq!(bulk.claim(159).await, None);
    let claimed = bulk.claim(160).await.expect("whoever had it is gone");
    assert_eq!(claimed.after, Some(bulk.webhooks[1]));

    assert!(bulk.go(&bulk.step(2, 4)).await);
    // The one who had it before comes back, with a step that was gone already.
    assert!(!bulk.go(&bulk.step(2, 4)).await);
    assert!(!bulk.go(&bulk.step(0, 4)).await);
    assert_eq!(bulk.forwarding.deliveries("").await.len(), 4);
    let ending = ResendStep {
        finished: true,
        ..bulk.step(4, 4)
    };
    assert!(bulk.go(&ending).await);
    assert_eq!(bulk.claim(1000).await, None);
    assert!(!bulk.go(&ending).await);
    // It came to fewer than there are webhooks.
    bulk.check(ResendState::Running, [4, 0, 0]).await;
    bulk.forwarding.attempt_all(bulk.destination, 200, Next::Delivered).await;
    bulk.check(ResendState::Done, [4, 4, 0]).await;
}

pub async fn a_bulk_resend_of_nothing_is_done_at_once(database: Database) {
    let bulk = Bulk::new(&database, 3).await;
    let none = ResendStep {
        queued: Vec::new(),
        ..bulk.step(0, 3)
    };
    assert!(bulk.go(&none).await);
    bulk.check(ResendState::Done, [0, 0, 0]).await;
}

pub async fn what_is_open_already_is_taken_over_or_left_alone(database: Database) {
    let bulk = Bulk::new(&database, 4).await;
    let queued = |number: usize| bulk.forwarding.queued(bulk.webhooks[number], bulk.destination, 50);
    let (pending, under_way, held) = (queued(0), queued(1), QueuedDelivery { held: true, ..queued(2) });
    bulk.forwarding.resend(under_way, 50).await;
    assert_eq!(bulk.forwarding.leased(bulk.destination, 50).await, [under_way.id]);
    bulk.forwarding.resend(pending, 60).await;
    bulk.forwarding.resend(held, 50).await;

    let mut step = bulk.step(0, 4);
    step.queued[3].held = true;
    assert!(bulk.go(&step).await);
    // Only the pending one is waited for: one that is held may never go.
    bulk.check(ResendState::Running, [1, 0, 0]).await;
    let row = bulk.forwarding.delivery(pending.id).await.row;
    assert_eq!((row.trigger, row.next_attempt_at), (Trigger::Bulk, Some(at(101))));
    assert_eq!(bulk.forwarding.state(held.id).await, DeliveryState::Held);
    assert_eq!(bulk.forwarding.state(step.queued[3].id).await, DeliveryState::Held);

    // Another bulk resend of the same does not take it away.
    let other = NewResend {
        id: ResendId(bulk.forwarding.world.id(at(100))),
        ..bulk.new_resend(BulkAction::Resend)
    };
    let step = ResendStep {
        id: other.id,
        ..bulk.step(0, 4)
    };
    bulk.forwarding.world.change(Change::AddResend(other.clone())).await;
    assert!(bulk.go(&step).await);
    let resend = bulk
        .forwarding
        .world
        .store
        .resend(other.id)
        .await
        .expect("an answer")
        .expect("it is there");
    assert_eq!((resend.state, resend.deliveries), (ResendState::Done, 0));
    bulk.forwarding.attempt_all(bulk.destination, 102, Next::Delivered).await;
    bulk.check(ResendState::Done, [1, 1, 0]).await;
}

pub async fn a_bulk_resend_counts_to_its_end_over_a_cancel(database: Database) {
    let bulk = Bulk::new(&database, 6).await;
    assert!(bulk.go(&bulk.step(0, 4)).await);
    let deliveries = bulk.forwarding.deliveries("").await;
    // One is skipped by a person, one is under way.
    bulk.forwarding
        .world
        .change(Change::CancelDelivery(deliveries[0], at(102)))
        .await;
    bulk.check(ResendState::Running, [3, 0, 0]).await;
    let under_way = bulk.forwarding.lease(bulk.destination, 102, 1).await.deliveries.remove(0);
    bulk.forwarding.world.change(Change::CancelResend(bulk.id, at(103))).await;
    assert!(!bulk.go(&bulk.step(4, 6)).await);
    assert_eq!(bulk.claim(1000).await, None);

    let cancel = async |most| {
        let store = &bulk.forwarding.world.store;
        store.cancel_resent(bulk.id, at(104), most).await.expect("cancelled")
    };
    assert_eq!([cancel(1).await, cancel(5).await, cancel(5).await], [1, 1, 0]);
    bulk.check(ResendState::Cancelled, [1, 0, 0]).await;
    bulk.forwarding
        .record(&[finished(bulk.destination, &under_way, 105, Next::Delivered)])
        .await;
    bulk.check(ResendState::Cancelled, [1, 1, 0]).await;
    let cancelled = bulk.forwarding.deliveries("state=cancelled").await;
    assert_eq!(cancelled, [deliveries[0], deliveries[2], deliveries[3]]);

    let error = bulk.forwarding.world.refused(Change::CancelResend(bulk.id, at(106))).await;
    assert!(matches!(error, StoreError::Conflict("an end of this resend")), "{error:?}");
    let error = bulk
        .forwarding
        .world
        .refused(Change::CancelResend(ResendId(Uuid::nil()), at(106)))
        .await;
    assert!(matches!(error, StoreError::Missing("resend")), "{error:?}");
}

pub async fn what_was_on_its_way_before_a_bulk_resend_goes_on_when_that_is_cancelled(database: Database) {
    let bulk = Bulk::new(&database, 2).await;
    let before = bulk.forwarding.queued(bulk.webhooks[0], bulk.destination, 50);
    bulk.forwarding.resend(before, 50).await;
    let step = bulk.step(0, 2);
    assert!(bulk.go(&step).await);
    bulk.check(ResendState::Running, [2, 0, 0]).await;
    bulk.forwarding.world.change(Change::CancelResend(bulk.id, at(103))).await;
    let store = &bulk.forwarding.world.store;
    assert_eq!(store.cancel_resent(bulk.id, at(104), 10).await.expect("cancelled"), 2);
    bulk.check(ResendState::Cancelled, [0, 0, 0]).await;
    assert_eq!(bulk.forwarding.state(step.queued[1].id).await, DeliveryState::Cancelled);
    let leased = bulk.forwarding.lease(bulk.destination, 105, 10).await.deliveries;
    assert_eq!(
        (leased.len(), leased[0].id, leased[0].trigger),
        (1, before.id, Trigger::Automatic)
    );
}

pub async fn a_bulk_release_lets_go_what_is_held(database: Database) {
    let bulk = Bulk::new(&database, 3).await;
    let release = NewResend {
        id: ResendId(bulk.forwarding.world.id(at(100))),
        ..bulk.new_resend(BulkAction::Release)
    };
    bulk.forwarding.world.change(Change::AddResend(release.clone())).await;
    let mut held = Vec::<DeliveryId>::new();
    for webhook in &bulk.webhooks[..2] {
        let queued = QueuedDelivery {
            held: true,
            ..bulk.forwarding.queued(*webhook, bulk.destination, 50)
        };
        bulk.forwarding.resend(queued, 50).await;
        held.push(queued.id);
    }
    let step = ResendStep {
        id: release.id,
        queued: Vec::new(),
        released: bulk.webhooks.clone(),
        ..bulk.step(0, 3)
    };
    assert!(bulk.go(&step).await);
    let leased = bulk.forwarding.lease(bulk.destination, 101, 10).await.deliveries;
    assert!(leased.iter().all(|delivery| delivery.trigger == Trigger::Released));
    assert_eq!(leased.iter().map(|delivery| delivery.id).collect::<Vec<_>>(), held);
    let ends: Vec<_> = leased
        .iter()
        .map(|delivery| finished(bulk.destination, delivery, 102, Next::Delivered))
        .collect();
    bulk.forwarding.record(&ends).await;
    let resend = bulk
        .forwarding
        .world
        .store
        .resend(release.id)
        .await
        .expect("an answer")
        .expect("it is there");
    assert_eq!(
        (resend.state, resend.count, resend.deliveries, resend.done),
        (ResendState::Done, 3, 2, 2)
    );
}
