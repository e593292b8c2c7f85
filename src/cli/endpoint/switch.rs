use clap::Args;

use super::{CommandError, answer, named};
use crate::config::StorageSettings;
use crate::store;

#[derive(Debug, Args)]
pub struct Switch {
    /// The endpoint's name or id
    endpoint: String,
    #[command(flatten)]
    storage: StorageSettings,
}

impl Switch {
    pub async fn run(self, enabled: bool) -> Result<(), CommandError> {
        let store = store::open(&self.storage.database_url).await?;
        store.migrate().await?;
        let endpoint = named(store.as_ref(), &self.endpoint).await?;
        store.set_endpoint_enabled(endpoint.id, enabled).await?;
        store.close().await;
        answer(format_args!(
            "{} is {}.",
            endpoint.name,
            if enabled { "enabled" } else { "disabled" }
        ));
        Ok(())
    }
}
