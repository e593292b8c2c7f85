use model::Role;
use serde_json::{Value, json};

use crate::programs::answer;
use crate::refetch::Asking;
use crate::support::{new_endpoint, persona_event};

/// As Persona lists the events of those ids.
fn listed(ids: &[&str]) -> Value {
    let event = |id: &&str| serde_json::from_str::<Value>(&persona_event(id)).expect("JSON")["data"].clone();
    json!({"data": ids.iter().map(event).collect::<Vec<_>>(), "links": {"prev": null, "next": null}})
}

#[tokio::test]
async fn what_never_came_is_found_in_the_providers_list_and_stored() {
    let asking = Asking::start().await;
    let programs = &asking.programs;
    asking.webhook("evt_1").await;
    asking.provider.says("/events?", 200, listed(&["evt_2", "evt_1"]));
    let path = format!("/api/v1/endpoints/{}/reconcile", asking.endpoint.id);
    assert_eq!(programs.get(&path).await.status, 404, "nothing was compared yet");
    let store = format!("{path}/store");
    let act = async |method: &str, path: &str| answer(programs.request_as(Role::Operator, method, path)).await;
    assert_eq!(act("POST", &store).await.status, 409);
    let wrong = json!({"from": "2025-11-20T12:00:00Z", "to": "2025-11-19T12:00:00Z"});
    assert_eq!(programs.send("POST", &path, &wrong).await.status, 422);

    let started = act("POST", &path).await;
    assert_eq!(started.status, 202, "{started:?}");
    let found = loop {
        let progress = programs.get(&path).await.body;
        if progress["state"] != "running" {
            break progress;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (&found["state"], &found["listed"], &found["arrived"]),
        (&json!("done"), &json!(2), &json!(1)),
        "{found}"
    );
    assert_eq!(found["missing"][0]["provider_event_id"], "evt_2");

    let stored = act("POST", &store).await;
    assert_eq!((stored.status, stored.body), (200, json!({"stored": 1})));
    let log = programs.get("/api/v1/webhooks").await.body;
    let newest = &log["items"][0];
    assert_eq!(
        (&newest["reconciled"], &newest["verdict"]),
        (&json!(true), &json!("confirmed")),
        "{newest}"
    );
    assert_eq!(act("DELETE", &path).await.status, 204);
    asking.end().await;
}

#[tokio::test]
async fn why_nothing_can_be_compared_is_said_of_the_providers_list() {
    let asking = Asking::start().await;
    let programs = &asking.programs;
    let peleza = programs.add_endpoint(new_endpoint("peleza", None)).await;
    let path = |endpoint| format!("/api/v1/endpoints/{endpoint}/reconcile");
    let refused = answer(programs.request_as(Role::Operator, "POST", &path(peleza.id))).await;
    assert_eq!(
        (refused.status, &refused.body["detail"]),
        (409, &json!("Peleza keeps no list of its events")),
    );

    asking.provider.says("/events?", 401, "");
    let path = path(asking.endpoint.id);
    answer(programs.request_as(Role::Operator, "POST", &path)).await;
    let failed = loop {
        let progress = programs.get(&path).await.body;
        if progress["state"] != "running" {
            break progress;
        }
        tokio::task::yield_now().await;
    };
    let why = "The provider does not take the credentials. Set the credentials on the endpoint's page, and mind that they are \
               those of its environment.";
    assert_eq!((&failed["state"], &failed["failure"]), (&json!("failed"), &json!(why)));
    asking.end().await;
}
