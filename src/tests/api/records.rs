//! How much of a record is told to whom.

use model::Role;
use serde_json::{Value, json};

use crate::programs::answer;
use crate::refetch::{Asking, inquiry};
use crate::support::browser::Browser;

const THEIRS: &str = "grace@example.com";

/// Inquiry `inq_1`, of somebody else than the webhook says.
fn of_another() -> Value {
    json!({"data": {"type": "inquiry", "id": "inq_1", "attributes": {"status": "approved", "reference-id": THEIRS}}})
}

#[tokio::test]
async fn a_contradiction_tells_nobody_what_is_masked_in_the_record() {
    let asking = Asking::start().await;
    let Asking { programs, provider, .. } = &asking;
    let webhook = asking.webhook("evt_1").await;
    provider.says("/inquiries/inq_1", 200, of_another());
    let fetched = asking.refetch(&webhook).await;
    let contradiction = |quoted: [&str; 2]| {
        let [webhook, record] = quoted;
        json!({"kind": "contradicts", "path": "/data/attributes/reference-id", "webhook": webhook, "record": record})
    };
    let (told, masked) = (contradiction(["user-1042", THEIRS]), contradiction(["•••"; 2]));
    assert_eq!(
        fetched.body["record"]["agreement"], told,
        "to whom the record is given it is told whole"
    );

    let record = fetched.body["record"]["id"].as_str().expect("an id").to_owned();
    let get = async |role: Role, path: &str| answer(programs.request_as(role, "GET", path)).await.body;
    for role in [Role::Viewer, Role::Operator] {
        let shown = get(role, &webhook).await;
        assert_eq!(shown["evidence"]["record"]["agreement"], masked, "{role}");
        assert_eq!(shown["records"][0]["agreement"], masked, "{role}");
        assert!(!shown.to_string().contains(THEIRS), "{role}: {shown}");
    }
    let path = format!("/api/v1/records/{record}");
    assert_eq!(get(Role::Viewer, &path).await["agreement"], masked);
    assert_eq!(get(Role::Operator, &path).await["agreement"], told);
    let exported = get(Role::Admin, "/api/v1/subjects/user-1042/export").await;
    assert_eq!(exported["webhooks"][0]["evidence"]["record"]["agreement"], told);

    let browser = programs.signed_in("operator.of.records@example.com", Role::Operator).await;
    let id = webhook.rsplit('/').next().expect("an id");
    let tells = async || {
        let page = browser.get(&format!("/webhooks/{id}?tab=record")).await;
        page.text().await.expect("text").contains(THEIRS)
    };
    assert!(!tells().await);
    let revealed = browser.post("records/reveal", &[("id", &*record), ("webhook", id)]).await;
    assert!(revealed.status().is_success());
    assert!(tells().await);
    asking.end().await;
}

#[tokio::test]
async fn what_was_revealed_of_an_object_stays_so_when_it_is_asked_for_again() {
    let asking = Asking::start().await;
    let Asking { programs, provider, .. } = &asking;
    let webhook = asking.webhook("evt_1").await;
    let id = webhook.rsplit('/').next().expect("an id");
    provider.says("/inquiries/inq_1", 200, inquiry("approved", "ada@example.com"));
    let first = asking.refetch(&webhook).await.body["record"]["id"].clone();
    let operator = programs.signed_in("operator.of.records@example.com", Role::Operator).await;
    let another = programs.signed_in("another.of.records@example.com", Role::Operator).await;
    let form = [("id", first.as_str().expect("an id")), ("webhook", id)];
    assert!(operator.post("records/reveal", &form).await.status().is_success());

    provider.says("/inquiries/inq_1", 200, inquiry("approved", "ada@example.org"));
    let second = asking.refetch(&webhook).await.body["record"]["id"].clone();
    let revealed = async || {
        let entries = programs.get("/api/v1/audit?action=record.revealed").await.body;
        let entries = entries["items"].as_array().expect("a list").clone();
        let in_console = entries
            .into_iter()
            .filter(|entry| entry["actor"]["name"] == "operator.of.records@example.com");
        in_console
            .map(|entry| entry["detail"][0]["after"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(revealed().await, std::slice::from_ref(&first));
    let shows = async |session: &Browser| {
        let page = session.get(&format!("/webhooks/{id}?tab=record")).await;
        page.text().await.expect("text").contains("ada@example.org")
    };
    assert!(shows(&operator).await && shows(&operator).await);
    assert!(!shows(&another).await);
    assert_eq!(revealed().await, [second, first], "each that is seen is named once");

    // No longer than what it was revealed with.
    programs.clock.advance_seconds(15 * 60 - 10);
    assert!(!shows(&operator).await);
    asking.end().await;
}

#[tokio::test]
async fn a_bulk_refetch_counts_what_can_be_asked_for_and_is_refused_where_that_is_nothing() {
    let asking = Asking::start().await;
    let Asking { programs, endpoint, .. } = &asking;
    let webhook = asking.webhook("evt_1").await;
    let without_credentials = programs.persona().await;
    let event = crate::support::persona_event("evt_2");
    crate::support::receipt(programs.post_signed(&without_credentials, &event).await).await;
    let dry = async |filter: Value, action: &str| {
        let bulk = json!({"filter": filter, "action": action, "dry_run": true});
        programs.send("POST", "/api/v1/resends", &bulk).await
    };
    assert_eq!(dry(json!({}), "resend").await.body["count"], 2);
    let counted = dry(json!({}), "refetch").await;
    assert_eq!((counted.status, &counted.body["count"]), (200, &json!(1)), "{counted:?}");
    let named = json!({"endpoint": [endpoint.id, without_credentials.id]});
    assert_eq!(dry(named, "refetch").await.body["count"], 1);
    for nobody in [json!({"endpoint": [without_credentials.id]}), json!({"provider": ["pleenk"]})] {
        let refused = dry(nobody.clone(), "refetch").await;
        assert_eq!(refused.status, 409, "{nobody}: {refused:?}");
        assert!(refused.body["detail"].as_str().is_some_and(|why| why.contains("credentials")));
    }
    let archived = answer(programs.request_as(Role::Admin, "DELETE", &format!("/api/v1/endpoints/{}", endpoint.id))).await;
    assert!(archived.status < 300, "{archived:?} {webhook}");
    assert_eq!(dry(json!({}), "refetch").await.status, 409);
    asking.end().await;
}
