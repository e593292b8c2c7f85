//! Not there yet.
#![allow(unused_variables, clippy::all)]
use super::ServerConsole;
use app::port::*;
use app::view::*;
use async_trait::async_trait;
use model::*;
#[async_trait]
impl SignIn for ServerConsole {
    async fn sign_in(&self, email: String, password: Typed) -> Result<SignInStep, ConsoleError> {
        unimplemented!()
    }
    async fn second_factor(&self, code: Typed) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn sign_out(&self) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn link(&self, token: String) -> Result<LinkPage, ConsoleError> {
        unimplemented!()
    }
    async fn use_link(&self, token: String, email: Option<String>, password: Typed) -> Result<SignInStep, ConsoleError> {
        unimplemented!()
    }
}
#[async_trait]
impl Account for ServerConsole {
    async fn account(&self) -> Result<AccountPage, ConsoleError> {
        unimplemented!()
    }
    async fn change_password(&self, current: Typed, new: Typed) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn begin_second_factor(&self) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn confirm_second_factor(&self, code: Typed) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn remove_second_factor(&self, password: Typed) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn end_session(&self, key: String) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn end_other_sessions(&self) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn add_token(&self, name: String) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn revoke_token(&self, id: TokenId) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn shown_once(&self) -> Result<Option<ShownOnce>, ConsoleError> {
        unimplemented!()
    }
}
#[async_trait]
impl Users for ServerConsole {
    async fn users(&self) -> Result<UserList, ConsoleError> {
        unimplemented!()
    }
    async fn invite(&self, email: String, role: Role) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn set_role(&self, id: UserId, role: Role) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn set_user_disabled(&self, id: UserId, disabled: bool) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn reset_link(&self, id: UserId) -> Result<(), ConsoleError> {
        unimplemented!()
    }
    async fn reset_second_factor(&self, id: UserId) -> Result<(), ConsoleError> {
        unimplemented!()
    }
}
#[async_trait]
impl Audit for ServerConsole {
    async fn audit(&self, filter: AuditFilter, before: Option<u64>) -> Result<AuditList, ConsoleError> {
        unimplemented!()
    }
}
