use model::{Contradiction, EndpointId, Evidence, OnUntrusted, Outcome, ProviderKey, Resource, Scheme, Text, Verdict, WebhookId};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::providers;

const RECORD: RecordId = RecordId(Uuid::from_u128(7));

const CONFIRMED_FIRST: EndpointPolicy = EndpointPolicy {
    on_untrusted: OnUntrusted::Hold,
    forward_unsigned: true,
    confirm_before_forwarding: true,
};

fn noon() -> Timestamp {
    Timestamp::parse("2025-11-20T12:00:00Z").expect("a time")
}

fn webhook(verdict: Verdict) -> Refetchable {
    Refetchable {
        id: WebhookId(Uuid::from_u128(1)),
        endpoint_id: EndpointId(Uuid::from_u128(2)),
        received_at: noon(),
        verdict,
        evidence: Evidence {
            scheme: Some(Scheme::HmacSha256),
            ..Evidence::default()
        },
        duplicate_of: None,
        foreign_network: false,
        contradicted: false,
        erased_at: None,
        events: Vec::new(),
    }
}

fn contradicts() -> Agreement {
    Agreement::Contradicts(Contradiction {
        path: "/status".to_owned(),
        webhook: "verification.verified".to_owned(),
        record: "rejected".to_owned(),
    })
}

/// The webhook as it is after the record.
fn after(webhook: &Refetchable, agreement: &Agreement) -> (Refetchable, bool) {
    let new = judged(webhook, CONFIRMED_FIRST, RECORD, noon(), agreement).expect("it changes");
    assert_eq!(
        new.evidence.record.as_ref().map(|says| (says.record, &says.agreement)),
        Some((Some(RECORD), agreement))
    );
    assert_eq!(
        new.evidence.scheme, webhook.evidence.scheme,
        "what the signature showed stays"
    );
    let changed = Refetchable {
        verdict: new.verdict,
        evidence: new.evidence,
        contradicted: new.contradicted,
        ..webhook.clone()
    };
    (changed, new.forwards)
}

#[test]
fn a_record_that_agrees_confirms_and_lets_go() {
    let (confirmed, forwards) = after(&webhook(Verdict::Unsigned), &Agreement::Agrees);
    assert_eq!((confirmed.verdict, confirmed.contradicted), (Verdict::Confirmed, false));
    assert!(forwards);
}

#[test]
fn one_that_agrees_does_not_make_a_forged_webhook_good() {
    for verdict in [
        Verdict::Invalid,
        Verdict::Missing,
        Verdict::Unconfigured,
        Verdict::IntegrityOnly,
    ] {
        let (noted, forwards) = after(&webhook(verdict), &Agreement::Agrees);
        assert_eq!((noted.verdict, noted.contradicted, forwards), (verdict, false, false));
    }
}

#[test]
fn one_that_does_not_tell_the_subject_lets_go_only_what_is_signed() {
    let check = |verdict, expected, goes_on| {
        let (changed, forwards) = after(&webhook(verdict), &Agreement::AgreesButForSubject);
        assert_eq!((changed.verdict, forwards), (expected, goes_on), "{verdict}");
    };
    check(Verdict::Verified, Verdict::Confirmed, true);
    check(Verdict::Unsigned, Verdict::Unsigned, false);
    check(Verdict::Invalid, Verdict::Invalid, false);
}

#[test]
fn one_that_contradicts_holds_whatever_the_verdict_and_a_later_one_that_agrees_lets_go() {
    for verdict in [Verdict::Unsigned, Verdict::Verified, Verdict::Confirmed] {
        let (held, forwards) = after(&webhook(verdict), &contradicts());
        assert_eq!((held.verdict, held.contradicted, forwards), (verdict, true, false));
        let (let_go, forwards) = after(&held, &Agreement::Agrees);
        assert_eq!(
            (let_go.verdict, let_go.contradicted, forwards),
            (Verdict::Confirmed, false, true)
        );
    }
}

#[test]
fn one_that_tells_nothing_undoes_nothing() {
    for told in [contradicts(), Agreement::Agrees] {
        let (told, _) = after(&webhook(Verdict::Unsigned), &told);
        assert_eq!(judged(&told, CONFIRMED_FIRST, RECORD, noon(), &Agreement::CannotTell), None);
    }
    let (untold, forwards) = after(&webhook(Verdict::Unsigned), &Agreement::CannotTell);
    assert_eq!(
        (untold.verdict, untold.contradicted, forwards),
        (Verdict::Unsigned, false, false)
    );
}

#[test]
fn what_came_from_a_foreign_network_stays_held() {
    let foreign = Refetchable {
        foreign_network: true,
        ..webhook(Verdict::Verified)
    };
    let (confirmed, forwards) = after(&foreign, &Agreement::Agrees);
    assert_eq!((confirmed.verdict, forwards), (Verdict::Confirmed, false));
}

fn event(event_type: &str, outcome: Outcome, id: &str) -> Event {
    let text = |text| Text::new(text).expect("a text");
    Event {
        event_type: text(event_type),
        outcome,
        subject: None,
        resource: Some(Resource {
            kind: text("verification"),
            id: text(id),
        }),
        provider_event_id: None,
        occurred_at: None,
    }
}

#[test]
fn every_event_of_a_webhook_has_to_agree() {
    let provider = providers::find(&ProviderKey::new("case_keeper")).expect("a provider");
    let api = provider.api().expect("an API");
    let record = json!({"id": "v1", "status": "verified"});
    let check = |events: &[Event], expected: Option<bool>| {
        let asked = asked(api, events).expect("something to ask for");
        assert_eq!(asked.path, "/verifications/v1");
        assert_eq!(agreement(api, events, &asked, &record).agrees(), expected, "{events:?}");
    };
    let verified = || event("verification.verified", Outcome::Approved, "v1");
    check(&[verified()], Some(true));
    check(
        &[event("verification.created", Outcome::Pending, "v1"), verified()],
        Some(true),
    );
    // Of another verification this record says nothing.
    check(&[verified(), event("verification.verified", Outcome::Approved, "v2")], None);
    let pending = json!({"id": "v1", "status": "pending"});
    let events = [event("verification.created", Outcome::Pending, "v1"), verified()];
    let asked = asked(api, &events).expect("something to ask for");
    assert_eq!(agreement(api, &events, &asked, &pending).agrees(), Some(false));
    let another = json!({"id": "v2", "status": "verified"});
    assert_eq!(agreement(api, &[verified()], &asked, &another).agrees(), Some(false));
    assert_eq!(agreement(api, &[], &asked, &another), Agreement::CannotTell);
}
