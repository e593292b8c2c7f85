use serde::{Deserialize, Serialize};

use crate::{Timestamp, Verdict};

/// How many webhooks arrived in one span of time, by verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeBucket {
    pub start: Timestamp,
    /// Only the verdicts that occurred, each with a count above zero.
    pub counts: Vec<(Verdict, u64)>,
}

/// A histogram of arrivals. Comes from roll-ups that are kept in the transaction that stores a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    pub from: Timestamp,
    pub to: Timestamp,
    /// The width of a bucket in seconds.
    pub bucket_seconds: i64,
    /// Oldest first, one for each span between `from` and `to`, empty ones included.
    pub buckets: Vec<VolumeBucket>,
}

impl Volume {
    pub fn total(&self) -> u64 {
        self.counts().map(|(_, count)| count).sum()
    }

    /// How many of them the verdict alone calls genuine.
    pub fn trusted(&self) -> u64 {
        self.counts()
            .filter(|(verdict, _)| verdict.is_trusted())
            .map(|(_, count)| count)
            .sum()
    }

    fn counts(&self) -> impl Iterator<Item = (Verdict, u64)> + '_ {
        self.buckets.iter().flat_map(|bucket| bucket.counts.iter().copied())
    }
}
