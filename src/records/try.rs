//! One try: the provider is asked for one webhook, and what comes of it is written down.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::{Agreement, DeliveryId, EndpointId, Failure, RecordId, Timestamp};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::judge::{agreement, asked, is_behind, judged};
use super::schedule::{next_look, next_try};
use super::{Access, Answered, Unanswered};
use crate::operation::{OperationError, Operations};
use crate::providers::{self, Asked, Provider};
use crate::store::delivery::NewDelivery;
use crate::store::records::{FinishedRefetch, LeasedRefetch, NewRecord, RefetchEnd, Refetchable, Rejudged};
use crate::store::reverify::NewVerdict;
use crate::store::{Endpoint, StoreError};

/// How long a provider may take, all in all: for a token, for the record, and for both once more.
pub(super) const LONGEST_TRY: Duration = Duration::from_mins(2);

/// How often a webhook that others change meanwhile is judged anew.
const MOST_READINGS: u32 = 5;

/// How long is waited before each further try to read or write when the database is away.
const PATIENCE: [Duration; 3] = [Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(5)];

/// How an endpoint's provider is asked.
pub(super) enum Question {
    With(Access),
    WithoutCredentials(Endpoint),
    /// The endpoint is archived.
    Never,
}

pub(super) struct Try {
    pub(super) operations: Operations,
    pub(super) endpoint: EndpointId,
    pub(super) lease: Uuid,
    pub(super) refetch: LeasedRefetch,
}

impl Try {
    /// Gives the time before which the provider is not to be asked for anything else, if there is one.
    pub(super) async fn make(self, question: Arc<Question>) -> Option<Timestamp> {
        match self.ask(&question).await {
            Ok(not_before) => not_before,
            Err(error) => {
                let (refetch, endpoint) = (self.refetch.id, self.endpoint);
                tracing::error!(%error, %refetch, %endpoint, "a re-fetch is not written down, and made again when its lease ends");
                None
            }
        }
    }

    async fn ask(&self, question: &Question) -> Result<Option<Timestamp>, OperationError> {
        let operations = &self.operations;
        let webhook = patiently(|| operations.store.refetchable(self.refetch.webhook_id)).await?;
        let Some(webhook) = webhook.filter(|webhook| webhook.erased_at.is_none()) else {
            return self.cancel().await;
        };
        let access = match question {
            Question::With(access) => access,
            Question::WithoutCredentials(endpoint) => return self.fail_without_credentials(endpoint, &webhook).await,
            Question::Never => return self.cancel().await,
        };
        let Some(asked) = asked(access.api, &webhook.events) else {
            return self.cancel().await;
        };
        let asking = operations.refetching.client.fetch(access, &asked.path);
        match timeout(LONGEST_TRY, asking).await {
            Ok(Ok(answered)) => self.keep(access, webhook, asked, answered).await.map(|()| None),
            Ok(Err(unanswered)) if unanswered.was_held_back() => self.give_back(unanswered.retry_at).await,
            Ok(Err(unanswered)) => self.go_on_after(&unanswered).await,
            Err(_) => {
                let now = operations.clock.now();
                let url = access.shown_url(&asked.path);
                let too_long = Unanswered {
                    duration: LONGEST_TRY,
                    ..Unanswered::not_sent(Failure::ResponseTimeout, &url, now)
                };
                self.go_on_after(&too_long).await
            }
        }
    }

    /// Writes the record down with what it says of the webhook, as that is by then.
    async fn keep(
        &self,
        access: &Access,
        mut webhook: Refetchable,
        asked: Asked,
        answered: Answered,
    ) -> Result<(), OperationError> {
        let operations = &self.operations;
        let fetched_at = operations.clock.now();
        let id = RecordId(operations.ids.next(fetched_at));
        let mut readings = 1;
        loop {
            let endpoint = patiently(|| operations.store.endpoint(self.endpoint)).await?;
            let policy = endpoint.ok_or(OperationError::NotFound("endpoint"))?.policy;
            let (api, events) = (access.api, &webhook.events);
            let again_at = is_behind(api, events, &asked, &answered.record).then(|| {
                let LeasedRefetch {
                    id, trigger, attempts, ..
                } = self.refetch;
                next_look(id, trigger, attempts, fetched_at)
            });
            let again_at = again_at.flatten();
            let agreement = match again_at {
                // It may just be late.
                Some(_) => Agreement::CannotTell,
                None => agreement(api, events, &asked, &answered.record),
            };
            let after = judged(&webhook, policy, id, fetched_at, &agreement);
            let rejudged = match after {
                Some(after) => {
                    let after = self.with_deliveries(&webhook, after).await?;
                    let before = webhook;
                    Some(Rejudged { before, after })
                }
                None => None,
            };
            let is_rejudged = rejudged.is_some();
            let record = NewRecord {
                id,
                resource: asked.resource.clone(),
                fetched_at,
                status: answered.status,
                body: answered.body.clone(),
                agreement,
            };
            let finished = FinishedRefetch {
                asked_at: answered.asked_at,
                url: answered.url.clone(),
                duration_ms: millis(answered.duration),
                status: Some(answered.status),
                ..self.finished(match again_at {
                    Some(at) => RefetchEnd::RecordAndAgain(record, rejudged, at),
                    None => RefetchEnd::Record(record, rejudged),
                })
            };
            match patiently(|| operations.store.finish_refetch(&finished)).await {
                Ok(was_written) => {
                    self.say_end();
                    if was_written && is_rejudged {
                        operations.forwarding.wake.all();
                    }
                    return Ok(());
                }
                Err(StoreError::Changed(_)) if readings < MOST_READINGS => readings += 1,
                Err(error) => return Err(error.into()),
            }
            let read = patiently(|| operations.store.refetchable(self.refetch.webhook_id)).await?;
            webhook = read.ok_or(OperationError::NotFound("webhook"))?;
        }
    }

    /// Where a webhook goes that may turn out to repeat no other: to the destinations that take it and were there when it came.
    async fn with_deliveries(&self, webhook: &Refetchable, after: NewVerdict) -> Result<NewVerdict, OperationError> {
        if webhook.duplicate_of.is_none() {
            return Ok(after);
        }
        let (operations, now) = (&self.operations, self.operations.clock.now());
        let takers = operations.takers(&HashMap::from([(webhook.id, webhook.received_at)])).await?;
        let delivery = |destination_id| NewDelivery {
            id: DeliveryId(operations.ids.next(now)),
            destination_id,
            held: !after.forwards,
            due_at: now,
        };
        let deliveries = takers.into_values().flatten().map(delivery).collect();
        Ok(NewVerdict { deliveries, ..after })
    }

    async fn fail_without_credentials(
        &self,
        endpoint: &Endpoint,
        webhook: &Refetchable,
    ) -> Result<Option<Timestamp>, OperationError> {
        let api = providers::find(&endpoint.provider).and_then(Provider::api);
        let url = api.and_then(|api| {
            Some(format!(
                "{}{}",
                api.base_url(endpoint.environment),
                asked(api, &webhook.events)?.path
            ))
        });
        let now = self.operations.clock.now();
        let unanswered = Unanswered::not_sent(Failure::NoCredentials, &url.unwrap_or_default(), now);
        self.go_on_after(&unanswered).await
    }

    /// There is no record: it is tried again, or has failed.
    async fn go_on_after(&self, unanswered: &Unanswered) -> Result<Option<Timestamp>, OperationError> {
        let now = self.operations.clock.now();
        let LeasedRefetch {
            id, trigger, attempts, ..
        } = self.refetch;
        let end = match next_try(id, trigger, attempts, unanswered, now) {
            Some(again_at) => RefetchEnd::Again(unanswered.failure, again_at),
            None => RefetchEnd::Failed(unanswered.failure),
        };
        let finished = FinishedRefetch {
            asked_at: unanswered.asked_at,
            url: unanswered.url.clone(),
            duration_ms: millis(unanswered.duration),
            status: unanswered.status,
            ..self.finished(end)
        };
        patiently(|| self.operations.store.finish_refetch(&finished)).await?;
        self.say_end();
        Ok(unanswered.retry_at.filter(|_| unanswered.failure == Failure::RateLimited))
    }

    /// Nobody was asked, as that would have been too fast.
    async fn give_back(&self, retry_at: Option<Timestamp>) -> Result<Option<Timestamp>, OperationError> {
        let now = self.operations.clock.now();
        let due_at = retry_at.unwrap_or(now).max(now);
        let store = &self.operations.store;
        patiently(|| store.give_back_refetches(self.lease, std::slice::from_ref(&self.refetch.id), due_at)).await?;
        Ok(Some(due_at))
    }

    async fn cancel(&self) -> Result<Option<Timestamp>, OperationError> {
        let finished = self.finished(RefetchEnd::Cancelled);
        patiently(|| self.operations.store.finish_refetch(&finished)).await?;
        self.say_end();
        Ok(None)
    }

    fn finished(&self, end: RefetchEnd) -> FinishedRefetch {
        FinishedRefetch {
            id: self.refetch.id,
            webhook_id: self.refetch.webhook_id,
            endpoint_id: self.endpoint,
            lease: self.lease,
            asked_at: self.operations.clock.now(),
            url: String::new(),
            duration_ms: 0,
            status: None,
            end,
        }
    }

    /// Wakes those who wait for the end of a re-fetch.
    fn say_end(&self) {
        self.operations.refetching.ended.send_modify(|ended| *ended += 1);
    }
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

/// Tries again for a while when the database is away.
async fn patiently<T, Answer>(mut ask: impl FnMut() -> Answer) -> Result<T, StoreError>
where
    Answer: Future<Output = Result<T, StoreError>>,
{
    for wait in PATIENCE {
        match ask().await {
            Err(StoreError::Unavailable(_)) => sleep(wait).await,
            answer => return answer,
        }
    }
    ask().await
}
