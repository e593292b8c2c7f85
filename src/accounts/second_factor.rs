use model::{AuditAction, UserId};

use super::passwords::Line;
use super::secrets::Purpose;
use super::sign_in_limits::Origin;
use super::target;
use super::totp::{self, Enrolment};
use super::unguessable::{digest, random_bytes};
use crate::operation::{Actor, OperationError, Operations};
use crate::store::accounts::{Digest, SealedSecondFactor, User};
use crate::store::change::Change;

const RECOVERY_CODES: usize = 10;
/// 80 bits each.
const RECOVERY_CODE_BYTES: usize = 10;
const RECOVERY_CODE_LETTERS: usize = 16;
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Codes that each stand in for the authenticator once. Whoever has made them shows them and forgets them.
pub struct RecoveryCodes(pub Vec<String>);

impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecoveryCodes({})", self.0.len())
    }
}

impl Operations {
    /// Makes a TOTP secret for the one who asks, sealed: the session keeps it until it is confirmed. Takes the password.
    pub async fn begin_second_factor(&self, actor: &Actor, origin: &Origin, password: &str) -> Result<Vec<u8>, OperationError> {
        let user = self.own_user(actor).await?;
        self.check_own_password(origin, &user, "password", password).await?;
        if user.second_factor.is_some() {
            return Err(OperationError::Conflict(
                "there is a second factor already: remove it first".to_owned(),
            ));
        }
        let secret = totp::new_secret();
        Ok(self.sealing_key().await?.seal(user.id.0, Purpose::Totp, secret.as_slice()))
    }

    /// What an authenticator is told of a secret that is not confirmed yet. `None` when another key sealed it.
    pub fn enrolment(&self, user: UserId, email: &str, sealed: &[u8]) -> Option<Enrolment> {
        let secret = self.vault.key().open(user.0, Purpose::Totp, sealed).ok()?;
        Some(totp::enrolment(&secret, email))
    }

    /// Turns the second factor on once a code shows that the authenticator has the secret. Ends the user's other sessions.
    pub async fn confirm_second_factor(
        &self,
        actor: &Actor,
        origin: &Origin,
        sealed_secret: Vec<u8>,
        code: &str,
        keep: Option<Digest>,
    ) -> Result<RecoveryCodes, OperationError> {
        let user = self.own_user(actor).await?;
        self.sign_in_limits.count_code(user.id, origin)?;
        let again = |_| OperationError::Conflict("that took too long: begin again".to_owned());
        let secret = self
            .sealing_key()
            .await?
            .open(user.id.0, Purpose::Totp, &sealed_secret)
            .map_err(again)?;
        let code: String = code.chars().filter(|character| !character.is_whitespace()).collect();
        let Some(step) = totp::step_of(&secret, &code, self.clock.now()) else {
            return Err(OperationError::invalid(
                "code",
                "it is not the code of now: is the device's clock right?",
            ));
        };
        let codes = RecoveryCodes((0..RECOVERY_CODES).map(|_| new_recovery_code()).collect());
        let factor = SealedSecondFactor {
            sealed_secret,
            recovery_codes: codes.0.iter().filter_map(|code| recovery_code(code)).collect(),
        };
        let change = Change::SetSecondFactor {
            user: user.id,
            factor: Some(factor),
            keep,
        };
        let entry = self.entry(actor, AuditAction::SecondFactorOn, Some(target(&user)), Vec::new());
        self.store.change(&change, &entry).await?;
        self.store.take_totp_step(user.id, step).await?;
        Ok(codes)
    }

    /// Turns the second factor off; takes the password. Ends the user's other sessions.
    pub async fn remove_second_factor(
        &self,
        actor: &Actor,
        origin: &Origin,
        password: &str,
        keep: Option<Digest>,
    ) -> Result<(), OperationError> {
        let user = self.own_user(actor).await?;
        self.check_own_password(origin, &user, "password", password).await?;
        if user.second_factor.is_none() {
            return Err(OperationError::Conflict("there is no second factor".to_owned()));
        }
        self.drop_second_factor(actor, &user, keep).await
    }

    pub(super) async fn drop_second_factor(
        &self,
        actor: &Actor,
        user: &User,
        keep: Option<Digest>,
    ) -> Result<(), OperationError> {
        let change = Change::SetSecondFactor {
            user: user.id,
            factor: None,
            keep,
        };
        let entry = self.entry(actor, AuditAction::SecondFactorOff, Some(target(user)), Vec::new());
        Ok(self.store.change(&change, &entry).await?)
    }

    /// Makes sure that it is the user who sits there, and not someone who found the screen unlocked.
    pub(super) async fn check_own_password(
        &self,
        origin: &Origin,
        user: &User,
        field: &str,
        password: &str,
    ) -> Result<(), OperationError> {
        let place = self.passwords.place(Line::Known)?;
        self.sign_in_limits.count_password(&user.email, Some(user.id), origin)?;
        if self.passwords.verify(place, password, user.password_hash.as_deref()).await {
            Ok(())
        } else {
            Err(OperationError::invalid(field, "it is not your password"))
        }
    }
}

/// The digest of what may be a recovery code; `None` of what cannot be one, such as the six digits of an authenticator.
pub(super) fn recovery_code(typed: &str) -> Option<Digest> {
    let letters: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    (letters.len() == RECOVERY_CODE_LETTERS).then(|| digest(letters))
}

/// Sixteen letters and digits in groups of four.
fn new_recovery_code() -> String {
    let bits = random_bytes::<RECOVERY_CODE_BYTES>()
        .iter()
        .fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letter = |position: usize| char::from(BASE32[(bits >> (5 * position) & 31) as usize]);
    let letters: Vec<char> = (0..RECOVERY_CODE_LETTERS).map(letter).collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_the_same_however_it_is_typed() {
        let code = new_recovery_code();
        assert_eq!(code.len(), 19, "{code}");
        assert_ne!(code, new_recovery_code());
        let kept = recovery_code(&code).expect("a code");
        assert_eq!(recovery_code(&code.to_uppercase().replace('-', " ")), Some(kept));
        assert_eq!(recovery_code("287082"), None);
    }
}
