use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::destinations::{DestinationView, WithSecret};

/// A destination with a signing secret that was made just now.
#[derive(Serialize, ToSchema)]
pub struct DestinationWithSecret {
    #[serde(flatten)]
    destination: DestinationView,
    /// What requests are signed with as Standard Webhooks describes it. It is not shown again.
    #[schema(pattern = "^whsec_[A-Za-z0-9+/]+=*$")]
    secret: String,
}

impl From<WithSecret> for DestinationWithSecret {
    fn from(made: WithSecret) -> Self {
        Self {
            destination: made.destination,
            secret: made.secret.expose_secret().to_owned(),
        }
    }
}
