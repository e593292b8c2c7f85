use model::{SecretId, Text, Timestamp};
use zeroize::Zeroizing;

use crate::accounts::secrets::SealingKey;
use crate::clock::{Clock, Ids};
use crate::providers::{self, SecretShape};
use crate::store::{Endpoint, SealedSecret, Store, StoreError};

/// A signing secret or public key as an admin pasted it.
pub struct NewSecret {
    pub value: Zeroizing<String>,
    pub label: String,
    pub not_before: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

impl std::fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewSecret({})", self.label)
    }
}

/// Why a secret was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddSecretError {
    #[error("the label is empty or has characters that cannot be shown")]
    Label,
    #[error("the secret would expire before it is live")]
    Window,
    #[error("this version does not know the endpoint's provider")]
    UnknownProvider,
    #[error("that is not a secret of {provider}: {shape}")]
    Secret { provider: &'static str, shape: SecretShape },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a secret beside those that the endpoint has; all live ones are accepted.
pub async fn add_secret(
    store: &dyn Store,
    key: &SealingKey,
    clock: &dyn Clock,
    ids: &Ids,
    endpoint: &Endpoint,
    new: NewSecret,
) -> Result<SealedSecret, AddSecretError> {
    if Text::new(&new.label).is_none_or(|kept| kept.as_str() != new.label) {
        return Err(AddSecretError::Label);
    }
    if let (Some(from), Some(until)) = (new.not_before, new.expires_at)
        && until <= from
    {
        return Err(AddSecretError::Window);
    }
    let provider = providers::find(&endpoint.provider).ok_or(AddSecretError::UnknownProvider)?;
    provider.read_secret(&new.value).map_err(|shape| AddSecretError::Secret {
        provider: provider.about().title,
        shape,
    })?;

    let now = clock.now();
    let id = SecretId(ids.next(now));
    let secret = SealedSecret {
        id,
        endpoint_id: endpoint.id,
        label: new.label,
        hint: provider.hint(&new.value),
        sealed_value: key.seal(id.0, new.value.as_bytes()),
        not_before: new.not_before,
        expires_at: new.expires_at,
        created_at: now,
    };
    store.add_secret(&secret).await?;
    Ok(secret)
}
