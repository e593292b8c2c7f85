use model::{AuditAction, AuditChange, UserId};

use super::links::read_email;
use super::sign_in_limits::Origin;
use super::unguessable::digest;
use super::{target, totp};
use crate::accounts::secrets::Purpose;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::StoreError;
use crate::store::accounts::{Digest, SealedSecondFactor, User};
use crate::store::change::Change;

/// How far someone came.
#[derive(Debug)]
pub enum Entered {
    SignedIn(User),
    /// The password is right, and a code is needed as well.
    NeedsCode(User),
}

/// Why someone is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// There is no such user, they are disabled, or the password or code is wrong: nobody is told which.
    #[error("the e-mail address, the password or the code is not right")]
    Refused,
    #[error(transparent)]
    Operation(#[from] OperationError),
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::Operation(error.into())
    }
}

impl Operations {
    /// The first step. Open to everyone.
    pub async fn sign_in(&self, origin: &Origin, email: &str, password: &str) -> Result<Entered, SignInError> {
        let email = normal_email(email);
        let found = self.store.password_of(&email).await?;
        let (id, hash) = found.map_or((None, None), |found| (Some(found.user), found.hash));
        let place = self.passwords.place(origin.line(id))?;
        self.sign_in_limits.count_password(&email, id, origin)?;
        let is_right = self.passwords.verify(place, password, hash.as_deref()).await;
        // The hash takes its time: who was disabled or got another password meanwhile does not come in by the old one.
        let user = match id.filter(|_| is_right) {
            Some(id) => self.store.user(id).await?,
            None => None,
        };
        match user {
            Some(user) if user.disabled_at.is_none() && user.password_hash == hash => {
                Ok(self.after_password(origin, user).await?)
            }
            _ => self.refuse(origin, &email, "password").await,
        }
    }

    /// The second step: a code of the authenticator, or a recovery code. Open to whoever passed the first, with the password
    /// of that [`password_mark`].
    pub async fn second_factor(&self, origin: &Origin, user: UserId, password: Digest, code: &str) -> Result<User, SignInError> {
        self.sign_in_limits.count_code(user, origin)?;
        let is_awaited = |user: &User| user.disabled_at.is_none() && password_mark(user) == password;
        let Some(user) = self.store.user(user).await?.filter(is_awaited) else {
            return Err(SignInError::Refused);
        };
        // Turned off in the meantime: the session of the first step is not enough to come in by.
        let Some(factor) = &user.second_factor else {
            return Err(SignInError::Refused);
        };
        if self.is_code(origin, &user, factor, code).await? {
            self.welcome(origin, &user).await?;
            Ok(user)
        } else {
            self.refuse(origin, &user.email, "code").await
        }
    }

    /// Writes that someone left; the session is the door's.
    pub async fn sign_out(&self, actor: &Actor) -> Result<(), OperationError> {
        actor.own()?;
        let entry = self.entry(actor, AuditAction::SignedOut, None, Vec::new());
        Ok(self.store.change(&Change::Nothing, &entry).await?)
    }

    /// Goes on once the password is known to be right, or was chosen under a link.
    pub(super) async fn after_password(&self, origin: &Origin, user: User) -> Result<Entered, OperationError> {
        if user.second_factor.is_some() {
            return Ok(Entered::NeedsCode(user));
        }
        self.welcome(origin, &user).await?;
        Ok(Entered::SignedIn(user))
    }

    async fn welcome(&self, origin: &Origin, user: &User) -> Result<(), OperationError> {
        let actor = Actor::signed_in(user, origin.address);
        let entry = self.entry(&actor, AuditAction::SignedIn, None, Vec::new());
        self.store.change(&Change::Nothing, &entry).await?;
        Ok(self.store.note_sign_in(user.id, entry.at).await?)
    }

    /// Writes who was tried, unless the log was just told of one like it, and answers the same to all.
    async fn refuse<T>(&self, origin: &Origin, tried: &str, step: &'static str) -> Result<T, SignInError> {
        let now = self.clock.now();
        let Some(left_out) = self.sign_in_limits.note_refusal(tried, origin, step, now) else {
            return Err(SignInError::Refused);
        };
        let actor = Actor {
            // What is no address may be a password that was typed into the wrong field.
            name: read_email(tried).unwrap_or_default(),
            ..Actor::nobody(origin.address)
        };
        let said = |field: &str, what: String| AuditChange {
            field: field.to_owned(),
            before: None,
            after: Some(what),
        };
        let mut detail = vec![said("step", step.to_owned())];
        if left_out > 0 {
            detail.push(said("tries_left_out", left_out.to_string()));
        }
        let entry = self.entry(&actor, AuditAction::SignInFailed, None, detail);
        self.store.change(&Change::Nothing, &entry).await?;
        Err(SignInError::Refused)
    }

    async fn is_code(
        &self,
        origin: &Origin,
        user: &User,
        factor: &SealedSecondFactor,
        code: &str,
    ) -> Result<bool, OperationError> {
        let code: String = code.chars().filter(|character| !character.is_whitespace()).collect();
        if let Some(recovery_code) = super::second_factor::recovery_code(&code) {
            return self.use_recovery_code(origin, user, recovery_code).await;
        }
        let now = self.clock.now();
        let secret = self
            .sealing_key()
            .await?
            .open(user.id.0, Purpose::Totp, &factor.sealed_secret)
            .map_err(|_| OperationError::KeyUnavailable)?;
        match totp::step_of(&secret, &code, now) {
            Some(step) => Ok(self.store.take_totp_step(user.id, step).await?),
            None => Ok(false),
        }
    }

    async fn use_recovery_code(&self, origin: &Origin, user: &User, code: Digest) -> Result<bool, OperationError> {
        let actor = Actor::signed_in(user, origin.address);
        let entry = self.entry(&actor, AuditAction::RecoveryCodeUsed, Some(target(user)), Vec::new());
        let change = Change::UseRecoveryCode {
            user: user.id,
            code,
            at: entry.at,
        };
        match self.store.change(&change, &entry).await {
            Ok(()) => Ok(true),
            Err(StoreError::Missing(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// What the first step leaves for the second: another password makes it worthless.
pub fn password_mark(user: &User) -> Digest {
    digest(user.password_hash.as_deref().unwrap_or_default())
}

/// The one form that an e-mail address is compared in.
pub(super) fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}
