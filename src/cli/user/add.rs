use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use model::Role;

use super::super::{CommandError, answer, endpoint::read_stdin, operations};
use crate::config::{AddressSettings, StorageSettings};
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct Add {
    /// The user's e-mail address
    email: String,
    /// What they may do: each role may do all that those before it may
    #[arg(long, value_parser = roles())]
    role: Role,
    /// Read the password from standard input; without this a link is printed under which they choose one
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

impl Add {
    pub async fn run(self) -> Result<(), CommandError> {
        let password = if self.password_stdin { Some(read_stdin()?) } else { None };
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let actor = Actor::command_line();
        if let Some(password) = password {
            operations.add_user(&actor, &self.email, self.role, &password).await?;
            answer(format_args!("{} is {} and can sign in.", self.email, self.role));
        } else {
            let link = operations.invite(&actor, &self.email, self.role).await?;
            let until = link.expires_at.floor_to(60);
            answer(format_args!("{} chooses a password here, until {until}:", link.email));
            answer(link.url.as_str());
        }
        operations.store.close().await;
        Ok(())
    }
}

fn roles() -> impl TypedValueParser<Value = Role> {
    let words: PossibleValuesParser = Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().into();
    words.map(|word| word.parse().expect("only known words are possible"))
}
