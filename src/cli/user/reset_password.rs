use clap::Args;

use super::super::{CommandError, answer, operations};
use crate::config::{AddressSettings, StorageSettings};
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct ResetPassword {
    /// The user's e-mail address
    email: String,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

impl ResetPassword {
    pub async fn run(self) -> Result<(), CommandError> {
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let actor = Actor::command_line();
        let user = operations.user_named(&actor, &self.email).await?;
        let link = operations.reset_link(&actor, user.id).await?;
        operations.store.close().await;
        answer(format_args!(
            "{} chooses a password here, until {}:",
            link.email,
            link.expires_at.floor_to(60)
        ));
        answer(link.url.as_str());
        Ok(())
    }
}
