//! `hookproof token …`: a file a verb.

mod add;

use clap::Subcommand;

use super::CommandError;

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token with which a program acts as a user, and print it this one time
    Add(add::Add),
}

impl TokenCommand {
    pub async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
        }
    }
}
