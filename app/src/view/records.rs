use model::{
    EndpointId, PresentOutcome, ProviderMark, RecordId, RecordRow, RefetchRow, SubjectEvent, SubjectSummary, Text, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{BodyView, PersonalData};

/// What a webhook's page shows of its provider's records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordSection {
    pub askable: Askable,
    /// Newest first.
    pub refetches: Vec<RefetchRow>,
    /// The records of the webhook's object, also those that were fetched for other webhooks; newest first.
    pub history: Vec<RecordRow>,
    pub shown: Option<RecordView>,
}

/// Whether the provider can be asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Askable {
    Yes,
    /// The provider documents nothing to ask; why, in a sentence.
    NoApi(String),
    /// The endpoint has no credentials for it.
    NoCredentials,
    /// Nothing in the webhook can be asked for.
    NothingToAskFor,
    /// The webhook was erased.
    Erased,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordView {
    pub row: RecordRow,
    pub body: BodyView,
    pub personal_data: PersonalData,
    /// The one that it is compared with, and when that was fetched; `None` for the first of its object.
    pub before: Option<(RecordId, Timestamp)>,
    pub changes: Vec<ChangeView>,
    /// There are more changes than are shown.
    pub more_changes: bool,
    /// The presigned links in it.
    pub links: Vec<LinkView>,
}

/// One place at which a record differs from the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// As a JSON pointer.
    pub path: String,
    /// As JSON, personal data masked unless revealed; `None` where it was not there.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// A presigned link, in a record or a payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// Where it stands, as a JSON pointer.
    pub path: String,
    /// Where it leads; `None` while personal data is masked.
    pub url: Option<String>,
    /// From then on it leads nowhere.
    pub expires_at: Timestamp,
}

/// The subjects page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectList {
    /// Those of the newest webhooks, newest first.
    pub recent: Vec<SubjectSummary>,
    pub providers: Vec<ProviderMark>,
    pub now: Timestamp,
}

/// The page of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectPage {
    pub subject: Text,
    /// One for each provider that said anything of it.
    pub present: Vec<PresentOutcome>,
    /// By the events' own time, the newest first.
    pub events: Vec<SubjectEvent>,
    /// There are older ones that are not shown.
    pub has_more: bool,
    /// Newest first.
    pub records: Vec<RecordRow>,
    /// The names of the endpoints of the events.
    pub endpoints: Vec<(EndpointId, String)>,
    pub providers: Vec<ProviderMark>,
    /// What erasing would concern; only for admins.
    pub erasing: Option<Erasing>,
    pub now: Timestamp,
}

/// What erasing a subject would concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasing {
    pub webhooks: u64,
    pub records: u64,
    pub deliveries: u64,
    /// How many of the webhooks tell of other subjects too.
    pub shared: u64,
}
