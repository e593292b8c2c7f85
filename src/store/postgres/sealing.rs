//! Everything that is sealed, and the key that seals it.

use async_trait::async_trait;
use sqlx::{PgConnection, PgExecutor};

use super::{PostgresStore, audit, endpoints};
use crate::accounts::secrets::{KeyFingerprint, Purpose, SealingKey};
use crate::store::StoreError;
use crate::store::change::NewAuditEntry;
use crate::store::sealing::{PURPOSES, SealedColumns, SealedValue, SealingStore, read_fingerprint, sealed_again};

#[async_trait]
impl SealingStore for PostgresStore {
    async fn key_fingerprint(&self) -> Result<Option<KeyFingerprint>, StoreError> {
        fingerprint(&self.pool).await
    }

    async fn set_first_key(&self, new: KeyFingerprint) -> Result<KeyFingerprint, StoreError> {
        let mut transaction = self.begin().await?;
        // Of two nodes the second waits here for the first, and then finds its key.
        sqlx::query("insert into sealing_key (only_row, fingerprint) values (1, $1) on conflict do nothing")
            .bind(&new.0[..])
            .execute(&mut *transaction)
            .await?;
        let stands = fingerprint(&mut *transaction).await?;
        transaction.commit().await?;
        stands.ok_or_else(|| StoreError::Unreadable("no key's fingerprint after one was written".to_owned()))
    }

    async fn reseal(&self, old: &SealingKey, new: &SealingKey, entry: &NewAuditEntry) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let head = audit::lock_head(&mut transaction).await?;
        if fingerprint(&mut *transaction).await? != Some(old.fingerprint()) {
            return Err(StoreError::KeyChanged);
        }
        let mut count = 0;
        for value in sealed_again(sealed_values(&mut transaction).await?, old, new)? {
            write(&mut transaction, &value).await?;
            count += 1;
        }
        sqlx::query("update sealing_key set fingerprint = $1")
            .bind(&new.fingerprint().0[..])
            .execute(&mut *transaction)
            .await?;
        // So that nodes that run look for the new key.
        endpoints::raise_version(&mut transaction).await?;
        audit::append(&mut transaction, head, entry).await?;
        transaction.commit().await?;
        Ok(count)
    }
}

pub(super) async fn fingerprint(executor: impl PgExecutor<'_>) -> Result<Option<KeyFingerprint>, StoreError> {
    let stored: Option<Vec<u8>> = sqlx::query_scalar("select fingerprint from sealing_key")
        .fetch_optional(executor)
        .await?;
    stored.map(read_fingerprint).transpose()
}

async fn sealed_values(connection: &mut PgConnection) -> Result<Vec<SealedValue>, StoreError> {
    let mut values = Vec::new();
    for purpose in PURPOSES {
        let rows: Vec<SealedColumns> = sqlx::query_as(sealed_for(purpose)).fetch_all(&mut *connection).await?;
        values.extend(rows.into_iter().map(|row| row.for_purpose(purpose)));
    }
    Ok(values)
}

/// The rows are held in one order by all, with the weakest lock that keeps others from writing them: webhooks that arrive
/// meanwhile refer to endpoints.
const fn sealed_for(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Secret => {
            "select s.id as record, s.sealed_value as sealed, \
             'the secret \"' || s.label || '\" of the endpoint \"' || e.name || '\"' as what \
             from endpoint_secrets s join endpoints e on e.id = s.endpoint_id \
             order by s.id for no key update of s"
        }
        Purpose::StaticHeader => {
            "select id as record, static_header_value as sealed, \
             'the header \"' || static_header_name || '\" of the endpoint \"' || name || '\"' as what \
             from endpoints where static_header_value is not null order by id for no key update"
        }
        Purpose::Credentials => {
            "select c.endpoint_id as record, c.sealed_value as sealed, \
             'the credentials of the endpoint \"' || e.name || '\"' as what \
             from endpoint_credentials c join endpoints e on e.id = c.endpoint_id \
             order by c.endpoint_id for no key update of c"
        }
        Purpose::Totp => {
            "select id as record, sealed_totp as sealed, 'the second factor of ' || email as what \
             from users where sealed_totp is not null order by id for no key update"
        }
        Purpose::DestinationSecret => {
            "select s.id as record, s.sealed_value as sealed, 'a signing secret of the destination \"' || d.name || '\"' as what \
             from destination_secrets s join destinations d on d.id = s.destination_id order by s.id for no key update of s"
        }
        Purpose::DestinationHeaders => {
            "select id as record, sealed_headers as sealed, 'the headers of the destination \"' || name || '\"' as what \
             from destinations where sealed_headers is not null order by id for no key update"
        }
    }
}

async fn write(connection: &mut PgConnection, value: &SealedValue) -> Result<(), StoreError> {
    let sql = match value.purpose {
        Purpose::Secret => "update endpoint_secrets set sealed_value = $1 where id = $2",
        Purpose::StaticHeader => "update endpoints set static_header_value = $1 where id = $2",
        Purpose::Credentials => "update endpoint_credentials set sealed_value = $1 where endpoint_id = $2",
        Purpose::Totp => "update users set sealed_totp = $1 where id = $2",
        Purpose::DestinationSecret => "update destination_secrets set sealed_value = $1 where id = $2",
        Purpose::DestinationHeaders => "update destinations set sealed_headers = $1 where id = $2",
    };
    sqlx::query(sql)
        .bind(&value.sealed)
        .bind(value.record)
        .execute(connection)
        .await?;
    Ok(())
}
