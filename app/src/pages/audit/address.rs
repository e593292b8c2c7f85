//! The addresses of the audit log.

use model::{AuditFilter, AuditTarget, AuditTargetKind, Text};

use crate::{text::audit, view::ConsoleError};

pub const LIST: &str = "/audit";

/// The filter that a query string holds.
pub fn filter(query: &str) -> Result<AuditFilter, ConsoleError> {
    AuditFilter::from_query(query).map_err(|errors| {
        let problems = errors.iter().map(|error| audit::problem(&error.field, &error.message));
        ConsoleError::BadRequest(problems.collect::<Vec<_>>().join("; "))
    })
}

/// The number below which the page begins.
pub fn before(text: Option<&str>) -> Result<Option<u64>, ConsoleError> {
    text.filter(|text| !text.is_empty())
        .map(|text| {
            text.parse()
                .map_err(|_| ConsoleError::BadRequest(audit::problem("before", "not a number")))
        })
        .transpose()
}

/// The list with this filter, from its newest entry or from below a number on.
pub fn list(filter: &AuditFilter, before: Option<u64>) -> String {
    let mut query = filter.to_query();
    if let Some(before) = before {
        let separator = if query.is_empty() { "" } else { "&" };
        query = format!("{query}{separator}before={before}");
    }
    if query.is_empty() {
        LIST.to_owned()
    } else {
        format!("{LIST}?{query}")
    }
}

/// All that someone did, within the rest of the filter.
pub fn of_actor(filter: &AuditFilter, name: &str) -> Option<String> {
    let actors = vec![Text::new(name)?];
    Some(list(
        &AuditFilter {
            actors,
            ..filter.clone()
        },
        None,
    ))
}

/// All that was done to something, within the rest of the filter.
pub fn of_target(filter: &AuditFilter, id: &str) -> Option<String> {
    let targets = vec![Text::new(id)?];
    Some(list(
        &AuditFilter {
            targets,
            ..filter.clone()
        },
        None,
    ))
}

/// The page of what something was done to, where it has one.
pub fn page(target: &AuditTarget) -> Option<String> {
    match target.kind {
        _ if target.id.is_empty() => None,
        AuditTargetKind::Endpoint => Some(format!("/endpoints/{}", target.id)),
        AuditTargetKind::Webhook => Some(format!("/webhooks/{}", target.id)),
        AuditTargetKind::Destination => Some(format!("/destinations/{}", target.id)),
        AuditTargetKind::Delivery => Some(format!("/deliveries/{}", target.id)),
        AuditTargetKind::Resend => Some(format!("/resends/{}", target.id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paging_keeps_the_filter() {
        let filter = filter("action=user.signed_in&actor=ada%40example.com").expect("a filter");
        assert_eq!(
            list(&filter, Some(51)),
            "/audit?actor=ada%40example.com&action=user.signed_in&before=51"
        );
        assert_eq!(list(&AuditFilter::default(), Some(51)), "/audit?before=51");
        assert_eq!(list(&AuditFilter::default(), None), "/audit");
    }

    #[test]
    fn an_address_that_cannot_be_read_names_its_field() {
        assert_eq!(before(None), Ok(None));
        assert_eq!(before(Some("")), Ok(None));
        assert_eq!(before(Some("12")), Ok(Some(12)));
        assert_eq!(
            before(Some("twelve")),
            Err(ConsoleError::BadRequest("before (before): not a number".to_owned()))
        );
        assert!(filter("action=user.flew").is_err());
    }
}
