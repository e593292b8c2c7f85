//! What the console needs of the server, as traits that the server implements (`hookproof::console`).
//!
//! Split by noun; [`Console`] is all of them. Only compiled for the server: the browser never sees it. Whoever asks is
//! known to the implementation, which authorises every call.

use async_trait::async_trait;
use leptos::prelude::*;
use model::{
    AuditFilter, BulkAction, DeliveryFilter, DeliveryId, DestinationId, EndpointId, PageRequest, ProviderKey, ReconcileProgress,
    RecordId, ResendId, ReverifyProgress, Role, SecretId, Text, Timestamp, TokenId, UserId, WebhookFilter, WebhookId,
};
use std::sync::Arc;

use crate::view::{
    AccountPage, AuditList, BulkPage, BulkPreview, ConsoleError, DeliveryList, DeliveryPage, DestinationForm, DestinationInput,
    DestinationList, DestinationPage, EndpointForm, EndpointInput, EndpointList, EndpointPage, LinkPage, Overview, SecretInput,
    ShownOnce, SignInStep, SubjectList, SubjectPage, TestAnswer, Typed, UserList, Visitor, WebhookList, WebhookPage,
};

/// Everything that the pages and server functions may ask for.
pub trait Console:
    Webhooks + Records + Subjects + Deliveries + Destinations + Endpoints + SignIn + Account + Users + Audit
{
}

impl<T: Webhooks + Records + Subjects + Deliveries + Destinations + Endpoints + SignIn + Account + Users + Audit> Console for T {}

/// The log.
#[async_trait]
pub trait Webhooks: Send + Sync + 'static {
    /// A page of the log with what its filter form and histogram need.
    async fn webhooks(&self, filter: WebhookFilter, page: PageRequest) -> Result<WebhookList, ConsoleError>;

    /// One webhook with everything that its page shows; of its records the one that is named, otherwise the newest. Personal data
    /// is masked unless it was revealed to this session.
    async fn webhook(&self, id: WebhookId, record: Option<RecordId>) -> Result<WebhookPage, ConsoleError>;

    /// How many webhooks newer than `after` the filter lets through, counted up to 100.
    async fn count_newer(&self, filter: WebhookFilter, after: WebhookId) -> Result<u32, ConsoleError>;

    /// Shows the webhook's personal data to this session for a quarter of an hour. For operators; audited.
    async fn reveal(&self, id: WebhookId) -> Result<(), ConsoleError>;
}

/// What providers' APIs answer. For operators, but for what is shown.
#[async_trait]
pub trait Records: Send + Sync + 'static {
    /// Asks the provider again for what the webhook tells of, and waits for what comes of it. What went wrong is shown on the
    /// webhook's page: an error is only what kept it from being asked at all.
    async fn refetch(&self, id: WebhookId) -> Result<(), ConsoleError>;

    /// Queues re-fetches of the webhooks (at most 200), those that can be asked for. How many it were.
    async fn refetch_selected(&self, webhooks: Vec<WebhookId>) -> Result<u32, ConsoleError>;

    /// Shows the record's personal data to this session for a quarter of an hour. Audited.
    async fn reveal_record(&self, id: RecordId) -> Result<(), ConsoleError>;

    /// Begins to compare what the provider lists in the span with the log; `Conflict` while that is already going on.
    async fn start_reconcile(&self, id: EndpointId, from: Option<Timestamp>, to: Option<Timestamp>) -> Result<(), ConsoleError>;

    /// The last one that was started, `None` without one.
    async fn reconcile_progress(&self, id: EndpointId) -> Result<Option<ReconcileProgress>, ConsoleError>;

    async fn cancel_reconcile(&self, id: EndpointId) -> Result<(), ConsoleError>;

    /// Stores what was found missing.
    async fn store_missing(&self, id: EndpointId) -> Result<(), ConsoleError>;
}

/// Everything of one person.
#[async_trait]
pub trait Subjects: Send + Sync + 'static {
    async fn subjects(&self) -> Result<SubjectList, ConsoleError>;

    /// `NotFound` when nothing tells of it.
    async fn subject(&self, subject: Text) -> Result<SubjectPage, ConsoleError>;

    /// Erases what is kept of it, for good. For admins.
    async fn erase_subject(&self, subject: Text) -> Result<(), ConsoleError>;
}

/// What is forwarded. Changes are for operators.
#[async_trait]
pub trait Deliveries: Send + Sync + 'static {
    /// What needs a person, and how much came.
    async fn overview(&self) -> Result<Overview, ConsoleError>;

    async fn deliveries(&self, filter: DeliveryFilter, page: PageRequest) -> Result<DeliveryList, ConsoleError>;

    /// A delivery with its attempts. Viewers get no headers and bodies of answers.
    async fn delivery(&self, id: DeliveryId) -> Result<DeliveryPage, ConsoleError>;

    /// Tries it now, in place of the scheduled attempt.
    async fn retry_delivery(&self, id: DeliveryId) -> Result<(), ConsoleError>;

    async fn cancel_delivery(&self, id: DeliveryId) -> Result<(), ConsoleError>;

    /// Sends the webhooks (at most 200) again to one destination or to all that take them. How many deliveries it comes to.
    async fn resend(&self, webhooks: Vec<WebhookId>, destination: Option<DestinationId>) -> Result<u32, ConsoleError>;

    /// Lets the held deliveries of the webhooks (at most 200) go.
    async fn release(&self, webhooks: Vec<WebhookId>) -> Result<(), ConsoleError>;

    /// How many webhooks a bulk action would concern, before it is begun.
    async fn bulk_preview(&self, action: BulkAction, filter: WebhookFilter) -> Result<BulkPreview, ConsoleError>;

    /// Begins it for the webhooks up to `last`: those that were counted.
    async fn start_bulk(
        &self,
        action: BulkAction,
        filter: WebhookFilter,
        destination: Option<DestinationId>,
        last: WebhookId,
    ) -> Result<ResendId, ConsoleError>;

    async fn bulk(&self, id: ResendId) -> Result<BulkPage, ConsoleError>;

    /// Cancels what has not started.
    async fn cancel_bulk(&self, id: ResendId) -> Result<(), ConsoleError>;
}

/// The addresses that webhooks are forwarded to. Changes are for admins.
#[async_trait]
pub trait Destinations: Send + Sync + 'static {
    async fn destinations(&self) -> Result<DestinationList, ConsoleError>;

    /// What the form for a new destination is made from. For admins.
    async fn destination_form(&self) -> Result<DestinationForm, ConsoleError>;

    async fn destination(&self, id: DestinationId) -> Result<DestinationPage, ConsoleError>;

    /// Its signing secret is shown once.
    async fn add_destination(&self, input: DestinationInput) -> Result<DestinationId, ConsoleError>;

    /// Writes all of the settings.
    async fn change_destination(&self, id: DestinationId, input: DestinationInput) -> Result<(), ConsoleError>;

    /// Nothing is sent until it is enabled; what arrives waits.
    async fn disable_destination(&self, id: DestinationId) -> Result<(), ConsoleError>;

    /// Sends what waited, or cancels it first.
    async fn enable_destination(&self, id: DestinationId, send_waiting: bool) -> Result<(), ConsoleError>;

    async fn archive_destination(&self, id: DestinationId) -> Result<(), ConsoleError>;

    /// A new signing secret, which is shown once; the one before signs too for a day.
    async fn rotate_destination_secret(&self, id: DestinationId) -> Result<(), ConsoleError>;

    /// Sends a test webhook now and waits for the answer.
    async fn test_destination(&self, id: DestinationId) -> Result<TestAnswer, ConsoleError>;
}

/// The inbound addresses. Changes are for admins.
#[async_trait]
pub trait Endpoints: Send + Sync + 'static {
    /// All endpoints that are not archived, with what their page says of their providers.
    async fn endpoints(&self) -> Result<EndpointList, ConsoleError>;

    /// What the form for a new endpoint is made from. For admins.
    async fn endpoint_form(&self) -> Result<EndpointForm, ConsoleError>;

    async fn endpoint(&self, id: EndpointId) -> Result<EndpointPage, ConsoleError>;

    async fn add_endpoint(&self, provider: ProviderKey, input: EndpointInput, secret: Typed) -> Result<EndpointId, ConsoleError>;

    /// Writes all of the settings.
    async fn change_endpoint(&self, id: EndpointId, input: EndpointInput) -> Result<(), ConsoleError>;

    async fn switch_endpoint(&self, id: EndpointId, enabled: bool) -> Result<(), ConsoleError>;

    async fn archive_endpoint(&self, id: EndpointId) -> Result<(), ConsoleError>;

    /// Adds a secret; `retire_others_at` ends the others that are live, so that a rotation is one step.
    async fn add_secret(
        &self,
        id: EndpointId,
        input: SecretInput,
        retire_others_at: Option<Timestamp>,
    ) -> Result<(), ConsoleError>;

    /// Sets until when a secret is accepted; `None` means for ever.
    async fn set_secret_end(&self, id: EndpointId, secret: SecretId, expires_at: Option<Timestamp>) -> Result<(), ConsoleError>;

    async fn remove_secret(&self, id: EndpointId, secret: SecretId) -> Result<(), ConsoleError>;

    /// The fields that the provider's description names, in its order; nothing but empty ones removes the credentials.
    async fn set_credentials(
        &self,
        id: EndpointId,
        fields: Vec<(String, Typed)>,
        base_url: Option<String>,
        token_url: Option<String>,
    ) -> Result<(), ConsoleError>;

    /// Begins to check the endpoint's stored webhooks again; `Conflict` while that is already going on.
    async fn start_reverify(&self, id: EndpointId, from: Option<Timestamp>, to: Option<Timestamp>) -> Result<(), ConsoleError>;

    /// The last one that was started, `None` without one.
    async fn reverify_progress(&self, id: EndpointId) -> Result<Option<ReverifyProgress>, ConsoleError>;

    async fn cancel_reverify(&self, id: EndpointId) -> Result<(), ConsoleError>;
}

/// Coming in and going out. Open to everyone.
#[async_trait]
pub trait SignIn: Send + Sync + 'static {
    /// Wrong credentials and unknown users alike are `SignInFailed`.
    async fn sign_in(&self, email: String, password: Typed) -> Result<SignInStep, ConsoleError>;

    /// The second step: a TOTP code or a recovery code.
    async fn second_factor(&self, code: Typed) -> Result<(), ConsoleError>;

    async fn sign_out(&self) -> Result<(), ConsoleError>;

    /// What the page behind a one-time link says; `NotFound` for one that is used, expired or made up.
    async fn link(&self, token: String) -> Result<LinkPage, ConsoleError>;

    /// Chooses a password; under the set-up link also the e-mail address of the first admin.
    async fn use_link(&self, token: String, email: Option<String>, password: Typed) -> Result<SignInStep, ConsoleError>;
}

/// What concerns the one who is signed in.
#[async_trait]
pub trait Account: Send + Sync + 'static {
    async fn account(&self) -> Result<AccountPage, ConsoleError>;

    /// Ends the other sessions too, and if so wanted makes all tokens worthless.
    async fn change_password(&self, current: Typed, new: Typed, revoke_tokens: bool) -> Result<(), ConsoleError>;

    /// Makes a secret that [`AccountPage::second_factor`] then shows until it is confirmed.
    async fn begin_second_factor(&self, password: Typed) -> Result<(), ConsoleError>;

    /// Turns the second factor on; the recovery codes are shown once.
    async fn confirm_second_factor(&self, code: Typed) -> Result<(), ConsoleError>;

    async fn remove_second_factor(&self, password: Typed) -> Result<(), ConsoleError>;

    async fn end_session(&self, key: String) -> Result<(), ConsoleError>;

    /// Signs out everywhere but here.
    async fn end_other_sessions(&self) -> Result<(), ConsoleError>;

    /// Makes a token for programs; its value is shown once.
    async fn add_token(&self, name: String, password: Typed) -> Result<(), ConsoleError>;

    async fn revoke_token(&self, id: TokenId) -> Result<(), ConsoleError>;

    /// What is to be shown this one time, after an action that made a secret.
    async fn shown_once(&self) -> Result<Option<ShownOnce>, ConsoleError>;
}

/// The users, for admins.
#[async_trait]
pub trait Users: Send + Sync + 'static {
    async fn users(&self) -> Result<UserList, ConsoleError>;

    /// The invite link is shown once.
    async fn invite(&self, email: String, role: Role) -> Result<(), ConsoleError>;

    async fn set_role(&self, id: UserId, role: Role) -> Result<(), ConsoleError>;

    async fn set_user_disabled(&self, id: UserId, disabled: bool) -> Result<(), ConsoleError>;

    /// A link to choose another password, or for someone invited a fresh invite link; it is shown once.
    async fn reset_link(&self, id: UserId) -> Result<(), ConsoleError>;

    /// For someone who lost both the device and the recovery codes.
    async fn reset_second_factor(&self, id: UserId) -> Result<(), ConsoleError>;
}

/// Who did what, for admins.
#[async_trait]
pub trait Audit: Send + Sync + 'static {
    /// A page of at most 50 entries with smaller numbers than `before`.
    async fn audit(&self, filter: AuditFilter, before: Option<u64>) -> Result<AuditList, ConsoleError>;
}

/// The port as the server provided it to the page that is being rendered.
pub fn console() -> Result<Arc<dyn Console>, ConsoleError> {
    use_context::<Arc<dyn Console>>().ok_or(ConsoleError::Unavailable)
}

/// Who looks at the page that is being rendered; the server provides it as an `Option<Visitor>`.
pub fn visitor() -> Option<Visitor> {
    use_context::<Option<Visitor>>().flatten()
}
