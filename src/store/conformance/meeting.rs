//! Everything that changes deliveries at once, on two nodes: nobody is refused for having met another.

use std::sync::Arc;

use model::Verdict::{Invalid, Verified};
use model::{BulkAction, DestinationId, Evidence, ResendId, ResendState, Trigger, WebhookId};
use tokio::sync::Barrier;
use tokio::task::JoinHandle;

use super::database::Database;
use super::forwarding::{Forwarding, LEASE_SECONDS, finished, retry_of};
use super::world::{at, entry};
use crate::store::Store;
use crate::store::change::Change;
use crate::store::delivery::{NewResend, Next, ResendStep};
use crate::store::reverify::NewVerdict;

const SUBJECTS: [&str; 3] = ["a", "b", "c"];

const WEBHOOKS: usize = 60;

/// What meets.
struct Meeting {
    forwarding: Forwarding,
    destinations: [DestinationId; 2],
    webhooks: Vec<WebhookId>,
    /// Of every other webhook each, so that neighbours are waited for by different ones.
    resends: [ResendId; 2],
    barrier: Barrier,
}

pub async fn whatever_meets_nobody_waits_in_a_circle_and_nothing_is_stuck(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let node = database.open().await;
    let destinations = [forwarding.ordered_destination().await, forwarding.destination().await];
    let mut webhooks = Vec::new();
    for number in 0..WEBHOOKS {
        let mut webhook = forwarding.webhook_of(destinations[0], 0, SUBJECTS[number % 3]);
        webhook.deliveries.push(forwarding.new_delivery(destinations[1], 0));
        webhooks.push(webhook);
    }
    forwarding.world.append(&webhooks).await;
    let resends = [0, 1].map(|_| ResendId(forwarding.world.id(at(1))));
    let meeting = Arc::new(Meeting {
        webhooks: webhooks.iter().map(|webhook| webhook.id).collect(),
        forwarding,
        destinations,
        resends,
        barrier: Barrier::new(8),
    });
    meeting.start_resends().await;
    let stores = [Arc::clone(&meeting.forwarding.world.store), node];
    let running = [
        run(&meeting, &stores[0], |meeting, store| async move {
            meeting.work(&*store, 0).await;
        }),
        run(&meeting, &stores[1], |meeting, store| async move {
            meeting.work(&*store, 1).await;
        }),
        run(&meeting, &stores[1], |meeting, store| async move {
            meeting.work(&*store, 0).await;
        }),
        run(&meeting, &stores[0], |meeting, store| async move {
            meeting.resend(&*store, 0).await;
        }),
        run(&meeting, &stores[1], |meeting, store| async move {
            meeting.resend(&*store, 1).await;
        }),
        run(&meeting, &stores[1], |meeting, store| async move {
            meeting.ask(&*store).await;
        }),
        run(&meeting, &stores[0], |meeting, store| async move {
            meeting.judge(&*store).await;
        }),
        run(&meeting, &stores[1], |meeting, store| async move {
            meeting.cancel(&*store).await;
        }),
    ];
    for running in running {
        running.await.expect("no panic");
    }
    meeting.assert_nothing_is_stuck().await;
}

fn run<Running>(
    meeting: &Arc<Meeting>,
    store: &Arc<dyn Store>,
    part: impl FnOnce(Arc<Meeting>, Arc<dyn Store>) -> Running + Send + 'static,
) -> JoinHandle<()>
where
    Running: Future<Output = ()> + Send + 'static,
{
    let (meeting, store) = (Arc::clone(meeting), Arc::clone(store));
    tokio::spawn(async move {
        meeting.barrier.wait().await;
        part(meeting, store).await;
    })
}

impl Meeting {
    async fn start_resends(&self) {
        let new = |id| NewResend {
            id,
            action: BulkAction::Resend,
            filter: String::new(),
            destination_id: None,
            count: WEBHOOKS as u64,
            last: self.webhooks[WEBHOOKS - 1],
            created_at: at(1),
            created_by: "a@example.com".to_owned(),
        };
        for id in self.resends {
            self.forwarding.world.change(Change::AddResend(new(id))).await;
        }
    }

    async fn work(&self, store: &dyn Store, destination: usize) {
        let destination = self.destinations[destination];
        for round in 0..40 {
            let request = self.forwarding.request(destination, 2, 4);
            let leased = store.lease(&request).await.expect("leased");
            let next = [Next::Delivered, Next::Again(at(2)), Next::Failed][round % 3];
            let attempts: Vec<_> = leased
                .deliveries
                .iter()
                .map(|delivery| {
                    let mut attempt = finished(destination, delivery, 2, next);
                    attempt.outcome = crate::delivery::breaker::Outcome::Succeeded;
                    attempt
                })
                .collect();
            store.record(&attempts).await.expect("recorded");
        }
    }

    async fn resend(&self, store: &dyn Store, which: usize) {
        for (number, webhooks) in self.webhooks.chunks(10).enumerate() {
            let both = |webhook: &WebhookId| self.destinations.map(|to| self.forwarding.queued(*webhook, to, 2));
            let step = ResendStep {
                id: self.resends[which],
                queued: webhooks.iter().skip(which).step_by(2).flat_map(both).collect(),
                released: Vec::new(),
                refetches: Vec::new(),
                after: webhooks.last().copied(),
                finished: (number + 1) * 10 == WEBHOOKS,
                at: at(2),
            };
            assert!(store.continue_resend(&step, at(60)).await.expect("gone on with"));
        }
    }

    /// What people ask for one after the other, the newest webhooks first.
    async fn ask(&self, store: &dyn Store) {
        let entry = entry(model::AuditAction::Resent);
        for (number, webhook) in self.webhooks.iter().enumerate().rev().step_by(2) {
            let deliveries = self.destinations.map(|to| self.forwarding.queued(*webhook, to, 2)).to_vec();
            let trigger = Trigger::Manual;
            let change = match number % 3 {
                0 => Change::Resend {
                    deliveries,
                    trigger,
                    at: at(2),
                },
                1 => Change::Release {
                    webhooks: self.webhooks.clone(),
                    at: at(2),
                },
                _ => retry_of(self.deliveries_of(*webhook).await[0], at(2)),
            };
            match store.change(&change, &entry).await {
                Ok(()) | Err(crate::store::StoreError::Conflict(_) | crate::store::StoreError::Missing(_)) => {}
                Err(error) => panic!("{change:?}: {error}"),
            }
        }
    }

    async fn judge(&self, store: &dyn Store) {
        for verdict in [Invalid, Verified, Invalid, Verified] {
            for webhooks in self.webhooks.chunks(20) {
                let new = |id: &WebhookId| NewVerdict {
                    before: None,
                    id: *id,
                    verdict,
                    evidence: Evidence::default(),
                    contradicted: false,
                    forwards: verdict == Verified,
                    deliveries: Vec::new(),
                    refetch: None,
                };
                let new: Vec<_> = webhooks.iter().map(new).collect();
                let endpoint = self.forwarding.endpoint;
                store
                    .set_verdicts(endpoint, &new, at(5))
                    .await
                    .expect("the verdicts are written");
            }
        }
    }

    async fn cancel(&self, store: &dyn Store) {
        for number in 0..20 {
            let destination = self.destinations[number % 2];
            store.cancel_waiting(destination, at(2), 3).await.expect("cancelled");
        }
    }

    async fn deliveries_of(&self, webhook: WebhookId) -> Vec<model::DeliveryId> {
        self.forwarding.deliveries(&format!("webhook={webhook}")).await
    }

    /// What failed is skipped and what is held let go; then all comes to its end by itself, and the bulk resend with it.
    async fn assert_nothing_is_stuck(&self) {
        let world = &self.forwarding.world;
        self.judge_all().await;
        for delivery in self.forwarding.deliveries("state=failed").await {
            world.change(Change::CancelDelivery(delivery, at(3))).await;
        }
        for destination in self.destinations {
            self.forwarding
                .attempt_all(destination, 3 + LEASE_SECONDS, Next::Delivered)
                .await;
        }
        let open = self.forwarding.deliveries("state=held&state=pending&state=delivering").await;
        assert_eq!(open, []);
        for id in self.resends {
            let resend = world.store.resend(id).await.expect("an answer").expect("it is there");
            assert_eq!(
                (resend.state, resend.done + resend.failed),
                (ResendState::Done, resend.deliveries)
            );
        }
    }

    async fn judge_all(&self) {
        let new = |id: &WebhookId| NewVerdict {
            before: None,
            id: *id,
            verdict: Verified,
            evidence: Evidence::default(),
            contradicted: false,
            forwards: true,
            deliveries: Vec::new(),
            refetch: None,
        };
        let new: Vec<_> = self.webhooks.iter().map(new).collect();
        let judged = self
            .forwarding
            .world
            .store
            .set_verdicts(self.forwarding.endpoint, &new, at(5))
            .await;
        judged.expect("the verdicts are written");
    }
}
