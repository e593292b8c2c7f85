//! Not there yet.
#![allow(unused_variables, clippy::all)]
use super::ServerConsole;
use app::port::*;
use app::view::*;
use async_trait::async_trait;
use model::*;
#[async_trait]
impl Audit for ServerConsole {
    async fn audit(&self, filter: AuditFilter, before: Option<u64>) -> Result<AuditList, ConsoleError> {
        unimplemented!()
    }
}
