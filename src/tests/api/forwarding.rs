//! Destinations, deliveries and bulk resends, as programs see them. No worker runs, so what is due stays due.

use model::Role;
use serde_json::{Value, json};

use crate::programs::{Programs, answer, redacted};
use crate::support::{persona_event, receipt};

const URL: &str = "https://example.com/webhooks";
const NOBODY: &str = "01930000-0000-7000-8000-000000000000";

fn id(answer: &Value) -> String {
    answer["id"].as_str().expect("an id").to_owned()
}

/// With what differs each time replaced by what it is.
fn without_secrets(mut answer: Value) -> Value {
    if let Some(secret) = answer.get_mut("secret") {
        let text = secret.as_str().expect("text");
        assert!(text.starts_with("whsec_") && text.len() == 50, "{text}");
        *secret = "[secret]".into();
    }
    for secret in answer["secrets"].as_array_mut().into_iter().flatten() {
        secret["hint"] = "[hint]".into();
    }
    redacted(answer)
}

async fn add_destination(programs: &Programs, name: &str) -> String {
    let added = programs
        .send("POST", "/api/v1/destinations", &json!({"name": name, "url": URL}))
        .await;
    assert_eq!(added.status, 201, "{added:?}");
    id(&added.body)
}

#[tokio::test]
async fn a_destination_is_added_changed_switched_and_archived() {
    let programs = Programs::start().await;
    let endpoint = programs.persona().await;
    let new = json!({
        "name": "Onboarding",
        "url": URL,
        "endpoints": [endpoint.id],
        "event_types": ["inquiry.*"],
        "outcomes": ["approved", "declined"],
        "rate_limit": 20,
        "concurrency": 4,
        "ordered": true,
        "schedule": [0, 60, 3600],
        "headers": {"Authorization": "Bearer header-secret"},
    });
    let added = programs.send("POST", "/api/v1/destinations", &new).await;
    assert_eq!(added.status, 201, "{added:?}");
    let path = format!("/api/v1/destinations/{}", id(&added.body));
    let mut shown = added.body.clone();
    shown.as_object_mut().expect("an object").remove("secret");
    assert_eq!(programs.get(&path).await.body, shown);
    assert_eq!(
        programs.get("/api/v1/destinations").await.body,
        json!({"items": [shown], "next": null})
    );
    insta::assert_json_snapshot!("destination", without_secrets(added.body));

    let change =
        json!({"name": "Risk", "endpoints": [], "rate_limit": null, "headers": {"authorization": null, "x-team": "risk"}});
    let changed = programs.send("PATCH", &path, &change).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    insta::assert_json_snapshot!("destination_changed", without_secrets(changed.body));
    let null = programs.send("PATCH", &path, &json!({"url": null})).await;
    assert_eq!(
        (null.status, null.body["errors"][0]["pointer"].as_str()),
        (422, Some("#/url"))
    );

    let post = async |verb: &str, body: &Value| programs.send("POST", &format!("{path}/{verb}"), body).await;
    for verb in ["disable", "rotate", "test"] {
        let refused = post(verb, &json!({"send_waiting": false})).await;
        assert_eq!(refused.status, 422, "{verb}: {refused:?}");
    }
    let disabled = answer(programs.request_as(Role::Admin, "POST", &format!("{path}/disable"))).await;
    assert_eq!(
        (disabled.status, &disabled.body["disabled"]["reason"]),
        (200, &json!("person"))
    );
    let enabled = post("enable", &json!({"send_waiting": false})).await;
    assert_eq!((enabled.status, &enabled.body["disabled"]), (200, &Value::Null));
    assert_eq!(post("enable", &Value::Null).await.status, 200);
    let bodiless = answer(programs.request_as(Role::Admin, "POST", &format!("{path}/enable"))).await;
    assert_eq!(bodiless.status, 200);
    let rotated = answer(programs.request_as(Role::Admin, "POST", &format!("{path}/rotate"))).await;
    assert_eq!(
        (rotated.status, rotated.body["secrets"].as_array().map(Vec::len)),
        (200, Some(2))
    );
    insta::assert_json_snapshot!("destination_rotated", without_secrets(rotated.body));

    assert_eq!(answer(programs.request_as(Role::Admin, "DELETE", &path)).await.status, 204);
    assert_eq!(programs.get(&path).await.status, 404);
    programs.app.end().await;
}

#[tokio::test]
async fn what_a_destination_cannot_be_is_said_field_by_field() {
    let programs = Programs::start().await;
    let wrong = json!({
        "name": "",
        "url": "https://127.0.0.1/",
        "endpoints": [NOBODY],
        "event_types": ["*.approved"],
        "concurrency": 0,
        "schedule": [],
        "headers": {"Host": "example.com"},
    });
    let refused = programs.send("POST", "/api/v1/destinations", &wrong).await;
    insta::assert_json_snapshot!("destination_refused", redacted(refused.body));
    programs.app.end().await;
}

#[tokio::test]
async fn a_webhook_tells_of_its_deliveries_and_they_are_retried_cancelled_and_sent_again() {
    let programs = Programs::start().await;
    let endpoint = programs.persona().await;
    let destination = add_destination(&programs, "Onboarding").await;
    let webhook = receipt(programs.post_signed(&endpoint, &persona_event("evt_1")).await).await;
    let path = format!("/api/v1/webhooks/{webhook}");

    let list = programs.get("/api/v1/deliveries").await.body;
    insta::assert_json_snapshot!("deliveries", redacted(list.clone()));
    assert_eq!(programs.get(&path).await.body["deliveries"], list["items"]);
    let log = programs.get("/api/v1/webhooks").await.body;
    insta::assert_json_snapshot!("delivery_of_a_webhook", log["items"][0]["delivery"]);
    let delivery = format!("/api/v1/deliveries/{}", id(&list["items"][0]));
    insta::assert_json_snapshot!("delivery", redacted(programs.get(&delivery).await.body));
    for (query, found) in [
        (format!("state=pending&destination={destination}&webhook={webhook}"), 1),
        ("state=failed&state=held".to_owned(), 0),
        ("to=2025-11-20T12:00:00Z".to_owned(), 0),
        (format!("webhook={NOBODY}"), 0),
    ] {
        let list = programs.get(&format!("/api/v1/deliveries?{query}")).await.body;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(found), "{query}");
    }

    for path in [
        format!("{delivery}/retry"),
        format!("{delivery}/cancel"),
        format!("{path}/release"),
    ] {
        let refused = programs.send("POST", &path, &json!({"destination_id": destination})).await;
        assert_eq!(refused.status, 422, "{path}: {refused:?}");
    }
    let act = async |method: &str, path: &str| answer(programs.request_as(Role::Operator, method, path)).await;
    let retried = act("POST", &format!("{delivery}/retry")).await;
    assert_eq!((retried.status, &retried.body["trigger"]), (202, &json!("manual")));
    let cancelled = act("POST", &format!("{delivery}/cancel")).await;
    assert_eq!((cancelled.status, &cancelled.body["state"]), (200, &json!("cancelled")));
    let again = act("POST", &format!("{delivery}/cancel")).await;
    assert_eq!(
        (again.status, &again.body["detail"]),
        (409, &json!("it is cancelled already"))
    );

    let resend = format!("{path}/resend");
    let again = act("POST", &resend).await;
    let deliveries = again.body["deliveries"].as_array().expect("deliveries");
    assert_eq!((again.status, deliveries.len()), (202, 1));
    assert_eq!(
        (&deliveries[0]["state"], &deliveries[0]["trigger"]),
        (&json!("pending"), &json!("manual"))
    );
    let to_all = programs.send("POST", &resend, &json!({"destination_id": null})).await;
    assert_eq!((to_all.status, &to_all.body), (202, &again.body));
    let nowhere = programs.send("POST", &resend, &json!({"destination_id": NOBODY})).await;
    assert_eq!(
        (nowhere.status, &nowhere.body["errors"][0]["pointer"]),
        (422, &json!("#/destination_id"))
    );
    programs.app.end().await;
}

#[tokio::test]
async fn what_is_held_is_released_one_by_one_or_in_bulk() {
    let programs = Programs::start().await;
    let endpoint = programs.persona().await;
    add_destination(&programs, "Onboarding").await;
    let mut held = Vec::new();
    for name in ["evt_1", "evt_2", "evt_3"] {
        held.push(receipt(programs.post(&endpoint.url, &[], persona_event(name)).await).await);
    }
    let post = async |path: &str| answer(programs.request_as(Role::Operator, "POST", path)).await;
    let webhook = format!("/api/v1/webhooks/{}", held[0]);
    let refused = post(&format!("{webhook}/resend")).await;
    let why = json!("it is held because it is not trusted: release it first");
    assert_eq!((refused.status, &refused.body["detail"]), (409, &why));
    let released = post(&format!("{webhook}/release")).await;
    assert_eq!(
        (released.status, &released.body["deliveries"][0]["trigger"]),
        (202, &json!("released"))
    );
    assert_eq!(post(&format!("{webhook}/release")).await.status, 409);

    let bulk = json!({"filter": {"verdict": "missing"}, "action": "release", "dry_run": true});
    let counted = programs.send("POST", "/api/v1/resends", &bulk).await;
    assert_eq!((counted.status, counted.body), (200, json!({"count": 2})));
    let bulk = json!({"filter": {"verdict": ["missing"]}, "action": "release"});
    let started = programs.send("POST", "/api/v1/resends", &bulk).await;
    assert_eq!((started.status, &started.body["count"]), (202, &json!(2)));
    programs.operations.go_on_with_resends().await.expect("went on");
    let resend = format!("/api/v1/resends/{}", id(&started.body));
    insta::assert_json_snapshot!("resend", redacted(programs.get(&resend).await.body));

    assert_eq!(
        answer(programs.request_as(Role::Operator, "DELETE", &resend)).await.status,
        204
    );
    assert_eq!(programs.get(&resend).await.body["state"], "cancelled");
    let pending = programs.get("/api/v1/deliveries?state=pending").await.body;
    assert_eq!(
        pending["items"].as_array().map(Vec::len),
        Some(1),
        "the one that was released by itself"
    );
    programs.app.end().await;
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_pointed_at() {
    let programs = Programs::start().await;
    let check = async |body: Value, pointer: &str| {
        let refused = programs.send("POST", "/api/v1/resends", &body).await;
        assert_eq!(refused.status, 422, "{body}: {refused:?}");
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{body}");
    };
    check(json!({}), "#/filter").await;
    check(json!({"filter": []}), "#/filter").await;
    check(json!({"filter": {"verdict": "good"}}), "#/filter/verdict").await;
    check(json!({"filter": {"provider": ["persona", "nobody"]}}), "#/filter/provider").await;
    check(json!({"filter": {"subject": [""]}}), "#/filter/subject").await;
    check(json!({"filter": {"duplicates": true}}), "#/filter/duplicates").await;
    check(json!({"filter": {}, "destination_id": NOBODY}), "#/destination_id").await;
    check(json!({"filter": {}, "action": "delete"}), "#/action").await;
    programs.app.end().await;
}
