//! Checking stored webhooks again.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::{EndpointId, SecretId, Timestamp, WebhookId};
use sqlx::{QueryBuilder, SqliteConnection};
use uuid::Uuid;

use super::append_deliveries::add_first_deliveries;
use super::refetches::{self, Made};
use super::{SqliteStore, endpoints, hold};
use crate::store::StoreError;
use crate::store::duplicates::{EventKey, Original};
use crate::store::relink::{Judged, JudgedColumns, event_keys, first_deliveries, judged, moves, relink};
use crate::store::reverify::{Most, NewVerdict, ReverifyStore, StoredRequest};
use crate::store::rollups::{Counter, MINUTE};
use crate::store::rows::{StoredRequestColumns, number, read_all, write_evidence};
use crate::store::stored_time::StoredTime;
use crate::store::time_as_id::{first_id_at, last_id_before};

#[async_trait]
impl ReverifyStore for SqliteStore {
    async fn count_of_endpoint(
        &self,
        endpoint: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<u64, StoreError> {
        let mut query = QueryBuilder::new("select coalesce(sum(count), 0) from rollups where endpoint_id = ");
        query.push_bind(endpoint.0);
        if let Some(from) = from {
            query.push(" and minute >= ").push_bind(StoredTime(from.floor_to(MINUTE)));
        }
        if let Some(to) = to {
            query.push(" and minute < ").push_bind(StoredTime(to));
        }
        number(query.build_query_scalar().fetch_one(&self.readers).await?, "count")
    }

    async fn stored_requests(
        &self,
        endpoint: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        after: Option<WebhookId>,
        most: Most,
    ) -> Result<Vec<StoredRequest>, StoreError> {
        let mut query = QueryBuilder::new(
            "select w.id, w.received_at, w.verdict, w.evidence, w.duplicate_of, w.foreign_network, w.contradicted, c.headers, \
             c.body, exists (select 1 from deliveries d where d.webhook_id = w.id and d.state in ('held', 'pending')) as waits \
             from (select *, sum(size) over (order by id) - size as earlier \
             from (select w.* from webhooks w where w.erased_at is null and w.endpoint_id = ",
        );
        query.push_bind(endpoint.0);
        if let Some(after) = after {
            query.push(" and w.id > ").push_bind(after.0);
        }
        if let Some(from) = from {
            query.push(" and w.received_at >= ").push_bind(StoredTime(from));
            query.push(" and w.id >= ").push_bind(first_id_at(from));
        }
        if let Some(to) = to {
            query.push(" and w.received_at < ").push_bind(StoredTime(to));
            query.push(" and w.id <= ").push_bind(last_id_before(to));
        }
        query.push(" order by w.id limit ").push_bind(most.webhooks);
        query.push(") page) w cross join webhook_contents c on c.number = w.contents where w.earlier < ");
        query.push_bind(most.bytes).push(" order by w.id");
        let rows: Vec<StoredRequestColumns> = query.build_query_as().fetch_all(&self.readers).await?;
        read_all(rows)
    }

    async fn set_verdicts(
        &self,
        endpoint: EndpointId,
        webhooks: &[NewVerdict],
        now: Timestamp,
    ) -> Result<Vec<WebhookId>, StoreError> {
        let mut transaction = self.begin().await?;
        let changed = judge(&mut transaction, endpoint, webhooks, now).await?;
        self.commit(transaction).await?;
        Ok(changed)
    }

    async fn replace_headers(&self, endpoint: EndpointId, headers: &[(WebhookId, Vec<u8>)]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for (webhook, headers) in headers {
            sqlx::query(
                "update webhook_contents set headers = ? \
                 where number = (select contents from webhooks where id = ? and endpoint_id = ? and erased_at is null)",
            )
            .bind(headers)
            .bind(webhook.0)
            .bind(endpoint.0)
            .execute(&mut *transaction)
            .await?;
        }
        self.commit(transaction).await
    }

    async fn note_secrets_used(&self, used: &[(SecretId, Timestamp)]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for (secret, at) in used {
            endpoints::note_secret_used(&mut transaction, *secret, *at).await?;
        }
        self.commit(transaction).await
    }
}

/// The caller's transaction has the right to write, so nothing changes between reading and writing. Answers with those that changed
/// before it.
pub(super) async fn judge(
    connection: &mut SqliteConnection,
    endpoint: EndpointId,
    verdicts: &[NewVerdict],
    now: Timestamp,
) -> Result<Vec<WebhookId>, StoreError> {
    let (webhooks, changed) = judged(stored(connection, endpoint, verdicts).await?, verdicts)?;
    let relinked = relink(&webhooks, &originals(connection, &webhooks).await?);
    let verdicts_of: BTreeMap<_, _> = verdicts.iter().map(|new| (new.id, new)).collect();
    for (webhook, duplicate_of) in webhooks.iter().zip(&relinked.duplicate_of) {
        let new = verdicts_of[&webhook.id];
        // First, as what is held depends on it.
        update_webhook(connection, new, *duplicate_of).await?;
        match (new.forwards, duplicate_of) {
            (true, None) => hold::let_go(connection, webhook.id).await?,
            (true, Some(_)) => {}
            (false, _) => hold::hold(connection, webhook.id, now).await?,
        }
        if let (Some(refetch), None) = (new.refetch, duplicate_of) {
            let made = Made {
                id: refetch.id,
                webhook: webhook.id,
                trigger: refetch.trigger,
                due_at: refetch.due_at,
                resend: None,
                at: now,
            };
            refetches::make(connection, made).await?;
        }
    }
    add_first_deliveries(connection, &first_deliveries(&webhooks, &relinked, verdicts)).await?;
    for (key, original) in &relinked.changed {
        update_original(connection, key, original).await?;
    }
    for (counter, count) in &moves(&webhooks) {
        move_counter(connection, counter, *count).await?;
    }
    Ok(changed)
}

async fn stored(
    connection: &mut SqliteConnection,
    endpoint: EndpointId,
    verdicts: &[NewVerdict],
) -> Result<Vec<JudgedColumns>, StoreError> {
    let mut rows = Vec::with_capacity(verdicts.len());
    for new in verdicts {
        let row = sqlx::query_as(
            "select w.id, w.endpoint_id, w.received_at, w.same_event, w.foreign_network, w.verdict, w.evidence, \
             w.contradicted, w.duplicate_of is not null as was_duplicate, first.outcome \
             from webhooks w left join events first on first.webhook_id = w.id and first.position = 0 \
             where w.id = ? and w.endpoint_id = ? and w.erased_at is null",
        )
        .bind(new.id.0)
        .bind(endpoint.0)
        .fetch_optional(&mut *connection)
        .await?;
        rows.extend(row);
    }
    Ok(rows)
}

async fn originals(connection: &mut SqliteConnection, webhooks: &[Judged]) -> Result<BTreeMap<EventKey, Original>, StoreError> {
    let mut originals = BTreeMap::new();
    for key in event_keys(webhooks) {
        let row: Option<(Uuid, i64)> =
            sqlx::query_as("select webhook_id, trust from originals where endpoint_id = ? and same_event = ?")
                .bind(key.0.0)
                .bind(&key.1.0[..])
                .fetch_optional(&mut *connection)
                .await?;
        if let Some((webhook_id, trust)) = row {
            let original = Original {
                webhook_id: WebhookId(webhook_id),
                trust: number(trust, "trust")?,
            };
            originals.insert(key, original);
        }
    }
    Ok(originals)
}

async fn update_webhook(
    connection: &mut SqliteConnection,
    new: &NewVerdict,
    duplicate_of: Option<WebhookId>,
) -> Result<(), StoreError> {
    sqlx::query("update webhooks set verdict = ?, evidence = ?, contradicted = ?, duplicate_of = ? where id = ?")
        .bind(new.verdict.as_str())
        .bind(write_evidence(&new.evidence))
        .bind(new.contradicted)
        .bind(duplicate_of.map(|id| id.0))
        .bind(new.id.0)
        .execute(connection)
        .await?;
    Ok(())
}

async fn update_original(connection: &mut SqliteConnection, key: &EventKey, original: &Original) -> Result<(), StoreError> {
    sqlx::query("update originals set webhook_id = ?, trust = ? where endpoint_id = ? and same_event = ?")
        .bind(original.webhook_id.0)
        .bind(original.trust)
        .bind(key.0.0)
        .bind(&key.1.0[..])
        .execute(connection)
        .await?;
    Ok(())
}

/// A counter that nothing is left of goes away, as if nothing had been counted.
async fn move_counter(connection: &mut SqliteConnection, counter: &Counter, count: i64) -> Result<(), StoreError> {
    sqlx::query(
        "insert into rollups (minute, endpoint_id, verdict, outcome, count) values (?, ?, ?, ?, ?) \
         on conflict (minute, endpoint_id, verdict, outcome) do update set count = count + excluded.count",
    )
    .bind(StoredTime(counter.minute))
    .bind(counter.endpoint_id.0)
    .bind(counter.verdict.as_str())
    .bind(counter.outcome_column())
    .bind(count)
    .execute(&mut *connection)
    .await?;
    if count < 0 {
        sqlx::query("delete from rollups where minute = ? and endpoint_id = ? and verdict = ? and outcome = ? and count = 0")
            .bind(StoredTime(counter.minute))
            .bind(counter.endpoint_id.0)
            .bind(counter.verdict.as_str())
            .bind(counter.outcome_column())
            .execute(connection)
            .await?;
    }
    Ok(())
}
