//! The histogram of arrivals.

use model::{ProviderKey, Timestamp, Volume, WebhookFilter};
use sqlx::{QueryBuilder, SqlitePool};

use super::plan::push_list;
use crate::store::StoreError;
use crate::store::rollups::Span;
use crate::store::stored_time::StoredTime;

pub(super) async fn volume(
    pool: &SqlitePool,
    filter: &WebhookFilter,
    from: Timestamp,
    to: Timestamp,
    bucket_minutes: u32,
) -> Result<Volume, StoreError> {
    let span = Span::covering(from, to, bucket_minutes);
    let mut query = QueryBuilder::new("select (minute - ");
    query
        .push_bind(StoredTime(span.from))
        .push(") / ")
        .push_bind(span.bucket_seconds * 1_000_000);
    query
        .push(" as bucket, verdict, sum(count) as count from rollups where minute >= ")
        .push_bind(StoredTime(span.from));
    query.push(" and minute < ").push_bind(StoredTime(span.to));
    push_list(&mut query, "endpoint_id", filter.endpoints.iter().map(|endpoint| endpoint.0));
    if !filter.providers.is_empty() {
        query.push(" and endpoint_id in (select id from endpoints where true");
        push_list(&mut query, "provider", filter.providers.iter().map(ProviderKey::as_str));
        query.push(")");
    }
    push_list(&mut query, "verdict", filter.verdicts.iter().map(|verdict| verdict.as_str()));
    push_list(&mut query, "outcome", filter.outcomes.iter().map(|outcome| outcome.as_str()));
    query.push(" group by bucket, verdict");
    span.fill(query.build_query_as().fetch_all(pool).await?)
}
