//! `hookproof destination …`: a file a verb.

mod add;
mod list;

use clap::Subcommand;

use super::CommandError;

#[derive(Debug, Subcommand)]
pub enum DestinationCommand {
    /// Add a destination and print the secret that its requests are signed with
    Add(Box<add::Add>),
    /// List the destinations
    List(list::List),
}

impl DestinationCommand {
    pub async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
        }
    }
}
