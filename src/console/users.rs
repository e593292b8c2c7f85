use app::port::Users;
use app::view::{ConsoleError, ShownOnce, UserList};
use async_trait::async_trait;
use model::{Role, UserId};

use super::{ServerConsole, report};
use crate::accounts::IssuedLink;

#[async_trait]
impl Users for ServerConsole {
    async fn users(&self) -> Result<UserList, ConsoleError> {
        Ok(UserList {
            users: self.operations.users(&self.actor).await.map_err(report)?,
            me: self.actor.user.ok_or(ConsoleError::NotSignedIn)?,
            now: self.operations.clock.now(),
        })
    }

    async fn invite(&self, email: String, role: Role) -> Result<(), ConsoleError> {
        let link = self.operations.invite(&self.actor, &email, role).await.map_err(report)?;
        self.show_link(link).await
    }

    async fn set_role(&self, id: UserId, role: Role) -> Result<(), ConsoleError> {
        self.operations.set_role(&self.actor, id, role).await.map_err(report)
    }

    async fn set_user_disabled(&self, id: UserId, disabled: bool) -> Result<(), ConsoleError> {
        self.operations
            .set_user_disabled(&self.actor, id, disabled)
            .await
            .map_err(report)
    }

    async fn reset_link(&self, id: UserId) -> Result<(), ConsoleError> {
        let link = self.operations.reset_link(&self.actor, id).await.map_err(report)?;
        self.show_link(link).await
    }

    async fn reset_second_factor(&self, id: UserId) -> Result<(), ConsoleError> {
        self.operations.reset_second_factor(&self.actor, id).await.map_err(report)
    }
}

impl ServerConsole {
    async fn show_link(&self, link: IssuedLink) -> Result<(), ConsoleError> {
        let shown = ShownOnce::Link {
            purpose: link.purpose,
            email: link.email,
            url: link.url.as_str().to_owned(),
        };
        self.show_once(&shown).await
    }
}
