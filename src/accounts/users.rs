use model::{AuditAction, AuditChange, LinkPurpose, Role, UserId, UserSummary};

use super::links::{IssuedLink, read_email};
use super::sign_in::normal_email;
use super::target;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::accounts::User;
use crate::store::change::Change;

impl Operations {
    /// All users, by e-mail address. For admins.
    pub async fn users(&self, actor: &Actor) -> Result<Vec<UserSummary>, OperationError> {
        actor.require(Role::Admin)?;
        Ok(self.store.users().await?.iter().map(UserSummary::from).collect())
    }

    /// The user with that e-mail address. For admins.
    pub async fn user_named(&self, actor: &Actor, email: &str) -> Result<User, OperationError> {
        actor.require(Role::Admin)?;
        let user = self.store.user_by_email(&normal_email(email)).await?;
        user.ok_or(OperationError::NotFound("user"))
    }

    /// Adds a user with a password. For admins.
    pub async fn add_user(&self, actor: &Actor, email: &str, role: Role, password: &str) -> Result<UserId, OperationError> {
        actor.require(Role::Admin)?;
        let email = read_email(email)?;
        let user = User {
            password_hash: Some(self.passwords.hash("password", password).await?),
            ..self.new_user(email, role)
        };
        let entry = self.entry(actor, AuditAction::UserAdded, Some(target(&user)), vec![role_now(role)]);
        let id = user.id;
        self.store.change(&Change::AddUser(user), &entry).await?;
        Ok(id)
    }

    /// Adds a user who chooses a password under the link. For admins.
    pub async fn invite(&self, actor: &Actor, email: &str, role: Role) -> Result<IssuedLink, OperationError> {
        actor.require(Role::Admin)?;
        let user = self.new_user(read_email(email)?, role);
        let (link, issued) = self.new_link(LinkPurpose::Invite, Some(&user));
        let entry = self.entry(actor, AuditAction::UserInvited, Some(target(&user)), vec![role_now(role)]);
        self.store.change(&Change::InviteUser(user, link), &entry).await?;
        Ok(issued)
    }

    /// For admins.
    pub async fn set_role(&self, actor: &Actor, id: UserId, role: Role) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        let user = self.user(id).await?;
        if user.role == role {
            return Ok(());
        }
        let detail = AuditChange {
            before: Some(user.role.to_string()),
            ..role_now(role)
        };
        let entry = self.entry(actor, AuditAction::RoleChanged, Some(target(&user)), vec![detail]);
        Ok(self.store.change(&Change::SetRole(id, role), &entry).await?)
    }

    /// Disabling ends the user's sessions and makes their tokens and links worthless until they are enabled. For admins.
    pub async fn set_user_disabled(&self, actor: &Actor, id: UserId, disabled: bool) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        let user = self.user(id).await?;
        if user.disabled_at.is_some() == disabled {
            return Ok(());
        }
        let action = if disabled {
            AuditAction::UserDisabled
        } else {
            AuditAction::UserEnabled
        };
        let entry = self.entry(actor, action, Some(target(&user)), Vec::new());
        let change = Change::SetDisabled(id, disabled.then_some(entry.at));
        Ok(self.store.change(&change, &entry).await?)
    }

    /// A link under which the user chooses another password; for someone invited, the first. For admins.
    pub async fn reset_link(&self, actor: &Actor, id: UserId) -> Result<IssuedLink, OperationError> {
        actor.require(Role::Admin)?;
        let user = self.user(id).await?;
        if user.disabled_at.is_some() {
            return Err(OperationError::Conflict("the user is disabled: enable them first".to_owned()));
        }
        let purpose = match user.password_hash {
            Some(_) => LinkPurpose::Reset,
            None => LinkPurpose::Invite,
        };
        self.add_link(actor, purpose, &user).await
    }

    /// For someone who lost both the device and the recovery codes. Ends their sessions. For admins.
    pub async fn reset_second_factor(&self, actor: &Actor, id: UserId) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        let user = self.user(id).await?;
        if user.second_factor.is_none() {
            return Err(OperationError::Conflict("the user has no second factor".to_owned()));
        }
        self.drop_second_factor(actor, &user, None).await
    }

    /// Sets a user's password without asking for the one before. For admins.
    pub async fn set_password_of(&self, actor: &Actor, id: UserId, password: &str) -> Result<(), OperationError> {
        actor.require(Role::Admin)?;
        let user = self.user(id).await?;
        let change = Change::SetPassword {
            user: id,
            password_hash: self.passwords.hash("password", password).await?,
            keep: None,
        };
        let entry = self.entry(actor, AuditAction::PasswordChanged, Some(target(&user)), Vec::new());
        Ok(self.store.change(&change, &entry).await?)
    }

    async fn user(&self, id: UserId) -> Result<User, OperationError> {
        self.store.user(id).await?.ok_or(OperationError::NotFound("user"))
    }
}

fn role_now(role: Role) -> AuditChange {
    AuditChange {
        field: "role".to_owned(),
        before: None,
        after: Some(role.to_string()),
    }
}
