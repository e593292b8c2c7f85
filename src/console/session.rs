//! What a session remembers between requests, beside whose it is.

use std::collections::BTreeMap;

use app::view::{ConsoleError, ShownOnce, TestAnswer};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::{DestinationId, RecordId, Timestamp, UserId, WebhookId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer, session};

use super::ServerConsole;
use crate::accounts::device;
use crate::accounts::password_mark;
use crate::accounts::secrets::{Purpose, SealingKey};
use crate::accounts::sessions::{self, LONGEST_SECONDS, Sessions, Visit, Who};
use crate::operation::Operations;
use crate::store::accounts::{Digest, User};

const SHOWN_ONCE: &str = "shown_once";
const TESTED: &str = "tested";
const SECOND_FACTOR: &str = "second_factor";
/// How many payloads, and how many records, a session remembers to be revealed; the ones that end first are forgotten first.
const MOST_REVEALED: usize = 100;

/// Gives each request its session by the cookie.
pub fn layer(operations: &Operations) -> SessionManagerLayer<Sessions> {
    let is_https = operations.public_url.scheme() == "https";
    let sessions = Sessions {
        store: operations.store.clone(),
        clock: operations.clock.clone(),
    };
    SessionManagerLayer::new(sessions)
        .with_name(if is_https { "__Host-hookproof" } else { "hookproof" })
        .with_secure(is_https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        // For the browser alone: the store knows when a session was idle for too long.
        .with_expiry(Expiry::OnInactivity(time::Duration::seconds(LONGEST_SECONDS)))
}

/// What is revealed to a session one by one.
pub trait Revealable: Copy + Ord + Serialize + DeserializeOwned + Send + Sync {
    /// Where the session remembers which were.
    const REMEMBERED_AS: &'static str;
}

impl Revealable for WebhookId {
    const REMEMBERED_AS: &'static str = "revealed";
}

impl Revealable for RecordId {
    const REMEMBERED_AS: &'static str = "revealed_records";
}

/// Until when personal data of the payload or record is shown to this session; `None` when it is masked.
pub async fn revealed_until<T: Revealable>(session: &Session, id: T, now: Timestamp) -> Result<Option<Timestamp>, ConsoleError> {
    let revealed = revealed::<T>(session).await?;
    Ok(revealed.get(&id).copied().filter(|until| now < *until))
}

/// Shows personal data of the payload or record to this session until then.
pub async fn reveal<T: Revealable>(session: &Session, id: T, until: Timestamp, now: Timestamp) -> Result<(), ConsoleError> {
    let mut revealed = revealed::<T>(session).await?;
    revealed.retain(|_, until| now < *until);
    revealed.insert(id, until);
    while revealed.len() > MOST_REVEALED {
        let first = revealed.iter().min_by_key(|(_, until)| **until).map(|(id, _)| *id);
        revealed.remove(&first.expect("there are some"));
    }
    session.insert(T::REMEMBERED_AS, revealed).await.map_err(report)
}

async fn revealed<T: Revealable>(session: &Session) -> Result<BTreeMap<T, Timestamp>, ConsoleError> {
    let revealed = session.get(T::REMEMBERED_AS).await.map_err(report)?;
    Ok(revealed.unwrap_or_default())
}

impl ServerConsole {
    /// Lets someone in: from now on the session is theirs, under an id that nobody has seen, and the browser is known.
    pub(super) async fn let_in(&self, user: &User) -> Result<(), ConsoleError> {
        self.begin(Who::SignedIn(user.id)).await?;
        let is_known = self.origin().device.is_some_and(|(owner, _)| owner == user.id);
        if !is_known {
            let mark = device::mark(&self.operations.vault.key(), user.id);
            // Set once a request: whoever signs in twice within one is marked all the same.
            let _ = self.browser.new_mark.set(mark);
        }
        Ok(())
    }

    /// Remembers that the password was right, until the code is given.
    pub(super) async fn await_code(&self, user: &User) -> Result<(), ConsoleError> {
        let password = password_mark(user).0;
        self.begin(Who::NeedsCode { user: user.id, password }).await
    }

    /// The user who gave the right password and has not given the code yet, with the mark of that password.
    pub(super) async fn awaited(&self) -> Result<Option<(UserId, Digest)>, ConsoleError> {
        let visit = sessions::visit(&self.session).await.map_err(report)?;
        Ok(visit.and_then(|visit| match visit.who {
            Who::NeedsCode { user, password } => Some((user, Digest(password))),
            Who::SignedIn(_) => None,
        }))
    }

    async fn begin(&self, who: Who) -> Result<(), ConsoleError> {
        let now = self.operations.clock.now();
        let visit = Visit {
            who,
            began_at: now,
            seen_at: now,
            address: self.browser.address,
            user_agent: self.browser.user_agent.clone(),
        };
        sessions::begin(&self.session, &visit).await.map_err(report)
    }

    /// Gives the session another id, after something that makes it worth more.
    pub(super) async fn change_id(&self) -> Result<(), ConsoleError> {
        self.session.cycle_id().await.map_err(report)
    }

    pub(super) async fn forget(&self) -> Result<(), ConsoleError> {
        match self.session.id() {
            Some(_) => self.session.flush().await.map_err(report),
            None => Ok(()),
        }
    }

    /// Keeps, sealed, what the next page shows.
    pub(super) async fn show_once(&self, shown: &ShownOnce) -> Result<(), ConsoleError> {
        let user = self.own()?;
        let text = serde_json::to_vec(shown).expect("what is shown is plain data");
        let sealed = self.sealing_key().seal(user.0, Purpose::Secret, &text);
        self.session.insert(SHOWN_ONCE, BASE64.encode(sealed)).await.map_err(report)
    }

    /// Takes out what is to be shown. A page that is only fetched ahead is not given it, for nobody may look at it.
    pub(super) async fn take_shown_once(&self) -> Result<Option<ShownOnce>, ConsoleError> {
        let user = self.own()?;
        let kept: Option<String> = self.session.get(SHOWN_ONCE).await.map_err(report)?;
        let Some(kept) = kept.filter(|_| !self.browser.fetches_ahead) else {
            return Ok(None);
        };
        self.session.remove::<String>(SHOWN_ONCE).await.map_err(report)?;
        let sealed = BASE64.decode(kept).unwrap_or_default();
        // It does not open when another key was put in place in the meantime; then a new one is to be made.
        let opened = self.sealing_key().open(user.0, Purpose::Secret, &sealed).ok();
        Ok(opened.and_then(|text| serde_json::from_slice(&text).ok()))
    }

    /// Keeps what came of a test for the page that says so. It is kept here because anyone can make an address up.
    pub(super) async fn keep_test(&self, destination: DestinationId, answer: &TestAnswer) -> Result<(), ConsoleError> {
        let short = TestAnswer {
            response_body: String::new(),
            ..answer.clone()
        };
        self.session.insert(TESTED, (destination, short)).await.map_err(report)
    }

    /// Takes out what came of the last test, if it was of this destination.
    pub(super) async fn take_test(&self, destination: DestinationId) -> Result<Option<TestAnswer>, ConsoleError> {
        let kept: Option<(DestinationId, TestAnswer)> = self.session.get(TESTED).await.map_err(report)?;
        let Some((_, answer)) = kept.filter(|(of, _)| *of == destination && !self.browser.fetches_ahead) else {
            return Ok(None);
        };
        self.session.remove_value(TESTED).await.map_err(report)?;
        Ok(Some(answer))
    }

    /// Keeps the sealed secret of a second factor until a code confirms it.
    pub(super) async fn keep_second_factor(&self, sealed: &[u8]) -> Result<(), ConsoleError> {
        self.session
            .insert(SECOND_FACTOR, BASE64.encode(sealed))
            .await
            .map_err(report)
    }

    pub(super) async fn kept_second_factor(&self) -> Result<Option<Vec<u8>>, ConsoleError> {
        let kept: Option<String> = self.session.get(SECOND_FACTOR).await.map_err(report)?;
        Ok(kept.and_then(|kept| BASE64.decode(kept).ok()))
    }

    pub(super) async fn forget_second_factor(&self) -> Result<(), ConsoleError> {
        self.session.remove::<String>(SECOND_FACTOR).await.map(drop).map_err(report)
    }

    /// A key of its own: what sessions hold is not sealed again when the key is changed, and is of no use elsewhere.
    fn sealing_key(&self) -> SealingKey {
        SealingKey::new(*self.operations.vault.key().derive("sessions"))
    }

    fn own(&self) -> Result<UserId, ConsoleError> {
        self.actor.user.ok_or(ConsoleError::NotSignedIn)
    }
}

fn report(error: session::Error) -> ConsoleError {
    // What went wrong with a session is logged where it is kept.
    if !matches!(error, session::Error::Store(_)) {
        tracing::error!(%error, "session not read or written");
    }
    ConsoleError::Unavailable
}
