use clap::Args;
use model::Text;

use super::{CommandError, answer, operations};
use crate::config::{AddressSettings, StorageSettings};
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct Export {
    /// The subject: your own reference for the person, as it stands in the log
    #[arg(long)]
    subject: String,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

impl Export {
    pub async fn run(self) -> Result<(), CommandError> {
        let subject = Text::new(&self.subject).filter(|kept| kept.as_str() == self.subject);
        let subject =
            subject.ok_or_else(|| CommandError::Usage("that cannot be a subject: it is empty or too long".to_owned()))?;
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let export = operations.export_subject(&Actor::command_line(), &subject).await;
        operations.store.close().await;
        answer(serde_json::to_string_pretty(&export?).expect("plain data"));
        Ok(())
    }
}
