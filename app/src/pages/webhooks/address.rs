//! The addresses of the log: what they say, and those that links lead to.

use model::{BulkAction, Cursor, DestinationId, FieldError, PageRequest, RecordId, Text, Timestamp, WebhookFilter, WebhookId};

use crate::{text::filters, view::ConsoleError};

/// The address of the list without a filter.
pub const LIST: &str = "/webhooks";

/// The filter that a query string holds.
pub fn filter(query: &str) -> Result<WebhookFilter, ConsoleError> {
    WebhookFilter::from_query(query).map_err(|errors| ConsoleError::BadRequest(problems(&errors)))
}

/// The filter that a form names, which must not be read as less than it says.
#[cfg(feature = "ssr")]
pub fn whole_filter(query: &str) -> Result<WebhookFilter, ConsoleError> {
    WebhookFilter::from_whole_query(query).map_err(|errors| ConsoleError::BadRequest(problems(&errors)))
}

/// The page that a query string asks for.
pub fn page(cursor: Option<&str>) -> Result<PageRequest, ConsoleError> {
    let cursor: Option<Cursor> = match cursor.filter(|cursor| !cursor.is_empty()) {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|error: model::UnknownWord| ConsoleError::BadRequest(filters::problem("cursor", &error.to_string())))?,
        ),
    };
    Ok(PageRequest {
        cursor,
        ..PageRequest::default()
    })
}

/// The list with this filter, from its newest webhook on.
pub fn list(filter: &WebhookFilter) -> String {
    match filter.to_query() {
        query if query.is_empty() => LIST.to_owned(),
        query => format!("{LIST}?{query}"),
    }
}

/// The list with this filter on one side of a row.
pub fn list_at(filter: &WebhookFilter, cursor: Cursor) -> String {
    let list = list(filter);
    let separator = if list.contains('?') { '&' } else { '?' };
    format!("{list}{separator}cursor={cursor}")
}

pub fn webhook(id: WebhookId) -> String {
    format!("{LIST}/{id}")
}

pub fn body(id: WebhookId) -> String {
    format!("{LIST}/{id}/body")
}

/// The page that counts what the filter lets through before something is done with it.
pub fn bulk(filter: &WebhookFilter, action: BulkAction) -> String {
    bulk_to(filter, action, None)
}

/// The same, with the destination that is chosen there at first.
pub fn bulk_to(filter: &WebhookFilter, action: BulkAction, destination: Option<DestinationId>) -> String {
    let destination = destination.map(|destination| format!("destination={destination}"));
    let filter = Some(filter.to_query()).filter(|query| !query.is_empty());
    let parameters = [Some(format!("action={action}")), destination, filter];
    let parameters: Vec<_> = parameters.into_iter().flatten().collect();
    format!("{LIST}/bulk?{}", parameters.join("&"))
}

/// The page of a webhook with its provider's record: the newest, or the one that is named.
pub fn record(id: WebhookId, record: Option<RecordId>) -> String {
    let here = format!("{LIST}/{id}?tab=record");
    match record {
        None => here,
        Some(record) => format!("{here}&record={record}"),
    }
}

/// A record as a file.
pub fn record_body(id: RecordId) -> String {
    format!("/records/{id}/body")
}

/// The log of one subject.
pub fn of_subject(subject: &Text) -> String {
    list(&WebhookFilter {
        subjects: vec![subject.clone()],
        ..WebhookFilter::default()
    })
}

/// The filter narrowed to a span of time.
pub fn between(filter: &WebhookFilter, from: Timestamp, to: Option<Timestamp>) -> String {
    list(&WebhookFilter {
        from: Some(from),
        to,
        ..filter.clone()
    })
}

/// The filter without one of its conditions. A condition is a field and its value as [`WebhookFilter::parameters`]
/// writes them.
pub fn without(filter: &WebhookFilter, field: &str, value: &str) -> String {
    let mut left = filter.clone();
    left.providers
        .retain(|provider| field != "provider" || provider.as_str() != value);
    left.endpoints
        .retain(|endpoint| field != "endpoint" || endpoint.to_string() != value);
    left.verdicts
        .retain(|verdict| field != "verdict" || verdict.as_str() != value);
    left.event_types
        .retain(|event_type| field != "event_type" || event_type.as_str() != value);
    left.outcomes
        .retain(|outcome| field != "outcome" || outcome.as_str() != value);
    left.subjects
        .retain(|subject| field != "subject" || subject.as_str() != value);
    left.deliveries.retain(|state| field != "delivery" || state.as_str() != value);
    left.duplicates = left.duplicates.filter(|_| field != "duplicates");
    left.from = left.from.filter(|_| field != "from");
    left.to = left.to.filter(|_| field != "to");
    list(&left)
}

/// Whether a form left empty parameters behind, which say nothing and make an address hard to read.
pub fn is_cluttered(query: &str) -> bool {
    query.split('&').any(|pair| pair.is_empty() || pair.ends_with('=')) && !query.is_empty()
}

fn problems(errors: &[FieldError]) -> String {
    errors
        .iter()
        .map(|error| filters::problem(&error.field, &error.message))
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> WebhookFilter {
        filter(query).expect("a filter")
    }

    #[test]
    fn a_filter_that_cannot_be_read_names_each_field() {
        assert_eq!(
            filter("verdict=good&outcome=fine&subject=a"),
            Err(ConsoleError::BadRequest(
                "Verdict (verdict): unknown verdict `good`; Outcome (outcome): unknown outcome `fine`".to_owned()
            ))
        );
    }

    #[test]
    fn a_cursor_that_cannot_be_read_is_named() {
        assert_eq!(page(None), Ok(PageRequest::default()));
        assert_eq!(page(Some("")), Ok(PageRequest::default()));
        assert_eq!(
            page(Some("3")),
            Err(ConsoleError::BadRequest("Page (cursor): unknown cursor `3`".to_owned()))
        );
    }

    #[test]
    fn a_condition_is_taken_away_and_the_others_stay() {
        fn check(field: &str, value: &str, left: &str) {
            let filter = read("provider=persona&provider=pleenk&verdict=invalid&subject=a%26b&from=2025-11-20T00:00:00Z");
            assert_eq!(without(&filter, field, value), left);
        }
        check(
            "provider",
            "persona",
            "/webhooks?provider=pleenk&verdict=invalid&subject=a%26b&from=2025-11-20T00%3A00%3A00Z",
        );
        check(
            "subject",
            "a&b",
            "/webhooks?provider=persona&provider=pleenk&verdict=invalid&from=2025-11-20T00%3A00%3A00Z",
        );
        check(
            "from",
            "2025-11-20T00:00:00Z",
            "/webhooks?provider=persona&provider=pleenk&verdict=invalid&subject=a%26b",
        );
    }

    #[test]
    fn each_condition_of_a_filter_can_be_taken_away() {
        let id = "019a2f60-7c1e-7000-8000-0123456d7f3c";
        let all = read(&format!(
            "provider=persona&endpoint={id}&verdict=stale&event_type=inquiry.*&outcome=failed&subject=a&delivery=held&duplicates=false&from=2025-11-20T00:00:00Z&to=2025-11-21T00:00:00Z"
        ));
        for (field, value) in all.parameters() {
            let left = without(&all, field, &value);
            assert!(!left.contains(&format!("{field}=")), "{field} is still in {left}");
            assert_eq!(left.matches('&').count(), 8, "more than {field} is gone from {left}");
        }
    }

    #[test]
    fn paging_keeps_the_filter() {
        let id = "019a2f60-7c1e-7000-8000-0123456d7f3c".parse().expect("an id");
        assert_eq!(
            list_at(&read("verdict=invalid"), Cursor::OlderThan(id)),
            format!("/webhooks?verdict=invalid&cursor=older.{id}")
        );
        assert_eq!(
            list_at(&WebhookFilter::default(), Cursor::NewerThan(id)),
            format!("/webhooks?cursor=newer.{id}")
        );
    }

    #[test]
    fn what_is_done_in_bulk_keeps_the_filter() {
        assert_eq!(
            bulk(&read("verdict=invalid&subject=a"), BulkAction::Resend),
            "/webhooks/bulk?action=resend&verdict=invalid&subject=a"
        );
        assert_eq!(
            bulk(&WebhookFilter::default(), BulkAction::Release),
            "/webhooks/bulk?action=release"
        );
    }

    #[test]
    fn an_address_with_empty_parameters_is_cluttered() {
        fn check(query: &str, cluttered: bool) {
            assert_eq!(is_cluttered(query), cluttered, "{query}");
        }
        check("", false);
        check("verdict=invalid", false);
        check("subject=&verdict=invalid", true);
        check("verdict=invalid&from=&to=", true);
    }
}
