//! Sessions: who is signed in behind which cookie, for tower-sessions.
//!
//! Promises:
//! - the cookie's value is not in the database, only its digest;
//! - a session ends when it was idle for 12 hours, or a week after its sign-in whatever happens, both by our [`Clock`];
//! - only a session in which somebody signed in, or is about to, is stored: strangers leave nothing behind;
//! - what goes wrong is logged here, once: the layer above answers, and says nothing of why;
//! - a session that was ended stays ended, also when a request that began before then wants to save it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Session, SessionStore, session};

use super::unguessable::digest;
use crate::clock::Clock;
use crate::operation::Operations;
use crate::store::accounts::{Digest, Seen, Session as StoredSession};
use crate::store::{Store, StoreError};

pub const IDLE_SECONDS: i64 = 12 * 60 * 60;
pub const LONGEST_SECONDS: i64 = 7 * 24 * 60 * 60;
/// How long the second step may take.
pub const CODE_SECONDS: i64 = 10 * 60;
/// How exactly it is known when a session was seen last, so that looking at pages does not write.
pub const SEEN_EVERY_SECONDS: i64 = 10 * 60;

const VISIT: &str = "visit";

/// What every stored session knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    pub who: Who,
    pub began_at: Timestamp,
    /// This and the address are noted beside the rest while the session is only looked at.
    pub seen_at: Timestamp,
    pub address: IpAddr,
    /// What the browser says of itself, cut short.
    pub user_agent: String,
}

/// How far someone came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    SignedIn(UserId),
    /// Between password and second factor.
    NeedsCode {
        user: UserId,
        /// The mark of the password that was right.
        password: [u8; 32],
    },
}

impl Visit {
    fn expires_at(&self, now: Timestamp) -> Timestamp {
        match self.who {
            Who::SignedIn(_) => now
                .plus_seconds(IDLE_SECONDS)
                .min(self.began_at.plus_seconds(LONGEST_SECONDS)),
            Who::NeedsCode { .. } => self.began_at.plus_seconds(CODE_SECONDS),
        }
    }
}

/// What the session knows of its visit; `None` for a stranger's.
pub async fn visit(session: &Session) -> std::result::Result<Option<Visit>, session::Error> {
    session.get(VISIT).await
}

/// Begins a visit under a fresh id: one that someone else may have planted or seen before is worth nothing.
pub async fn begin(session: &Session, visit: &Visit) -> std::result::Result<(), session::Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert(VISIT, visit).await
}

/// Notes that the session is still in use, beside what it remembers: a request that changes that may be under way.
pub async fn note_seen(
    store: &dyn Store,
    session: &Session,
    visit: &Visit,
    now: Timestamp,
    address: IpAddr,
) -> std::result::Result<(), StoreError> {
    let Some(digest) = digest_of(session) else {
        return Ok(());
    };
    let seen = Seen {
        at: now,
        address,
        expires_at: visit.expires_at(now),
    };
    store.note_session_seen(digest, &seen).await
}

/// What the session of this request is kept under; `None` when it is not stored.
pub fn digest_of(session: &Session) -> Option<Digest> {
    session.id().map(|id| digest(id.to_string()))
}

/// Keeps sessions in the database.
#[derive(Clone)]
pub struct Sessions {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

impl Sessions {
    fn row(&self, record: &Record) -> Result<StoredSession> {
        let encode = |error: serde_json::Error| Error::Encode(error.to_string());
        let visit = record.data.get(VISIT).cloned().unwrap_or_default();
        let visit: Visit = serde_json::from_value(visit).map_err(encode)?;
        let now = self.clock.now();
        Ok(StoredSession {
            digest: digest(record.id.to_string()),
            user: match visit.who {
                Who::SignedIn(user) => Some(user),
                Who::NeedsCode { .. } => None,
            },
            created_at: visit.began_at,
            last_seen_at: now,
            expires_at: visit.expires_at(now),
            data: serde_json::to_string(&record.data).map_err(encode)?,
            address: visit.address,
            user_agent: visit.user_agent,
        })
    }

    async fn read(&self, id: Id) -> Result<Option<Record>> {
        let stored = self.store.session(digest(id.to_string()), self.clock.now()).await;
        let Some(stored) = stored.map_err(unavailable)? else {
            return Ok(None);
        };
        let decode = |error: serde_json::Error| Error::Decode(error.to_string());
        let mut data: HashMap<String, Value> = serde_json::from_str(&stored.data).map_err(decode)?;
        let visit: Visit = serde_json::from_value(data.remove(VISIT).unwrap_or_default()).map_err(decode)?;
        // When it was seen is noted beside the data.
        let visit = Visit {
            seen_at: stored.last_seen_at,
            address: stored.address,
            ..visit
        };
        data.insert(VISIT.to_owned(), serde_json::to_value(visit).map_err(decode)?);
        Ok(Some(Record {
            id,
            data,
            expiry_date: stored.expires_at.to_date_time(),
        }))
    }

    async fn write(&self, record: &Record) -> Result<()> {
        let session = self.row(record)?;
        self.store.update_session(&session).await.map(drop).map_err(unavailable)
    }
}

impl Operations {
    /// Forgets what is expired, once an hour, until the task is ended.
    pub async fn sweep_sessions(self) {
        let mut every_hour = tokio::time::interval(Duration::from_hours(1));
        loop {
            every_hour.tick().await;
            if let Err(error) = self.store.sweep(self.clock.now()).await {
                tracing::warn!(%error, "expired sessions not forgotten");
            }
        }
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // Whatever id the record had, a new session gets one that nobody has seen.
        record.id = Id::default();
        let created = match self.row(record) {
            Ok(session) => self.store.save_session(&session).await.map_err(unavailable),
            Err(error) => Err(error),
        };
        created.inspect_err(|error| tracing::error!(%error, "session not begun"))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let saved = self.write(record).await;
        saved.inspect_err(|error| tracing::error!(%error, "session not written"))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let loaded = self.read(*id).await;
        loaded.inspect_err(|error| tracing::error!(%error, "session not read"))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let deleted = self.store.delete_session(digest(id.to_string())).await;
        let deleted = deleted.map_err(unavailable);
        deleted.inspect_err(|error| tracing::error!(%error, "session not ended"))
    }
}

fn unavailable(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}
