//! `hookproof user …`: a file a verb.

mod add;
mod list;
mod reset_password;
mod reset_second_factor;
mod switch;

use clap::Subcommand;

use super::CommandError;

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user with a password from standard input, or print a link under which they choose one
    Add(add::Add),
    /// List the users
    List(list::List),
    /// Let a user in no more: their sessions end, their tokens and links are worth nothing
    Disable(switch::Switch),
    /// Let a user in again
    Enable(switch::Switch),
    /// Print a link under which a user chooses another password
    ResetPassword(reset_password::ResetPassword),
    /// Turn a user's second factor off, for someone who lost the device and the recovery codes
    ResetSecondFactor(reset_second_factor::ResetSecondFactor),
}

impl UserCommand {
    pub async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
            Self::Disable(switch) => switch.run(true).await,
            Self::Enable(switch) => switch.run(false).await,
            Self::ResetPassword(reset) => reset.run().await,
            Self::ResetSecondFactor(reset) => reset.run().await,
        }
    }
}
