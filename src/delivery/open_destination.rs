//! A destination as it is sent to: its secrets and headers opened.

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use model::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{DestinationSecret, Recipient};
use crate::accounts::secrets::{Purpose, SealingKey};
use crate::operation::OperationError;
use crate::store::delivery::{self as stored, Destination};

/// Why a destination cannot be sent to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    #[error("the key file is not the one that sealed the {what} of destination `{destination}`")]
    WrongKey { destination: String, what: &'static str },
    #[error("the {what} of destination `{destination}` cannot be read")]
    Unreadable { destination: String, what: &'static str },
}

impl From<NotOpened> for OperationError {
    fn from(error: NotOpened) -> Self {
        match error {
            NotOpened::WrongKey { .. } => Self::KeyUnavailable,
            error @ NotOpened::Unreadable { .. } => Self::Conflict(error.to_string()),
        }
    }
}

/// A destination with its secrets opened. Has no `Debug`, as the headers hold secrets.
pub struct OpenDestination {
    pub stored: Destination,
    sealed: Vec<stored::DestinationSecret>,
    secrets: Vec<(DestinationSecret, Option<Timestamp>)>,
    extra_headers: HeaderMap,
}

impl OpenDestination {
    /// Opens the secrets and headers of a destination.
    pub fn open(stored: Destination, sealed: Vec<stored::DestinationSecret>, key: &SealingKey) -> Result<Self, NotOpened> {
        let secrets = sealed.iter().map(|secret| {
            let opened = open(
                &stored,
                "signing secret",
                secret.id.0,
                Purpose::DestinationSecret,
                &secret.sealed_value,
                key,
            )?;
            let text = std::str::from_utf8(&opened).map_err(|_| unreadable(&stored, "signing secret"))?;
            let read = DestinationSecret::read(text).map_err(|_| unreadable(&stored, "signing secret"))?;
            Ok((read, secret.expires_at))
        });
        let secrets = secrets.collect::<Result<_, _>>()?;
        let extra_headers = open_headers(&stored, key)?;
        Ok(Self {
            stored,
            sealed,
            secrets,
            extra_headers,
        })
    }

    /// Whether it was opened from these.
    pub fn is(&self, stored: &Destination, sealed: &[stored::DestinationSecret]) -> bool {
        self.stored == *stored && self.sealed == sealed
    }

    /// What an attempt of `now` needs: requests are signed with every secret that is live by then.
    pub fn recipient(&self, now: Timestamp) -> Recipient {
        let live = self
            .secrets
            .iter()
            .filter(|(_, expires_at)| expires_at.is_none_or(|expires_at| now < expires_at));
        Recipient {
            url: self.stored.url.clone(),
            secrets: live.map(|(secret, _)| secret.clone()).collect(),
            extra_headers: self.extra_headers.clone(),
        }
    }
}

fn open_headers(stored: &Destination, key: &SealingKey) -> Result<HeaderMap, NotOpened> {
    let Some(sealed) = &stored.sealed_headers else {
        return Ok(HeaderMap::new());
    };
    let opened = open(stored, "headers", stored.id.0, Purpose::DestinationHeaders, sealed, key)?;
    let unreadable = || unreadable(stored, "headers");
    let lines: Vec<(String, SecretString)> = serde_json::from_slice(&opened).map_err(|_| unreadable())?;
    let header = |(name, value): &(String, SecretString)| {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| unreadable())?;
        let value = HeaderValue::try_from(value.expose_secret()).map_err(|_| unreadable())?;
        Ok((name, value))
    };
    let mut headers = HeaderMap::new();
    for line in &lines {
        let (name, value) = header(line)?;
        headers.append(name, value);
    }
    Ok(headers)
}

fn open(
    stored: &Destination,
    what: &'static str,
    record: uuid::Uuid,
    purpose: Purpose,
    sealed: &[u8],
    key: &SealingKey,
) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    key.open(record, purpose, sealed).map_err(|_| NotOpened::WrongKey {
        destination: stored.name.clone(),
        what,
    })
}

fn unreadable(stored: &Destination, what: &'static str) -> NotOpened {
    NotOpened::Unreadable {
        destination: stored.name.clone(),
        what,
    }
}
