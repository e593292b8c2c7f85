//! The secrets that requests to a destination are signed with: made here, so that they are as long as they should be.

use model::{DestinationId, SecretId, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use crate::accounts::secrets::{Purpose, SealingKey};
use crate::delivery;
use crate::operation::{OperationError, Operations};
use crate::store::delivery::DestinationSecret;

const HINT_LENGTH: usize = 4;

impl Operations {
    /// A new secret as it is stored, and its value as it is shown and sealed: `whsec_…`.
    pub(super) fn make_secret(
        &self,
        key: &SealingKey,
        destination: DestinationId,
        now: Timestamp,
    ) -> (DestinationSecret, SecretString) {
        let id = SecretId(self.ids.next(now));
        let value = delivery::DestinationSecret::new_random().to_text();
        let text = value.expose_secret();
        let secret = DestinationSecret {
            id,
            destination_id: destination,
            hint: text[text.len() - HINT_LENGTH..].to_owned(),
            sealed_value: key.seal(id.0, Purpose::DestinationSecret, text.as_bytes()),
            created_at: now,
            expires_at: None,
        };
        (secret, value)
    }

    /// The destination's secrets, oldest first.
    pub(super) async fn secrets_of_destination(&self, id: DestinationId) -> Result<Vec<DestinationSecret>, OperationError> {
        let mut secrets = self.store.destination_secrets().await?;
        secrets.retain(|secret| secret.destination_id == id);
        Ok(secrets)
    }
}
