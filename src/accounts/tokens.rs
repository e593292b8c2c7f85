use std::net::IpAddr;

use model::{ActorKind, AuditAction, AuditTarget, AuditTargetKind, Role, Text, TokenId, TokenSummary};
use zeroize::Zeroizing;

use super::sign_in_limits::Origin;
use super::unguessable::{digest, new_text};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::accounts::{NewToken, Token, User};
use crate::store::change::Change;

/// What every token begins with, so that people and scanners for leaked secrets know one when they see it.
const PREFIX: &str = "hp_";
const HINT_LENGTH: usize = 4;
/// How exactly it is known when a token was used last.
const NOTED_EVERY_SECONDS: i64 = 60 * 60;
/// In characters.
const LONGEST_NAME: usize = 100;

/// A token that was made just now. Whoever made it shows it once.
pub struct NewTokenValue {
    pub id: TokenId,
    pub name: String,
    pub value: Zeroizing<String>,
}

impl std::fmt::Debug for NewTokenValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewTokenValue({})", self.name)
    }
}

impl Operations {
    /// Makes a token with which programs act as the one who asks. Takes the password: a token outlives the session.
    pub async fn add_token(
        &self,
        actor: &Actor,
        origin: &Origin,
        name: &str,
        password: &str,
    ) -> Result<NewTokenValue, OperationError> {
        let user = self.own_user(actor).await?;
        read_name(name)?;
        self.check_own_password(origin, &user, "password", password).await?;
        self.give_token(actor, &user, name).await
    }

    /// Makes a token for a user. For admins.
    pub async fn add_token_for(&self, actor: &Actor, email: &str, name: &str) -> Result<NewTokenValue, OperationError> {
        actor.require(Role::Admin)?;
        let user = self.user_named(actor, email).await?;
        self.give_token(actor, &user, name).await
    }

    /// Makes a token of the one who asks worthless.
    pub async fn revoke_token(&self, actor: &Actor, id: TokenId) -> Result<(), OperationError> {
        let user = self.own_user(actor).await?;
        let tokens = self.store.tokens_of(user.id).await?;
        let token = tokens.into_iter().find(|token| token.id == id);
        let token = token.ok_or(OperationError::NotFound("token"))?;
        self.revoke(actor, &user, &token).await
    }

    pub(super) async fn revoke_all_tokens(&self, actor: &Actor, user: &User) -> Result<(), OperationError> {
        for token in self.store.tokens_of(user.id).await? {
            match self.revoke(actor, user, &token).await {
                // Revoked in the meantime.
                Ok(()) | Err(OperationError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn revoke(&self, actor: &Actor, user: &User, token: &Token) -> Result<(), OperationError> {
        let target = target(token.id, user, &token.name);
        let entry = self.entry(actor, AuditAction::TokenRevoked, Some(target), Vec::new());
        let change = Change::RevokeToken(user.id, token.id, entry.at);
        Ok(self.store.change(&change, &entry).await?)
    }

    /// Whose token it is that a program brought: `NotSignedIn` unless it is live and its user is not disabled.
    pub async fn actor_of_token(&self, value: &str, address: IpAddr) -> Result<Actor, OperationError> {
        if !value.starts_with(PREFIX) {
            return Err(OperationError::NotSignedIn);
        }
        let found = self.store.token(digest(value)).await?;
        let (token, user) = found
            .filter(|(_, user)| user.disabled_at.is_none())
            .ok_or(OperationError::NotSignedIn)?;
        let now = self.clock.now();
        let is_noted = |used: model::Timestamp| now < used.plus_seconds(NOTED_EVERY_SECONDS);
        if !token.last_used_at.is_some_and(is_noted) {
            self.store.note_token_used(token.id, now).await?;
        }
        Ok(Actor {
            kind: ActorKind::Token,
            name: format!("{}/{}", user.email, token.name),
            ..Actor::signed_in(&user, address)
        })
    }

    async fn give_token(&self, actor: &Actor, user: &User, name: &str) -> Result<NewTokenValue, OperationError> {
        let name = read_name(name)?;
        let value = Zeroizing::new(format!("{PREFIX}{}", new_text().as_str()));
        let created_at = self.clock.now();
        let token = NewToken {
            id: TokenId(self.ids.next(created_at)),
            user: user.id,
            name: name.clone(),
            digest: digest(value.as_bytes()),
            hint: value[value.len() - HINT_LENGTH..].to_owned(),
            created_at,
        };
        let id = token.id;
        let entry = self.entry(actor, AuditAction::TokenAdded, Some(target(id, user, &name)), Vec::new());
        self.store.change(&Change::AddToken(token), &entry).await?;
        Ok(NewTokenValue { id, name, value })
    }
}

fn read_name(typed: &str) -> Result<String, OperationError> {
    let name = typed.trim();
    let is_kept_whole = Text::new(name).is_some_and(|kept| kept.as_str() == name);
    if is_kept_whole && name.chars().count() <= LONGEST_NAME {
        Ok(name.to_owned())
    } else {
        let message = format!("it is empty, longer than {LONGEST_NAME} characters, or cannot be shown");
        Err(OperationError::invalid("name", message))
    }
}

pub(super) fn summary(token: Token) -> TokenSummary {
    TokenSummary {
        id: token.id,
        name: token.name,
        hint: token.hint,
        created_at: token.created_at,
        last_used_at: token.last_used_at,
    }
}

fn target(id: TokenId, user: &User, name: &str) -> AuditTarget {
    AuditTarget {
        kind: AuditTargetKind::Token,
        id: id.to_string(),
        name: format!("{}/{name}", user.email),
    }
}
