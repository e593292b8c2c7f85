//! Counts of arrivals by minute, kept in the transaction that stores the webhooks.

use std::collections::BTreeMap;

use model::{EndpointId, Outcome, Timestamp, Verdict, Volume, VolumeBucket};
use sqlx::FromRow;

use super::rows::{number, word};
use super::{NewWebhook, StoreError};

/// The most buckets that one volume has. Where a narrower width would make more, the buckets are widened.
const MAX_BUCKETS: i64 = 10_000;

pub(super) const MINUTE: i64 = 60;

/// One counter. Sorted, so that every node locks counters in the same order.
///
/// A webhook counts once: with the outcome of the event that names its row, or with `None` when it has no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counter {
    pub minute: Timestamp,
    pub endpoint_id: EndpointId,
    pub verdict: Verdict,
    pub outcome: Option<Outcome>,
}

impl Counter {
    fn of(webhook: &NewWebhook) -> Self {
        Self {
            minute: webhook.received_at.floor_to(MINUTE),
            endpoint_id: webhook.endpoint_id,
            verdict: webhook.verdict,
            outcome: webhook.events.first().map(|event| event.outcome),
        }
    }

    pub(super) fn outcome_column(&self) -> &'static str {
        self.outcome.map_or("", Outcome::as_str)
    }
}

/// What a batch adds to the counters.
pub(super) fn count(batch: &[NewWebhook]) -> BTreeMap<Counter, i64> {
    let mut counters = BTreeMap::new();
    for webhook in batch {
        *counters.entry(Counter::of(webhook)).or_default() += 1;
    }
    counters
}

/// The span that a histogram covers, in buckets of whole minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// The start of the first bucket.
    pub from: Timestamp,
    /// The end of the last one.
    pub to: Timestamp,
    pub bucket_seconds: i64,
}

/// The webhooks of one verdict in one bucket.
#[derive(FromRow)]
pub(super) struct CountColumns {
    /// How many buckets lie before it.
    bucket: i64,
    verdict: String,
    count: i64,
}

impl Span {
    /// The buckets that `from` and the last instant before `to` lie in, and all between.
    pub(super) fn covering(from: Timestamp, to: Timestamp, bucket_minutes: u32) -> Self {
        let seconds = (to.as_seconds() - from.as_seconds()).max(0);
        let narrowest = seconds / MAX_BUCKETS / MINUTE + 1;
        let bucket_seconds = i64::from(bucket_minutes).max(narrowest) * MINUTE;
        let start = from.floor_to(bucket_seconds);
        let last = Timestamp::from_micros(to.as_micros() - 1).filter(|last| *last >= from);
        let end = last.map_or(start, |last| last.floor_to(bucket_seconds).plus_seconds(bucket_seconds));
        Self {
            from: start,
            to: end,
            bucket_seconds,
        }
    }

    pub(super) fn fill(self, rows: Vec<CountColumns>) -> Result<Volume, StoreError> {
        let mut buckets: Vec<_> = (0..(self.to.as_seconds() - self.from.as_seconds()) / self.bucket_seconds)
            .map(|index| VolumeBucket {
                start: self.from.plus_seconds(index * self.bucket_seconds),
                counts: Vec::new(),
            })
            .collect();
        for row in rows {
            let bucket = usize::try_from(row.bucket).ok().and_then(|index| buckets.get_mut(index));
            let Some(bucket) = bucket else { continue };
            bucket.counts.push((word(&row.verdict)?, number(row.count, "count")?));
        }
        for bucket in &mut buckets {
            bucket.counts.sort_unstable();
        }
        Ok(Volume {
            from: self.from,
            to: self.to,
            bucket_seconds: self.bucket_seconds,
            buckets,
        })
    }
}
