//! What a provider's API is asked, how the question is signed, and what the answer says of a webhook: everything of
//! re-fetching that differs between providers, as functions without a network or a clock. Sending, waiting and keeping
//! are `records`' work.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use model::{Agreement, Contradiction, Environment, Event, Outcome, Resource, Text, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::ParseProblem;

/// A provider's API, as far as it can be asked again for what a webhook tells of.
pub trait Api: Send + Sync + 'static {
    /// The documented address of that environment, in place of which an admin may name another.
    fn base_url(&self, environment: Environment) -> &'static str;

    /// The address at which a token is asked for first, where the provider has one.
    fn token_url(&self, _environment: Environment) -> Option<&'static str> {
        None
    }

    /// The form that a token is asked for with; `None` where the API takes the credentials themselves.
    fn token_form(&self, _credentials: Credentials<'_>) -> Option<Result<SecretString, MissingCredential>> {
        None
    }

    /// How many requests are made in a second at most.
    fn requests_per_second(&self) -> u32;

    /// The types of the events after which the provider is asked without anybody's doing.
    fn asked_by_itself(&self) -> &'static [&'static str] {
        &[]
    }

    /// What is asked for, so that it is known what the event tells of. `None` when nothing in the event can be asked for.
    fn ask(&self, event: &Event) -> Option<Asked>;

    /// The headers of the request, those with credentials marked as sensitive.
    fn headers(&self, login: &Login<'_>) -> Result<HeaderMap, MissingCredential>;

    /// Whether an answer of 200 is what was asked for, and not the news that there is no such thing.
    fn is_record(&self, answer: &Value) -> bool;

    /// Whether the record tells the same as the event.
    fn compare(&self, event: &Event, record: &Value) -> Agreement;

    /// Whether the record contradicts the event only in that it is in a state that comes before the one that was told: APIs are
    /// at times a moment later than the webhooks.
    fn is_behind(&self, _event: &Event, _record: &Value) -> bool {
        false
    }

    /// The list of what the provider told, where it keeps one.
    fn event_list(&self) -> Option<&'static dyn EventList> {
        None
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What follows the base URL, such as `/inquiries/inq_1`.
    pub path: String,
    /// Whose record the answer is.
    pub resource: Resource,
}

/// A request that is to be let in.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// All of it, as it will be sent.
    pub url: &'a Url,
    pub credentials: Credentials<'a>,
    /// Where the API has tokens.
    pub token: Option<&'a str>,
    pub now: Timestamp,
}

/// What an admin entered, by name. Shows only the names.
#[derive(Clone, Copy)]
pub struct Credentials<'a>(&'a BTreeMap<String, SecretString>);

/// A credential is not there, or holds what no header can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the credential `{0}` is missing")]
pub struct MissingCredential(pub &'static str);

/// The list of events that a provider keeps, newest first.
pub trait EventList: Send + Sync + 'static {
    /// The path of a page.
    fn ask(&self, query: &EventQuery<'_>) -> String;

    /// Reads a page.
    fn read(&self, body: &[u8]) -> Result<EventPage, ParseProblem>;
}

/// Which events are listed. The fields narrow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventQuery<'a> {
    /// Such as `inquiry.approved`.
    pub name: Option<&'a str>,
    /// The id of what the events tell of.
    pub object: Option<&'a str>,
    /// [`EventPage::next`] of the page before.
    pub after: Option<&'a str>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventPage {
    /// Newest first.
    pub events: Vec<ListedEvent>,
    /// What the next page is asked for with; `None` on the last.
    pub next: Option<String>,
}

/// An event that a provider has on its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEvent {
    pub id: Text,
    /// The body that the event's webhook has.
    pub body: Vec<u8>,
    pub created_at: Timestamp,
}

impl<'a> Credentials<'a> {
    pub fn new(values: &'a BTreeMap<String, SecretString>) -> Self {
        Self(values)
    }

    /// The value of that name.
    pub fn get(self, name: &'static str) -> Result<&'a str, MissingCredential> {
        self.0
            .get(name)
            .map(ExposeSecret::expose_secret)
            .ok_or(MissingCredential(name))
    }
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Credentials")
            .field(&self.0.keys().collect::<Vec<_>>())
            .finish()
    }
}

impl std::fmt::Debug for dyn Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the API at {}", self.base_url(Environment::Production))
    }
}

pub(super) fn contradicts(path: &str, webhook: &str, record: &str) -> Agreement {
    Agreement::Contradicts(Contradiction {
        path: path.to_owned(),
        webhook: webhook.to_owned(),
        record: record.to_owned(),
    })
}

/// How the state of a record stands to the state that a webhook told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The webhook tells of no state, or the record is in that state or in one that comes after it.
    There,
    /// The record is in a state that comes before it.
    Behind,
    /// The record is in another state that does not come before it: declined where the webhook says approved.
    Elsewhere,
}

/// Compares states by what they say of the person. A decision is the end: whatever comes after it is another decision.
pub(super) fn standing(webhook: Outcome, record: Outcome) -> Standing {
    const fn stage(outcome: Outcome) -> u8 {
        match outcome {
            Outcome::Updated | Outcome::Unknown => 0,
            Outcome::Pending => 1,
            Outcome::Completed | Outcome::Expired => 2,
            Outcome::NeedsReview => 3,
            Outcome::Approved | Outcome::Declined | Outcome::Failed => 4,
        }
    }
    let (told, found) = (stage(webhook), stage(record));
    if told == 0 || webhook == record || found > told {
        Standing::There
    } else if found < told {
        Standing::Behind
    } else {
        Standing::Elsewhere
    }
}

/// Goes on when the record has that text there. Another text contradicts; without any nothing can be told.
pub(super) fn expect_text(record: &Value, pointer: &str, expected: &Text) -> Result<(), Agreement> {
    match text_at(record, pointer) {
        None => Err(Agreement::CannotTell),
        Some(found) if found == *expected => Ok(()),
        Some(found) => Err(contradicts(pointer, expected.as_str(), found.as_str())),
    }
}

/// A text, or a number as it is written, in the form in which events keep texts.
pub(super) fn text_at(record: &Value, pointer: &str) -> Option<Text> {
    match record.pointer(pointer)? {
        Value::String(text) => Text::new(text),
        Value::Number(number) => Text::new(&number.to_string()),
        _ => None,
    }
}

/// An id as one segment of a path, whatever characters it has. The ids of unsigned webhooks are whatever somebody made up,
/// so there is none for what would lead to another path.
pub(super) fn segment(id: &Text) -> Option<String> {
    /// What stands for itself in a segment.
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    match id.as_str() {
        "." | ".." => None,
        id => Some(utf8_percent_encode(id, ENCODED).to_string()),
    }
}

/// A header that is a credential, or made of one.
pub(super) fn secret_header(
    headers: &mut HeaderMap,
    name: HeaderName,
    value: &str,
    credential: &'static str,
) -> Result<(), MissingCredential> {
    let mut value = HeaderValue::try_from(value).map_err(|_| MissingCredential(credential))?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_may_be_further_on_than_the_webhook_but_not_elsewhere() {
        let check = |webhook, record, expected| assert_eq!(standing(webhook, record), expected, "{webhook} and {record}");
        check(Outcome::Pending, Outcome::Approved, Standing::There);
        check(Outcome::Pending, Outcome::Pending, Standing::There);
        check(Outcome::Completed, Outcome::NeedsReview, Standing::There);
        check(Outcome::NeedsReview, Outcome::Declined, Standing::There);
        check(Outcome::Updated, Outcome::Pending, Standing::There);
        check(Outcome::Approved, Outcome::Declined, Standing::Elsewhere);
        check(Outcome::Declined, Outcome::Approved, Standing::Elsewhere);
        check(Outcome::Completed, Outcome::Expired, Standing::Elsewhere);
        check(Outcome::Approved, Outcome::Pending, Standing::Behind);
        check(Outcome::Approved, Outcome::Updated, Standing::Behind);
    }

    #[test]
    fn an_id_never_leaves_its_segment() {
        let check = |id: &str, expected: Option<&str>| {
            let id = Text::new(id).expect("a text");
            assert_eq!(segment(&id).as_deref(), expected, "{id}");
        };
        check("inq_2CVZ4HyVg7qaboXz2PUHknAn", Some("inq_2CVZ4HyVg7qaboXz2PUHknAn"));
        check("01234567-89ab.~", Some("01234567-89ab.~"));
        check("../accounts?x=#1", Some("..%2Faccounts%3Fx%3D%231"));
        check("%2e%2e", Some("%252e%252e"));
        check("é", Some("%C3%A9"));
        check(".", None);
        check("..", None);
    }

    #[test]
    fn credentials_show_their_names_only() {
        let values = BTreeMap::from([("api_key".to_owned(), SecretString::from("persona_production_1"))]);
        let credentials = Credentials::new(&values);
        assert_eq!(format!("{credentials:?}"), r#"Credentials(["api_key"])"#);
        assert_eq!(credentials.get("api_key"), Ok("persona_production_1"));
        assert_eq!(credentials.get("api_secret"), Err(MissingCredential("api_secret")));
    }
}
