//! `hookproof key …`: a file a verb.

mod rotate;

use clap::Subcommand;

use super::CommandError;

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Seal all secrets with a new key that takes the place of the key file, or with the one in `HOOKPROOF_NEXT_KEY` where the
    /// key comes from the environment
    Rotate(rotate::Rotate),
}

impl KeyCommand {
    pub async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Rotate(rotate) => rotate.run().await,
        }
    }
}
