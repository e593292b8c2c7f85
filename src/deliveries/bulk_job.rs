//! Going on with bulk resends in the background, on whichever node takes them.

use std::time::Duration;

use model::{BulkAction, DestinationId, ResendState};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::operation::{OperationError, Operations};
use crate::store::delivery::{QueuedDelivery, ResendStep, Resendable, RunningResend};

/// How often a node looks for one that nobody goes on with.
const INTERVAL: Duration = Duration::from_secs(1);

/// How long after its last step one counts as left alone: its node has died.
const LEASE_SECONDS: i64 = 30;

/// How many a node goes on with at once, so that a small one does not wait for the end of a large one.
const AT_ONCE: usize = 4;

/// How many webhooks are dealt with in one transaction.
const STEP: u32 = 200;

impl Operations {
    /// Goes on with bulk resends, for as long as it is polled.
    pub async fn keep_resending(self) {
        let mut running = JoinSet::new();
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            while running.try_join_next().is_some() {}
            while running.len() < AT_ONCE {
                match self.claim_resend().await {
                    Ok(Some(resend)) => drop(running.spawn(self.clone().go_on_alone(resend))),
                    Ok(None) => break,
                    Err(error) => {
                        tracing::error!(%error, "bulk resends do not go on");
                        break;
                    }
                }
            }
        }
    }

    /// Goes on with those that nobody goes on with, one after the other, each to its end.
    pub async fn go_on_with_resends(&self) -> Result<(), OperationError> {
        while let Some(resend) = self.claim_resend().await? {
            self.go_on_with(resend).await?;
        }
        Ok(())
    }

    async fn go_on_alone(self, resend: RunningResend) {
        let id = resend.id;
        // What was dealt with stands, and somebody goes on from there when the lease has ended.
        if let Err(error) = self.go_on_with(resend).await {
            tracing::error!(%error, resend = %id, "a bulk resend does not go on");
        }
    }

    async fn go_on_with(&self, mut resend: RunningResend) -> Result<(), OperationError> {
        while self.resend_step(&mut resend).await? {}
        Ok(())
    }

    async fn claim_resend(&self) -> Result<Option<RunningResend>, OperationError> {
        let now = self.clock.now();
        Ok(self.store.claim_resend(now, now.plus_seconds(LEASE_SECONDS)).await?)
    }

    /// Deals with the next webhooks. Whether there are more.
    async fn resend_step(&self, resend: &mut RunningResend) -> Result<bool, OperationError> {
        let webhooks = self.store.resendable(&resend.filter, resend.after, resend.last, STEP).await?;
        let now = self.clock.now();
        let finished = webhooks.len() < STEP as usize;
        let after = webhooks.last().map(|webhook| webhook.id).or(resend.after);
        let mut step = ResendStep {
            id: resend.id,
            queued: Vec::new(),
            released: Vec::new(),
            refetches: Vec::new(),
            after,
            finished,
            at: now,
        };
        match resend.action {
            BulkAction::Resend => step.queued = self.queued(resend.destination_id, &webhooks).await?,
            BulkAction::Refetch => step.refetches = self.refetches_of(&webhooks).await?,
            BulkAction::Release => step.released = webhooks.iter().map(|webhook| webhook.id).collect(),
        }
        let goes_on = self.store.continue_resend(&step, now.plus_seconds(LEASE_SECONDS)).await?;
        resend.after = after;
        match resend.action {
            BulkAction::Resend | BulkAction::Release => self.forwarding.wake.all(),
            BulkAction::Refetch => self.refetching.wake.notify_one(),
        }
        if !goes_on && self.is_cancelled(resend).await? {
            // Whoever cancelled it may have died over it.
            self.cancel_all_resent(resend.id).await?;
        }
        Ok(goes_on && !finished)
    }

    /// The deliveries that a step makes; none any more when the destination was archived in the meantime.
    async fn queued(
        &self,
        destination: Option<DestinationId>,
        webhooks: &[Resendable],
    ) -> Result<Vec<QueuedDelivery>, OperationError> {
        match self.targets(destination).await {
            Ok(targets) => targets.deliveries(self, webhooks).await,
            Err(OperationError::Invalid(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    async fn is_cancelled(&self, resend: &RunningResend) -> Result<bool, OperationError> {
        let resend = self.store.resend(resend.id).await?;
        Ok(resend.is_some_and(|resend| resend.state == ResendState::Cancelled))
    }
}

#[cfg(test)]
#[path = "bulk_job_tests.rs"]
mod tests;
