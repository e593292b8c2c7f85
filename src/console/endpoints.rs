use app::port::Endpoints;
use app::view::{ConsoleError, EndpointList, ProviderSetup};
use async_trait::async_trait;
use model::{EndpointSummary, ProviderKey, ProviderMark};

use super::{ServerConsole, report};
use crate::endpoints;
use crate::providers::{self, About};

#[async_trait]
impl Endpoints for ServerConsole {
    async fn endpoints(&self) -> Result<EndpointList, ConsoleError> {
        let endpoints = self.summaries().await?;
        Ok(EndpointList {
            setup: setup(&endpoints),
            providers: marks(),
            endpoints,
        })
    }
}

impl ServerConsole {
    /// All endpoints that are not archived, by name.
    pub(super) async fn summaries(&self) -> Result<Vec<EndpointSummary>, ConsoleError> {
        let views = endpoints::list(self.store.as_ref(), &self.public_url)
            .await
            .map_err(|error| report(&error))?;
        Ok(views.into_iter().map(EndpointSummary::from).collect())
    }
}

/// All providers, in the registry's order.
pub(super) fn marks() -> Vec<ProviderMark> {
    providers::ALL.iter().map(|provider| provider.about().mark()).collect()
}

/// What is to be done for these endpoints, once a provider.
pub(super) fn setup(endpoints: &[EndpointSummary]) -> Vec<ProviderSetup> {
    in_use(endpoints)
        .map(|about| ProviderSetup {
            provider: ProviderKey::new(about.key),
            paste_address_at: about.paste_address_at.to_owned(),
            needs_secret: about.secret.is_some(),
        })
        .collect()
}

/// The providers that have an endpoint.
pub(super) fn in_use(endpoints: &[EndpointSummary]) -> impl Iterator<Item = &'static About> {
    let abouts = providers::ALL.iter().map(|provider| provider.about());
    abouts.filter(|about| endpoints.iter().any(|endpoint| endpoint.provider.as_str() == about.key))
}
