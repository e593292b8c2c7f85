//! The addresses of deliveries.

use model::{Cursor, DeliveryFilter, DeliveryId, DeliveryState, DestinationId};

use crate::{text::filters, view::ConsoleError};

/// The address of the list without a filter.
pub const LIST: &str = "/deliveries";

/// The filter that a query string holds.
pub fn filter(query: &str) -> Result<DeliveryFilter, ConsoleError> {
    DeliveryFilter::from_query(query).map_err(|errors| {
        let problems = errors.iter().map(|error| filters::problem(&error.field, &error.message));
        ConsoleError::BadRequest(problems.collect::<Vec<_>>().join("; "))
    })
}

/// The list with this filter, from its newest delivery on.
pub fn list(filter: &DeliveryFilter) -> String {
    match filter.to_query() {
        query if query.is_empty() => LIST.to_owned(),
        query => format!("{LIST}?{query}"),
    }
}

/// The list with this filter on one side of a row.
pub fn list_at(filter: &DeliveryFilter, cursor: Cursor) -> String {
    let list = list(filter);
    let separator = if list.contains('?') { '&' } else { '?' };
    format!("{list}{separator}cursor={cursor}")
}

pub fn delivery(id: DeliveryId) -> String {
    format!("{LIST}/{id}")
}

/// Those in these states, of one destination or of all.
pub fn in_states(states: &[DeliveryState], destination: Option<DestinationId>) -> String {
    list(&DeliveryFilter {
        states: states.to_vec(),
        destinations: destination.into_iter().collect(),
        ..DeliveryFilter::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paging_keeps_the_filter() {
        let id = "019a2f60-7c1e-7000-8000-0123456d7f3c".parse().expect("an id");
        let failed = filter("state=failed").expect("a filter");
        assert_eq!(
            list_at(&failed, Cursor::OlderThan(id)),
            format!("/deliveries?state=failed&cursor=older.{id}")
        );
        assert_eq!(
            list_at(&DeliveryFilter::default(), Cursor::NewerThan(id)),
            format!("/deliveries?cursor=newer.{id}")
        );
    }

    #[test]
    fn a_filter_that_cannot_be_read_names_each_field() {
        assert_eq!(
            filter("state=lost&destination=x"),
            Err(ConsoleError::BadRequest(
                "State (state): unknown delivery state `lost`; Destination (destination): not a destination's id".to_owned()
            ))
        );
    }

    #[test]
    fn links_name_the_states_and_the_destination() {
        let id = "019a2f60-7c1e-7000-8000-0123456d7f3c";
        let destination = id.parse().ok();
        assert_eq!(in_states(&[DeliveryState::Held], None), "/deliveries?state=held");
        assert_eq!(
            in_states(&[DeliveryState::Failed], destination),
            format!("/deliveries?state=failed&destination={id}")
        );
    }
}
