use app::port::Endpoints;
use app::view::ConsoleError;
use async_trait::async_trait;
use model::EndpointSummary;

use super::{ServerConsole, report};
use crate::endpoints;

#[async_trait]
impl Endpoints for ServerConsole {
    async fn endpoints(&self) -> Result<Vec<EndpointSummary>, ConsoleError> {
        let views = endpoints::list(self.store.as_ref(), &self.public_url)
            .await
            .map_err(|error| report(&error))?;
        Ok(views.into_iter().map(EndpointSummary::from).collect())
    }
}
