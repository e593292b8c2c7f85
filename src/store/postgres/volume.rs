//! The histogram of arrivals.

use model::{Outcome, Timestamp, Verdict, Volume, WebhookFilter};
use sqlx::{PgPool, QueryBuilder};

use super::webhooks::{push_any, push_endpoints};
use crate::store::StoreError;
use crate::store::rollups::Span;
use crate::store::stored_time::StoredTime;

pub(super) async fn volume(
    pool: &PgPool,
    filter: &WebhookFilter,
    from: Timestamp,
    to: Timestamp,
    bucket_minutes: u32,
) -> Result<Volume, StoreError> {
    let span = Span::covering(from, to, bucket_minutes);
    let mut query = QueryBuilder::new("select floor(extract(epoch from minute - ");
    query
        .push_bind(StoredTime(span.from))
        .push(") / ")
        .push_bind(span.bucket_seconds);
    query.push(")::bigint as bucket, verdict, sum(count)::bigint as count from rollups where minute >= ");
    query
        .push_bind(StoredTime(span.from))
        .push(" and minute < ")
        .push_bind(StoredTime(span.to));
    push_endpoints(&mut query, "endpoint_id", filter);
    push_any(
        &mut query,
        "verdict",
        filter.verdicts.iter().copied().map(Verdict::as_str).collect(),
    );
    push_any(
        &mut query,
        "outcome",
        filter.outcomes.iter().copied().map(Outcome::as_str).collect(),
    );
    query.push(" group by 1, 2");
    span.fill(query.build_query_as().fetch_all(pool).await?)
}
