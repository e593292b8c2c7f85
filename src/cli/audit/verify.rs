use clap::Args;

use super::super::answer;
use super::CommandError;
use crate::audit;
use crate::config::StorageSettings;
use crate::store;

/// Takes no key: a log can be checked by whoever can read the database.
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    storage: StorageSettings,
}

impl Verify {
    pub async fn run(self) -> Result<(), CommandError> {
        let store = store::open(&self.storage.database_url).await?;
        store.migrate().await?;
        let verified = audit::verify(store.as_ref()).await?;
        store.close().await;
        answer(format_args!(
            "{} entries, all as they were written. Keep the last hash elsewhere, to compare: {}",
            verified.entries, verified.last
        ));
        Ok(())
    }
}
