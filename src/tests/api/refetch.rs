//! Asking providers again, as programs do it: against a server that answers what the test says.

use hookproof::endpoints::EndpointView;
use hookproof::records;
use model::Role;
use serde_json::{Value, json};

use crate::elsewhere::Elsewhere;
use crate::programs::{Answer, Programs, answer, header};
use crate::support::browser::Browser;
use crate::support::{Setup, new_endpoint, persona_event, receipt};

pub const API_KEY: &str = "persona_production_0123456789";

/// A server that asks, and a Persona endpoint whose provider answers what it is told to.
pub struct Asking {
    pub programs: Programs,
    pub provider: Elsewhere,
    pub endpoint: EndpointView,
    worker: records::Worker,
}

impl Asking {
    pub async fn start() -> Self {
        let programs = Programs::start_with(Setup::local()).await;
        let provider = Elsewhere::start().await;
        let endpoint = programs.persona().await;
        let credentials = json!({"api_key": API_KEY, "base_url": provider.url});
        let path = format!("/api/v1/endpoints/{}/credentials", endpoint.id);
        let set = programs.send("PUT", &path, &credentials).await;
        assert_eq!(set.status, 204, "{set:?}");
        let worker = records::Worker::start(programs.operations.clone());
        Self {
            programs,
            provider,
            endpoint,
            worker,
        }
    }

    /// The path of a webhook of inquiry `inq_1`, which is approved.
    pub async fn webhook(&self, event: &str) -> String {
        let id = receipt(self.programs.post_signed(&self.endpoint, &persona_event(event)).await).await;
        format!("/api/v1/webhooks/{id}")
    }

    pub async fn refetch(&self, webhook: &str) -> Answer {
        // So that the provider's pace holds nothing back.
        self.programs.clock.advance_seconds(10);
        let request = self
            .programs
            .request_as(Role::Operator, "POST", &format!("{webhook}/refetch"));
        answer(request).await
    }

    pub async fn end(self) {
        self.worker.stop().await;
        self.programs.app.end().await;
    }
}

pub fn inquiry(status: &str, email: &str) -> Value {
    json!({"data": {"type": "inquiry", "id": "inq_1", "attributes": {
        "status": status, "reference-id": "user-1042", "email-address": email,
    }}})
}

#[tokio::test]
async fn asking_again_answers_the_record_and_what_changed_since_the_one_before() {
    let asking = Asking::start().await;
    let Asking { programs, provider, .. } = &asking;
    let webhook = asking.webhook("evt_1").await;
    let first = inquiry("approved", "ada@example.com");
    provider.says("/inquiries/inq_1", 200, &first);
    let fetched = asking.refetch(&webhook).await;
    assert_eq!(fetched.status, 200, "{fetched:?}");
    let record = &fetched.body["record"];
    assert_eq!(
        (&record["body"], &record["agrees"], &record["changes"]),
        (&first, &json!(true), &json!([]))
    );
    assert_eq!(
        (&record["status"], &record["url"]),
        (&json!(200), &json!(format!("{}/inquiries/inq_1", provider.url)))
    );
    assert_eq!(
        provider.heard(),
        [("/inquiries/inq_1".to_owned(), format!("Bearer {API_KEY}"))]
    );

    provider.says("/inquiries/inq_1", 200, inquiry("declined", "ada@example.org"));
    let fetched = asking.refetch(&webhook).await;
    let changed = &fetched.body["record"];
    let expected = json!([
        {"path": "/data/attributes/email-address", "before": "ada@example.com", "after": "ada@example.org"},
        {"path": "/data/attributes/status", "before": "approved", "after": "declined"},
    ]);
    assert_eq!(
        (&changed["changes"], &changed["agrees"]),
        (&expected, &json!(false)),
        "{fetched:?}"
    );
    assert_eq!(changed["compared_with"], record["id"]);

    let shown = programs.get(&webhook).await.body;
    assert_eq!(
        (&shown["contradicted"], &shown["verdict"]),
        (&json!(true), &json!("confirmed")),
        "{shown}"
    );
    let ids = |list: &str| {
        let rows = shown[list].as_array().expect("a list").iter();
        rows.map(|row| row["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids("records"), [changed["id"].clone(), record["id"].clone()]);
    assert_eq!(ids("refetches").len(), 2);
    assert_eq!(shown["refetches"][0]["state"], "done");
    asking.end().await;
}

#[tokio::test]
async fn personal_data_of_a_record_is_for_operators_and_that_they_see_it_is_audited() {
    let asking = Asking::start().await;
    let Asking { programs, provider, .. } = &asking;
    let webhook = asking.webhook("evt_1").await;
    provider.says("/inquiries/inq_1", 200, inquiry("approved", "ada@example.com"));
    asking.refetch(&webhook).await;
    // Not as it would be written here: it comes back byte for byte.
    let odd = inquiry("approved", "ada@example.org").to_string().replace(',', " ,\n");
    provider.says("/inquiries/inq_1", 200, &odd);
    let fetched = asking.refetch(&webhook).await;
    let record = format!("/api/v1/records/{}", fetched.body["record"]["id"].as_str().expect("an id"));
    let audited = async || {
        let entries = programs.get("/api/v1/audit?action=record.revealed").await.body;
        entries["items"].as_array().expect("a list").len()
    };

    let viewed = answer(programs.request_as(Role::Viewer, "GET", &record)).await;
    let masked = json!([{"path": "/data/attributes/email-address", "before": "•••", "after": "•••"}]);
    assert_eq!((viewed.status, &viewed.body["changes"]), (200, &masked));
    let body = programs.request_as(Role::Viewer, "GET", &format!("{record}/body"));
    // The two that were fetched were answered as they came.
    assert_eq!((answer(body).await.status, audited().await), (403, 2));

    let seen = answer(programs.request_as(Role::Operator, "GET", &record)).await;
    assert_eq!(seen.body["changes"], fetched.body["record"]["changes"]);
    let body = programs.request_as(Role::Operator, "GET", &format!("{record}/body"));
    let body = body.send().await.expect("an answer");
    assert_eq!(header(&body, "content-type"), "application/octet-stream");
    assert_eq!(body.text().await.expect("a body"), odd);
    assert_eq!(audited().await, 4);
    asking.end().await;
}

#[tokio::test]
async fn a_provider_that_gives_no_record_is_told_of_by_the_failures_name_and_nothing_is_stored() {
    let asking = Asking::start().await;
    let webhook = asking.webhook("evt_1").await;
    for (status, body, failure) in [
        (401, "", "unauthorized"),
        (403, "", "forbidden"),
        (404, "", "not_found"),
        (429, "", "rate_limited"),
        (500, "", "status"),
        (302, "", "redirect"),
        (200, "<html>", "bad_answer"),
        (200, r#"{"errors": []}"#, "bad_answer"),
    ] {
        asking.provider.says("/inquiries/inq_1", status, body);
        let refused = asking.refetch(&webhook).await;
        let said = format!("{status} {body}: {refused:?}");
        assert_eq!((refused.status, &refused.body["failure"]), (502, &json!(failure)), "{said}");
        assert_eq!(refused.content_type, "application/problem+json", "{said}");
        assert!(
            refused.body["detail"].as_str().is_some_and(|detail| {
                // What helps follows what happened, and neither is said of a destination.
                detail.ends_with('.') && detail.matches(". ").count() > 0 && !detail.contains("destination")
            }),
            "{said}"
        );
        // A provider that wants to be left alone is, for as long as it says.
        asking.programs.clock.advance_seconds(3600);
    }
    let shown = asking.programs.get(&webhook).await.body;
    assert_eq!(shown["records"], json!([]));
    assert_eq!(shown["refetches"].as_array().map(Vec::len), Some(8), "{shown}");
    asking.end().await;
}

#[tokio::test]
async fn where_nothing_can_be_asked_it_is_said_why() {
    let asking = Asking::start().await;
    let Asking { programs, endpoint, .. } = &asking;
    let peleza = programs.add_endpoint(new_endpoint("peleza", None)).await;
    let without_api = receipt(programs.post(&peleza.url, &[], "{}").await).await;
    let refused = asking.refetch(&format!("/api/v1/webhooks/{without_api}")).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    let without_event = receipt(programs.post(&endpoint.url, &[], "{}").await).await;
    let refused = asking.refetch(&format!("/api/v1/webhooks/{without_event}")).await;
    assert_eq!(refused.status, 409, "{refused:?}");

    let without_credentials = programs.persona().await;
    let webhook = receipt(programs.post_signed(&without_credentials, &persona_event("evt_1")).await).await;
    let refused = asking.refetch(&format!("/api/v1/webhooks/{webhook}")).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(asking.provider.heard().is_empty());
    asking.end().await;
}

#[tokio::test]
async fn all_that_a_filter_lets_through_is_asked_for_in_bulk() {
    let asking = Asking::start().await;
    let Asking { programs, provider, .. } = &asking;
    provider.says("/inquiries/inq_1", 200, inquiry("approved", "ada@example.com"));
    let webhooks = [asking.webhook("evt_1").await, asking.webhook("evt_2").await];
    let bulk = json!({"filter": {"event_type": "inquiry.*"}, "action": "refetch"});
    let started = programs.send("POST", "/api/v1/resends", &bulk).await;
    assert_eq!((started.status, &started.body["count"]), (202, &json!(2)), "{started:?}");
    programs.operations.go_on_with_resends().await.expect("went on");
    let resend = format!("/api/v1/resends/{}", started.body["id"].as_str().expect("an id"));
    let mut ended = programs.operations.refetching.ended.subscribe();
    loop {
        // What is counted is counted when a re-fetch ends; then the job looks whether that was all.
        programs.operations.go_on_with_resends().await.expect("went on");
        let progress = programs.get(&resend).await.body;
        if progress["state"] == "done" {
            assert_eq!((&progress["done"], &progress["failed"]), (&json!(2), &json!(0)));
            break;
        }
        ended.changed().await.expect("the worker runs");
    }
    for webhook in webhooks {
        assert_eq!(programs.get(&webhook).await.body["records"].as_array().map(Vec::len), Some(1));
    }
    asking.end().await;
}

#[tokio::test]
async fn the_event_types_that_are_asked_for_are_named_and_taken_back() {
    let programs = Programs::start().await;
    let types = json!(["inquiry.*", "report/watchlist.matched"]);
    let new = json!({"provider": "persona", "name": "Persona", "refetch_event_types": types});
    let added = programs.send("POST", "/api/v1/endpoints", &new).await;
    assert_eq!((added.status, &added.body["refetch_event_types"]), (201, &types), "{added:?}");
    let path = format!("/api/v1/endpoints/{}", added.body["id"].as_str().expect("an id"));
    for (change, expected) in [
        (json!({"name": "Other"}), types.clone()),
        (json!({"refetch_event_types": []}), json!([])),
        (json!({"refetch_event_types": null}), Value::Null),
    ] {
        let changed = programs.send("PATCH", &path, &change).await;
        assert_eq!(
            (changed.status, &changed.body["refetch_event_types"]),
            (200, &expected),
            "{change}"
        );
    }
    for wrong in [json!(["*.approved"]), json!([""]), json!("inquiry.*"), json!([7])] {
        let refused = programs.send("PATCH", &path, &json!({"refetch_event_types": wrong})).await;
        assert_eq!(refused.status, 422, "{wrong}: {refused:?}");
    }
    let peleza = json!({"provider": "peleza", "name": "Peleza", "refetch_event_types": ["*"]});
    let refused = programs.send("POST", "/api/v1/endpoints", &peleza).await;
    assert_eq!(
        (refused.status, &refused.body["errors"][0]["pointer"]),
        (422, &json!("#/refetch_event_types"))
    );
    programs.app.end().await;
}

#[tokio::test]
async fn a_record_that_is_revealed_is_shown_as_it_came_to_that_session_for_a_quarter_of_an_hour() {
    let asking = Asking::start().await;
    let Asking { programs, provider, .. } = &asking;
    let webhook = asking.webhook("evt_1").await;
    for email in ["ada@example.com", "ada@example.org"] {
        provider.says("/inquiries/inq_1", 200, inquiry("approved", email));
        asking.refetch(&webhook).await;
    }
    let shown = programs.get(&webhook).await.body;
    let record = shown["records"][0]["id"].as_str().expect("an id").to_owned();
    let id = shown["id"].as_str().expect("an id").to_owned();
    let sessions = [Role::Operator, Role::Operator, Role::Viewer];
    let mut browsers = Vec::new();
    for role in sessions {
        browsers.push(programs.signed_in(&format!("{role}.of.records@example.com"), role).await);
    }
    let path = format!("/webhooks/{id}?tab=record");
    let emails_on_page = async |session: &Browser| {
        let page = session.get(&path).await.text().await.expect("text");
        ["ada@example.com", "ada@example.org"].map(|email| page.contains(email))
    };
    for browser in &browsers {
        assert_eq!(emails_on_page(browser).await, [false, false]);
    }
    let form = [("id", &*record), ("webhook", &*id)];
    assert_eq!(browsers[2].post("records/reveal", &form).await.status(), 403);
    assert!(browsers[0].post("records/reveal", &form).await.status().is_success());
    assert_eq!(
        emails_on_page(&browsers[0]).await,
        [true, true],
        "what changed is shown as well"
    );
    assert_eq!(emails_on_page(&browsers[1]).await, [false, false]);
    assert_eq!(emails_on_page(&browsers[2]).await, [false, false]);
    let body = format!("/records/{record}/body");
    assert_eq!(browsers[2].get(&body).await.status(), 403);
    assert!(
        browsers[1]
            .get(&body)
            .await
            .text()
            .await
            .expect("text")
            .contains("ada@example.org")
    );

    programs.clock.advance_seconds(15 * 60);
    assert_eq!(emails_on_page(&browsers[0]).await, [false, false]);
    let audit = programs.get("/api/v1/audit?action=record.revealed").await.body;
    let entries = audit["items"].as_array().expect("a list");
    assert_eq!(entries.len(), 4, "two answers to the program, the page once, the body once");
    assert_eq!(entries[0]["target"]["id"], json!(id));
    asking.end().await;
}
