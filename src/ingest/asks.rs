//! Whether the provider is asked about a webhook without anybody's doing.

use model::{Event, Judgement, RefetchId, RefetchTrigger, Verdict, names_event_type};

use super::OpenEndpoint;
use crate::clock::Ids;
use crate::providers::Api;
use crate::store::NewWebhook;
use crate::store::records::NewRefetch;

/// The re-fetch that a webhook of that endpoint begins with, unless it turns out to repeat an earlier one.
pub fn first_refetch(endpoint: &OpenEndpoint, webhook: &NewWebhook, ids: &Ids) -> Option<NewRefetch> {
    let trigger = asks_by_itself(endpoint, webhook.judgement(), &webhook.events)?;
    Some(NewRefetch {
        id: RefetchId(ids.next(webhook.received_at)),
        trigger,
        due_at: webhook.received_at,
    })
}

/// Why the provider is asked about a webhook with those events, if it is.
///
/// Where the endpoint forwards nothing before it is confirmed, also without credentials: what then fails says what is missing.
pub fn asks_by_itself(endpoint: &OpenEndpoint, judgement: Judgement, events: &[Event]) -> Option<RefetchTrigger> {
    let api = endpoint.provider.api()?;
    let is_askable = || events.iter().any(|event| api.ask(event).is_some());
    if endpoint.stored.policy.awaits_record(judgement) {
        return is_askable().then_some(RefetchTrigger::Confirmation);
    }
    // Whoever made up a webhook is not to decide what is asked.
    let is_believed = matches!(judgement.verdict, Verdict::Verified | Verdict::Unsigned) && !judgement.foreign_network;
    let is_wanted = || events.iter().any(|event| is_listed(endpoint, api, event));
    (endpoint.has_credentials && is_believed && is_wanted() && is_askable()).then_some(RefetchTrigger::Automatic)
}

fn is_listed(endpoint: &OpenEndpoint, api: &dyn Api, event: &Event) -> bool {
    match &endpoint.stored.refetch_event_types {
        Some(patterns) => (patterns.iter()).any(|pattern| names_event_type(pattern, &event.event_type)),
        None => api.asked_by_itself().contains(&event.event_type.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use model::{EndpointId, EndpointPolicy, Environment, Outcome, ProviderKey, Resource, Text, Timestamp};
    use uuid::Uuid;

    use super::*;
    use crate::accounts::secrets::SealingKey;
    use crate::store::Endpoint;

    const ON_ITS_WORD: EndpointPolicy = EndpointPolicy {
        on_untrusted: model::OnUntrusted::Hold,
        forward_unsigned: true,
        confirm_before_forwarding: false,
    };
    const CONFIRMED: EndpointPolicy = EndpointPolicy {
        confirm_before_forwarding: true,
        ..ON_ITS_WORD
    };

    fn endpoint(provider: &str, policy: EndpointPolicy, types: Option<&[&str]>) -> OpenEndpoint {
        let stored = Endpoint {
            id: EndpointId(Uuid::nil()),
            token: "token".to_owned(),
            provider: ProviderKey::new(provider),
            name: "an endpoint".to_owned(),
            environment: Environment::Production,
            policy,
            digest_mode: None,
            static_header: None,
            networks: Vec::new(),
            rate_limit: None,
            enabled: true,
            refetch_event_types: types.map(|types| types.iter().map(|&name| name.to_owned()).collect()),
            created_at: Timestamp::parse("2025-11-20T12:00:00Z").expect("a time"),
            archived_at: None,
        };
        let opened = OpenEndpoint::open(stored, Vec::new(), &SealingKey::new([7; 32]), None);
        opened.expect("opened").with_credentials(true)
    }

    fn event(event_type: &str) -> Event {
        let text = |text| Text::new(text).expect("a text");
        Event {
            event_type: text(event_type),
            outcome: Outcome::Updated,
            subject: None,
            resource: Some(Resource {
                kind: text("user"),
                id: text("k1"),
            }),
            provider_event_id: None,
            occurred_at: None,
        }
    }

    const fn judged(verdict: Verdict) -> Judgement {
        Judgement {
            verdict,
            foreign_network: false,
            contradicted: false,
        }
    }

    #[test]
    fn authento_is_asked_after_the_four_events_that_it_names() {
        let endpoint = endpoint("authento", ON_ITS_WORD, None);
        let check = |event_type: &str, expected: Option<RefetchTrigger>| {
            let trigger = asks_by_itself(&endpoint, judged(Verdict::Verified), &[event(event_type)]);
            assert_eq!(trigger, expected, "{event_type}");
        };
        for event_type in ["PERMISSION_GRANTED", "REVIEWED", "ON_HOLD", "INFO_UPDATED"] {
            check(event_type, Some(RefetchTrigger::Automatic));
        }
        for event_type in ["PERMISSION_REVOKED", "reviewed", "REVIEWED_AGAIN"] {
            check(event_type, None);
        }
    }

    #[test]
    fn an_endpoint_names_other_types_or_none() {
        let check = |types: &[&str], event_type: &str, expected: bool| {
            let endpoint = endpoint("authento", ON_ITS_WORD, Some(types));
            let trigger = asks_by_itself(&endpoint, judged(Verdict::Verified), &[event(event_type)]);
            assert_eq!(trigger.is_some(), expected, "{types:?} {event_type}");
        };
        check(&[], "REVIEWED", false);
        check(&["PERMISSION_*"], "PERMISSION_REVOKED", true);
        check(&["PERMISSION_*"], "REVIEWED", false);
        check(&["*"], "REVIEWED", true);
    }

    #[test]
    fn only_what_is_believed_makes_us_ask() {
        let check = |policy, judgement, expected| {
            let endpoint = endpoint("authento", policy, None);
            let trigger = asks_by_itself(&endpoint, judgement, &[event("REVIEWED")]);
            assert_eq!(trigger, expected, "{judgement:?}");
        };
        for &verdict in Verdict::ALL {
            let is_believed = matches!(verdict, Verdict::Verified | Verdict::Unsigned);
            check(ON_ITS_WORD, judged(verdict), is_believed.then_some(RefetchTrigger::Automatic));
            check(
                CONFIRMED,
                judged(verdict),
                is_believed.then_some(RefetchTrigger::Confirmation),
            );
            let foreign_network = Judgement {
                foreign_network: true,
                ..judged(verdict)
            };
            check(ON_ITS_WORD, foreign_network, None);
            check(CONFIRMED, foreign_network, None);
        }
    }

    #[test]
    fn without_credentials_only_what_waits_for_them_is_asked_for() {
        let check = |policy, expected| {
            let endpoint = endpoint("authento", policy, None).with_credentials(false);
            let trigger = asks_by_itself(&endpoint, judged(Verdict::Verified), &[event("REVIEWED")]);
            assert_eq!(trigger, expected);
        };
        check(ON_ITS_WORD, None);
        check(CONFIRMED, Some(RefetchTrigger::Confirmation));
    }

    #[test]
    fn what_nobody_can_be_asked_for_is_not_asked_for() {
        let check = |provider: &str, events: &[Event]| {
            let endpoint = endpoint(provider, CONFIRMED, Some(&["*"]));
            assert_eq!(
                asks_by_itself(&endpoint, judged(Verdict::Unsigned), events),
                None,
                "{provider}"
            );
        };
        check("pleenk", &[event("REVIEWED")]);
        check("case_keeper", &[]);
        let mut nameless = event("verification.verified");
        nameless.resource = None;
        check("case_keeper", &[nameless]);
    }
}
