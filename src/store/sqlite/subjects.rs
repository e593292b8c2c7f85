//! Everything of one person.

use async_trait::async_trait;
use model::{EndpointId, RecordRow, SubjectEvent, SubjectSummary, Text, Timestamp, WebhookId};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::plan::push_values;
use super::{SqliteStore, erase, history, scrub};
use crate::store::StoreError;
use crate::store::record_rows::RecordColumns;
use crate::store::rows::read_all;
use crate::store::subject_rows::{LOOKED_THROUGH, SizeColumns, SubjectColumns, SubjectEventColumns, of_subject, recent};
use crate::store::subjects::{OfSubject, SubjectSize, SubjectStore};

/// The webhooks that name the subject `?1`, and those that tell of the same objects at the same endpoints and name no subject:
/// these first, as nothing leads to them any more when the others were erased.
///
/// One that was erased for another subject is found as long as it names this one.
///
/// An object of a webhook that names others too is the subject's only where its event says so. `cross join` keeps SQLite in that
/// order.
pub(super) const FOUND: &str = "with telling as (select distinct webhook_id as id from events where subject = ?1), \
    objects as materialized (select distinct w.endpoint_id, g.resource_type, g.resource_id from telling t \
    cross join webhooks w on w.id = t.id cross join events g on g.webhook_id = t.id where g.resource_id is not null \
    and (g.subject = ?1 or g.subject is null \
    and not exists (select 1 from events o where o.webhook_id = g.webhook_id and o.subject <> ?1))), \
    related as (select distinct g.webhook_id as id from objects o \
    cross join events g on g.resource_type = o.resource_type and g.resource_id = o.resource_id \
    and g.subject is null and g.resource_id is not null \
    cross join webhooks w on w.id = g.webhook_id and w.endpoint_id = o.endpoint_id \
    where not exists (select 1 from events s where s.webhook_id = g.webhook_id and s.subject is not null)), \
    found as materialized (select f.id, f.tells from \
    (select id, 0 as tells from related union all select id, 1 as tells from telling) f \
    cross join webhooks w on w.id = f.id where w.erased_at is null or f.tells = 1) ";

#[async_trait]
impl SubjectStore for SqliteStore {
    async fn recent_subjects(&self, most: u32) -> Result<Vec<SubjectSummary>, StoreError> {
        let rows: Vec<SubjectColumns> = sqlx::query_as(
            "select f.subject, e.provider, f.webhook_id, w.received_at, f.outcome, \
             w.verdict in ('verified', 'confirmed', 'unsigned') and not w.contradicted and not w.foreign_network \
             and w.duplicate_of is null as counts from (select * from webhooks order by id desc limit ?) w \
             cross join events f on f.webhook_id = w.id cross join endpoints e on e.id = w.endpoint_id \
             where f.subject is not null order by w.id desc, f.position",
        )
        .bind(LOOKED_THROUGH)
        .fetch_all(&self.readers)
        .await?;
        recent(rows, most)
    }

    async fn subject_events(&self, subject: &Text, most: u32) -> Result<Vec<SubjectEvent>, StoreError> {
        let rows: Vec<SubjectEventColumns> = sqlx::query_as(
            "select f.webhook_id, w.endpoint_id, e.provider, w.received_at, w.verdict, w.contradicted, w.foreign_network, \
             w.duplicate_of is not null as duplicate, f.event_type, f.outcome, f.subject, f.resource_type, f.resource_id, \
             f.provider_event_id, f.occurred_at from events f cross join webhooks w on w.id = f.webhook_id \
             cross join endpoints e on e.id = w.endpoint_id where f.subject = ? order by f.webhook_id desc limit ?",
        )
        .bind(subject.as_str())
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        read_all(rows)
    }

    async fn subject_records(&self, subject: &Text, most: u32) -> Result<Vec<RecordRow>, StoreError> {
        let sql = format!(
            "{} from records r where r.webhook_id in (select webhook_id from events where subject = ?) \
             order by r.id desc limit ?",
            history::COLUMNS
        );
        let rows: Vec<RecordColumns> = sqlx::query_as(&sql)
            .bind(subject.as_str())
            .bind(most)
            .fetch_all(&self.readers)
            .await?;
        read_all(rows)
    }

    async fn subject_size(&self, subject: &Text) -> Result<SubjectSize, StoreError> {
        let sql = format!(
            "{FOUND} select (select count(*) from found) as webhooks, \
             (select count(*) from found f cross join records r on r.webhook_id = f.id) as records, \
             (select count(*) from found f cross join deliveries d on d.webhook_id = f.id) as deliveries, \
             (select count(*) from found f where exists \
             (select 1 from events o where o.webhook_id = f.id and o.subject <> ?1)) as shared"
        );
        let row: SizeColumns = sqlx::query_as(&sql).bind(subject.as_str()).fetch_one(&self.readers).await?;
        row.try_into()
    }

    async fn of_subject(&self, subject: &Text, most: u32) -> Result<OfSubject, StoreError> {
        let sql = format!("{FOUND} select id from found order by tells, id limit ?2");
        let ids: Vec<Uuid> = sqlx::query_scalar(&sql)
            .bind(subject.as_str())
            .bind(i64::from(most) + 1)
            .fetch_all(&self.readers)
            .await?;
        Ok(of_subject(ids, most))
    }

    async fn erase(&self, subject: &Text, webhooks: &[WebhookId], at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        erase::erase(&mut transaction, subject, webhooks, at).await?;
        sqlx::query("insert into scrubs_owed default values")
            .execute(&mut *transaction)
            .await?;
        self.commit(transaction).await
    }

    /// Rewrites the whole file and empties the log beside it: see [`scrub`](mod@scrub).
    async fn scrub(&self) -> Result<(), StoreError> {
        let owed: Vec<i64> = sqlx::query_scalar("select number from scrubs_owed")
            .fetch_all(&self.readers)
            .await?;
        scrub::scrub(&self.writer).await?;
        let mut transaction = self.begin().await?;
        // What was erased meanwhile is owed still.
        for number in owed {
            sqlx::query("delete from scrubs_owed where number = ?")
                .bind(number)
                .execute(&mut *transaction)
                .await?;
        }
        self.commit(transaction).await
    }

    async fn scrub_is_owed(&self) -> Result<bool, StoreError> {
        let owed = sqlx::query_scalar("select exists (select 1 from scrubs_owed)").fetch_one(&self.readers);
        Ok(owed.await?)
    }

    async fn endpoint_names(&self, ids: &[EndpointId]) -> Result<Vec<(EndpointId, String)>, StoreError> {
        let mut query = QueryBuilder::new("select id, name from endpoints where id in (");
        push_values(&mut query, ids.iter().map(|id| id.0));
        query.push(") order by id");
        let rows: Vec<(Uuid, String)> = query.build_query_as().fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(|(id, name)| (EndpointId(id), name)).collect())
    }
}
