//! How a list is read, so that a page takes as long in a long log as in a short one.
//!
//! SQLite keeps no statistics, and where a column may have several values it reads all that have one of them and sorts.
//! So the choice is made here. A list is read along one column that has an index: the newest of each of the column's
//! values are taken, each from the index in order, and the newest of all of these make the page.

use model::{ProviderKey, Text, Verdict, WebhookFilter};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};
use uuid::Uuid;

use super::webhooks::order;
use crate::store::StoreError;
use crate::store::paging::Reading;
use crate::store::stored_time::StoredTime;
use crate::store::time_as_id::{first_id_at, last_id_before};

/// More values than this are not read one by one: the log is read by id, and each webhook is looked at.
const MAX_VALUES: usize = 64;

/// Up to this many events, or deliveries, are looked up, and their webhooks then sorted. There being more, the newest webhooks
/// are asked for such a one after the other, which soon finds enough.
const FEW: i64 = 2000;

pub(super) struct Plan<'a> {
    filter: &'a WebhookFilter,
    /// Those of the filter's endpoints that are of the filter's providers; `None` means any.
    endpoints: Option<Vec<Uuid>>,
    few_events: bool,
    /// Rather than along the endpoints, or all webhooks.
    along_deliveries: bool,
}

/// A value of the column that a list is read along.
#[derive(Clone, Copy)]
enum Value {
    Endpoint(Uuid),
    Verdict(&'static str),
    Delivery(&'static str),
    Any,
}

impl<'a> Plan<'a> {
    pub(super) async fn of(pool: &SqlitePool, filter: &'a WebhookFilter) -> Result<Self, StoreError> {
        let endpoints = match (&filter.endpoints[..], &filter.providers[..]) {
            ([], []) => None,
            _ => Some(endpoints(pool, filter).await?),
        };
        let few_events = has_few_events(pool, filter).await?;
        let reads_deliveries = !filter.deliveries.is_empty() && !few_events;
        Ok(Self {
            filter,
            along_deliveries: reads_deliveries && (endpoints.is_none() || has_few_deliveries(pool, filter).await?),
            endpoints,
            few_events,
        })
    }

    /// Pushes a query of the ids that the list begins with: at least `limit` of them, if there are, in no order.
    pub(super) fn push_ids(&'a self, query: &mut QueryBuilder<'a, Sqlite>, reading: Reading, limit: i64) {
        let values = self.values();
        if values.is_empty() {
            query.push("select null as id where false");
        }
        for (position, value) in values.into_iter().enumerate() {
            query.push(if position == 0 { "" } else { " union " });
            query.push("select id from (").push(match value {
                // Of several deliveries of one webhook in that state the webhook is taken once.
                Value::Delivery(_) => {
                    "select distinct d.webhook_id as id from deliveries d cross join webhooks w on w.id = d.webhook_id"
                }
                _ => "select w.id from webhooks w",
            });
            query.push(" where true");
            self.push_conditions(query, value, reading);
            query.push(match value {
                Value::Delivery(_) => order_of_deliveries(reading),
                _ => order(reading),
            });
            query.push_bind(limit).push(")");
        }
    }

    fn values(&self) -> Vec<Value> {
        let verdicts = &self.filter.verdicts;
        match &self.endpoints {
            _ if !verdicts.is_empty() && !verdicts.contains(&Verdict::Verified) => {
                verdicts.iter().map(|verdict| Value::Verdict(verdict.as_str())).collect()
            }
            _ if self.along_deliveries => {
                let states = self.filter.deliveries.iter();
                states.map(|state| Value::Delivery(state.as_str())).collect()
            }
            _ if self.filter.duplicates == Some(true) => vec![Value::Any],
            Some(endpoints) if endpoints.len() <= MAX_VALUES => endpoints.iter().copied().map(Value::Endpoint).collect(),
            _ => vec![Value::Any],
        }
    }

    fn push_conditions(&'a self, query: &mut QueryBuilder<'a, Sqlite>, value: Value, reading: Reading) {
        match value {
            Value::Endpoint(endpoint) => _ = query.push(" and w.endpoint_id = ").push_bind(endpoint),
            // The second condition lets SQLite see that the index without the verified ones will do.
            Value::Verdict(verdict) => _ = query.push(" and w.verdict <> 'verified' and w.verdict = ").push_bind(verdict),
            Value::Delivery(state) => _ = query.push(" and d.state = ").push_bind(state),
            Value::Any => {}
        }
        let id = match value {
            Value::Delivery(_) => "d.webhook_id",
            _ => "w.id",
        };
        match reading {
            Reading::Down(None) => {}
            Reading::Down(Some(bound)) => _ = query.push(format_args!(" and {id} < ")).push_bind(bound),
            Reading::Up(bound) => _ = query.push(format_args!(" and {id} > ")).push_bind(bound),
        }
        // With a plus sign before it a column is not read along.
        if let Some(endpoints) = &self.endpoints {
            query.push(" and +w.endpoint_id in (");
            push_values(query, endpoints.iter().copied());
            query.push(")");
        }
        push_list(
            query,
            "+w.verdict",
            self.filter.verdicts.iter().map(|verdict| verdict.as_str()),
        );
        if let Some(from) = self.filter.from {
            query.push(" and w.received_at >= ").push_bind(StoredTime(from));
            query.push(format_args!(" and {id} >= ")).push_bind(first_id_at(from));
        }
        if let Some(to) = self.filter.to {
            query.push(" and w.received_at < ").push_bind(StoredTime(to));
            query.push(format_args!(" and {id} <= ")).push_bind(last_id_before(to));
        }
        match self.filter.duplicates {
            None => {}
            Some(true) => _ = query.push(" and w.duplicate_of is not null"),
            Some(false) => _ = query.push(" and w.duplicate_of is null"),
        }
        if !matches!(value, Value::Delivery(_)) {
            self.push_deliveries(query);
        }
        self.push_events(query);
    }

    fn push_deliveries(&'a self, query: &mut QueryBuilder<'a, Sqlite>) {
        if self.filter.deliveries.is_empty() {
            return;
        }
        query.push(" and exists (select 1 from deliveries d where d.webhook_id = w.id");
        push_list(query, "+d.state", self.filter.deliveries.iter().map(|state| state.as_str()));
        query.push(")");
    }

    /// One event of the webhook has to pass all that is said of events.
    fn push_events(&'a self, query: &mut QueryBuilder<'a, Sqlite>) {
        let filter = self.filter;
        if filter.subjects.is_empty() && filter.event_types.is_empty() && filter.outcomes.is_empty() {
            return;
        }
        query.push(if self.few_events {
            " and w.id in (select f.webhook_id from events f where true"
        } else {
            " and exists (select 1 from events f where f.webhook_id = w.id"
        });
        push_list(query, "f.subject", filter.subjects.iter().map(Text::as_str));
        push_event_types(query, filter);
        push_list(query, "f.outcome", filter.outcomes.iter().map(|outcome| outcome.as_str()));
        query.push(")");
    }
}

fn order_of_deliveries(reading: Reading) -> &'static str {
    match reading {
        Reading::Down(_) => " order by d.webhook_id desc limit ",
        Reading::Up(_) => " order by d.webhook_id limit ",
    }
}

async fn endpoints(pool: &SqlitePool, filter: &WebhookFilter) -> Result<Vec<Uuid>, StoreError> {
    let mut query = QueryBuilder::new("select id from endpoints where true");
    push_list(&mut query, "id", filter.endpoints.iter().map(|endpoint| endpoint.0));
    push_list(&mut query, "provider", filter.providers.iter().map(ProviderKey::as_str));
    Ok(query.build_query_scalar().fetch_all(pool).await?)
}

/// Looks no further than it must to know.
async fn has_few_deliveries(pool: &SqlitePool, filter: &WebhookFilter) -> Result<bool, StoreError> {
    let mut query = QueryBuilder::new("select count(*) from (select 1 from deliveries where true");
    push_list(&mut query, "state", filter.deliveries.iter().map(|state| state.as_str()));
    query.push(" limit ").push_bind(FEW + 1).push(")");
    let count: i64 = query.build_query_scalar().fetch_one(pool).await?;
    Ok(count <= FEW)
}

/// The same. Without an index of outcomes the answer is no where only these are filtered.
async fn has_few_events(pool: &SqlitePool, filter: &WebhookFilter) -> Result<bool, StoreError> {
    let mut query = QueryBuilder::new("select count(*) from (select 1 from events f where true");
    match (&filter.subjects[..], &filter.event_types[..]) {
        ([], []) => return Ok(false),
        ([], _) => push_event_types(&mut query, filter),
        (subjects, _) => push_list(&mut query, "f.subject", subjects.iter().map(Text::as_str)),
    }
    query.push(" limit ").push_bind(FEW + 1).push(")");
    let count: i64 = query.build_query_scalar().fetch_one(pool).await?;
    Ok(count <= FEW)
}

/// A beginning is written as a range, which an index serves, and to which no character has a meaning of its own.
fn push_event_types<'a>(query: &mut QueryBuilder<'a, Sqlite>, filter: &'a WebhookFilter) {
    for (position, event_type) in filter.event_types.iter().enumerate() {
        query.push(if position == 0 { " and (" } else { " or " });
        match event_type.as_str().strip_suffix('*') {
            None => _ = query.push("f.event_type = ").push_bind(event_type.as_str()),
            Some(beginning) => {
                query.push("(f.event_type >= ").push_bind(beginning);
                if let Some(end) = end_of_range(beginning) {
                    query.push(" and f.event_type < ").push_bind(end);
                }
                query.push(")");
            }
        }
    }
    if !filter.event_types.is_empty() {
        query.push(")");
    }
}

/// The first text, in the order of code points, after all that begin so. `None` when there is none.
fn end_of_range(beginning: &str) -> Option<String> {
    let (at, last) = beginning.char_indices().next_back()?;
    match (last..=char::MAX).nth(1) {
        Some(next) => Some(format!("{}{next}", &beginning[..at])),
        None => end_of_range(&beginning[..at]),
    }
}

/// Narrows a column to some values; none at all mean any.
pub(super) fn push_list<'a, Item>(query: &mut QueryBuilder<'a, Sqlite>, column: &str, values: impl Iterator<Item = Item>)
where
    Item: sqlx::Encode<'a, Sqlite> + sqlx::Type<Sqlite> + 'a,
{
    let mut values = values.peekable();
    if values.peek().is_some() {
        query.push(format_args!(" and {column} in ("));
        push_values(query, values);
        query.push(")");
    }
}

/// Pushes the values of a list, with commas.
pub(super) fn push_values<'a, Item>(query: &mut QueryBuilder<'a, Sqlite>, values: impl Iterator<Item = Item>)
where
    Item: sqlx::Encode<'a, Sqlite> + sqlx::Type<Sqlite> + 'a,
{
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(beginning: &str, end: Option<&str>) {
        assert_eq!(end_of_range(beginning).as_deref(), end);
    }

    #[test]
    fn a_range_of_texts_ends_after_all_that_begin_alike() {
        check("inquiry.", Some("inquiry/"));
        check("a%", Some("a&"));
        check("é", Some("ê"));
        check("\u{d7ff}", Some("\u{e000}"));
        check("a\u{10ffff}", Some("b"));
        check("\u{10ffff}", None);
        check("", None);
    }
}
