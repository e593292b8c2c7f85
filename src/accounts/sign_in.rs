use model::{ActorKind, AuditAction, AuditChange, UserId};

use super::sign_in_limits::Origin;
use super::{target, totp};
use crate::accounts::secrets::Purpose;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::StoreError;
use crate::store::accounts::{SealedSecondFactor, User};
use crate::store::change::Change;

/// How much is kept of the name that someone tried, in characters.
const TRIED_NAME: usize = 200;

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
        let user = self.store.user_by_email(&email).await?;
        self.sign_in_limits
            .count_password(&email, user.as_ref().map(|user| user.id), origin)?;
        let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
        let is_right = self.passwords.verify(password, hash).await?;
        match user {
            Some(user) if is_right && user.disabled_at.is_none() => Ok(self.after_password(origin, user).await?),
            _ => self.refuse(origin, &email, "password").await,
        }
    }

    /// The second step: a code of the authenticator, or a recovery code. Open to whoever passed the first.
    pub async fn second_factor(&self, origin: &Origin, user: UserId, code: &str) -> Result<User, SignInError> {
        self.sign_in_limits.count_code(user, origin)?;
        let user = self.store.user(user).await?.filter(|user| user.disabled_at.is_none());
        let Some(user) = user else {
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

    /// Writes who was tried and answers the same to all.
    async fn refuse<T>(&self, origin: &Origin, tried: &str, step: &str) -> Result<T, SignInError> {
        let actor = Actor {
            name: tried
                .chars()
                .filter(|character| !character.is_control())
                .take(TRIED_NAME)
                .collect(),
            ..Actor::nobody(origin.address)
        };
        debug_assert_eq!(actor.kind, ActorKind::Nobody);
        let detail = AuditChange {
            field: "step".to_owned(),
            before: None,
            after: Some(step.to_owned()),
        };
        let entry = self.entry(&actor, AuditAction::SignInFailed, None, vec![detail]);
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

    async fn use_recovery_code(
        &self,
        origin: &Origin,
        user: &User,
        code: crate::store::accounts::Digest,
    ) -> Result<bool, OperationError> {
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

/// The one form that an e-mail address is compared in.
pub(super) fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}
