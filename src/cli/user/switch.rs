use clap::Args;

use super::super::{CommandError, answer, operations};
use crate::config::{AddressSettings, StorageSettings};
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct Switch {
    /// The user's e-mail address
    email: String,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

impl Switch {
    pub async fn run(self, disabled: bool) -> Result<(), CommandError> {
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let actor = Actor::command_line();
        let user = operations.user_named(&actor, &self.email).await?;
        operations.set_user_disabled(&actor, user.id, disabled).await?;
        operations.store.close().await;
        answer(format_args!(
            "{} is {}.",
            user.email,
            if disabled { "disabled" } else { "enabled" }
        ));
        Ok(())
    }
}
