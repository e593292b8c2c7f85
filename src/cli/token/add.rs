use clap::Args;

use super::super::{CommandError, answer, operations};
use crate::config::{AddressSettings, StorageSettings};
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct Add {
    /// The e-mail address of the user whose role the token has
    #[arg(long)]
    user: String,
    /// What tells this token from the user's others, such as "nightly export"
    #[arg(long)]
    name: String,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

impl Add {
    pub async fn run(self) -> Result<(), CommandError> {
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let token = operations
            .add_token_for(&Actor::command_line(), &self.user, &self.name)
            .await?;
        operations.store.close().await;
        answer(format_args!(
            "The token `{}` of {}; it is not shown again:",
            token.name, self.user
        ));
        // Alone on the last line, for programs.
        answer(token.value.as_str());
        Ok(())
    }
}
