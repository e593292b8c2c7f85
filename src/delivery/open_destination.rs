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
    /// Nothing is sent unsigned. It has been archived meanwhile, or somebody took its secrets out of the database.
    #[error("destination `{destination}` has no signing secret")]
    NoSecret { destination: String },
}

impl From<NotOpened> for OperationError {
    fn from(error: NotOpened) -> Self {
        match error {
            NotOpened::WrongKey { .. } => Self::KeyUnavailable,
            error @ (NotOpened::Unreadable { .. } | NotOpened::NoSecret { .. }) => Self::Conflict(error.to_string()),
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
        if sealed.is_empty() {
            let destination = stored.name;
            return Err(NotOpened::NoSecret { destination });
        }
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

#[cfg(test)]
mod tests {
    use model::{DestinationId, SecretId, Subscription};
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse("2025-11-20T12:00:00Z")
            .expect("a time")
            .plus_seconds(seconds)
    }

    fn key() -> SealingKey {
        SealingKey::new([7; 32])
    }

    fn secret(number: u128, expires_at: Option<Timestamp>) -> stored::DestinationSecret {
        let value = DestinationSecret::new_random().to_text();
        let id = Uuid::from_u128(number);
        stored::DestinationSecret {
            id: SecretId(id),
            destination_id: DestinationId(Uuid::nil()),
            hint: "hint".to_owned(),
            sealed_value: key().seal(id, Purpose::DestinationSecret, value.expose_secret().as_bytes()),
            created_at: at(0),
            expires_at,
        }
    }

    fn destination(headers: Option<&str>) -> Destination {
        let seal = |headers: &str| key().seal(Uuid::nil(), Purpose::DestinationHeaders, headers.as_bytes());
        Destination {
            id: DestinationId(Uuid::nil()),
            name: "Onboarding".to_owned(),
            url: "https://example.com/".to_owned(),
            subscription: Subscription::default(),
            header_names: Vec::new(),
            sealed_headers: headers.map(seal),
            concurrency: 1,
            rate_limit: None,
            ordered: false,
            schedule: vec![0],
            disabled: None,
            created_at: at(0),
            archived_at: None,
        }
    }

    #[test]
    fn an_attempt_is_signed_with_each_secret_that_is_live_by_then() {
        let secrets = vec![secret(1, Some(at(100))), secret(2, None)];
        let opened = OpenDestination::open(destination(None), secrets, &key()).expect("opens");
        for (now, live) in [(0, 2), (99, 2), (100, 1), (10_000, 1)] {
            assert_eq!(opened.recipient(at(now)).secrets.len(), live, "at {now}");
        }
    }

    #[test]
    fn its_headers_are_opened_as_often_as_each_is_there() {
        let headers = r#"[["authorization", "Bearer one"], ["x-team", "a"], ["x-team", "b"]]"#;
        let opened = OpenDestination::open(destination(Some(headers)), vec![secret(1, None)], &key()).expect("opens");
        let headers = opened.recipient(at(0)).extra_headers;
        assert_eq!(headers["authorization"], "Bearer one");
        assert_eq!(headers.get_all("x-team").iter().count(), 2);
    }

    #[test]
    fn what_another_key_sealed_or_cannot_be_read_is_named() {
        let check = |headers: &str, sealed_by: &SealingKey, expected: &str| {
            let mut destination = destination(None);
            destination.sealed_headers = Some(sealed_by.seal(Uuid::nil(), Purpose::DestinationHeaders, headers.as_bytes()));
            let opened = OpenDestination::open(destination, vec![secret(1, None)], &key());
            assert_eq!(opened.err().expect("refused").to_string(), expected);
        };
        check(
            "[]",
            &SealingKey::new([8; 32]),
            "the key file is not the one that sealed the headers of destination `Onboarding`",
        );
        check("{}", &key(), "the headers of destination `Onboarding` cannot be read");
        check(
            r#"[["a b", "c"]]"#,
            &key(),
            "the headers of destination `Onboarding` cannot be read",
        );
    }

    #[test]
    fn nothing_is_sent_unsigned() {
        let opened = OpenDestination::open(destination(None), Vec::new(), &key());
        let destination = "Onboarding".to_owned();
        assert_eq!(opened.err(), Some(NotOpened::NoSecret { destination }));
    }
}
