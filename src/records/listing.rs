use std::time::Duration;

use model::Timestamp;
use tokio::time::sleep;

use super::worker::POLL;
use super::{Access, RecordClient, Unanswered};
use crate::clock::Clock;
use crate::operation::Operations;
use crate::providers::ParseProblem;
use crate::providers::api::{EventList, EventQuery, ListedEvent};

/// How often a page is asked for again that was not answered.
const MOST_FAILURES: u32 = 3;

/// How long is waited before that, in seconds, where the provider does not say.
const PAUSE_SECONDS: i64 = 2;

/// Reads the list of a provider's events page by page, no faster than the provider allows.
pub(super) struct Listing<'a> {
    client: &'a RecordClient,
    clock: &'a dyn Clock,
    access: &'a Access,
    list: &'a dyn EventList,
    after: After,
}

enum After {
    Beginning,
    Cursor(String),
    End,
}

impl<'a> Listing<'a> {
    pub(super) fn new(operations: &'a Operations, access: &'a Access, list: &'a dyn EventList) -> Self {
        Self {
            client: &operations.refetching.client,
            clock: &*operations.clock,
            access,
            list,
            after: After::Beginning,
        }
    }

    /// The events of the next page, the newest first; `None` after the last. Waits where it would be too fast.
    pub(super) async fn next(&mut self) -> Result<Option<Result<Vec<ListedEvent>, ParseProblem>>, Unanswered> {
        let after = match &self.after {
            After::Beginning => None,
            After::Cursor(cursor) => Some(cursor.clone()),
            After::End => return Ok(None),
        };
        let path = self.list.ask(&EventQuery {
            after: after.as_deref(),
            ..EventQuery::default()
        });
        let body = self.fetch(&path).await?;
        Ok(Some(self.list.read(&body).map(|page| {
            // A page that leads to itself would never end.
            let next = page.next.filter(|next| Some(next) != after.as_ref());
            self.after = next.map_or(After::End, After::Cursor);
            page.events
        })))
    }

    async fn fetch(&self, path: &str) -> Result<bytes::Bytes, Unanswered> {
        let mut failures = 0;
        loop {
            let unanswered = match self.client.fetch(self.access, path).await {
                Ok(answered) => return Ok(answered.body),
                Err(unanswered) => unanswered,
            };
            if !unanswered.was_held_back() {
                failures += 1;
                if failures > MOST_FAILURES || !unanswered.may_pass() {
                    return Err(unanswered);
                }
            }
            let pause = self.clock.now().plus_seconds(PAUSE_SECONDS);
            self.until(unanswered.retry_at.unwrap_or(pause)).await;
        }
    }

    /// Waits until it is that time, whoever turns the clock.
    async fn until(&self, time: Timestamp) {
        loop {
            let micros = self.clock.now().micros_until(time);
            let Ok(micros @ 1..) = u64::try_from(micros) else { return };
            sleep(Duration::from_micros(micros).min(POLL)).await;
        }
    }
}
