//! Live tail: what is stored, as it is stored.

use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt, stream};
use model::{Cursor, PageRequest, WebhookFilter, WebhookId, WebhookRow};
use tokio::time::{Instant, MissedTickBehavior};
use uuid::Uuid;

use super::Api;
use super::address::Parameters;
use super::caller::Caller;
use super::problem::{Fault, Place, Problem, Problems};
use super::streams;
use super::webhooks::WebhookItem;
use crate::operation::OperationError;

/// How often the log is looked at.
const INTERVAL: Duration = Duration::from_secs(1);

/// How often a caller's token is looked at again, and so how long a stream outlives it.
const TOKEN_INTERVAL: Duration = Duration::from_secs(10);

/// How far ids may be committed out of order: a webhook gets its id when it arrives, and two that are committed at once can
/// become visible in either order.
const OUT_OF_ORDER_MILLIS: u128 = 2000;

/// How many webhooks are read at once.
const BATCH: u32 = 200;

/// Every webhook from now on as a server-sent event `webhook`: its id, and its line of the log as JSON.
///
/// A caller that was cut off sends the last id that it saw as `Last-Event-ID`, as browsers do by themselves, and gets what came
/// after it. A user may have four streams open at once.
#[utoipa::path(
    get, path = "/events", operation_id = "follow_events", tag = "webhooks",
    params(("last-event-id" = Option<WebhookId>, Header, description = "The last id that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = String), Problems),
)]
pub async fn follow(
    State(api): State<Api>,
    caller: Caller,
    headers: HeaderMap,
    parameters: Parameters,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    parameters.none_left()?;
    let last_seen = match headers.get("last-event-id") {
        Some(id) => Some(read_id(id)?),
        None => None,
    };
    let place = api.streams.place(&caller.actor)?;
    let follower = Follower::start(api.clone(), caller, last_seen, place).await?;
    let webhooks = stream::unfold(follower, async |mut follower| {
        let row = follower.next().await?;
        Some((Ok(event(row)), follower))
    });
    let until_the_end = webhooks.take_until(api.ending.cancelled_owned());
    Ok(Sse::new(until_the_end).keep_alive(KeepAlive::default()))
}

fn read_id(value: &axum::http::HeaderValue) -> Result<WebhookId, Problem> {
    let id = value.to_str().ok().and_then(|text| text.parse().ok());
    id.ok_or_else(|| {
        let fault = Fault::at(Place::Header, ["last-event-id"], "not an id that this stream gave");
        Problem::of(StatusCode::BAD_REQUEST, vec![fault])
    })
}

fn event(row: WebhookRow) -> Event {
    let item = WebhookItem::from(row);
    let json = serde_json::to_string(&item).expect("a line of the log is plain data");
    Event::default().event("webhook").id(item.id().to_string()).data(json)
}

/// Reads what comes after the last webhook that was seen.
struct Follower {
    api: Api,
    caller: Caller,
    /// The largest id that was sent, or where to begin.
    newest: Uuid,
    /// Nothing up to here is read again.
    floor: Uuid,
    /// What was sent of what can still be read again.
    sent: BTreeSet<Uuid>,
    waiting: VecDeque<WebhookRow>,
    ticks: tokio::time::Interval,
    token_seen_at: Instant,
    /// Given back when the caller goes away.
    _place: streams::Place,
}

impl Follower {
    async fn start(
        api: Api,
        caller: Caller,
        last_seen: Option<WebhookId>,
        place: streams::Place,
    ) -> Result<Self, OperationError> {
        let begin = match last_seen {
            Some(id) => id.0,
            None => newest(&api, &caller).await?,
        };
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            api,
            caller,
            newest: begin,
            floor: begin,
            sent: BTreeSet::new(),
            waiting: VecDeque::new(),
            ticks,
            token_seen_at: Instant::now(),
            _place: place,
        })
    }

    /// The next webhook, waited for; `None` when the token is not valid any more.
    async fn next(&mut self) -> Option<WebhookRow> {
        loop {
            if let Some(row) = self.waiting.pop_front() {
                return Some(row);
            }
            self.ticks.tick().await;
            if self.token_seen_at.elapsed() >= TOKEN_INTERVAL {
                if !self.caller.may_go_on(&self.api).await {
                    return None;
                }
                self.token_seen_at = Instant::now();
            }
            // The caller has seen nothing of it yet; the next look tries again.
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "live tail cannot read the log now");
            }
        }
    }

    async fn look(&mut self) -> Result<(), OperationError> {
        let mut after = self.floor;
        loop {
            let page = page_after(after);
            let filter = WebhookFilter::default();
            let rows = self.api.operations.webhooks(&self.caller.actor, &filter, page).await?;
            // Lists are newest first, also those that go towards the newer side.
            for row in rows.items.into_iter().rev() {
                after = row.id.0;
                if self.sent.insert(after) {
                    self.newest = self.newest.max(after);
                    self.waiting.push_back(row);
                }
            }
            if rows.newer.is_none() || self.waiting.len() >= BATCH as usize {
                break;
            }
        }
        self.floor = self.floor.max(before(self.newest.min(after)));
        self.sent = self.sent.split_off(&self.floor);
        Ok(())
    }
}

/// An id that is smaller than those that can be committed after this one.
fn before(id: Uuid) -> Uuid {
    // The upper 48 bits are milliseconds.
    let millis = (id.as_u128() >> 80).saturating_sub(OUT_OF_ORDER_MILLIS);
    Uuid::from_u128(millis << 80)
}

fn page_after(id: Uuid) -> PageRequest {
    PageRequest {
        limit: BATCH,
        cursor: Some(Cursor::NewerThan(id)),
    }
}

/// The newest id that is there; the smallest one in an empty log.
async fn newest(api: &Api, caller: &Caller) -> Result<Uuid, OperationError> {
    let one = PageRequest { limit: 1, cursor: None };
    let page = api.operations.webhooks(&caller.actor, &WebhookFilter::default(), one).await?;
    Ok(page.items.first().map_or(Uuid::nil(), |row| row.id.0))
}
