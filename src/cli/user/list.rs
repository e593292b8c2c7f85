use clap::Args;
use model::UserSummary;

use super::super::{CommandError, answer, endpoint::answer_json, operations};
use crate::config::{AddressSettings, StorageSettings};
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct List {
    /// Print the users as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

impl List {
    pub async fn run(self) -> Result<(), CommandError> {
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let users = operations.users(&Actor::command_line()).await?;
        operations.store.close().await;
        if self.json {
            answer_json(&users);
        } else if users.is_empty() {
            answer("no users yet: `hookproof serve` prints a link under which the first admin is made");
        } else {
            for user in users {
                answer(format_args!("{}  {}{}", user.email, user.role, notes(&user)));
            }
        }
        Ok(())
    }
}

fn notes(user: &UserSummary) -> String {
    let all = [
        (user.disabled, "  disabled"),
        (user.invited, "  invited"),
        (user.second_factor, "  second factor"),
    ];
    all.iter().filter(|(is_so, _)| *is_so).map(|(_, note)| *note).collect()
}
