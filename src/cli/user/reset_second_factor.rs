use clap::Args;

use super::super::{CommandError, answer, operations};
use crate::config::{AddressSettings, StorageSettings};
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct ResetSecondFactor {
    /// The user's e-mail address
    email: String,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

impl ResetSecondFactor {
    pub async fn run(self) -> Result<(), CommandError> {
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let actor = Actor::command_line();
        let user = operations.user_named(&actor, &self.email).await?;
        operations.reset_second_factor(&actor, user.id).await?;
        operations.store.close().await;
        answer(format_args!("{} signs in with the password alone.", user.email));
        Ok(())
    }
}
