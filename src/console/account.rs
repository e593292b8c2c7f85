use app::port::Account;
use app::view::{AccountPage, ConsoleError, SecondFactor, ShownOnce, Typed};
use async_trait::async_trait;
use model::{SessionSummary, TokenId, UserSummary};

use super::{ServerConsole, report};
use crate::accounts::NewPassword;
use crate::accounts::sessions::digest_of;
use crate::store::accounts::{Digest, Session};

#[async_trait]
impl Account for ServerConsole {
    async fn account(&self) -> Result<AccountPage, ConsoleError> {
        let account = self.operations.own_account(&self.actor).await.map_err(report)?;
        let current = digest_of(&self.session);
        let sessions = account.sessions.into_iter().map(|session| summary(session, current));
        Ok(AccountPage {
            second_factor: match account.recovery_codes_left {
                Some(left) => SecondFactor::On {
                    recovery_codes_left: u32::try_from(left).unwrap_or(u32::MAX),
                },
                None => self.offered(&account.user).await?,
            },
            user: account.user,
            sessions: sessions.collect(),
            tokens: account.tokens,
            now: self.operations.clock.now(),
        })
    }

    async fn change_password(&self, current: Typed, new: Typed, revoke_tokens: bool) -> Result<(), ConsoleError> {
        let keep = digest_of(&self.session);
        let passwords = NewPassword {
            current: &current.0,
            new: &new.0,
        };
        let changed = self
            .operations
            .change_password(&self.actor, &self.origin(), passwords, revoke_tokens, keep)
            .await;
        changed.map_err(report)?;
        self.change_id().await
    }

    async fn begin_second_factor(&self, password: Typed) -> Result<(), ConsoleError> {
        let begun = self
            .operations
            .begin_second_factor(&self.actor, &self.origin(), &password.0)
            .await;
        self.keep_second_factor(&begun.map_err(report)?).await
    }

    async fn confirm_second_factor(&self, code: Typed) -> Result<(), ConsoleError> {
        let no_secret = || ConsoleError::Conflict("there is nothing to confirm: begin again".to_owned());
        let sealed = self.kept_second_factor().await?.ok_or_else(no_secret)?;
        let keep = digest_of(&self.session);
        let confirmed = self
            .operations
            .confirm_second_factor(&self.actor, &self.origin(), sealed, &code.0, keep)
            .await;
        let codes = confirmed.map_err(report)?;
        self.forget_second_factor().await?;
        self.show_once(&ShownOnce::RecoveryCodes(codes.0)).await?;
        self.change_id().await
    }

    async fn remove_second_factor(&self, password: Typed) -> Result<(), ConsoleError> {
        let keep = digest_of(&self.session);
        let removed = self
            .operations
            .remove_second_factor(&self.actor, &self.origin(), &password.0, keep)
            .await;
        removed.map_err(report)?;
        self.change_id().await
    }

    async fn end_session(&self, key: String) -> Result<(), ConsoleError> {
        let session = read_key(&key).ok_or(ConsoleError::NotFound)?;
        self.operations.end_session(&self.actor, session).await.map_err(report)?;
        if digest_of(&self.session) == Some(session) {
            self.forget().await?;
        }
        Ok(())
    }

    async fn end_other_sessions(&self) -> Result<(), ConsoleError> {
        let keep = digest_of(&self.session);
        self.operations.end_other_sessions(&self.actor, keep).await.map_err(report)
    }

    async fn add_token(&self, name: String, password: Typed) -> Result<(), ConsoleError> {
        let added = self
            .operations
            .add_token(&self.actor, &self.origin(), &name, &password.0)
            .await;
        let token = added.map_err(report)?;
        let shown = ShownOnce::Token {
            name: token.name,
            value: token.value.as_str().to_owned(),
        };
        self.show_once(&shown).await
    }

    async fn revoke_token(&self, id: TokenId) -> Result<(), ConsoleError> {
        self.operations.revoke_token(&self.actor, id).await.map_err(report)
    }

    async fn shown_once(&self) -> Result<Option<ShownOnce>, ConsoleError> {
        self.take_shown_once().await
    }
}

impl ServerConsole {
    /// What an authenticator is told while a second factor waits to be confirmed.
    async fn offered(&self, user: &UserSummary) -> Result<SecondFactor, ConsoleError> {
        let kept = self.kept_second_factor().await?;
        let enrolment = kept.and_then(|sealed| self.operations.enrolment(user.id, &user.email, &sealed));
        Ok(enrolment.map_or(SecondFactor::Off, |enrolment| SecondFactor::Pending {
            secret: enrolment.secret,
            url: enrolment.url,
            qr: enrolment.qr,
        }))
    }
}

fn summary(session: Session, current: Option<Digest>) -> SessionSummary {
    SessionSummary {
        key: session
            .digest
            .0
            .iter()
            .fold(String::new(), |key, byte| key + &format!("{byte:02x}")),
        current: current == Some(session.digest),
        signed_in_at: session.created_at,
        last_seen_at: session.last_seen_at,
        address: session.address.to_string(),
        user_agent: session.user_agent,
    }
}

fn read_key(key: &str) -> Option<Digest> {
    if key.len() != 64 || !key.is_ascii() {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(key.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Digest(digest))
}
