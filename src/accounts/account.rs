use model::{AuditAction, AuditTarget, AuditTargetKind, Role, UserSummary};

use super::sign_in_limits::Origin;
use super::target;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::accounts::{Digest, Session, User};
use crate::store::change::Change;

/// What someone's own page shows.
#[derive(Debug)]
pub struct OwnAccount {
    pub user: UserSummary,
    /// `None` without a second factor.
    pub recovery_codes_left: Option<usize>,
    /// The one seen last first.
    pub sessions: Vec<Session>,
    pub tokens: Vec<model::TokenSummary>,
}

/// What a user changes their password from and to.
pub struct NewPassword<'a> {
    pub current: &'a str,
    pub new: &'a str,
}

impl Operations {
    pub async fn own_account(&self, actor: &Actor) -> Result<OwnAccount, OperationError> {
        let user = self.own_user(actor).await?;
        let sessions = self.store.sessions_of(user.id, self.clock.now()).await?;
        let tokens = self.store.tokens_of(user.id).await?;
        Ok(OwnAccount {
            user: UserSummary::from(&user),
            recovery_codes_left: user.second_factor.map(|factor| factor.recovery_codes.len()),
            sessions,
            tokens: tokens.into_iter().map(super::tokens::summary).collect(),
        })
    }

    /// Ends the user's other sessions too, and if so wanted makes all of their tokens worthless.
    pub async fn change_password(
        &self,
        actor: &Actor,
        origin: &Origin,
        passwords: NewPassword<'_>,
        revoke_tokens: bool,
        keep: Option<Digest>,
    ) -> Result<(), OperationError> {
        let user = self.own_user(actor).await?;
        self.check_own_password(origin, &user, "current", passwords.current).await?;
        let password_hash = self.passwords.hash("new", passwords.new).await?;
        // Tokens first: whoever is told that it failed tries again, and nothing is left open.
        if revoke_tokens {
            self.revoke_all_tokens(actor, &user).await?;
        }
        let change = Change::SetPassword {
            user: user.id,
            password_hash,
            keep,
        };
        let entry = self.entry(actor, AuditAction::PasswordChanged, Some(target(&user)), Vec::new());
        Ok(self.store.change(&change, &entry).await?)
    }

    /// Ends one of the user's own sessions.
    pub async fn end_session(&self, actor: &Actor, session: Digest) -> Result<(), OperationError> {
        actor.require(Role::Viewer)?;
        let change = Change::EndSession(actor.own()?, session);
        let one = AuditTarget {
            kind: AuditTargetKind::Session,
            id: String::new(),
            name: "one session".to_owned(),
        };
        let entry = self.entry(actor, AuditAction::SessionsEnded, Some(one), Vec::new());
        Ok(self.store.change(&change, &entry).await?)
    }

    /// Signs the user out everywhere but in the session that is kept.
    pub async fn end_other_sessions(&self, actor: &Actor, keep: Option<Digest>) -> Result<(), OperationError> {
        actor.require(Role::Viewer)?;
        let change = Change::EndSessions {
            user: actor.own()?,
            keep,
        };
        let others = AuditTarget {
            kind: AuditTargetKind::Session,
            id: String::new(),
            name: "all other sessions".to_owned(),
        };
        let entry = self.entry(actor, AuditAction::SessionsEnded, Some(others), Vec::new());
        Ok(self.store.change(&change, &entry).await?)
    }

    /// Whoever asks, as the database has them now.
    pub(super) async fn own_user(&self, actor: &Actor) -> Result<User, OperationError> {
        actor.require(Role::Viewer)?;
        let user = self.store.user(actor.own()?).await?;
        user.ok_or(OperationError::NotSignedIn)
    }
}
