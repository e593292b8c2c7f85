use clap::Args;

use super::super::answer;
use super::CommandError;
use crate::audit;
use crate::config::StorageSettings;
use crate::store;
use crate::store::audit::AuditHead;

/// Takes no key: a log can be checked by whoever can read the database.
#[derive(Debug, Args)]
pub struct Verify {
    /// Where the log ended earlier, as this command prints it and the server logs it: fails when the log does not lead there
    #[arg(long, value_name = "NUMBER:HASH")]
    expect: Option<AuditHead>,
    #[command(flatten)]
    storage: StorageSettings,
}

impl Verify {
    pub async fn run(self) -> Result<(), CommandError> {
        let store = store::open(&self.storage.database_url).await?;
        store.migrate().await?;
        let end = audit::verify(store.as_ref(), self.expect).await?;
        store.close().await;
        answer(format_args!("{} entries that follow on each other.", end.number));
        answer("Keep this elsewhere, and compare next time with --expect; otherwise an end that was cut off does not show:");
        answer(end);
        Ok(())
    }
}
