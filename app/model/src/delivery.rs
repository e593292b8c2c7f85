use serde::{Deserialize, Serialize};

use crate::filter::{read_query, time};
use crate::{
    DeliveryId, DestinationId, FieldError, Outcome, ProviderKey, ResendId, Text, Timestamp, Verdict, WebhookFilter, WebhookId,
    words,
};

words! {
    /// How far a delivery is.
    DeliveryState, "delivery state" {
        /// The webhook is not trusted: a person releases it, or re-verification does.
        Held = "held",
        /// It waits for its next attempt.
        Pending = "pending",
        /// An attempt is under way.
        Delivering = "delivering",
        Delivered = "delivered",
        /// Every attempt of the schedule failed.
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

impl DeliveryState {
    /// Whether an attempt may still come by itself, or after a release. There is at most one such delivery of a webhook to
    /// a destination.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Held | Self::Pending | Self::Delivering)
    }
}

words! {
    /// What caused an attempt.
    Trigger, "trigger" {
        Automatic = "automatic",
        /// A person asked for this delivery or webhook.
        Manual = "manual",
        /// A person asked for several webhooks at once.
        Bulk = "bulk",
        /// A person released the webhook.
        Released = "released",
    }
}

words! {
    /// Why an attempt failed, at a destination or at a provider's API. Those after `status` come from the latter only.
    Failure, "failure" {
        /// The URL is not one that can be sent to.
        UrlNotAllowed = "url_not_allowed",
        /// The name has no address.
        DnsFailed = "dns_failed",
        DnsTimeout = "dns_timeout",
        /// An address of the name is private or special, and no configured network allows it.
        AddressNotAllowed = "address_not_allowed",
        ConnectRefused = "connect_refused",
        ConnectFailed = "connect_failed",
        ConnectTimeout = "connect_timeout",
        TlsFailed = "tls_failed",
        TlsTimeout = "tls_timeout",
        /// The connection was closed or reset before the answer was whole.
        ConnectionClosed = "connection_closed",
        /// What came back is not HTTP.
        ProtocolError = "protocol_error",
        /// Nothing came back in time.
        FirstByteTimeout = "first_byte_timeout",
        /// The answer began in time and did not end in time.
        ResponseTimeout = "response_timeout",
        ResponseTooLarge = "response_too_large",
        /// An answer of 3xx: redirects are not followed.
        Redirect = "redirect",
        /// Any other answer than 2xx; the status says which.
        Status = "status",
        /// A provider's API did not take our credentials: 401.
        Unauthorized = "unauthorized",
        /// A provider's API let the credentials in, but not to this: 403.
        Forbidden = "forbidden",
        /// A provider's API does not know what was asked for: 404.
        NotFound = "not_found",
        /// A provider's API was asked too often, or would have been: 429, or nothing was sent.
        RateLimited = "rate_limited",
        /// The address that gives tokens gave none.
        TokenFailed = "token_failed",
        /// The answer is not what was asked for: not JSON, or not of the form that a record has.
        BadAnswer = "bad_answer",
        /// There are no credentials to ask with.
        NoCredentials = "no_credentials",
    }
}

/// A delivery as a line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub destination_id: DestinationId,
    pub destination_name: String,
    pub state: DeliveryState,
    /// How many attempts were made.
    pub attempts: u32,
    /// The status that the last attempt was answered with, where it was answered.
    pub last_status: Option<u16>,
    pub last_failure: Option<Failure>,
    pub last_duration_ms: Option<u32>,
    pub last_attempt_at: Option<Timestamp>,
    /// When the next attempt is due; it comes later when the destination is down, disabled or busy. `None` where none is
    /// scheduled, and while it waits for an earlier one of its subject.
    pub next_attempt_at: Option<Timestamp>,
    /// What the next attempt, or the one under way, is caused by.
    pub trigger: Trigger,
    pub created_at: Timestamp,
    /// Of the webhook.
    pub provider: ProviderKey,
    pub verdict: Verdict,
    pub received_at: Timestamp,
    /// Of the event that names the webhook.
    pub event_type: Option<Text>,
    pub outcome: Option<Outcome>,
    pub subject: Option<Text>,
    /// It waits for an earlier delivery of its subject, which this destination wants in order.
    pub waits_for_earlier: bool,
}

/// A delivery with its attempts, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryDetail {
    pub row: DeliveryRow,
    pub attempts: Vec<Attempt>,
}

/// One HTTP try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    pub trigger: Trigger,
    pub started_at: Timestamp,
    pub duration_ms: u32,
    /// `None` when no answer began.
    pub status: Option<u16>,
    /// `None` when it was delivered.
    pub failure: Option<Failure>,
    /// Names in lower case. A value that is not UTF-8 is shown with replacement characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<String>>))]
    pub response_headers: Vec<(String, String)>,
    /// The beginning of the answer, at most 64 KiB, as text.
    pub response_body: String,
    /// When the attempt after this one was due, as it looked then.
    pub next_attempt_at: Option<Timestamp>,
}

/// How the deliveries of a webhook stand, in the log: the one that most wants a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliverySummary {
    pub state: DeliveryState,
    pub attempts: u32,
    pub last_status: Option<u16>,
    pub last_failure: Option<Failure>,
    pub last_duration_ms: Option<u32>,
    pub next_attempt_at: Option<Timestamp>,
    /// To how many destinations it is or was on its way.
    pub destinations: u32,
}

/// Which deliveries a list shows. Several values of one field are alternatives; the fields narrow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    pub states: Vec<DeliveryState>,
    pub destinations: Vec<DestinationId>,
    pub webhooks: Vec<WebhookId>,
    /// The earliest time at which the delivery was made.
    pub from: Option<Timestamp>,
    /// The time before which it ends.
    pub to: Option<Timestamp>,
}

impl DeliveryFilter {
    /// Reads the filter from a query string: `state destination webhook from to`. Other parameters are left to others.
    pub fn from_query(query: &str) -> Result<Self, Vec<FieldError>> {
        let mut filter = Self::default();
        read_query(query, |name, value| filter.take(name, value))?;
        Ok(filter)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "state" => self
                .states
                .push(value.parse().map_err(|error: crate::UnknownWord| error.to_string())?),
            "destination" => self
                .destinations
                .push(value.parse().map_err(|_| "not a destination's id".to_owned())?),
            "webhook" => self
                .webhooks
                .push(value.parse().map_err(|_| "not a webhook's id".to_owned())?),
            "from" => self.from = Some(time(value)?),
            "to" => self.to = Some(time(value)?),
            _ => {}
        }
        let most = WebhookFilter::MOST_VALUES;
        if self.states.len().max(self.destinations.len()).max(self.webhooks.len()) > most {
            return Err(format!("more than {most} values"));
        }
        Ok(())
    }

    /// The filter as a query string without `?`; empty when nothing is filtered.
    pub fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.states.iter().map(|value| ("state", value.as_str())));
        query.extend_pairs(self.destinations.iter().map(|value| ("destination", value.to_string())));
        query.extend_pairs(self.webhooks.iter().map(|value| ("webhook", value.to_string())));
        query.extend_pairs(self.from.iter().map(|time| ("from", time.to_string())));
        query.extend_pairs(self.to.iter().map(|time| ("to", time.to_string())));
        query.finish()
    }
}

words! {
    /// What is done with every webhook that a filter lets through.
    BulkAction, "action" {
        Resend = "resend",
        /// Lets what is held go.
        Release = "release",
        /// Asks the providers again.
        Refetch = "refetch",
    }
}

words! {
    /// How far a bulk resend is.
    ResendState, "state" {
        Running = "running",
        Done = "done",
        Cancelled = "cancelled",
    }
}

/// Resending, or releasing, everything that a filter matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resend {
    pub id: ResendId,
    pub action: BulkAction,
    pub state: ResendState,
    /// The filter, as the query string of the log.
    pub filter: String,
    /// `None` for all destinations that take the webhook.
    pub destination_id: Option<DestinationId>,
    /// How many webhooks the filter let through when it was begun.
    pub count: u64,
    /// How many deliveries of them wait for their ends, or were at them: more until all webhooks were dealt with, and without
    /// those that were cancelled.
    pub deliveries: u64,
    /// How many of the deliveries were delivered.
    pub done: u64,
    /// How many of them failed.
    pub failed: u64,
    pub created_at: Timestamp,
    /// Who asked for it.
    pub created_by: String,
}
