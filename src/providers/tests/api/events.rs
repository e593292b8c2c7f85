use model::Timestamp;
use serde_json::Value;

use super::api;
use crate::providers::api::{EventList, EventPage, EventQuery};
use crate::providers::{ParseProblem, Request};

fn list() -> &'static dyn EventList {
    api("persona").event_list().expect("it keeps a list")
}

#[test]
fn a_page_is_asked_for_with_what_narrows_the_list_and_where_it_goes_on() {
    let check = |query: EventQuery<'_>, expected: &str| assert_eq!(list().ask(&query), expected);
    check(EventQuery::default(), "/events?page%5Bsize%5D=100");
    check(
        EventQuery {
            name: Some("inquiry.approved"),
            object: Some("inq_1"),
            after: Some("evt_1"),
        },
        "/events?filter%5Bname%5D=inquiry.approved&filter%5Bobject-id%5D=inq_1&page%5Bafter%5D=evt_1&page%5Bsize%5D=100",
    );
}

/// In the form of the documented example.
const PAGE: &str = r#"{
  "data": [
    {"id": "evt_2", "attributes": {"name": "inquiry.expired", "payload": {"data": {"type": "inquiry", "id": "inq_1",
      "attributes": {}}}, "created-at": "2023-09-23T17:14:01.918Z"}, "type": "event"},
    {"id": "evt_1", "attributes": {"name": "account.tag-added", "payload": {"data": {"type": "account", "id": "act_1",
      "attributes": {"z": 1.50, "a": "é"}}}, "created-at": "2023-09-23T00:46:41.877Z"}, "type": "event"}
  ],
  "links": {"prev": "/api/v1/events?page%5Bbefore%5D=evt_2", "next": "/api/v1/events?page%5Bafter%5D=evt_1"}
}"#;

#[test]
fn a_page_gives_events_as_their_webhooks_have_them() {
    let page = list().read(PAGE.as_bytes()).expect("a page");
    let found: Vec<_> = page
        .events
        .iter()
        .map(|event| (event.id.as_str(), event.created_at))
        .collect();
    let time = |text| Timestamp::parse(text).expect("a time");
    let expected = [
        ("evt_2", time("2023-09-23T17:14:01.918Z")),
        ("evt_1", time("2023-09-23T00:46:41.877Z")),
    ];
    assert_eq!(found, expected);
    assert_eq!(page.next.as_deref(), Some("evt_1"));
    let whole: Value = serde_json::from_str(PAGE).expect("JSON");
    for (at, event) in page.events.iter().enumerate() {
        let body: Value = serde_json::from_slice(&event.body).expect("JSON");
        assert_eq!(body["data"], whole["data"][at]);
        let request = Request {
            headers: &axum::http::HeaderMap::new(),
            body: &event.body,
            received_at: event.created_at,
        };
        let parsed = super::provider("persona").parse(&request);
        assert_eq!(parsed.events[0].provider_event_id.as_ref(), Some(&event.id));
        assert_eq!(parsed.events[0].occurred_at, Some(event.created_at));
    }
    let kept = String::from_utf8(page.events[1].body.clone()).expect("text");
    assert!(kept.contains(r#"{"z": 1.50, "a": "é"}"#), "as it was written: {kept}");
}

#[test]
fn the_last_page_and_an_empty_one_have_no_next() {
    let check = |body: &str, expected: Option<&str>| {
        let page = list().read(body.as_bytes()).expect("a page");
        assert_eq!((page.events, page.next.as_deref()), (Vec::new(), expected), "{body}");
    };
    check(r#"{"data": [], "links": {"prev": null, "next": null}}"#, None);
    check(r#"{"data": []}"#, None);
    check(
        r#"{"data": [], "links": {"next": "https://elsewhere.example/?page[after]=evt_9"}}"#,
        Some("evt_9"),
    );
    check(r#"{"data": [], "links": {"next": "/api/v1/events"}}"#, None);
    // Without an id or a time it cannot be told from those that are known.
    check(
        r#"{"data": [1, {"id": "evt_1"}, {"attributes": {"created-at": "2023-09-23T00:46:41Z"}}]}"#,
        None,
    );
}

#[test]
fn what_is_no_list_is_said_to_be_none() {
    let check = |body: &[u8], expected: Result<EventPage, ParseProblem>| assert_eq!(list().read(body), expected);
    let lacks_data = ParseProblem::OtherForm {
        what: "data is not there".to_owned(),
    };
    check(br#"{"data": {"id": "evt_1"}}"#, Err(lacks_data.clone()));
    check(b"{}", Err(lacks_data));
    check(b"", Err(ParseProblem::Empty));
}
