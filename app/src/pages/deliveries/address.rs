//! The addresses of deliveries.

use model::{BulkAction, Cursor, DeliveryFilter, DeliveryId, DeliveryState, DestinationId, WebhookFilter};

use crate::{
    pages::webhooks::address as webhook_address,
    text::{bulk, filters},
    view::ConsoleError,
};

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

/// Where all that failed, or all that is held, is dealt with at once, and what the link there says. What failed can be resent
/// to the one destination that the list is narrowed to. `None` for a list that is narrowed otherwise: webhooks are chosen
/// there, and those know of states alone.
pub fn all_at_once(filter: &DeliveryFilter) -> Option<(&'static str, String)> {
    let (label, action) = match filter.states[..] {
        [DeliveryState::Failed] => (bulk::ALL_FAILED, BulkAction::Resend),
        [DeliveryState::Held] => (bulk::ALL_HELD, BulkAction::Release),
        _ => return None,
    };
    let destination = match filter.destinations[..] {
        [destination] if action == BulkAction::Resend => Some(destination),
        _ => None,
    };
    let understood = DeliveryFilter {
        states: filter.states.clone(),
        destinations: destination.into_iter().collect(),
        ..DeliveryFilter::default()
    };
    let webhooks = WebhookFilter {
        deliveries: filter.states.clone(),
        ..WebhookFilter::default()
    };
    (*filter == understood).then(|| (label, webhook_address::bulk_to(&webhooks, action, destination)))
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
    fn what_failed_or_is_held_can_be_dealt_with_at_once() {
        fn check(query: &str, leads_to: Option<&str>) {
            let link = all_at_once(&filter(query).expect("a filter"));
            assert_eq!(link.map(|(_, href)| href).as_deref(), leads_to, "{query}");
        }
        check("state=failed", Some("/webhooks/bulk?action=resend&delivery=failed"));
        check("state=held", Some("/webhooks/bulk?action=release&delivery=held"));
        let core = "destination=019a2f60-7c1e-7000-8000-0123456d7f3c";
        check(
            &format!("state=failed&{core}"),
            Some(&format!("/webhooks/bulk?action=resend&{core}&delivery=failed")),
        );
        check(&format!("state=held&{core}"), None);
        check("state=held&state=failed", None);
        check("state=failed&from=2025-11-20T00:00:00Z", None);
        check("", None);
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
