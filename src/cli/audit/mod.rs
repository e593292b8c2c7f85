//! `hookproof audit …`: a file a verb.

mod verify;

use clap::Subcommand;

use super::CommandError;

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Look for an entry of the audit log that was changed or taken out
    Verify(verify::Verify),
}

impl AuditCommand {
    pub async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Verify(verify) => verify.run().await,
        }
    }
}
