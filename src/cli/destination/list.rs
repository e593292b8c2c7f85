use clap::Args;
use model::Disabled;

use super::super::endpoint::answer_json;
use super::super::{answer, operations};
use super::CommandError;
use crate::config::{AddressSettings, StorageSettings};
use crate::destinations::DestinationView;
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct List {
    /// Print the destinations as JSON
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
        let views = operations.destinations(&Actor::command_line()).await?;
        operations.store.close().await;
        if self.json {
            answer_json(&views);
        } else if views.is_empty() {
            answer("no destinations yet: add one with `hookproof destination add --help`");
        } else {
            for view in views {
                answer(format_args!("{}  {}  {}", view.name, view.url, condition(&view)));
            }
        }
        Ok(())
    }
}

/// Whether it gets anything, and how it takes it.
fn condition(view: &DestinationView) -> String {
    match view.disabled {
        Some(Disabled { reason, .. }) => format!("disabled ({reason})"),
        None => view.health.state.to_string(),
    }
}
