use app::port::Audit;
use app::view::{AuditList, ConsoleError};
use async_trait::async_trait;
use model::AuditFilter;

use super::{ServerConsole, report};

const ENTRIES: u32 = 50;

#[async_trait]
impl Audit for ServerConsole {
    async fn audit(&self, filter: AuditFilter, before: Option<u64>) -> Result<AuditList, ConsoleError> {
        let read = async |filter, before, limit| {
            let page = self.operations.audit(&self.actor, filter, before, limit).await;
            page.map_err(report)
        };
        let page = read(&filter, before, ENTRIES).await?;
        let any = !page.items.is_empty() || !read(&AuditFilter::default(), None, 1).await?.items.is_empty();
        Ok(AuditList {
            page,
            any,
            now: self.operations.clock.now(),
        })
    }
}
