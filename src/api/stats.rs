use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use model::{Outcome, ProviderKey, Timestamp, Verdict, Volume, WebhookFilter};
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::address::{Parameters, time};
use super::caller::Caller;
use super::problem::{Problem, Problems};
use crate::providers;

const DAY_MINUTES: u32 = 24 * 60;

/// The most buckets of an answer.
const MOST_BUCKETS: i64 = 2000;

/// How many webhooks arrived. Counted by the minute: `from` and `to` are rounded to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stats {
    from: Timestamp,
    to: Timestamp,
    /// The width of a bucket.
    bucket_seconds: i64,
    total: u64,
    /// Oldest first, empty ones included.
    buckets: Vec<Bucket>,
    /// By provider. Only what occurred, here as below.
    providers: BTreeMap<ProviderKey, u64>,
    verdicts: BTreeMap<Verdict, u64>,
    /// By the outcome of the first event.
    outcomes: BTreeMap<Outcome, u64>,
    /// By the state of deliveries. Empty: `GET /deliveries` narrows by state.
    deliveries: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Bucket {
    start: Timestamp,
    total: u64,
    verdicts: BTreeMap<Verdict, u64>,
}

/// Counts by time, provider, verdict and outcome.
#[utoipa::path(
    get, path = "/stats", operation_id = "show_stats", tag = "webhooks",
    params(
        ("from" = Option<Timestamp>, Query, description = "The earliest time of arrival; a day before `to` by default"),
        ("to" = Option<Timestamp>, Query, description = "The time of arrival before which it ends; now by default"),
        ("bucket" = Option<Width>, Query, description = "How wide a bucket is; an hour by default"),
    ),
    responses((status = 200, body = Stats), Problems),
)]
pub async fn stats(State(api): State<Api>, caller: Caller, mut parameters: Parameters) -> Result<Json<Stats>, Problem> {
    let to = parameters.one("to", time).unwrap_or_else(|| api.operations.clock.now());
    let day_before = || to.plus_seconds(-60 * i64::from(DAY_MINUTES));
    let from = parameters.one("from", time).unwrap_or_else(day_before);
    let width = parameters.one("bucket", Width::read).unwrap_or(Width::Hour);
    if to < from {
        parameters.error("to", "it lies before `from`");
    }
    if from.micros_until(to) / (60_000_000 * i64::from(width.minutes())) >= MOST_BUCKETS {
        parameters.error(
            "bucket",
            format!("that would be more than {MOST_BUCKETS} buckets: take wider ones"),
        );
    }
    parameters.none_left()?;
    let whole_days = u32::try_from(from.micros_until(to) / 60_000_000 / i64::from(DAY_MINUTES)).unwrap_or(u32::MAX - 1) + 1;
    let in_one_bucket = whole_days.saturating_mul(DAY_MINUTES);
    let volume =
        async |filter: WebhookFilter, minutes: u32| api.operations.volume(&caller.actor, &filter, from, to, minutes).await;
    let all = volume(WebhookFilter::default(), width.minutes()).await?;
    let mut by_provider = BTreeMap::new();
    for provider in providers::ALL {
        let key = ProviderKey::new(provider.about().key);
        let filter = WebhookFilter {
            providers: vec![key.clone()],
            ..WebhookFilter::default()
        };
        by_provider.insert(key, volume(filter, in_one_bucket).await?.total());
    }
    let mut by_outcome = BTreeMap::new();
    for &outcome in Outcome::ALL {
        let filter = WebhookFilter {
            outcomes: vec![outcome],
            ..WebhookFilter::default()
        };
        by_outcome.insert(outcome, volume(filter, in_one_bucket).await?.total());
    }
    by_provider.retain(|_, count| *count > 0);
    by_outcome.retain(|_, count| *count > 0);
    Ok(Json(Stats {
        verdicts: by_verdict(&all),
        total: all.total(),
        from: all.from,
        to: all.to,
        bucket_seconds: all.bucket_seconds,
        buckets: all.buckets.into_iter().map(Bucket::from).collect(),
        providers: by_provider,
        outcomes: by_outcome,
        deliveries: BTreeMap::new(),
    }))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Width {
    Minute,
    Hour,
    Day,
}

impl Width {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "minute" => Ok(Self::Minute),
            "hour" => Ok(Self::Hour),
            "day" => Ok(Self::Day),
            _ => Err("it is neither `minute` nor `hour` nor `day`".to_owned()),
        }
    }

    const fn minutes(self) -> u32 {
        match self {
            Self::Minute => 1,
            Self::Hour => 60,
            Self::Day => DAY_MINUTES,
        }
    }
}

fn by_verdict(volume: &Volume) -> BTreeMap<Verdict, u64> {
    let mut counts = BTreeMap::new();
    for (verdict, count) in volume.buckets.iter().flat_map(|bucket| &bucket.counts) {
        *counts.entry(*verdict).or_default() += count;
    }
    counts
}

impl From<model::VolumeBucket> for Bucket {
    fn from(bucket: model::VolumeBucket) -> Self {
        Self {
            start: bucket.start,
            total: bucket.counts.iter().map(|(_, count)| count).sum(),
            verdicts: bucket.counts.into_iter().collect(),
        }
    }
}
