use app::port::Subjects;
use app::view::{ConsoleError, SubjectList, SubjectPage};
use async_trait::async_trait;
use model::Text;

use super::ServerConsole;

#[async_trait]
impl Subjects for ServerConsole {
    async fn subjects(&self) -> Result<SubjectList, ConsoleError> {
        Err(ConsoleError::Unavailable)
    }

    async fn subject(&self, _subject: Text) -> Result<SubjectPage, ConsoleError> {
        Err(ConsoleError::Unavailable)
    }

    async fn erase_subject(&self, _subject: Text) -> Result<(), ConsoleError> {
        Err(ConsoleError::Unavailable)
    }
}
