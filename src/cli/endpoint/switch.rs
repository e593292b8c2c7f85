use clap::Args;

use super::super::operations;
use super::{CommandError, answer, named};
use crate::config::{AddressSettings, StorageSettings};
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct Switch {
    /// The endpoint's name or id
    endpoint: String,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

impl Switch {
    pub async fn run(self, enabled: bool) -> Result<(), CommandError> {
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let endpoint = named(&operations, &self.endpoint).await?;
        operations
            .switch_endpoint(&Actor::command_line(), endpoint.id, enabled)
            .await?;
        operations.store.close().await;
        answer(format_args!(
            "{} is {}.",
            endpoint.name,
            if enabled { "enabled" } else { "disabled" }
        ));
        Ok(())
    }
}
