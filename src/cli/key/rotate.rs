use clap::Args;

use super::super::{answer, operations};
use super::CommandError;
use crate::accounts::vault::KeySource;
use crate::config::{AddressSettings, StorageSettings};
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct Rotate {
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

impl Rotate {
    pub async fn run(self) -> Result<(), CommandError> {
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let count = operations.rotate_key(&Actor::command_line()).await?;
        operations.store.close().await;
        answer(format_args!("Sealed again with a new key: {count}."));
        answer(match operations.vault.source() {
            KeySource::File(path) => format!(
                "It is in {}: keep a copy, and put one on every other machine that uses this database.",
                path.display()
            ),
            KeySource::Environment { .. } => {
                "Set HOOKPROOF_KEY to the value of HOOKPROOF_NEXT_KEY, unset HOOKPROOF_NEXT_KEY, and restart every server that was \
                 started without it."
                    .to_owned()
            }
        });
        Ok(())
    }
}
