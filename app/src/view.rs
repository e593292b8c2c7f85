//! What pages are given: values that are ready to be shown.

mod deliveries;
mod records;

use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use model::{
    AuditPage, CatalogueEvent, DeliveryNotes, DeliveryRow, DestinationId, DestinationSummary, DigestMode, EndpointId,
    EndpointPolicy, EndpointSummary, Environment, FieldError, LinkPurpose, OnUntrusted, Page, ProviderKey, ProviderMark,
    ReconcileProgress, ReverifyProgress, Role, SecretId, SecretState, SessionSummary, Timestamp, TokenSummary, UserId,
    UserSummary, Volume, WebhookDetail, WebhookRow,
};
use serde::{Deserialize, Serialize};

pub use deliveries::{
    BulkPage, BulkPreview, DeliveryList, DeliveryPage, DestinationForm, DestinationInput, DestinationList, DestinationPage,
    DestinationSecretRow, Need, Overview, TestAnswer,
};
pub use records::{Askable, ChangeView, Erasing, LinkView, RecordSection, RecordView, SubjectList, SubjectPage};

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
    /// Those with a live secret that ends within two weeks.
    pub secrets_end_soon: Vec<EndpointId>,
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
    pub personal_data: PersonalData,
    /// Newest first; of one destination there may be several.
    pub deliveries: Vec<DeliveryRow>,
    /// All that are not archived, by name.
    pub destinations: Vec<DestinationSummary>,
    /// Where it can be sent again to.
    pub taken_by: Vec<DestinationId>,
    pub records: RecordSection,
    /// The presigned links in the payload.
    pub links: Vec<LinkView>,
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

/// How far a payload's personal data is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PersonalData {
    /// There is none, as far as the rules tell.
    None,
    /// So many values are masked in what is shown. Whoever may reveal them is offered to.
    Masked { values: u32, may_reveal: bool },
    /// It was revealed to this session, until that time.
    Revealed { until: Timestamp },
}

/// Who looks at the page. The server provides it as context, `None` for someone who is not signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    pub email: String,
    pub role: Role,
}

/// What someone typed that must not be shown or logged. Goes into the port and never comes back out of it.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(pub String);

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(…)")
    }
}

/// What a provider's endpoints are configured with: what the form is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderForm {
    pub mark: ProviderMark,
    pub paste_address_at: String,
    /// `None` where the provider documents no signature.
    pub secret: Option<SecretForm>,
    pub has_digest_mode: bool,
    pub has_static_header: bool,
    /// The names of what the provider's API needs, such as `api_key`; empty where there is no API to ask.
    pub credentials: Vec<String>,
    /// The types of the events after which the provider is asked by itself unless an admin says otherwise.
    pub asked_by_itself: Vec<String>,
    /// Why there is no API to ask.
    pub no_refetch: Option<String>,
}

/// The one thing that is pasted so that signatures can be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretForm {
    /// A PEM, which takes several lines.
    pub is_public_key: bool,
    pub label: String,
    pub find_it_at: String,
    /// What one looks like.
    pub placeholder: String,
}

/// The page with the form for a new endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointForm {
    /// All that are registered, in the registry's order.
    pub providers: Vec<ProviderForm>,
}

/// An endpoint's settings as a form gives them: text that the server reads.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EndpointInput {
    pub name: String,
    pub environment: Option<Environment>,
    pub on_untrusted: Option<OnUntrusted>,
    pub forward_unsigned: bool,
    pub confirm_before_forwarding: bool,
    pub digest_mode: Option<DigestMode>,
    /// Empty for no static header.
    pub static_header_name: String,
    /// Empty to leave the value as it is.
    pub static_header_value: Typed,
    /// Separated by white space or commas.
    pub networks: String,
    /// Webhooks per second; empty for no limit.
    pub rate_limit: String,
    /// The types of the events after which the provider is asked by itself, separated by white space or commas; empty for none.
    /// `None` leaves them as they are.
    pub refetch_event_types: Option<String>,
}

/// A new secret as a form gives it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SecretInput {
    pub value: Typed,
    pub label: String,
    pub not_before: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

/// The page of one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointPage {
    pub endpoint: EndpointSummary,
    pub form: ProviderForm,
    pub policy: EndpointPolicy,
    pub digest_mode: Option<DigestMode>,
    /// The name alone: the value is a secret.
    pub static_header: Option<String>,
    pub networks: Vec<String>,
    pub rate_limit: Option<u32>,
    /// The types of the events after which the provider is asked by itself.
    pub refetch_event_types: Vec<String>,
    /// Whether the provider lists its events, so that what is missing can be found.
    pub lists_events: bool,
    pub reconcile: Option<ReconcileProgress>,
    /// Oldest first.
    pub secrets: Vec<SecretRow>,
    pub credentials: Option<CredentialsRow>,
    pub reverify: Option<ReverifyProgress>,
    /// When the newest webhook came; `None` while the first one is waited for.
    pub last_webhook_at: Option<Timestamp>,
    pub now: Timestamp,
}

/// A secret without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRow {
    pub id: SecretId,
    pub label: String,
    /// The last four characters; may be empty.
    pub hint: String,
    pub not_before: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub state: SecretState,
}

/// The provider API's credentials, without their values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialsRow {
    pub fields: Vec<String>,
    pub base_url: Option<String>,
    pub token_url: Option<String>,
    pub set_at: Timestamp,
}

/// What comes after a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInStep {
    SignedIn,
    /// A code is needed as well.
    SecondFactor,
}

/// The page behind a one-time link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPage {
    pub purpose: LinkPurpose,
    /// Whose it is; `None` for the link under which the first admin is made.
    pub email: Option<String>,
}

/// The page of the one who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPage {
    pub user: UserSummary,
    pub second_factor: SecondFactor,
    pub sessions: Vec<SessionSummary>,
    pub tokens: Vec<TokenSummary>,
    pub now: Timestamp,
}

/// The state of someone's second factor.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecondFactor {
    Off,
    /// To be entered in an authenticator and confirmed with a code.
    Pending {
        /// In base32, in groups of four.
        secret: String,
        /// `otpauth://…`
        url: String,
        /// The URL as a QR code: an SVG.
        qr: String,
    },
    On {
        recovery_codes_left: u32,
    },
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Off => f.write_str("Off"),
            Self::Pending { .. } => f.write_str("Pending(…)"),
            Self::On { recovery_codes_left } => write!(f, "On({recovery_codes_left} recovery codes left)"),
        }
    }
}

/// What is shown this one time.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShownOnce {
    Token {
        name: String,
        value: String,
    },
    RecoveryCodes(Vec<String>),
    /// What requests to a destination are signed with.
    DestinationSecret {
        name: String,
        value: String,
    },
    Link {
        purpose: LinkPurpose,
        email: String,
        url: String,
    },
}

impl std::fmt::Debug for ShownOnce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Token { name, .. } => write!(f, "Token({name}: …)"),
            Self::DestinationSecret { name, .. } => write!(f, "DestinationSecret({name}: …)"),
            Self::RecoveryCodes(codes) => write!(f, "RecoveryCodes({} of them)", codes.len()),
            Self::Link { purpose, email, .. } => write!(f, "Link({purpose} of {email}: …)"),
        }
    }
}

/// The users page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserList {
    /// By e-mail address.
    pub users: Vec<UserSummary>,
    /// The one who looks.
    pub me: UserId,
    pub now: Timestamp,
}

/// The audit page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditList {
    pub page: AuditPage,
    /// Whether there is any entry at all.
    pub any: bool,
    pub now: Timestamp,
}

/// What can go wrong between a page and the server. Says nothing internal: without JavaScript it travels in a URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConsoleError {
    NotFound,
    /// The database does not answer now.
    Unavailable,
    /// A parameter of the address cannot be read.
    BadRequest(String),
    /// Nobody is signed in, or the session has ended.
    NotSignedIn,
    /// What is asked for takes a greater role.
    Forbidden {
        needs: Role,
    },
    /// The e-mail address, the password or the code is not right.
    SignInFailed,
    /// Each field of the form that cannot be taken, and why.
    Invalid(Vec<FieldError>),
    /// The state of things does not allow it.
    Conflict(String),
    /// Too many tries.
    Throttled {
        seconds: u64,
    },
    /// The request did not reach the server or its answer did not come back.
    Transport(String),
}

impl std::fmt::Display for ConsoleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::Unavailable => f.write_str("the database does not answer now"),
            Self::NotSignedIn => f.write_str("sign in first"),
            Self::Forbidden { needs } => write!(f, "this takes the role {needs}"),
            Self::SignInFailed => f.write_str("the e-mail address or the password is not right"),
            Self::Invalid(_) => f.write_str("something in the form cannot be taken"),
            Self::Throttled { seconds } => write!(f, "too many tries: wait {seconds} s"),
            Self::BadRequest(message) | Self::Transport(message) | Self::Conflict(message) => f.write_str(message),
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
