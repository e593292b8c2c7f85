use clap::Args;

use super::{CommandError, answer};
use crate::config::StorageSettings;
use crate::store;

#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    storage: StorageSettings,
}

impl Migrate {
    pub async fn run(self) -> Result<(), CommandError> {
        let store = store::open(&self.storage.database_url).await?;
        store.migrate().await?;
        store.close().await;
        answer("the database has this version's form");
        Ok(())
    }
}
