use clap::Args;
use model::Timestamp;
use secrecy::SecretString;

use super::super::operations;
use super::{CommandError, answer, named, read_stdin};
use crate::config::{AddressSettings, StorageSettings};
use crate::endpoints::NewSecret;
use crate::operation::Actor;

#[derive(Debug, Args)]
pub struct Secret {
    /// The endpoint's name or id
    #[arg(long)]
    endpoint: String,
    /// What tells this secret from the others, such as "since November"
    #[arg(long)]
    label: String,
    /// From when it is accepted, such as 2026-11-20T12:00:00Z; at once by default
    #[arg(long, value_parser = time)]
    not_before: Option<Timestamp>,
    /// Until when it is accepted; for ever by default
    #[arg(long, value_parser = time)]
    expires_at: Option<Timestamp>,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

impl Secret {
    pub async fn run(self) -> Result<(), CommandError> {
        let value = SecretString::from(read_stdin()?.as_str());
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let endpoint = named(&operations, &self.endpoint).await?;
        let new = NewSecret {
            value,
            label: self.label,
            not_before: self.not_before,
            expires_at: self.expires_at,
        };
        let added = operations.add_secret(&Actor::command_line(), endpoint.id, new).await?;
        operations.store.close().await;
        answer(format_args!(
            "{} has the secret `{}` (…{}).",
            endpoint.name, added.label, added.hint
        ));
        Ok(())
    }
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "not a time such as 2026-11-20T12:00:00Z".to_owned())
}
