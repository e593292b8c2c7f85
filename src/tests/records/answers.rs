use std::collections::HashSet;

use axum::http::HeaderMap;
use hookproof::providers::api::EventQuery;
use hookproof::providers::{self, Request};
use hookproof::records::{changes, links};
use model::{Agreement, Event, Failure, ProviderKey};

use crate::asking::noon;
use crate::stand_ins::{StandIns, Told};

fn event(told: &Told) -> Option<Event> {
    let provider = providers::find(&ProviderKey::new(told.provider)).expect("a provider");
    let request = Request {
        headers: &HeaderMap::new(),
        body: &told.body,
        received_at: noon(),
    };
    provider.parse(&request).events.pop()
}

#[tokio::test]
async fn every_call_gives_a_record_of_what_was_asked_for() {
    let stand_ins = StandIns::start().await;
    let told = stand_ins.tell(300);
    let client = stand_ins.client();
    let mut kinds = HashSet::new();
    for told in told
        .iter()
        .filter(|told| ["persona", "authento", "case_keeper"].contains(&told.provider))
    {
        let (access, event) = (stand_ins.access(told.provider), event(told).expect("an event"));
        let asked = access.api.ask(&event).expect("something to ask for");
        stand_ins.clock.advance_seconds(1);
        let answered = client.fetch(&access, &asked.path).await.expect("a record");
        assert_eq!(answered.status, 200);
        assert_eq!(
            answered.url,
            format!("{}{}", access.base_url.as_ref().expect("set"), asked.path)
        );
        assert_eq!(answered.asked_at, hookproof::clock::Clock::now(&*stand_ins.clock));
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&answered.body).expect("JSON"),
            answered.record
        );
        // It is the same object; by now it may be in another state.
        match access.api.compare(&event, &answered.record) {
            Agreement::Contradicts(contradiction) => assert!(contradiction.path.contains("status"), "{contradiction:?}"),
            Agreement::Agrees | Agreement::AgreesButForSubject | Agreement::CannotTell => {}
        }
        kinds.insert(asked.resource.kind);
    }
    let kinds: HashSet<_> = kinds.iter().map(model::Text::as_str).collect();
    let expected = [
        "inquiry",
        "verification/government-id",
        "verification/selfie",
        "user",
        "verification",
    ];
    assert_eq!(kinds, HashSet::from(expected));
}

#[tokio::test]
async fn an_event_and_the_list_of_events_can_be_asked_for() {
    let stand_ins = StandIns::start().await;
    stand_ins.tell(300);
    let (client, access) = (stand_ins.client(), stand_ins.access("persona"));
    let list = access.api.event_list().expect("it keeps one");
    let page = client
        .fetch(&access, &list.ask(&EventQuery::default()))
        .await
        .expect("a page");
    let page = list.read(&page.body).expect("a list");
    assert!(page.events.len() > 20);
    let first = &page.events[0];
    let event = client
        .fetch(&access, &format!("/events/{}", first.id))
        .await
        .expect("an event");
    assert_eq!(event.body, first.body, "the event is told as its webhook was");
}

#[tokio::test]
async fn a_record_changes_with_the_time() {
    let stand_ins = StandIns::start().await;
    let told = stand_ins.tell(300);
    let events = told.iter().filter(|told| told.provider == "persona").filter_map(event);
    let mut approvals = events.filter(|event| event.event_type.as_str() == "inquiry.approved");
    let approval = approvals.next().expect("somebody is approved");
    let approved_at = approval.occurred_at.expect("a time");
    let (client, access) = (stand_ins.client(), stand_ins.access("persona"));
    let path = access.api.ask(&approval).expect("an inquiry").path;

    stand_ins.clock.set(approved_at.plus_seconds(-1));
    let before = client.fetch(&access, &path).await.expect("a record");
    stand_ins.clock.set(approved_at);
    let after = client.fetch(&access, &path).await.expect("a record");
    assert_eq!(access.api.compare(&approval, &after.record), Agreement::Agrees);
    assert_eq!(access.api.compare(&approval, &before.record).agrees(), Some(false));
    let changed = changes(&before.record, &after.record).items;
    let paths: Vec<_> = changed.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["/data/attributes/decisioned-at", "/data/attributes/status"]);
    assert_eq!(changed[1].after, Some("approved".into()));
}

#[tokio::test]
async fn links_that_ended_are_renewed_by_asking_again() {
    let stand_ins = StandIns::start().await;
    let told = stand_ins.tell(300);
    let verification = told.iter().find(|told| told.provider == "case_keeper").expect("one");
    let (client, access) = (stand_ins.client(), stand_ins.access("case_keeper"));
    let path = access
        .api
        .ask(&event(verification).expect("an event"))
        .expect("a verification")
        .path;
    let before = client.fetch(&access, &path).await.expect("a record");
    stand_ins.clock.advance_seconds(300);
    let after = client.fetch(&access, &path).await.expect("a record");
    assert_ne!(before.body, after.body, "the links are others");
    assert_eq!(changes(&before.record, &after.record).items, [], "and nothing else is");

    let (old, new) = (links(&before.record), links(&after.record));
    assert_eq!((old.len(), new.len()), (3, 3));
    let http = reqwest::Client::new();
    let status = async |url: &str| http.get(url).send().await.expect("an answer").status().as_u16();
    assert_eq!((status(&old[0].url).await, status(&new[0].url).await), (403, 200));
}

#[tokio::test]
async fn credentials_that_are_wrong_are_named_so() {
    let stand_ins = StandIns::start().await;
    stand_ins.tell(300);
    let check = async |provider: &str, credential: &str, path: &str, url_ends: &str| {
        let mut access = stand_ins.access(provider);
        access.credentials.insert(credential.to_owned(), "another-secret".into());
        let refused = stand_ins.client().fetch(&access, path).await.expect_err("refused");
        assert_eq!(
            (refused.failure, refused.status),
            (Failure::Unauthorized, Some(401)),
            "{provider}"
        );
        assert!(refused.url.ends_with(url_ends), "{}", refused.url);
        assert!(!format!("{refused:?}{refused}").contains("another-secret"));
    };
    check("persona", "api_key", "/inquiries/inq_1", "/inquiries/inq_1").await;
    check("authento", "api_key", "/userinfo/full?id=k1", "/userinfo/full?id=k1").await;
    check("authento", "api_secret", "/userinfo/full?id=k1", "/userinfo/full?id=k1").await;
    // The address that gives tokens refuses.
    check("case_keeper", "client_secret", "/verifications/v1", "/openid-connect/token").await;
}

#[tokio::test]
async fn what_nobody_told_of_is_not_found() {
    let stand_ins = StandIns::start().await;
    let check = async |provider: &str, path: &str| {
        let access = stand_ins.access(provider);
        let unknown = stand_ins.client().fetch(&access, path).await.expect_err("unknown");
        assert_eq!(
            (unknown.failure, unknown.status),
            (Failure::NotFound, Some(404)),
            "{provider}"
        );
    };
    check("persona", "/inquiries/inq_1").await;
    check("persona", "/verifications/ver_1").await;
    check("persona", "/events/evt_1").await;
    check("authento", "/userinfo/full?id=k1").await;
    check("case_keeper", "/verifications/v1").await;
}
