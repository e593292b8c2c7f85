//! The words of the product as types. Both sides speak them: the server stores and checks them, the console shows them.
//!
//! Nothing in here knows a database, a provider's secret or a browser; serde is the only thing that every type has.

mod audit;
mod delivery;
mod destination;
mod endpoint;
mod event;
mod evidence;
mod filter;
mod id;
mod outcome;
mod page;
mod provider;
mod reconcile;
mod record;
mod role;
mod subject;
mod timestamp;
mod user;
mod verdict;
mod volume;
mod webhook;

pub use audit::{
    ActorKind, AuditAction, AuditActor, AuditChange, AuditEntry, AuditFilter, AuditPage, AuditTarget, AuditTargetKind,
};
pub use delivery::{
    Attempt, BulkAction, DeliveryDetail, DeliveryFilter, DeliveryRow, DeliveryState, DeliverySummary, Failure, Resend,
    ResendState, Trigger,
};
pub use destination::{DestinationSummary, Disabled, DisabledReason, Health, HealthState, Subscription, names_event_type};
pub use endpoint::{
    DigestMode, EndpointPolicy, EndpointSummary, Environment, Judgement, OnUntrusted, ReverifyProgress, ReverifyState,
    SecretState,
};
pub use event::{Event, Resource, TEXT_LIMIT, Text};
pub use evidence::{Diagnosis, Evidence, Reserialisation, Scheme};
pub use filter::{FieldError, WebhookFilter};
pub use id::{DeliveryId, DestinationId, EndpointId, RecordId, RefetchId, ResendId, SecretId, TokenId, UserId, WebhookId};
pub use outcome::Outcome;
pub use page::{Cursor, Page, PageRequest};
pub use provider::{CatalogueEvent, ProviderKey, ProviderMark};
pub use reconcile::{MissingEvent, ReconcileProgress, ReconcileState};
pub use record::{Agreement, Contradiction, RecordEvidence, RecordRow, RefetchRow, RefetchState, RefetchTrigger};
pub use role::{LinkPurpose, Role};
pub use subject::{PresentOutcome, SubjectEvent, SubjectSummary};
pub use timestamp::Timestamp;
pub use user::{SessionSummary, TokenSummary, UserSummary};
pub use verdict::Verdict;
pub use volume::{Volume, VolumeBucket};
pub use webhook::{DeliveryNotes, WebhookDetail, WebhookRow};

/// A word that is written one way in the database, in URLs and in JSON, but is not one of the words that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    pub kind: &'static str,
    pub word: String,
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "unknown {} `{}`", self.kind, self.word)
    }
}

impl std::error::Error for UnknownWord {}

/// Gives a fieldless enum its one written form: `ALL`, `as_str`, `FromStr`, `Display` and serde as that text.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $kind:literal { $($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }
        }

        // Written by hand, as the derive does not see texts that come from a macro.
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let words = Self::ALL.iter().map(|word| word.as_str());
                let schema = utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(words));
                schema.build().into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(crate::UnknownWord { kind: $kind, word: text.to_owned() }),
                }
            }
        }
    };
}
pub(crate) use words;
