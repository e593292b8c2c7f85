use std::time::Duration;

use app::view::Askable;
use model::{AuditAction, AuditChange, RefetchId, RefetchRow, RefetchState, Role, WebhookId};
use tokio::time::{Instant, sleep};

use super::Askables;
use super::access::NoAccess;
use crate::deliveries::target_of_webhooks;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::change::Change;
use crate::store::delivery::Resendable;
use crate::store::records::QueuedRefetch;

/// How long anybody waits for a re-fetch.
const LONGEST_WAIT: Duration = Duration::from_secs(45);

/// How often whoever waits looks for what another node may have done.
const LOOK: Duration = Duration::from_millis(500);

impl Operations {
    /// Asks the provider again, and waits for what comes of it: the re-fetch at its end, or still open when that takes longer
    /// than anybody waits. `Conflict` where there is nothing to ask, `Unprocessable` without credentials. For operators.
    pub async fn refetch(&self, actor: &Actor, id: WebhookId) -> Result<RefetchRow, OperationError> {
        actor.require(Role::Operator)?;
        let found = self.resendable(&[id]).await?;
        self.check_askable(&found[0]).await?;
        // What ends from here on is noticed, also when it ends before it is waited for.
        let mut ended = self.refetching.ended.subscribe();
        ended.mark_unchanged();
        let before = self.store.refetches(id).await?;
        let open_before = before.into_iter().find(|row| row.state.is_open());
        let queued = self.queue_refetches(actor, &found).await?;
        let deadline = Instant::now() + LONGEST_WAIT;
        loop {
            let row = self.awaited(id, queued[0], open_before.as_ref()).await?;
            let is_decided = !row.state.is_open() || self.is_put_off(&row, open_before.as_ref());
            if is_decided || Instant::now() >= deadline {
                return Ok(row);
            }
            tokio::select! {
                Ok(()) = ended.changed() => {}
                () = sleep(LOOK) => {}
            }
        }
    }

    /// Queues re-fetches of the webhooks (at most `deliveries::MOST_AT_ONCE`), those that can be asked for. How many it were.
    /// For operators.
    pub async fn refetch_selected(&self, actor: &Actor, webhooks: &[WebhookId]) -> Result<u32, OperationError> {
        actor.require(Role::Operator)?;
        let mut askables = Askables::default();
        let mut wanted = Vec::new();
        for webhook in self.resendable(webhooks).await? {
            let askable = askables
                .of(self, webhook.endpoint_id, &webhook.events, webhook.erased)
                .await?;
            if askable == Askable::Yes {
                wanted.push(webhook);
            }
        }
        if wanted.is_empty() {
            return Ok(0);
        }
        let queued = self.queue_refetches(actor, &wanted).await?;
        Ok(u32::try_from(queued.len()).unwrap_or(u32::MAX))
    }

    /// The re-fetches that a step of a bulk re-fetch makes: of those webhooks that can be asked for.
    pub(crate) async fn refetches_of(&self, webhooks: &[Resendable]) -> Result<Vec<QueuedRefetch>, OperationError> {
        let now = self.clock.now();
        let mut askables = Askables::default();
        let mut refetches = Vec::new();
        for webhook in webhooks {
            let askable = askables
                .of(self, webhook.endpoint_id, &webhook.events, webhook.erased)
                .await?;
            if askable == Askable::Yes {
                refetches.push(QueuedRefetch {
                    id: RefetchId(self.ids.next(now)),
                    webhook_id: webhook.id,
                });
            }
        }
        Ok(refetches)
    }

    async fn check_askable(&self, webhook: &Resendable) -> Result<(), OperationError> {
        let mut askables = Askables::default();
        let askable = askables
            .of(self, webhook.endpoint_id, &webhook.events, webhook.erased)
            .await?;
        match askable {
            Askable::Yes => Ok(()),
            Askable::NoApi(why) => Err(OperationError::Conflict(why)),
            Askable::NoCredentials => Err(NoAccess::NoCredentials.into()),
            Askable::NothingToAskFor => Err(OperationError::Conflict(NOTHING_TO_ASK_FOR.to_owned())),
            Askable::Erased => Err(OperationError::Conflict(ERASED.to_owned())),
        }
    }

    async fn queue_refetches(&self, actor: &Actor, webhooks: &[Resendable]) -> Result<Vec<RefetchId>, OperationError> {
        let at = self.clock.now();
        let queued = |webhook: &Resendable| QueuedRefetch {
            id: RefetchId(self.ids.next(at)),
            webhook_id: webhook.id,
        };
        let refetches: Vec<_> = webhooks.iter().map(queued).collect();
        let ids = refetches.iter().map(|refetch| refetch.id).collect();
        let several = webhooks.iter().filter(|_| webhooks.len() > 1);
        let detail = several.map(|webhook| AuditChange {
            field: "webhook".to_owned(),
            before: None,
            after: Some(webhook.id.to_string()),
        });
        let entry = self.entry(actor, AuditAction::Refetched, target_of_webhooks(webhooks), detail.collect());
        self.store.change(&Change::Refetch { refetches, at }, &entry).await?;
        self.refetching.wake.notify_one();
        Ok(ids)
    }

    /// The re-fetch that is waited for: the one that was queued, or the one that was open before and is used instead.
    async fn awaited(
        &self,
        webhook: WebhookId,
        queued: RefetchId,
        open_before: Option<&RefetchRow>,
    ) -> Result<RefetchRow, OperationError> {
        let rows = self.store.refetches(webhook).await?;
        let with = |id: RefetchId| rows.iter().find(|row| row.id == id);
        let awaited = with(queued)
            .or_else(|| open_before.and_then(|open| with(open.id)))
            // One that was made in between.
            .or_else(|| rows.iter().find(|row| row.state.is_open()))
            .or(rows.first());
        awaited.cloned().ok_or(OperationError::NotFound("re-fetch"))
    }

    /// Whether nothing more comes of it while anybody waits: it failed and is tried again later, or the provider allows nothing
    /// for so long.
    fn is_put_off(&self, row: &RefetchRow, open_before: Option<&RefetchRow>) -> bool {
        let attempts_before = open_before.filter(|open| open.id == row.id).map_or(0, |open| open.attempts);
        let longest = i64::try_from(LONGEST_WAIT.as_secs()).unwrap_or(i64::MAX);
        let is_far = || {
            row.due_at
                .is_some_and(|due_at| due_at > self.clock.now().plus_seconds(longest))
        };
        row.state == RefetchState::Pending && (row.attempts > attempts_before || is_far())
    }
}

const NOTHING_TO_ASK_FOR: &str = "nothing in this webhook can be asked for";
const ERASED: &str = "it was erased, so nothing is known to ask for";
