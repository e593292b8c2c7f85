//! When secrets were last seen to make a signature: kept in memory, written once a minute, the first time at once.
//!
//! The door only raises a number under a lock that readers share, so that it costs a webhook nothing worth naming. What a
//! crash loses is a minute of "last used", which nothing rests on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use model::{SecretId, Timestamp};
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use crate::store::{Store, StoreError};

const FLUSH_INTERVAL: Duration = Duration::from_mins(1);

/// The secrets that made signatures since the start.
#[derive(Debug, Default)]
pub struct UsedSecrets {
    known: RwLock<HashMap<SecretId, Uses>>,
    /// Told of a secret's first use, which is written at once: somebody may be waiting to see it.
    first_use: Notify,
}

/// In microseconds since the epoch.
#[derive(Debug)]
struct Uses {
    last: AtomicI64,
    /// The newest that is stored.
    flushed: AtomicI64,
}

impl UsedSecrets {
    pub(super) fn note(&self, secret: SecretId, at: Timestamp) {
        let micros = at.as_micros();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(uses) = known.get(&secret) {
            uses.last.fetch_max(micros, Ordering::Relaxed);
            return;
        }
        drop(known);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let first = || Uses {
            last: AtomicI64::new(micros),
            flushed: AtomicI64::new(i64::MIN),
        };
        known
            .entry(secret)
            .or_insert_with(first)
            .last
            .fetch_max(micros, Ordering::Relaxed);
        self.first_use.notify_one();
    }

    /// Writes once a minute what is new, and at once what is new of a secret that made no signature before, for as long as it is polled.
    pub async fn keep_flushing(&self, store: &dyn Store) {
        let mut ticks = tokio::time::interval(FLUSH_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.first_use.notified() => {}
            }
            if let Err(error) = self.flush(store).await {
                tracing::warn!(%error, "when secrets were last used is not stored; the next minute tries again");
            }
        }
    }

    /// Writes what is new.
    pub async fn flush(&self, store: &dyn Store) -> Result<(), StoreError> {
        let used = self.not_flushed();
        if used.is_empty() {
            return Ok(());
        }
        store.note_secrets_used(&used).await?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        for (secret, at) in used {
            if let Some(uses) = known.get(&secret) {
                uses.flushed.fetch_max(at.as_micros(), Ordering::Relaxed);
            }
        }
        Ok(())
    }

    fn not_flushed(&self) -> Vec<(SecretId, Timestamp)> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let new = known.iter().filter_map(|(secret, uses)| {
            let last = uses.last.load(Ordering::Relaxed);
            let is_new = last > uses.flushed.load(Ordering::Relaxed);
            is_new.then(|| Timestamp::from_micros(last)).flatten().map(|at| (*secret, at))
        });
        new.collect()
    }
}
