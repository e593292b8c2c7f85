//! What a filter lets through, in words.

use model::{EndpointSummary, ProviderMark, Timestamp, WebhookFilter};

use crate::{
    text::{bulk, deliveries, filters, times, words},
    view::EndpointList,
};

/// The conditions of a query string of the log, in one line.
pub fn all(query: &str, names: &EndpointList) -> String {
    let parameters = WebhookFilter::from_query(query).unwrap_or_default().parameters();
    if parameters.is_empty() {
        return bulk::ALL_WEBHOOKS.to_owned();
    }
    let conditions = parameters.into_iter().map(|(name, value)| {
        let value = shown(name, &value, &names.providers, &names.endpoints);
        format!("{}: {value}", filters::field(name))
    });
    conditions.collect::<Vec<_>>().join(" · ")
}

/// A value as people know it.
pub fn shown(name: &str, value: &str, providers: &[ProviderMark], endpoints: &[EndpointSummary]) -> String {
    let known = match name {
        "provider" => providers
            .iter()
            .find(|mark| mark.key.as_str() == value)
            .map(|mark| mark.title.clone()),
        "endpoint" => endpoints
            .iter()
            .find(|endpoint| endpoint.id.to_string() == value)
            .map_or_else(|| Some(words::short_id(value)), |endpoint| Some(endpoint.name.clone())),
        "verdict" => value.parse().ok().map(|verdict| words::verdict(verdict).to_owned()),
        "outcome" => value.parse().ok().map(|outcome| words::outcome(outcome).to_owned()),
        "delivery" => value.parse().ok().map(|state| deliveries::state(state).to_owned()),
        "duplicates" => value.parse().ok().map(|only| filters::duplicates(Some(only)).to_owned()),
        "from" | "to" => Timestamp::parse(value).map(times::absolute),
        _ => None,
    };
    known.unwrap_or_else(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ProviderKey;

    fn names() -> EndpointList {
        EndpointList {
            endpoints: Vec::new(),
            providers: vec![ProviderMark {
                key: ProviderKey::new("case_keeper"),
                title: "Case Keeper".to_owned(),
                monogram: "CK".to_owned(),
                hue: 60,
            }],
            setup: Vec::new(),
            secrets_end_soon: Vec::new(),
        }
    }

    #[test]
    fn a_value_is_shown_as_people_know_it() {
        fn check(name: &str, value: &str, text: &str) {
            assert_eq!(shown(name, value, &names().providers, &[]), text);
        }
        check("provider", "case_keeper", "Case Keeper");
        check("provider", "gone", "gone");
        check("endpoint", "019a2f60-7c1e-7000-8000-0123456d7f3c", "019a…7f3c");
        check("verdict", "integrity_only", "integrity only");
        check("outcome", "needs_review", "needs review");
        check("delivery", "failed", "failed");
        check("duplicates", "false", "left out");
        check("from", "2025-11-20T00:53:00Z", "2025-11-20 00:53:00 UTC");
        check("subject", "2025-11-20T00:53:00Z", "2025-11-20T00:53:00Z");
    }

    #[test]
    fn a_filter_is_told_in_one_line() {
        assert_eq!(all("", &names()), "All webhooks");
        assert_eq!(
            all("provider=case_keeper&verdict=invalid", &names()),
            "Provider: Case Keeper · Verdict: invalid"
        );
    }
}
