use clap::Args;

use super::super::operations;
use super::{CommandError, answer, answer_json};
use crate::config::{AddressSettings, StorageSettings};
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct List {
    /// Print the endpoints as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

impl List {
    pub async fn run(self) -> Result<(), CommandError> {
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let views = operations.endpoints(&Actor::command_line()).await?;
        operations.store.close().await;
        if self.json {
            answer_json(&views);
        } else if views.is_empty() {
            answer("no endpoints yet: add one with `hookproof endpoint add --help`");
        } else {
            for view in views {
                answer(format_args!("{}  {}  {}", view.name, view.provider, view.url));
            }
        }
        Ok(())
    }
}
