use app::port::Subjects;
use app::view::{ConsoleError, Erasing, SubjectList, SubjectPage};
use async_trait::async_trait;
use model::{Role, Text};

use super::endpoints::marks;
use super::{ServerConsole, report};

#[async_trait]
impl Subjects for ServerConsole {
    async fn subjects(&self) -> Result<SubjectList, ConsoleError> {
        Ok(SubjectList {
            recent: self.operations.recent_subjects(&self.actor).await.map_err(report)?,
            providers: marks(),
            now: self.operations.clock.now(),
        })
    }

    async fn subject(&self, subject: Text) -> Result<SubjectPage, ConsoleError> {
        let (operations, actor) = (&self.operations, &self.actor);
        let found = operations.subject(actor, &subject).await.map_err(report)?;
        let named = found.events.iter().map(|event| event.endpoint_id);
        Ok(SubjectPage {
            endpoints: operations.endpoint_names(actor, named).await.map_err(report)?,
            records: operations.records_of_subject(actor, &subject).await.map_err(report)?,
            erasing: self.erasing(&subject).await?,
            present: found.present,
            events: found.events,
            has_more: found.has_more,
            providers: marks(),
            now: operations.clock.now(),
            subject,
        })
    }

    async fn erase_subject(&self, subject: Text) -> Result<(), ConsoleError> {
        let erased = self.operations.erase_subject(&self.actor, &subject).await;
        erased.map(drop).map_err(report)
    }
}

impl ServerConsole {
    async fn erasing(&self, subject: &Text) -> Result<Option<Erasing>, ConsoleError> {
        if self.actor.require(Role::Admin).is_err() {
            return Ok(None);
        }
        let size = self.operations.subject_size(&self.actor, subject).await.map_err(report)?;
        Ok(Some(Erasing {
            webhooks: size.webhooks,
            records: size.records,
            deliveries: size.deliveries,
            shared: size.shared,
        }))
    }
}
