use model::EndpointId;

use super::Access;
use crate::accounts::secrets::Purpose;
use crate::operation::{OperationError, Operations};
use crate::providers::{self, Provider, Refetch};
use crate::store::Endpoint;

/// Why an endpoint's provider cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum NoAccess {
    /// Why, in a sentence.
    #[error("{0}")]
    NoApi(String),
    /// Nobody entered credentials, or what was entered cannot be read.
    #[error("the endpoint has no credentials for the provider's API: an admin enters them on the endpoint's page")]
    NoCredentials,
    #[error(transparent)]
    Failed(#[from] OperationError),
}

impl From<NoAccess> for OperationError {
    fn from(why: NoAccess) -> Self {
        match why {
            NoAccess::NoApi(_) => Self::Conflict(why.to_string()),
            NoAccess::NoCredentials => Self::Unprocessable(why.to_string()),
            NoAccess::Failed(error) => error,
        }
    }
}

impl Operations {
    /// How the endpoint's provider is asked, with the credentials that it has now.
    pub(super) async fn access(&self, endpoint: &Endpoint) -> Result<Access, NoAccess> {
        let provider = providers::find(&endpoint.provider);
        let provider = provider.ok_or_else(|| NoAccess::NoApi(UNKNOWN_PROVIDER.to_owned()))?;
        let api = provider.api().ok_or_else(|| NoAccess::NoApi(why_no_api(provider)))?;
        let sealed = self.store.credentials(endpoint.id).await.map_err(OperationError::from)?;
        let sealed = sealed.ok_or(NoAccess::NoCredentials)?;
        let key = self.sealing_key().await?;
        let opened = key.open(endpoint.id.0, Purpose::Credentials, &sealed.sealed_value);
        let credentials = opened.ok().and_then(|json| serde_json::from_slice(&json).ok());
        Ok(Access {
            endpoint: endpoint.id,
            api,
            environment: endpoint.environment,
            credentials: credentials.ok_or_else(|| unreadable(endpoint.id))?,
            base_url: sealed.base_url,
            token_url: sealed.token_url,
        })
    }
}

const UNKNOWN_PROVIDER: &str = "this version does not know the endpoint's provider";

/// Why there is nothing to ask, in the provider's own words.
pub(super) fn why_no_api(provider: &dyn Provider) -> String {
    let about = provider.about();
    match about.refetch {
        Refetch::Undocumented(why) => why.to_owned(),
        Refetch::Documented { .. } => format!("{} has nothing to ask", about.title),
    }
}

fn unreadable(endpoint: EndpointId) -> NoAccess {
    tracing::error!(%endpoint, "the credentials cannot be opened: they were sealed with another key");
    NoAccess::Failed(OperationError::KeyUnavailable)
}
