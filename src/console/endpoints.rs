#![allow(unused_variables)]
use app::port::Endpoints;
use app::view::*;
use async_trait::async_trait;
use model::*;

use super::{ServerConsole, report};
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

    async fn endpoint_form(&self) -> Result<EndpointForm, ConsoleError> {
        unimplemented!()
    }
    async fn endpoint(&self, id: EndpointId) -> Result<EndpointPage, ConsoleError> {
        unimplemented!()
    }
    async fn add_endpoint(&self, provider: ProviderKey, input: EndpointInput, secret: Typed) -> Result<EndpointId, ConsoleError> {
        unimplemented!()
    }
    async fn change_endpoint(&self, id: EndpointId, input: EndpointInput) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn switch_endpoint(&self, id: EndpointId, enabled: bool) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn archive_endpoint(&self, id: EndpointId) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn add_secret(
        &self,
        id: EndpointId,
        input: SecretInput,
        retire_others_at: Option<Timestamp>,
    ) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn set_secret_end(&self, id: EndpointId, secret: SecretId, expires_at: Option<Timestamp>) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn remove_secret(&self, id: EndpointId, secret: SecretId) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn set_credentials(
        &self,
        id: EndpointId,
        fields: Vec<(String, Typed)>,
        base_url: Option<String>,
        token_url: Option<String>,
    ) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn start_reverify(&self, id: EndpointId, from: Option<Timestamp>, to: Option<Timestamp>) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn reverify_progress(&self, id: EndpointId) -> Result<Option<ReverifyProgress>, ConsoleError> {
        unimplemented!()
    }
    async fn cancel_reverify(&self, id: EndpointId) -> Result<(), ConsoleError> {
        unimplemented!()
    }
}

impl ServerConsole {
    /// All endpoints that are not archived, by name.
    pub(super) async fn summaries(&self) -> Result<Vec<EndpointSummary>, ConsoleError> {
        let views = self.operations.endpoints(&self.actor).await.map_err(report)?;
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
