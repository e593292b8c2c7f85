use model::{Role, SubjectSummary};

use crate::operation::{Actor, OperationError, Operations};

const MOST_RECENT: u32 = 50;

impl Operations {
    /// The subjects of the newest webhooks, each once, newest first. For viewers.
    pub async fn recent_subjects(&self, actor: &Actor) -> Result<Vec<SubjectSummary>, OperationError> {
        actor.require(Role::Viewer)?;
        Ok(self.store.recent_subjects(MOST_RECENT).await?)
    }
}
