use clap::Args;
use model::Timestamp;

use super::{CommandError, answer, named, read_stdin};
use crate::accounts::unlock;
use crate::clock::{Ids, SystemClock};
use crate::config::StorageSettings;
use crate::endpoints::{self, NewSecret};
use crate::store;

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
}

impl Secret {
    pub async fn run(self) -> Result<(), CommandError> {
        let value = read_stdin()?;
        let store = store::open(&self.storage.database_url).await?;
        store.migrate().await?;
        let key = unlock(store.as_ref(), &self.storage.key_file).await?;
        let endpoint = named(store.as_ref(), &self.endpoint).await?;
        let new = NewSecret {
            value,
            label: self.label,
            not_before: self.not_before,
            expires_at: self.expires_at,
        };
        let added = endpoints::add_secret(store.as_ref(), &key, &SystemClock, &Ids::default(), &endpoint, new).await?;
        store.close().await;
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
