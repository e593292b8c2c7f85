//! Checking stored webhooks again.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::{EndpointId, SecretId, Timestamp, WebhookId};
use sqlx::{FromRow, PgConnection, QueryBuilder};
use uuid::Uuid;

use super::append::column;
use super::append_deliveries::add_first_deliveries;
use super::{PostgresStore, endpoints, hold, refetches};
use crate::store::StoreError;
use crate::store::duplicates::{EventKey, Original};
use crate::store::relink::{Judged, JudgedColumns, event_keys, first_deliveries, judged, moves, relink, same_event};
use crate::store::reverify::{Most, NewVerdict, ReverifyStore, StoredRequest};
use crate::store::rollups::{Counter, MINUTE};
use crate::store::rows::{StoredRequestColumns, number, read_all, write_evidence};
use crate::store::stored_time::StoredTime;
use crate::store::time_as_id::{first_id_at, last_id_before};

#[async_trait]
impl ReverifyStore for PostgresStore {
    async fn count_of_endpoint(
        &self,
        endpoint: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<u64, StoreError> {
        let mut query = QueryBuilder::new("select coalesce(sum(count), 0)::bigint from rollups where endpoint_id = ");
        query.push_bind(endpoint.0);
        if let Some(from) = from {
            query.push(" and minute >= ").push_bind(StoredTime(from.floor_to(MINUTE)));
        }
        if let Some(to) = to {
            query.push(" and minute < ").push_bind(StoredTime(to));
        }
        number(query.build_query_scalar().fetch_one(&self.pool).await?, "count")
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
        query.push(" order by w.id limit ").push_bind(i64::from(most.webhooks));
        query.push(") page) w join webhook_contents c on c.webhook_id = w.id where w.earlier < ");
        query.push_bind(most.bytes).push(" order by w.id");
        let rows: Vec<StoredRequestColumns> = query.build_query_as().fetch_all(&self.pool).await?;
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
        transaction.commit().await?;
        Ok(changed)
    }

    async fn replace_headers(&self, endpoint: EndpointId, headers: &[(WebhookId, Vec<u8>)]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        // In one order on all nodes, so that none waits for another that waits for it.
        let headers: BTreeMap<_, _> = headers.iter().map(|(webhook, headers)| (webhook, headers)).collect();
        for (webhook, headers) in headers {
            sqlx::query(
                "update webhook_contents set headers = $1 \
                 where webhook_id = (select id from webhooks where id = $2 and endpoint_id = $3 and erased_at is null)",
            )
            .bind(headers)
            .bind(webhook.0)
            .bind(endpoint.0)
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn note_secrets_used(&self, used: &[(SecretId, Timestamp)]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        // In one order on all nodes, so that none waits for another that waits for it.
        let used: BTreeMap<_, _> = used.iter().copied().collect();
        for (secret, at) in used {
            endpoints::note_secret_used(&mut transaction, secret, at).await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// Locks are taken in one order by all: webhooks, then re-fetches, then originals, then counters, then deliveries, each sorted. The
/// webhooks are there already, so [`append`](super::append) waits for none of them. Answers with those that
/// changed before they were locked.
pub(super) async fn judge(
    connection: &mut PgConnection,
    endpoint: EndpointId,
    verdicts: &[NewVerdict],
    now: Timestamp,
) -> Result<Vec<WebhookId>, StoreError> {
    let (webhooks, changed) = judged(lock_stored(connection, endpoint, verdicts).await?, verdicts)?;
    if webhooks.is_empty() {
        return Ok(changed);
    }
    let verdicts_of: BTreeMap<_, _> = verdicts.iter().map(|new| (new.id, new)).collect();
    let asking = webhooks.iter().map(|webhook| webhook.id);
    let asking: Vec<_> = asking.filter(|id| verdicts_of[id].refetch.is_some()).collect();
    refetches::lock_open(connection, &asking).await?;
    let relinked = relink(&webhooks, &lock_originals(connection, endpoint, &webhooks).await?);
    let news: Vec<_> = webhooks.iter().map(|webhook| verdicts_of[&webhook.id]).collect();
    update_webhooks(connection, &news, &relinked.duplicate_of).await?;
    update_originals(connection, endpoint, &relinked.changed).await?;
    let moves = moves(&webhooks);
    move_counters(connection, &moves).await?;
    delete_empty_counters(connection, &moves).await?;
    let (mut trusted, mut others, mut asked) = (Vec::new(), Vec::new(), Vec::new());
    for (new, duplicate_of) in news.iter().zip(&relinked.duplicate_of) {
        match (new.forwards, duplicate_of) {
            (true, None) => trusted.push(new.id),
            (true, Some(_)) => {}
            (false, _) => others.push(new.id),
        }
        if let (Some(refetch), None) = (new.refetch, duplicate_of) {
            asked.push((new.id, refetch));
        }
    }
    refetches::make(connection, &asked, now).await?;
    hold::follow_trust(connection, &trusted, &others, now).await?;
    add_first_deliveries(connection, &first_deliveries(&webhooks, &relinked, verdicts)).await?;
    Ok(changed)
}

async fn lock_stored(
    connection: &mut PgConnection,
    endpoint: EndpointId,
    verdicts: &[NewVerdict],
) -> Result<Vec<JudgedColumns>, StoreError> {
    let ids: Vec<_> = verdicts.iter().map(|new| new.id.0).collect();
    let rows = sqlx::query_as(
        "select w.id, w.endpoint_id, w.received_at, w.same_event, w.foreign_network, w.verdict, w.evidence, \
         w.contradicted, w.duplicate_of is not null as was_duplicate, first.outcome \
         from webhooks w left join events first on first.webhook_id = w.id and first.position = 0 \
         where w.id = any($1) and w.endpoint_id = $2 and w.erased_at is null order by w.id for no key update of w",
    )
    .bind(ids)
    .bind(endpoint.0)
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

#[derive(FromRow)]
struct OriginalColumns {
    same_event: Vec<u8>,
    webhook_id: Uuid,
    trust: i16,
}

async fn lock_originals(
    connection: &mut PgConnection,
    endpoint: EndpointId,
    webhooks: &[Judged],
) -> Result<BTreeMap<EventKey, Original>, StoreError> {
    let events: Vec<_> = event_keys(webhooks)
        .into_iter()
        .map(|(_, same_event)| same_event.0.to_vec())
        .collect();
    let rows: Vec<OriginalColumns> = sqlx::query_as(
        "select same_event, webhook_id, trust from originals where endpoint_id = $1 and same_event = any($2) \
         order by endpoint_id, same_event for update",
    )
    .bind(endpoint.0)
    .bind(events)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let original = Original {
                webhook_id: WebhookId(row.webhook_id),
                trust: number(row.trust.into(), "trust")?,
            };
            Ok(((endpoint, same_event(row.same_event)?), original))
        })
        .collect()
}

async fn update_webhooks(
    connection: &mut PgConnection,
    webhooks: &[&NewVerdict],
    duplicate_of: &[Option<WebhookId>],
) -> Result<(), StoreError> {
    sqlx::query(
        "update webhooks set verdict = new.verdict, evidence = new.evidence, contradicted = new.contradicted, \
         duplicate_of = new.duplicate_of from unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::uuid[]) \
         as new (id, verdict, evidence, contradicted, duplicate_of) where webhooks.id = new.id",
    )
    .bind(column(webhooks, |new| new.id.0))
    .bind(column(webhooks, |new| new.verdict.as_str()))
    .bind(column(webhooks, |new| write_evidence(&new.evidence)))
    .bind(column(webhooks, |new| new.contradicted))
    .bind(column(duplicate_of, |id| id.map(|id| id.0)))
    .execute(connection)
    .await?;
    Ok(())
}

async fn update_originals(
    connection: &mut PgConnection,
    endpoint: EndpointId,
    originals: &BTreeMap<EventKey, Original>,
) -> Result<(), StoreError> {
    sqlx::query(
        "update originals set webhook_id = new.webhook_id, trust = new.trust \
         from unnest($2::bytea[], $3::uuid[], $4::smallint[]) as new (same_event, webhook_id, trust) \
         where originals.endpoint_id = $1 and originals.same_event = new.same_event",
    )
    .bind(endpoint.0)
    .bind(originals.keys().map(|(_, same_event)| &same_event.0[..]).collect::<Vec<_>>())
    .bind(originals.values().map(|original| original.webhook_id.0).collect::<Vec<_>>())
    .bind(
        originals
            .values()
            .map(|original| i16::from(original.trust))
            .collect::<Vec<_>>(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn move_counters(connection: &mut PgConnection, moves: &BTreeMap<Counter, i64>) -> Result<(), StoreError> {
    sqlx::query(
        "insert into rollups (minute, endpoint_id, verdict, outcome, count) \
         select * from unnest($1::timestamptz[], $2::uuid[], $3::text[], $4::text[], $5::bigint[]) \
         on conflict (minute, endpoint_id, verdict, outcome) do update set count = rollups.count + excluded.count",
    )
    .bind(moves.keys().map(|counter| StoredTime(counter.minute)).collect::<Vec<_>>())
    .bind(moves.keys().map(|counter| counter.endpoint_id.0).collect::<Vec<_>>())
    .bind(moves.keys().map(|counter| counter.verdict.as_str()).collect::<Vec<_>>())
    .bind(moves.keys().map(Counter::outcome_column).collect::<Vec<_>>())
    .bind(moves.values().copied().collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// A counter that nothing is left of goes away, as if nothing had been counted. Those of the moves are locked by now.
async fn delete_empty_counters(connection: &mut PgConnection, moves: &BTreeMap<Counter, i64>) -> Result<(), StoreError> {
    sqlx::query(
        "delete from rollups using unnest($1::timestamptz[], $2::uuid[], $3::text[], $4::text[]) \
         as moved (minute, endpoint_id, verdict, outcome) \
         where rollups.minute = moved.minute and rollups.endpoint_id = moved.endpoint_id \
         and rollups.verdict = moved.verdict and rollups.outcome = moved.outcome and rollups.count = 0",
    )
    .bind(moves.keys().map(|counter| StoredTime(counter.minute)).collect::<Vec<_>>())
    .bind(moves.keys().map(|counter| counter.endpoint_id.0).collect::<Vec<_>>())
    .bind(moves.keys().map(|counter| counter.verdict.as_str()).collect::<Vec<_>>())
    .bind(moves.keys().map(Counter::outcome_column).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}
