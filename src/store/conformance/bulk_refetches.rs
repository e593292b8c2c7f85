//! Asking again for everything that a filter matches.

use model::RefetchState::{self, Cancelled, Done, Fetching, Pending};
use model::{BulkAction, Failure, RefetchTrigger, ResendId, ResendState, WebhookId};

use super::asking::Asking;
use super::database::Database;
use super::world::at;
use crate::store::change::Change;
use crate::store::delivery::{NewResend, ResendStep};
use crate::store::records::RefetchEnd;

/// A bulk re-fetch of some webhooks that are stored already.
struct Bulk {
    asking: Asking,
    webhooks: Vec<WebhookId>,
    id: ResendId,
}

impl Bulk {
    async fn new(database: &Database, webhooks: i64) -> Self {
        let asking = Asking::new(database).await;
        let webhooks: Vec<_> = (0..webhooks)
            .map(|second| asking.world().webhook(asking.endpoint(), second))
            .collect();
        asking.world().append(&webhooks).await;
        let webhooks: Vec<_> = webhooks.iter().map(|webhook| webhook.id).collect();
        let id = ResendId(asking.world().id(at(100)));
        let new = NewResend {
            id,
            action: BulkAction::Refetch,
            filter: String::new(),
            destination_id: None,
            count: webhooks.len() as u64,
            last: *webhooks.last().expect("a webhook"),
            created_at: at(100),
            created_by: "a@example.com".to_owned(),
        };
        asking.world().change(Change::AddResend(new)).await;
        Self { asking, webhooks, id }
    }

    /// The step over these webhooks.
    fn step(&self, from: usize, to: usize) -> ResendStep {
        let webhooks = &self.webhooks[from..to];
        ResendStep {
            id: self.id,
            queued: Vec::new(),
            released: Vec::new(),
            refetches: webhooks.iter().map(|id| self.asking.queued(*id, 101)).collect(),
            after: webhooks.last().copied(),
            finished: to == self.webhooks.len(),
            at: at(101),
        }
    }

    async fn go(&self, step: &ResendStep) -> bool {
        let store = &self.asking.world().store;
        store.continue_resend(step, at(160)).await.expect("an answer")
    }

    /// How many it waits for, how many have a record, and how many failed.
    async fn check(&self, state: ResendState, [queued, done, failed]: [u64; 3]) {
        let resend = self.asking.world().store.resend(self.id).await.expect("an answer");
        let resend = resend.expect("it is there");
        assert_eq!((resend.state, resend.action), (state, BulkAction::Refetch));
        assert_eq!([resend.deliveries, resend.done, resend.failed], [queued, done, failed]);
    }

    async fn cancel(&self, most: u32) -> u32 {
        let store = &self.asking.world().store;
        store.cancel_resent(self.id, at(104), most).await.expect("cancelled")
    }

    async fn states(&self) -> Vec<RefetchState> {
        let mut states = Vec::new();
        for webhook in &self.webhooks {
            states.extend(self.asking.refetches(*webhook).await.iter().map(|row| row.state));
        }
        states
    }
}

pub async fn a_bulk_re_fetch_queues_counts_and_ends(database: Database) {
    let bulk = Bulk::new(&database, 5).await;
    let step = bulk.step(0, 3);
    assert!(bulk.go(&step).await);
    assert!(!bulk.go(&step).await, "somebody went this step already");
    bulk.check(ResendState::Running, [3, 0, 0]).await;
    let row = bulk.asking.refetches(bulk.webhooks[0]).await.remove(0);
    assert_eq!((row.state, row.trigger), (RefetchState::Pending, RefetchTrigger::Bulk));
    assert_eq!((row.due_at, row.created_at), (Some(at(101)), at(101)));
    assert_eq!(bulk.asking.finish_all(101, None).await, 3);
    bulk.check(ResendState::Running, [3, 3, 0]).await;

    assert!(bulk.go(&bulk.step(3, 5)).await);
    let (lease, leased) = bulk.asking.lease(102, 9).await;
    let again = RefetchEnd::Again(Failure::RateLimited, at(110));
    assert!(bulk.asking.finish((lease, leased[0]), 102, again).await);
    let failed = RefetchEnd::Failed(Failure::Unauthorized);
    assert!(bulk.asking.finish((lease, leased[1]), 102, failed).await);
    bulk.check(ResendState::Running, [5, 3, 1]).await;
    assert_eq!(bulk.asking.finish_all(110, None).await, 1);
    bulk.check(ResendState::Done, [5, 4, 1]).await;
    // A later one of the same webhook is none of it.
    bulk.asking.ask(bulk.webhooks[0], 111).await;
    assert_eq!(bulk.asking.finish_all(111, None).await, 1);
    bulk.check(ResendState::Done, [5, 4, 1]).await;
}

pub async fn a_bulk_re_fetch_leaves_alone_what_is_open(database: Database) {
    let bulk = Bulk::new(&database, 2).await;
    bulk.asking.ask(bulk.webhooks[0], 50).await;
    assert!(bulk.go(&bulk.step(0, 2)).await);
    bulk.check(ResendState::Running, [1, 0, 0]).await;
    let rows = bulk.asking.refetches(bulk.webhooks[0]).await;
    assert_eq!((rows.len(), rows[0].trigger), (1, RefetchTrigger::Manual));
    assert_eq!(bulk.asking.finish_all(101, None).await, 2);
    bulk.check(ResendState::Done, [1, 1, 0]).await;
}

pub async fn a_bulk_re_fetch_that_makes_none_is_done(database: Database) {
    let bulk = Bulk::new(&database, 1).await;
    bulk.asking.ask(bulk.webhooks[0], 50).await;
    assert!(bulk.go(&bulk.step(0, 1)).await);
    bulk.check(ResendState::Done, [0, 0, 0]).await;
}

pub async fn what_waits_of_a_bulk_re_fetch_is_cancelled_with_it(database: Database) {
    let bulk = Bulk::new(&database, 6).await;
    assert!(bulk.go(&bulk.step(0, 5)).await);
    let under_way = bulk.asking.lease_one(101).await;
    // What a person asked for since goes on for them.
    bulk.asking.ask(bulk.webhooks[4], 102).await;
    assert_eq!(bulk.cancel(9).await, 0, "it runs");
    bulk.asking.world().change(Change::CancelResend(bulk.id, at(103))).await;
    assert!(!bulk.go(&bulk.step(5, 6)).await);
    assert_eq!([bulk.cancel(1).await, bulk.cancel(9).await, bulk.cancel(9).await], [1, 3, 0]);
    assert_eq!(bulk.states().await, [Fetching, Cancelled, Cancelled, Cancelled, Pending]);
    bulk.check(ResendState::Cancelled, [1, 0, 0]).await;
    let record = bulk.asking.record(105, "inq_1", "{}");
    assert!(bulk.asking.finish(under_way, 105, RefetchEnd::Record(record, None)).await);
    bulk.check(ResendState::Cancelled, [1, 1, 0]).await;
    assert_eq!(bulk.asking.finish_all(105, None).await, 1);
    bulk.check(ResendState::Cancelled, [1, 1, 0]).await;
    assert_eq!(bulk.states().await, [Done, Cancelled, Cancelled, Cancelled, Done]);
}

pub async fn archiving_ends_a_bulk_re_fetch(database: Database) {
    let bulk = Bulk::new(&database, 3).await;
    assert!(bulk.go(&bulk.step(0, 3)).await);
    let first = bulk.asking.lease_one(101).await;
    let record = bulk.asking.record(101, "inq_1", "{}");
    assert!(bulk.asking.finish(first, 101, RefetchEnd::Record(record, None)).await);
    bulk.asking
        .world()
        .change(Change::ArchiveEndpoint(bulk.asking.endpoint(), at(102)))
        .await;
    bulk.check(ResendState::Done, [1, 1, 0]).await;
}
