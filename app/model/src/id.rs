use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    };
}

id! {
    /// A webhook's id: a UUID v7, so that ids sort by the time of arrival and lists can page by them.
    WebhookId
}
id! {
    /// An endpoint's id: a UUID v7.
    EndpointId
}
id! {
    /// The id of one signing secret (or public key) of an endpoint: a UUID v7.
    SecretId
}
id! {
    /// A user's id: a UUID v7.
    UserId
}
id! {
    /// The id of a token for programs: a UUID v7.
    TokenId
}
id! {
    /// A destination's id: a UUID v7.
    DestinationId
}
id! {
    /// A delivery's id: a UUID v7.
    DeliveryId
}
id! {
    /// The id of a bulk resend: a UUID v7.
    ResendId
}
id! {
    /// The id of a re-fetch: a UUID v7.
    RefetchId
}
id! {
    /// A record's id: a UUID v7, so that a history sorts by the time of the answers.
    RecordId
}
