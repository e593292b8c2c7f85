//! What pages are given: values that are ready to be shown.

use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use model::{
    CatalogueEvent, DeliveryNotes, EndpointSummary, Page, ProviderKey, ProviderMark, Timestamp, Volume, WebhookDetail, WebhookRow,
};
use serde::{Deserialize, Serialize};

/// The log page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookList {
    pub page: Page<WebhookRow>,
    /// All that are registered, in the registry's order.
    pub providers: Vec<ProviderMark>,
    pub endpoints: Vec<EndpointSummary>,
    /// The event types of the catalogues of the providers that have an endpoint, for the filter's suggestions.
    pub catalogue: Vec<CatalogueEvent>,
    /// Arrivals in the filter's span of time, or the last 24 hours without one. Narrowed by the filter only as far as
    /// roll-ups go (see `Store::volume`).
    pub volume: Volume,
    /// Whether there is any webhook at all; tells "nothing matches" from "none yet".
    pub any: bool,
    /// For the providers that have an endpoint.
    pub setup: Vec<ProviderSetup>,
    pub now: Timestamp,
}

/// What an admin does for an endpoint of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderSetup {
    pub provider: ProviderKey,
    /// Where in the provider's dashboard the endpoint's address is pasted.
    pub paste_address_at: String,
    /// Whether the provider documents a signature, so that an endpoint without a secret is not ready.
    pub needs_secret: bool,
}

/// The endpoints page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointList {
    /// All that are not archived, by name.
    pub endpoints: Vec<EndpointSummary>,
    /// All that are registered, in the registry's order.
    pub providers: Vec<ProviderMark>,
    /// For the providers that have an endpoint.
    pub setup: Vec<ProviderSetup>,
}

/// The page of one webhook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookPage {
    pub detail: WebhookDetail,
    pub provider: ProviderMark,
    /// What is documented of the event that names the row.
    pub catalogue: Option<CatalogueEvent>,
    pub notes: DeliveryNotes,
    pub body: BodyView,
    /// Others of the same subject, newest first.
    pub neighbours: Vec<WebhookRow>,
    /// How many seconds of skew a signature's timestamp may have.
    pub tolerance_seconds: i64,
    pub now: Timestamp,
}

/// A body as far as a page shows it; all of it can be downloaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum BodyView {
    Empty,
    /// JSON text, at most `BODY_VIEW_LIMIT` bytes of it.
    Json(String),
    /// Other text. `truncated` when it is only the beginning.
    Text {
        text: String,
        truncated: bool,
    },
    /// Not UTF-8: a hex dump of the beginning.
    Binary {
        dump: String,
        truncated: bool,
    },
}

/// What can go wrong between a page and the server. Says nothing internal: without JavaScript it travels in a URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConsoleError {
    NotFound,
    /// The database does not answer now.
    Unavailable,
    /// A parameter of the address cannot be read.
    BadRequest(String),
    /// The request did not reach the server or its answer did not come back.
    Transport(String),
}

impl std::fmt::Display for ConsoleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::Unavailable => f.write_str("the database does not answer now"),
            Self::BadRequest(message) | Self::Transport(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ConsoleError {}

impl FromServerFnError for ConsoleError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Transport(error.to_string())
    }
}
